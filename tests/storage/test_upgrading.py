"""A database of an older version is brought up to date with everything that was in it.

SQLite makes a table anew for some changes, and dropping the old one deletes what refers to it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from databases import is_file, rows
from postgres import execute
from sqlalchemy import URL, Connection
from whenever import Date, Instant

from bot.messages import Chat, Reply
from bot.records import Due
from bot.storage.codec import reply_to_json
from bot.storage.database import Database
from bot.storage.engine import open_engine
from bot.storage.migrate import FOLDER, database_url, migrate
from bot.storage.server_start import migrate_server
from bot.storage.store import SqlStore

NOW = Instant.from_utc(2026, 3, 2, 8)
PERSON_FIELDS = """id, met_at, adult, language, side, ties, danger, hope, country, zone, morning, evening, with_read,
paused_until, counting_since"""
PERSON = "'p', 0, 1, 'en', 'left', 'none', 'fear', 'heal', 'IE', 'Europe/Dublin', '08:00', '', 0, NULL, '2026-02-01'"


def at_version(url: URL, version: str) -> None:
    """Makes the tables as they were."""
    engine = open_engine(url, "BEGIN IMMEDIATE")
    with engine.begin() as connection:
        upgrade(connection, version)
    engine.dispose()


def upgrade(connection: Connection, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, version)


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
        connection.execute("INSERT INTO shown VALUES ('p', 'articles/a', ?)", (at,))
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
    assert (person.home, known.home, known.others, known.language) == ("", None, {}, "")
    assert ([reason.text for reason in known.reasons], known.slips) == (["because"], (Date(2026, 2, 9),))
    assert (known.shown, known.pages, known.received) == ({"articles/a": NOW}, {}, {})
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


FIRST_FIELDS = "id, met_at, language, side, ties, danger, hope, country, zone, morning, evening, with_read"
SIGNS = {
    "met only": ("2026-01-05T23:59:59Z", (), Date(2026, 1, 5)),
    "here since": ("2026-01-05T10:00:00Z", ("2026-02-07T00:00:00Z",), Date(2026, 2, 7)),
    "in several chats": ("2026-01-05T10:00:00Z", ("2026-03-01T08:00:00Z", "2026-02-01T08:00:00Z"), Date(2026, 3, 1)),
    "a chat without a run": ("2026-01-05T10:00:00Z", ("2026-02-07T12:00:00Z", None), Date(2026, 2, 7)),
}


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_last_sign_is_what_the_database_knows(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> None:
    if database == "sqlite":
        url = database_url(f"sqlite:///{tmp_path / 'old.db'}")
        at_version(url, "0007")
    else:
        server = request.getfixturevalue("postgres_server")
        url = database_url(server.database())
        migrate_server(url, lambda connection: upgrade(connection, "0007"))
    statements = []
    for number, (met_at, runs, _) in enumerate(SIGNS.values()):
        met = Instant.parse_iso(met_at).timestamp(unit="millisecond")
        told = f"'{number}', {met}, '', '', '', '', '', '', '', '', '', false"
        statements.append(f"INSERT INTO person ({FIRST_FIELDS}) VALUES ({told})")  # noqa: S608
        for chat, run_at in enumerate(runs):
            at = Instant.parse_iso(run_at).timestamp(unit="millisecond") if run_at else "NULL"
            row = f"'telegram', '{number}-{chat}', '{number}', {at}"
            statements.append(f"INSERT INTO chat (platform, id, person_id, run_at) VALUES ({row})")  # noqa: S608
    run_all(url, statements)
    migrate(url)
    found = [str(on) for (on,) in rows(url, "SELECT seen_on FROM person ORDER BY id")]
    assert found == [str(on) for _, _, on in SIGNS.values()]


def run_all(url: URL, statements: list[str]) -> None:
    """Runs statements on a database, whichever it is."""
    if is_file(url):
        with closing(sqlite3.connect(str(url.database))) as connection, connection:
            connection.executescript(";".join(statements))
    else:
        for statement in statements:
            execute(url.render_as_string(hide_password=False), statement)
