"""A database is made, brought up to date, or refused in one line that names the setting."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import URL

from bot.errors import OperatorError
from bot.storage.engine import open_engine
from bot.storage.migrate import database_url, migrate
from bot.storage.models import METADATA, ON_POSTGRESQL

HEAD = max(Path(migrate.__code__.co_filename).parent.glob("migrations/versions/[0-9]*.py")).name.split("_")[0]


@pytest.fixture
def url(tmp_path: Path) -> URL:
    made = database_url(f"sqlite:///{tmp_path / 'holdfast.db'}")
    migrate(made)
    return made


def start(setting: str) -> None:
    migrate(database_url(setting))


def refused(setting: str, *said: str) -> None:
    with pytest.raises(OperatorError) as caught:
        start(setting)
    message = str(caught.value)
    assert message.startswith("DATABASE_URL: ")
    assert "\n" not in message
    assert ";" in message, "the cure"
    for part in said:
        assert part in message


def dump(file: Path) -> list[str]:
    connection = sqlite3.connect(file)
    rows = list(connection.iterdump())
    connection.close()
    return rows


def test_a_fresh_file_ends_at_the_newest_tables(url: URL) -> None:
    assert f"INSERT INTO \"alembic_version\" VALUES('{HEAD}');" in dump(Path(str(url.database)))


def test_the_tables_are_those_of_the_models(url: URL) -> None:
    engine = open_engine(url, "BEGIN")
    with engine.connect() as connection:
        opts = {"compare_type": True, "compare_server_default": True}
        opts["include_object"] = lambda _object, name, *_others: name != ON_POSTGRESQL
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_foreign_keys_delete_what_belongs_to_a_person(url: URL) -> None:
    """Alembic does not compare what happens on delete."""
    connection = sqlite3.connect(str(url.database))
    for table in METADATA.sorted_tables:
        there = {row[6] for row in connection.execute(f'PRAGMA foreign_key_list("{table.name}")')}
        assert there == {key.ondelete for key in table.foreign_keys}
    connection.close()


def test_a_second_start_changes_nothing(url: URL) -> None:
    file = Path(str(url.database))
    before = (dump(file), file.read_bytes())
    migrate(url)
    assert (dump(file), file.read_bytes()) == before


def test_a_second_start_keeps_what_was_written(url: URL) -> None:
    connection = sqlite3.connect(str(url.database))
    connection.execute(
        "INSERT INTO person (id, met_at, language, side, ties, danger, hope, country, zone, morning, evening, "
        "with_read) VALUES ('me', 0, '', '', '', '', '', '', '', '', '', 0)"
    )
    connection.commit()
    connection.close()
    migrate(url)
    assert any("'me'" in row for row in dump(Path(str(url.database))))


def test_starts_at_the_same_moment_make_the_tables_once(tmp_path: Path) -> None:
    setting = f"sqlite:///{tmp_path / 'new.db'}"
    script = "import sys; from bot.storage.migrate import *; migrate(database_url(sys.argv[1]))"
    running = [
        subprocess.Popen([sys.executable, "-c", script, setting], stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    assert [process.communicate(timeout=40)[1] for process in running] == [""] * 4
    assert [process.returncode for process in running] == [0] * 4


def test_the_folder_of_the_file_is_made(tmp_path: Path) -> None:
    start(f"sqlite:///{tmp_path}/a folder/below/holdfast.db")
    assert (tmp_path / "a folder/below/holdfast.db").is_file()


def test_a_file_with_odd_signs_in_its_name_is_fine(tmp_path: Path) -> None:
    start(f"sqlite:///{tmp_path}/100% größe [x].db")
    assert (tmp_path / "100% größe [x].db").is_file()


def test_a_file_below_home_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    start("sqlite:///~/holdfast.db")
    assert (tmp_path / "holdfast.db").is_file()


def test_a_database_from_the_future_is_left_alone(url: URL) -> None:
    connection = sqlite3.connect(str(url.database))
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = dump(Path(str(url.database)))
    refused(f"sqlite:///{url.database}", "newer Holdfast", "9999", HEAD, "update Holdfast")
    assert dump(Path(str(url.database))) == before


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear you, " * 500)
    refused(f"sqlite:///{file}", str(file), "not a database")
    assert file.read_text() == "Dear you, " * 500


def test_a_database_that_was_cut_off_is_refused(url: URL) -> None:
    file = Path(str(url.database))
    file.write_bytes(file.read_bytes()[:5000])
    for side in ("-wal", "-shm"):
        Path(f"{file}{side}").unlink(missing_ok=True)
    refused(f"sqlite:///{file}", str(file))


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE person (name TEXT)")
    connection.close()
    before = dump(file)
    refused(f"sqlite:///{file}", str(file))
    assert dump(file) == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    refused(f"sqlite:///{tmp_path}/data/holdfast.db", f"the folder {tmp_path}/data cannot be made (File exists)")
    refused(f"sqlite:///{tmp_path}/data/deeper/holdfast.db", "cannot be made (Not a directory)")


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "holdfast.db").mkdir()
    refused(f"sqlite:///{tmp_path}/holdfast.db", f"{tmp_path}/holdfast.db")


def test_a_place_nobody_can_write_to_is_named() -> None:
    refused("sqlite:////proc/holdfast.db", "/proc/holdfast.db")


def test_a_file_whose_journal_is_in_the_way_is_named(tmp_path: Path) -> None:
    """As good as read-only, for root too."""
    (tmp_path / "holdfast.db-wal").mkdir()
    refused(f"sqlite:///{tmp_path}/holdfast.db", str(tmp_path))


def test_a_name_too_long_for_a_file_is_named(tmp_path: Path) -> None:
    refused(f"sqlite:///{tmp_path}/{'x' * 300}.db")
    refused(f"sqlite:///{tmp_path}/{'x' * 300}/holdfast.db")


def test_a_database_another_process_is_busy_with_is_named(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.engine.ON_CONNECT", ("PRAGMA busy_timeout=50",))
    other = sqlite3.connect(str(url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused(f"sqlite:///{url.database}", "locked")
    other.close()


@pytest.mark.parametrize(
    "setting",
    [
        "",
        " ",
        "holdfast.db",
        "data/holdfast.db",
        "sqlite:",
        "sqlite:/",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "postgresql://me@host",
        "postgresql+asyncpg://me@host/",
        "postgresql+psycopg://me@host/holdfast",
        "mysql://host/holdfast",
        "http://example.org",
        "nonsense://x",
        "://",
        "two\nlines",
    ],
)
def test_a_setting_that_is_no_file_of_ours_is_refused(setting: str) -> None:
    refused(setting, "sqlite:///data/holdfast.db")


@pytest.mark.parametrize(
    "setting",
    [
        "sqlite://data/holdfast.db",
        "sqlite://me:secret@data:port/holdfast.db",
        "sqlite:///~no_such_user/holdfast.db",
    ],
    ids=["two slashes", "no port", "nobody's home"],
)
def test_a_setting_with_a_slip_of_the_pen_is_refused(
    setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(setting)


def test_a_password_in_a_setting_is_not_repeated() -> None:
    with pytest.raises(OperatorError) as caught:
        start("postgresql://me:hunter2@host")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "spoil",
    [lambda file: file.write_text("no database at all"), lambda file: file.mkdir()],
    ids=["no database", "a folder"],
)
def test_the_command_says_it_in_one_line_without_a_traceback(spoil: Callable[[Path], object], tmp_path: Path) -> None:
    spoil(tmp_path / "holdfast.db")
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/holdfast.db"}
    done = subprocess.run(
        [sys.executable, "-m", "bot"],
        env=environment,
        input="",
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("DATABASE_URL: ")
    assert done.stderr.count("\n") == 1


def test_what_postgresql_needs_is_not_imported_for_a_file(tmp_path: Path) -> None:
    script = """
import asyncio, sys
import bot.__main__
from bot.storage.migrate import database_url, migrate
from bot.storage.room import open_room
from bot.storage.servers import SqlServers
from bot.storage.store import SqlStore

async def main():
    url = database_url(sys.argv[1])
    migrate(url)
    async with open_room(url) as room:
        await SqlStore(room).noted("x")

asyncio.run(main())
print([name for name in ("asyncpg", "greenlet") if name in sys.modules])
"""
    command = [sys.executable, "-c", script, f"sqlite:///{tmp_path}/holdfast.db"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=40, check=True)
    assert done.stdout == "[]\n"
