"""`holdfast keys` as a process of its own, and the bot that is started with a key, another one, or none."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.storage.keys import new_key
from tests.terminal.program import MET, Program, Said

WRITTEN = (*MET, "/reason", "She said no in March", "/write", "The blue jumper is yours", "Keep it here")
ASKED = ("/reasons", "/letters")


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    running = Program(tmp_path)
    yield running
    running.ends()


def file_of(program: Program) -> Path:
    return program.folder / "keys" / "holdfast.keys"


def runs(program: Program, *command: str, keys: str = "") -> Said:
    settings = {"ENCRYPTION_KEYS": keys, "ENCRYPTION_KEY_FILE": str(file_of(program))}
    return program.runs(*command, DATABASE_URL=program.database, **settings)


def hears(program: Program, *lines: str, keys: str = "") -> str:
    said = program.hears(*lines, ENCRYPTION_KEYS=keys, ENCRYPTION_KEY_FILE=str(file_of(program)))
    assert (said.code, said.err) == (0, "")
    return said.out


def everything(program: Program) -> bytes:
    return b"".join(file.read_bytes() for file in program.folder.rglob("*") if file.is_file())


def test_a_key_is_made_at_the_first_start_and_opens_what_was_written(program: Program) -> None:
    hears(program, *WRITTEN)
    assert stat.S_IMODE(file_of(program).stat().st_mode) == 0o600
    assert b"jumper" not in everything(program)
    assert b"March" not in everything(program)
    said = hears(program, *ASKED)
    assert "She said no in March" in said
    assert "The blue jumper is yours" in said


def test_all_processes_of_a_user_find_the_same_key(program: Program, tmp_path: Path) -> None:
    user = {"ENCRYPTION_KEYS": "", "HOME": str(tmp_path), "XDG_CONFIG_HOME": ""}
    said = program.hears(*WRITTEN, **user)
    assert (said.code, said.err) == (0, "")
    made = tmp_path / ".config" / "holdfast" / "holdfast.keys"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = ("chat", "--database", program.database)
    again = program.runs(*command, stdin=b"/letters\n", cwd=elsewhere, **user)
    assert "The blue jumper is yours" in again.out
    named = program.runs(*command, stdin=b"/letters\n", ENCRYPTION_KEY_FILE="~/.config/holdfast/holdfast.keys", **user)
    assert "The blue jumper is yours" in named.out


def test_without_its_key_the_bot_says_which_words_are_closed_and_they_come_back_with_it(program: Program) -> None:
    hears(program, *WRITTEN)
    kept = file_of(program).rename(program.folder / "kept.keys")
    said = hears(program, *ASKED, "/urge")
    assert "jumper" not in said
    assert "Your reason 1 of 1 can't be opened at the moment" in said
    assert "Letter 1 of 1 can't be opened at the moment" in said
    assert "What is it, right now?" in said
    both = ",".join(key for file in (file_of(program), kept) for key in file.read_text().split("\n") if key[-1:] == "=")
    said = hears(program, *ASKED, keys=both)
    assert "She said no in March" in said
    assert "The blue jumper is yours" in said


def test_what_is_sealed_is_counted(program: Program) -> None:
    hears(program, *WRITTEN)
    said = runs(program, "keys", "check")
    assert (said.code, said.err) == (0, "")
    assert [line.split() for line in said.out.splitlines() if line.startswith(("letters", "reasons"))] == [
        ["letters", "1", "0", "0", "0"],
        ["reasons", "1", "0", "0", "0"],
    ]
    said = runs(program, "keys", "check", keys=new_key())
    assert said.code == 1
    assert ["letters", "0", "0", "0", "1"] in [line.split() for line in said.out.splitlines()]
    assert "It is not lost" in said.out


def test_a_new_key_takes_the_old_ones_place(program: Program) -> None:
    hears(program, *WRITTEN)
    old = file_of(program).read_text()
    said = runs(program, "keys", "rotate")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Sealed with a new key")
    new = file_of(program).read_text()
    assert old != new
    aside = [file for file in file_of(program).parent.iterdir() if file != file_of(program)]
    assert [file.read_text() for file in aside] == [old]
    assert stat.S_IMODE(aside[0].stat().st_mode) == 0o600
    assert "The blue jumper is yours" in hears(program, *ASKED)


def test_the_first_of_several_keys_takes_over(program: Program) -> None:
    old, new = new_key(), new_key()
    hears(program, *WRITTEN, keys=old)
    assert runs(program, "keys", "rotate", keys=f"{new}, {old}").out.startswith("Sealed with the first key.")
    assert "The blue jumper is yours" in hears(program, *ASKED, keys=new)


def test_a_key_is_not_changed_while_a_bot_is_at_work(program: Program) -> None:
    hears(program, *WRITTEN)
    before = file_of(program).read_text()
    with closing(sqlite3.connect(program.file)) as database:
        database.execute("INSERT INTO lease VALUES ('x', 'somebody', 9999999999999)")
        database.commit()
    said = runs(program, "keys", "rotate")
    assert said.code == 2
    assert "stop it first" in said.err
    assert file_of(program).read_text() == before


@pytest.mark.parametrize("command", [("check",), ("rotate",)], ids=" ".join)
def test_without_a_key_nothing_is_counted_or_changed(program: Program, command: tuple[str, ...]) -> None:
    said = runs(program, "keys", *command)
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert said.err.startswith("ENCRYPTION_KEY_FILE: there is no")
    assert not file_of(program).exists()


def test_a_wrong_key_is_named_by_its_place_and_not_told(program: Program) -> None:
    said = program.hears("/urge", ENCRYPTION_KEYS=f"{new_key()},not-a-key")
    assert said.code == 2
    assert said.err == "ENCRYPTION_KEYS: key 2 is none; make one with: holdfast keys new\n"


def test_a_key_is_printed(program: Program) -> None:
    key = runs(program, "keys", "new").out.strip()
    hears(program, *WRITTEN, keys=key)
    assert "The blue jumper is yours" in hears(program, *ASKED, keys=key)
