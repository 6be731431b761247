"""`holdfast status` as a process of its own, beside whatever is wrong with the database."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from postgres import Server, fetch, free_port

from bot.storage.migrate import database_url, migrate
from tests.terminal.program import Program, Said


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    running = Program(tmp_path)
    yield running
    running.ends()


def looks(program: Program, *command: str) -> Said:
    return program.runs(*command, DATABASE_URL=program.database)


def refused(program: Program, command: tuple[str, ...], *parts: str) -> None:
    """One line with these parts, and nothing is made or changed."""
    before = files(program)
    said = looks(program, *command)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("DATABASE_URL: ")
    assert said.err.count("\n") == 1
    for part in parts:
        assert part in said.err
    assert files(program) == before


def files(program: Program) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in program.folder.iterdir() if file.is_file()}


def has_tables(program: Program, version: str) -> None:
    migrate(database_url(program.database))
    with closing(sqlite3.connect(program.file)) as database:
        database.execute("UPDATE alembic_version SET version_num = ?", (version,))
        database.commit()


@pytest.mark.parametrize("command", [("status",), ("status", "--json")], ids=" ".join)
def test_there_is_no_database(program: Program, command: tuple[str, ...]) -> None:
    refused(program, command, f"there is no database at {program.file}", "start the bot")


def test_a_folder_that_is_not_there_is_not_made(program: Program) -> None:
    said = program.runs("status", DATABASE_URL=f"sqlite:///{program.folder}/data/holdfast.db")
    assert said.code == 2
    assert "there is no database at" in said.err
    assert not (program.folder / "data").exists()


def test_the_tables_are_newer(program: Program) -> None:
    has_tables(program, "9999")
    refused(program, ("status",), "newer Holdfast", "9999", "update Holdfast")


def test_the_tables_are_older_and_stay_so(program: Program) -> None:
    has_tables(program, "0005")
    refused(program, ("status",), "older Holdfast", "0005", "start the bot")


def test_a_file_that_is_no_database(program: Program) -> None:
    program.file.write_text("milk\n" * 999)
    refused(program, ("status",), "not a database")


def test_a_database_of_another_program(program: Program) -> None:
    with closing(sqlite3.connect(program.file)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE person (name TEXT)")
    refused(program, ("status",), "holds nothing of Holdfast")


def test_a_folder_in_place_of_the_file(program: Program) -> None:
    program.file.mkdir()
    refused(program, ("status",), str(program.file))


@pytest.mark.parametrize("setting", ["hello", "sqlite://", "mysql://host/holdfast"])
def test_what_is_no_database_at_all(program: Program, setting: str) -> None:
    said = program.runs("status", DATABASE_URL=setting)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith("DATABASE_URL: ")


def test_nobody_has_come_yet(program: Program) -> None:
    migrate(database_url(program.database))
    said = looks(program, "status")
    assert (said.code, said.out, said.err) == (0, "Nobody has written to this bot yet.\n", "")


def test_it_is_asked_while_the_bot_runs_and_another_program_writes(program: Program) -> None:
    talk = program.starts()
    talk.says("/start")
    with closing(sqlite3.connect(program.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = looks(program, "status")
        figures = looks(program, "status", "--json")
        other.execute("ROLLBACK")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Terminal: nothing is due, and nothing is planned\n")
    assert json.loads(figures.out)["platforms"]["terminal"]["chats"] == {"all": 1, "gone": 0}
    assert "I'm Holdfast" not in said.out + figures.out


def test_a_database_that_somebody_keeps_for_themselves(program: Program) -> None:
    migrate(database_url(program.database))
    with closing(sqlite3.connect(program.file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        said = looks(program, "status")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "locked" in said.err
    assert "try again" in said.err


def test_a_server_that_is_not_there_is_told_without_its_password(program: Program) -> None:
    setting = f"postgresql+asyncpg://me:zaffre@127.0.0.1:{free_port()}/holdfast"
    for command in (("status",), ("dead", "list"), ("--debug", "status")):
        said = program.runs(*command, DATABASE_URL=setting)
        assert (said.code, said.out) == (2, "")
        assert said.err.splitlines()[-1].startswith("DATABASE_URL: no PostgreSQL answers at 127.0.0.1:")
        assert "zaffre" not in said.err


def test_a_database_on_a_server(program: Program, server_database: str, postgres_server: Server) -> None:
    said = program.runs("status", DATABASE_URL=server_database)
    assert (said.code, said.out, said.err) == (0, "Nobody has written to this bot yet.\n", "")
    empty = postgres_server.database()
    said = program.runs("status", DATABASE_URL=empty)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "holds nothing of Holdfast" in said.err
    assert fetch(empty, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []
    postgres_server.drop(empty)
