"""A database of an older version is brought up to date with everything that was in it.

SQLite makes a table anew for some changes, and dropping the old one deletes what refers to it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import URL
from whenever import Date, Instant

from bot.messages import Chat, Reply
from bot.records import Due
from bot.storage.codec import reply_to_json
from bot.storage.database import Database
from bot.storage.engine import open_engine
from bot.storage.migrate import FOLDER, database_url, migrate
from bot.storage.store import SqlStore

NOW = Instant.from_utc(2026, 3, 2, 8)
PERSON_FIELDS = """id, met_at, adult, language, side, ties, danger, hope, country, zone, morning, evening, with_read,
paused_until, counting_since"""
PERSON = "'p', 0, 1, 'en', 'left', 'none', 'fear', 'heal', 'IE', 'Europe/Dublin', '08:00', '', 0, NULL, '2026-02-01'"


def at_version(url: URL, version: str) -> None:
    """Makes the tables as they were."""
    engine = open_engine(url, "BEGIN IMMEDIATE")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    engine.dispose()


def dump(url: URL) -> list[str]:
    with closing(sqlite3.connect(str(url.database))) as connection:
        return list(connection.iterdump())


@pytest.fixture(params=["0001", "0002", "0003", "0004", "0005"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """A database as an older version has left it."""
    url = database_url(f"sqlite:///{tmp_path / 'old.db'}")
    at_version(url, request.param)
    at = NOW.timestamp(unit="millisecond")
    with closing(sqlite3.connect(str(url.database))) as connection, connection:
        connection.execute(f"INSERT INTO person ({PERSON_FIELDS}) VALUES ({PERSON})")  # noqa: S608
        connection.execute("INSERT INTO chat (platform, id, person_id) VALUES ('telegram', '7', 'p')")
        connection.execute("INSERT INTO reason VALUES (1, 'p', 'because')")
        connection.execute("INSERT INTO slip VALUES ('p', '2026-02-09')")
        connection.execute(
            "INSERT INTO letter (id, person_id, text, written_at, tomorrow) VALUES (3, 'p', 'dear you', 5, 1)"
        )
        due = 'INSERT INTO due (platform, chat, kind, at, "on") VALUES (?, ?, ?, ?, ?)'
        connection.execute(due, ("telegram", "7", "morning", at, "2026-03-02"))
        outbox = "INSERT INTO outbox (platform, chat, body, written_at) VALUES (?, ?, ?, ?)"
        connection.execute(outbox, ("telegram", "7", reply_to_json(Reply("hello")), at))
    return url


async def test_nothing_is_lost(old: URL) -> None:
    migrate(old)
    database = Database(old)
    store, chat = SqlStore(database), Chat("telegram", "7")
    known = await store.load(chat)
    person = known.person
    assert (person.danger, person.morning, person.counting_since) == ("fear", "08:00", Date(2026, 2, 1))
    assert (person.home, known.home, known.others) == ("", None, {})
    assert ([reason.text for reason in known.reasons], known.slips) == (["because"], (Date(2026, 2, 9),))
    (letter,) = await store.letters(person)
    assert (letter.text, letter.tomorrow, letter.chat) == ("dear you", True, "")
    assert await store.claim(NOW, "telegram") == [Due(chat, "morning", NOW, Date(2026, 3, 2))]
    assert [queued.reply.text for queued in await store.unsent("telegram")] == ["hello"]
    assert await store.link_of(chat) is None
    database.close()


def test_a_second_start_changes_nothing(old: URL) -> None:
    migrate(old)
    before = dump(old)
    migrate(old)
    assert dump(old) == before
