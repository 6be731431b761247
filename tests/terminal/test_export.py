"""/export in the terminal: two files in the folder that was asked for, for this user alone."""

import json
import stat
from pathlib import Path

import pytest

from tests.terminal.program import Program

JOINS = ("/start", "I'm 18 or over, that's fine", "Not now", "/reason", "a heron at dawn")


def test_the_files_are_where_it_says_and_nobody_else_may_read_them(program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "copies"
    said = program.hears(*JOINS, "/export", options=("--export-folder", str(folder)))
    assert (said.code, said.err) == (0, "")
    found = sorted(folder.iterdir())
    assert [file.suffix for file in found] == [".html", ".json"]
    for file in found:
        assert f"Saved: {file}" in said.out
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert json.loads(found[1].read_bytes())["reasons"][0]["text"] == "a heron at dawn"


def test_without_a_folder_they_are_in_the_current_one(program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    options = ("chat", "--database", program.database)
    said = program.runs(*options, stdin=b"\n".join(line.encode() for line in (*JOINS, "/export", "")), cwd=folder)
    assert (said.code, said.err) == (0, "")
    assert len(list(folder.iterdir())) == 2


def test_a_second_one_overwrites_nothing(program: Program, tmp_path: Path) -> None:
    options = ("--export-folder", str(tmp_path / "copies"), "--clock", "2026-03-02T02:00:00Z")
    program.hears(*JOINS, "/export", "/export", options=options)
    names = sorted(file.name for file in (tmp_path / "copies").iterdir())
    first = "holdfast-2026-03-02"
    assert names == [f"{first}-2.html", f"{first}-2.json", f"{first}.html", f"{first}.json"]


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_folder_that_is_none_is_told(program: Program, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    said = program.hears(*JOINS, "/export", options=("--export-folder", str(tmp_path / place)))
    assert (said.code, said.err) == (0, "")
    assert "could not be saved" in said.out
    assert "--export-folder" in said.out
