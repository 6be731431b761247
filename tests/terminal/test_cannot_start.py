"""What cannot be used is told in one line, with the setting or file and the cure, and exit code 2."""

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.terminal.program import ROOT, Program, Said, side_by_side


@dataclass(frozen=True)
class Case:
    """How to break something in a folder, and the words that must tell it. {} stands for the folder."""

    words: tuple[str, ...]
    options: tuple[str, ...] = ()
    breaks: Callable[[Path], object] = lambda _folder: None
    environment: dict[str, str] = field(default_factory=dict)
    inside: bool = False


def edited(name: str, old: str, new: str) -> Callable[[Path], object]:
    """A content folder with one change in one file."""

    def edit(folder: Path) -> None:
        shutil.copytree(ROOT / "content", folder / "content")
        file = folder / "content" / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def future(folder: Path) -> None:
    assert Program(folder).hears("/start").code == 0
    with sqlite3.connect(folder / "holdfast.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


def foreign(folder: Path) -> None:
    with sqlite3.connect(folder / "holdfast.db") as connection:
        connection.execute("CREATE TABLE person (name TEXT)")
    connection.close()


def content(name: str, old: str, new: str, *words: str) -> Case:
    return Case((*words, f"{{}}/content/{name}:"), (), edited(name, old, new), {"CONTENT_FOLDER": "{}/content"})


CASES = {
    "clock": Case(("--clock", "'yesterday'", "write it like"), ("--clock", "yesterday")),
    "no-url": Case(("DATABASE", "'hello'", "write sqlite:///"), ("--database", "hello")),
    "postgres": Case(("DATABASE", "start it"), ("--database", "postgresql://127.0.0.1:1/x")),
    "folder": Case(("DATABASE_URL: {} ", "check the file"), ("--database", "sqlite:///{}")),
    "below-a-file": Case(
        ("{}/file/below", "cannot be made"), ("--database", "sqlite:///{}/file/below/x.db"),
        lambda folder: (folder / "file").write_text(""),
    ),
    "no-database": Case(
        ("{}/holdfast.db", "not a database"), (), lambda folder: (folder / "holdfast.db").write_text("milk\n" * 999)
    ),
    "future": Case(("{}/holdfast.db", "newer Holdfast", "9999", "update Holdfast"), (), future),
    "foreign": Case(("{}/holdfast.db",), (), foreign),
    "no-content": Case(("/nowhere", "en/"), (), environment={"CONTENT_FOLDER": "/nowhere"}),
    "variable": content("en/walks/urge.md", "{kept_days}", "{kept_dayz}", "kept_dayz"),
    "command": content("en/walks/welcome.md", "](/lines)", "](/linez)", "/linez"),
    "front-matter": content("en/common.md", "title: Menus", "title: a: b", "common.md:2:"),
    "crisis-rules": content("en/crisis.toml", "\n", "\n]] broken\n", "crisis.toml:2:"),
    "helplines": content("helplines.toml", "\n", "\n]] broken\n", "helplines.toml:2:"),
    "env-latin": Case(
        (".env", "save it as UTF-8"), (), lambda folder: (folder / ".env").write_bytes(b"FOO=caf\xe9\n"), inside=True
    ),
    "env-from-windows": Case(
        ("DATABASE_URL", "'hello'"), (),
        lambda folder: (folder / ".env").write_bytes(b"\xef\xbb\xbfDATABASE_URL=hello\r\n"), inside=True,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: tmp_path_factory.mktemp("cannot") for name in CASES}


@pytest.fixture(scope="module")
def said(folders: dict[str, Path]) -> dict[str, Said]:
    def run(name: str) -> Said:
        case, folder = CASES[name], folders[name]
        case.breaks(folder)
        environment = {key: value.format(folder) for key, value in case.environment.items()}
        if case.inside:
            return Program(folder).runs("chat", cwd=folder, stdin=b"/menu\n", **environment)
        return Program(folder).hears("/menu", options=[each.format(folder) for each in case.options], **environment)

    return side_by_side({name: lambda name=name: run(name) for name in CASES})


@pytest.mark.parametrize("name", CASES)
def test_it_is_told_in_one_line(said: dict[str, Said], folders: dict[str, Path], name: str) -> None:
    told = said[name]
    assert (told.code, told.out) == (2, "")
    assert told.err.endswith("\n")
    assert told.err.count("\n") == 1
    assert "Traceback" not in told.err
    assert "holdfast failed" not in told.err
    for word in CASES[name].words:
        assert word.format(folders[name]) in told.err


def test_a_file_that_is_no_database_is_left_alone(said: dict[str, Said], folders: dict[str, Path]) -> None:
    assert said["no-database"].code == 2
    assert (folders["no-database"] / "holdfast.db").read_text() == "milk\n" * 999


def test_many_problems_are_told_one_a_line(program: Program) -> None:
    edited("en/walks/urge.md", "{kept_days}", "{one}")(program.folder)
    file = program.folder / "content" / "en" / "common.md"
    file.write_text(file.read_text(encoding="utf-8").replace("](/urge)", "](/urgh)"), encoding="utf-8")
    said = program.hears("/menu", CONTENT_FOLDER=str(program.folder / "content"))
    lines = said.err.splitlines()
    assert said.code == 2
    assert len(lines) > 2
    assert all(line.startswith(str(program.folder / "content")) for line in lines)


def test_an_env_file_is_used_and_what_is_not_ours_in_it_is_left_alone(program: Program) -> None:
    (program.folder / ".env").write_text(f"FOO=bar\nDATABASE_URL={program.database}\n")
    said = program.runs("chat", cwd=program.folder, stdin=b"/start\n")
    assert (said.code, said.err) == (0, "")
    assert program.file.exists()


def test_with_debug_the_traceback_is_shown_and_the_line_stays_the_last(program: Program) -> None:
    said = program.runs("--debug", "chat", "--database", "hello")
    assert said.code == 2
    assert "Traceback (most recent call last)" in said.err
    assert said.err.strip().split("\n")[-1].startswith("DATABASE_URL: 'hello'")
