"""Everything goes from a SQLite file to PostgreSQL, or nothing does."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from databases import rows
from filelock import FileLock
from postgres import PASSWORD, Server, execute, free_port
from sqlalchemy import URL
from whenever import Date, Instant

from bot.changes import (
    AddLetter,
    AddReason,
    AddSlip,
    AskLink,
    MarkShown,
    SaveArticle,
    SaveRun,
    SetDue,
    SetPerson,
)
from bot.engine import Run
from bot.errors import OperatorError
from bot.messages import Chat, Receipt, Reply
from bot.records import Countdown, Due, Received, Work
from bot.records import Server as ServerSettings
from bot.storage.migrate import database_url, migrate
from bot.storage.models import METADATA
from bot.storage.move import TABLES, move
from bot.storage.room import open_room
from bot.storage.servers import SqlServers
from bot.storage.store import SqlStore

NOW = Instant.from_utc(2026, 3, 2, 8)
TODAY = Date(2026, 3, 2)
PEOPLE = 7


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Where a bot was at work."""
    return f"sqlite:///{tmp_path / 'holdfast.db'}"


@pytest.fixture
def empty(postgres_server: Server) -> Iterator[str]:
    """A database without even tables."""
    url = postgres_server.database()
    yield url
    postgres_server.drop(url)


async def fill(setting: str) -> URL:
    url = database_url(setting)
    migrate(url)
    async with open_room(url) as room:
        store = SqlStore(room)
        for number in range(PEOPLE):
            await _one(store, Chat("test", str(number)))
        await store.keep("secret of a webhook", "value")
        await SqlServers(room).save(ServerSettings(2**60, next_at=NOW, last_on=TODAY, channels=(1, 2)))
    return url


async def _one(store: SqlStore, chat: Chat) -> None:
    profile = {"adult": True, "hope": "“ü” 🙂", "counting_since": TODAY, "paused_until": NOW, "with_read": False}
    changes = (
        SetPerson(profile),
        SaveRun(Run("urge", 1, "wait", {"a": "\x00 and \U0001f642"}, ends=NOW)),
        AddSlip(TODAY),
        AddReason("because"),
        AddLetter("dear you\n" * 500, True),
        SaveArticle("one"),
        MarkShown("reasons/one"),
        AskLink(f"code {chat}"),
        SetDue("morning", NOW, TODAY),
        SetDue("evening", NOW.add(hours=9), TODAY),
    )
    person = (await store.load(chat)).person
    await store.commit(Work(chat, person, NOW, changes, (Reply("on its way"),), address="70"))
    await store.commit(Work(chat, person, NOW, (), (Reply("good morning"),), Due(chat, "morning", NOW, TODAY)))
    await store.set_countdown(Countdown(chat, "5", Reply("counts")))
    await store.take_in(
        [Received(Receipt("bot", int(chat.id) + number * 100), "{}", chat.id) for number in (0, 1)], NOW
    )
    await store.handled(Receipt("bot", int(chat.id)), NOW)


def contents(url: URL) -> dict[str, list[tuple[Any, ...]]]:
    """All rows, as both databases show them."""

    def shown(value: Any) -> str:
        return str(int(value)) if isinstance(value, bool) else str(value)

    found = {}
    for table in METADATA.sorted_tables:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        there = rows(url, f'SELECT {names} FROM "{table.name}"')  # noqa: S608
        found[table.name] = sorted(tuple(map(shown, row)) for row in there)
    return found


def as_bytes(url: URL) -> bytes:
    return Path(str(url.database)).read_bytes()


async def test_everything_arrives_and_the_file_stays_as_it_was(file: str, empty: str) -> None:
    url = await fill(file)
    before, whole = contents(url), as_bytes(url)
    counted = await move(file, empty)
    assert contents(database_url(empty)) == before
    assert counted == {name: len(found) for name, found in before.items() if name != "lease"}
    assert all(counted.values()), "else the test would show little"
    assert as_bytes(url) == whole


async def test_the_bot_goes_on_there(file: str, empty: str) -> None:
    url = await fill(file)
    await move(file, empty)
    chat = Chat("test", "3")
    async with open_room(url) as room:
        before = await SqlStore(room).load(chat)
    async with open_room(database_url(empty)) as room:
        store = SqlStore(room)
        assert await store.load(chat) == before
        await store.commit(Work(chat, before.person, NOW, (AddReason("new"), AddLetter("new")), (Reply("new"),)))
        known = await store.load(chat)
        assert [reason.text for reason in known.reasons] == ["because", "new"]
        assert (await store.letters(known.person))[0].text == "new"
        assert len(await store.claim(NOW.add(hours=9), "test")) == PEOPLE


async def test_more_rows_than_are_read_at_once_arrive(file: str, empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.move.BATCH", 2)
    url = await fill(file)
    await move(file, empty)
    assert contents(database_url(empty)) == contents(url)


async def refused(source: str, target: str, *said: str) -> None:
    with pytest.raises(OperatorError) as caught:
        await move(source, target)
    message = str(caught.value)
    assert "\n" not in message
    assert ";" in message, "the cure"
    assert PASSWORD not in message
    for part in said:
        assert part in message


async def test_a_database_with_anything_in_it_is_left_alone(file: str, server_database: str) -> None:
    await fill(file)
    execute(server_database, "INSERT INTO person VALUES ('p', 0, NULL, '', '', '', '', '', '', '', '', '', false)")
    before = contents(database_url(server_database))
    await refused(file, server_database, "--to: ", "not empty", "'person'")
    assert contents(database_url(server_database)) == before


async def test_a_bot_that_is_at_work_is_stopped_first(file: str, empty: str) -> None:
    url = await fill(file)
    with FileLock(f"{url.database}.lock"):
        await refused(file, empty, "at work", "stop it first")
    await move(file, empty)


@pytest.mark.parametrize("table", ["reason", "outbox", "link"])
async def test_when_a_row_cannot_be_copied_nothing_is(table: str, file: str, empty: str) -> None:
    url = await fill(file)
    with closing(sqlite3.connect(str(url.database))) as spoiling, spoiling:
        column = "person_id" if table == "reason" else "chat"
        spoiling.execute(f"UPDATE {table} SET {column} = 'nobody' WHERE rowid = (SELECT max(rowid) FROM {table})")  # noqa: S608
    await refused(file, empty, f"--to: a row of {table!r}")
    assert not any(contents(database_url(empty)).values())


async def test_a_file_that_is_not_there_is_not_made(tmp_path: Path, empty: str) -> None:
    await refused(f"sqlite:///{tmp_path}/deeper/holdfast.db", empty, "there is no database")
    assert os.listdir(tmp_path) == []  # noqa: PTH208


async def test_a_file_of_an_older_version_is_brought_up_to_date_first(file: str, empty: str) -> None:
    url = await fill(file)
    with closing(sqlite3.connect(str(url.database))) as older, older:
        older.execute("UPDATE alembic_version SET version_num = '0005'")
    await refused(file, empty, "older Holdfast", "start the bot")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("sqlite:///other.db", "this is a file"),
        ("nonsense", "no database URL"),
        (f"postgresql://me@127.0.0.1:{free_port()}/holdfast", "start it"),
    ],
    ids=["a file", "no URL", "no server"],
)
async def test_a_target_that_is_none_is_named(target: str, said: str, file: str) -> None:
    await fill(file)
    await refused(file, target, "--to: ", said)


async def test_a_source_that_is_no_file_is_named(server_database: str, empty: str) -> None:
    await refused(server_database, empty, "no SQLite file", "--from")


def test_all_tables_are_moved_but_leases() -> None:
    assert {table.name for table in METADATA.sorted_tables} - {table.name for table in TABLES} == {"lease"}


def test_the_command_prints_the_counts(file: str, empty: str) -> None:
    asyncio.run(fill(file))
    command = [sys.executable, "-m", "bot", "db", "move", "--to", empty]
    done = [
        subprocess.run(
            command, env={**os.environ, "DATABASE_URL": file}, capture_output=True, text=True, timeout=60, check=False
        )
        for _ in range(2)
    ]
    assert (done[0].returncode, done[0].stderr) == (0, "")
    assert f"person     {PEOPLE:>12}" in done[0].stdout.splitlines()
    assert done[1].returncode == 2
    assert "is not empty" in done[1].stderr
    assert done[1].stderr.count("\n") == 1
    assert PASSWORD.replace(" ", "%20") not in done[0].stdout + done[1].stderr
