"""/delete leaves nothing: no row, and no word in the bytes of the files."""

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from databases import ON_A_FILE, rows
from sqlalchemy import URL, Connection, func, insert, make_url, select
from whenever import Date, Instant

from bot.changes import (
    AddLetter,
    AddReason,
    AddSlip,
    AskLink,
    Change,
    DropLetter,
    DropReason,
    Forget,
    MarkShown,
    SaveArticle,
    SaveRun,
    SetDue,
    SetPerson,
)
from bot.engine import Run
from bot.messages import Chat, Receipt, Reply
from bot.records import Countdown, Due, Known, Received, Work
from bot.storage import shreds
from bot.storage.database import Database
from bot.storage.models import METADATA
from bot.storage.room import Room
from bot.storage.store import SqlStore
from bot.storage.tables import CHAT
from bot.testing import Bench

NOW = Instant.from_utc(2026, 3, 2, 8)
TODAY = Date(2026, 3, 2)
NOBODYS = {"inbox", "kept", "lease", "server"}
"""Tables that hold nothing of a person once their messages are handled; see below, test_inbox.py, test_servers.py."""

SHREDDING = (234, 308, 343)
"""Seeds of writes that left shreds, three of the first 400."""

COUNTING = {
    table.name: str(select(func.count()).select_from(table))
    for table in METADATA.sorted_tables
    if table.name not in NOBODYS
}


def everything(mark: str) -> tuple[Any, ...]:
    run = Run("urge", 1, "letter", {"write": f"run {mark} " * 30}, under=Run("days", 1, "since", {"x": mark}))
    return (
        SetPerson({"hope": mark, "zone": "Europe/Berlin", "country": "DE", "ties": mark}),
        SaveRun(run),
        AddSlip(TODAY),
        *(AddReason(f"reason {number} {mark} " * 20) for number in range(40)),
        *(AddLetter(f"letter {number} {mark} " * 200) for number in range(10)),
        SaveArticle(f"article-{mark}"),
        MarkShown(f"reasons/{mark}"),
        AskLink(f"code {mark}"),
        SetDue("morning", NOW, TODAY),
        SetDue("evening", NOW, TODAY),
    )


async def fill(store: SqlStore, chat: Chat, mark: str) -> Known:
    """Puts a row into every table."""
    person = (await store.load(chat)).person
    await store.commit(Work(chat, person, NOW, everything(mark), (Reply(f"reply {mark}", quote=f"quote {mark}"),)))
    await store.commit(Work(chat, person, NOW, (), (Reply(f"morning {mark}"),), Due(chat, "morning", NOW, TODAY)))
    await store.set_countdown(Countdown(chat, "7", Reply(f"counting {mark}")))
    incoming = Receipt("bot", 1)
    await store.take_in([Received(incoming, f"incoming {mark}")], NOW)
    await store.handled(incoming, NOW)
    return await store.load(chat)


def counts(url: URL) -> dict[str, int]:
    return {name: rows(url, query)[0][0] for name, query in COUNTING.items()}


def files(url: URL) -> Iterator[Path]:
    return Path(str(url.database)).parent.glob("*")


def holds(url: URL, mark: str) -> list[str]:
    return [file.name for file in files(url) if mark.encode() in file.read_bytes()]


async def checkpoint(database: Room) -> None:
    def empty_the_log(connection: Connection) -> None:
        raw = sqlite3.connect(str(connection.engine.url.database), isolation_level=None)
        assert raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        raw.close()

    await database.read(empty_the_log)


async def test_every_table_is_filled_first(store: SqlStore, url: URL) -> None:
    """Else the tests below would show nothing; a new table belongs into `fill`."""
    await fill(store, Chat("test", "me"), "zebra")
    assert [name for name, number in counts(url).items() if number == 0] == []


async def test_forgetting_leaves_no_row_in_any_table(store: SqlStore, url: URL) -> None:
    chat = Chat("test", "me")
    known = await fill(store, chat, "zebra")
    await store.commit(Work(chat, known.person, NOW, (Forget(),)))
    assert counts(url) == dict.fromkeys(COUNTING, 0)


async def test_forgetting_takes_every_chat_of_the_person(database: Room, store: SqlStore, url: URL) -> None:
    chat, other = Chat("test", "me"), Chat("elsewhere", "me too")
    known = await fill(store, chat, "zebra")

    def join(connection: Connection) -> None:
        connection.execute(insert(CHAT).values(platform=other.platform, id=other.id, person_id=known.person.id))

    await database.write(join)
    await store.commit(Work(other, known.person, NOW, (SetDue("wait", NOW, TODAY),), (Reply("there too"),)))
    await store.commit(Work(chat, known.person, NOW, (Forget(),)))
    assert counts(url) == dict.fromkeys(COUNTING, 0)


async def test_forgetting_leaves_everybody_else(store: SqlStore, url: URL) -> None:
    you = Chat("test", "you")
    before = await fill(store, you, "giraffe")
    alone = counts(url)
    me = await fill(store, Chat("test", "me"), "zebra")
    await store.commit(Work(Chat("test", "me"), me.person, NOW, (Forget(),)))
    assert counts(url) == alone
    assert await store.load(you) == before


async def test_somebody_who_was_forgotten_is_new(store: SqlStore) -> None:
    chat = Chat("test", "me")
    known = await fill(store, chat, "zebra")
    await store.commit(Work(chat, known.person, NOW, (Forget(),)))
    again = await store.load(chat)
    assert (again.met, again.reasons, again.person.id == known.person.id) == (False, (), False)


async def test_somebody_never_met_can_be_forgotten(store: SqlStore, url: URL) -> None:
    chat = Chat("test", "me")
    await store.commit(Work(chat, (await store.load(chat)).person, NOW, (Forget(),)))
    assert counts(url) == dict.fromkeys(COUNTING, 0)


async def test_a_visit_that_was_under_way_does_not_bring_somebody_back_to_life(store: SqlStore, url: URL) -> None:
    """A broadcast that was claimed before /delete writes its answer after it."""
    chat = Chat("test", "me")
    known = await fill(store, chat, "zebra")
    await store.commit(Work(chat, known.person, NOW, (Forget(),)))
    stranger = (await store.load(chat)).person
    late = Work(chat, stranger, NOW, (MarkShown("reasons/one"),), (Reply("hello"),), Due(chat, "wait", NOW, TODAY))
    await store.commit(late)
    assert counts(url) == dict.fromkeys(COUNTING, 0)


@ON_A_FILE
async def test_forgotten_words_are_gone_from_the_files_after_a_checkpoint(
    database: Room, store: SqlStore, url: URL
) -> None:
    chat = Chat("test", "me")
    await fill(store, Chat("test", "you"), "giraffe")
    known = await fill(store, chat, "zebra")
    await store.commit(Work(chat, known.person, NOW, (Forget(),)))
    await checkpoint(database)
    assert holds(url, "zebra") == []
    assert holds(url, "giraffe") == ["holdfast.db"]
    assert holds(url, known.person.id) == []


@ON_A_FILE
async def test_a_burned_letter_and_a_dropped_reason_are_gone_after_a_checkpoint(
    database: Room, store: SqlStore, url: URL
) -> None:
    chat = Chat("test", "me")
    known = await store.load(chat)
    await store.commit(Work(chat, known.person, NOW, (AddLetter("zebra " * 2000), AddReason("okapi"))))
    known = await store.load(chat)
    drops = [DropReason(reason.id) for reason in known.reasons]
    burns = [DropLetter(letter.id) for letter in await store.letters(known.person)]
    await store.commit(Work(chat, known.person, NOW, (*drops, *burns)))
    await checkpoint(database)
    assert holds(url, "zebra") + holds(url, "okapi") == []


@ON_A_FILE
async def test_forgotten_words_are_gone_when_the_process_ends(url: URL) -> None:
    running = Database(url)
    store, chat = SqlStore(running), Chat("test", "me")
    known = await fill(store, chat, "zebra")
    await store.commit(Work(chat, known.person, NOW, (Forget(),)))
    running.close()
    assert holds(url, "zebra") == []


@ON_A_FILE
async def test_forgotten_words_are_gone_while_the_process_goes_on(store: SqlStore, url: URL) -> None:
    """The bot runs for months; the log beside the file is emptied only when somebody does it."""
    chat = Chat("test", "me")
    known = await fill(store, chat, "zebra")
    await store.commit(Work(chat, known.person, NOW, (Forget(),)))
    assert holds(url, "zebra") == []


@ON_A_FILE
async def test_who_reads_the_file_meanwhile_delays_only_the_emptying_of_the_log(store: SqlStore, url: URL) -> None:
    chat = Chat("test", "me")
    known = await fill(store, chat, "zebra")
    with closing(sqlite3.connect(str(url.database), isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM person").fetchall()
        async with asyncio.timeout(2):
            await store.commit(Work(chat, known.person, NOW, (Forget(),)))
        assert holds(url, "zebra")
        other.execute("ROLLBACK")
    await store.keep("anything", "else")
    assert holds(url, "zebra") == []


async def test_delete_in_a_chat_leaves_nothing(bench: Bench) -> None:
    person = bench.person()
    await person.joins()
    await person.says("/reason")
    await person.says("zebra crossing")
    await person.says("/delete everything")
    url = make_url(f"sqlite:///{bench.database_file}")
    assert {name for name, number in counts(url).items() if number} == set()


async def test_nobody_is_told_that_everything_is_deleted_when_it_is_not(bench: Bench) -> None:
    person = bench.person()
    await person.joins()
    other = sqlite3.connect(bench.database_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await person.says("/delete everything")
    other.execute("ROLLBACK")
    other.close()
    assert (await bench.store.load(person.chat)).met
    assert not person.sees("privacy/deleted")


@ON_A_FILE
@pytest.mark.parametrize("seed", SHREDDING)
async def test_shreds_of_rows_that_were_moved_are_gone_too(store: SqlStore, url: URL, seed: int) -> None:
    """SQLite overwrites what it deletes, and not what it has moved before: without rebuilding the file this fails."""
    chance, chats = random.Random(seed), [Chat("test", str(number)) for number in range(30)]
    for chat in chats:
        await store.commit(Work(chat, (await store.load(chat)).person, NOW, (SaveRun(None),)))
    people = [(await store.load(chat)).person for chat in chats]
    for _ in range(250):
        number = chance.randrange(30)
        words = ("zebra " if number == 3 else "giraf ") * chance.randint(0, 150)
        change: Change | None = AddLetter(words)
        if chance.random() >= 0.4:
            change = SaveRun(Run("urge", 1, "letter", {"write": words}))
            if chance.random() >= 0.8:
                kept = await store.letters(people[number])
                change = DropLetter(kept[0].id) if kept else None
        if change is not None:
            await store.commit(Work(chats[number], people[number], NOW, (change,)))
    await store.commit(Work(chats[3], people[3], NOW, (Forget(),)))
    assert holds(url, "zebra") == []


@ON_A_FILE
async def test_a_large_file_is_rebuilt_later(store: SqlStore, url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shreds, "REBUILT_AT_ONCE", 0)
    known = await fill(store, Chat("test", "me"), "zebra")
    await store.commit(Work(Chat("test", "me"), known.person, NOW, (Forget(),)))
    assert rows(url, "SELECT value FROM kept WHERE name = 'to rebuild'") == [("to rebuild",)]
    await store.clean()
    assert rows(url, "SELECT value FROM kept WHERE name = 'to rebuild'") == [("to rebuild",)]
    await store.clean(thoroughly=True)
    assert rows(url, "SELECT value FROM kept WHERE name = 'to rebuild'") == []


async def test_what_came_before_in_the_inbox_is_gone_and_what_came_after_is_not(store: SqlStore, url: URL) -> None:
    chat, other = Chat("test", "me"), Chat("test", "you")
    known = await fill(store, chat, "zebra")
    for number, of in enumerate((chat, chat, chat, other), 5):
        body = f"zebra {number}"
        await store.take_in([Received(Receipt("test:bot", number), body, of.id)], NOW)
    await store.take_in([Received(Receipt("elsewhere:bot", 5), "zebra of the same number", chat.id)], NOW)
    await store.commit(Work(chat, known.person, NOW, (Forget(Receipt("test:bot", 6)),)))
    assert rows(url, "SELECT body FROM inbox WHERE body IS NOT NULL ORDER BY body") == [
        ("zebra 6",),
        ("zebra 7",),
        ("zebra 8",),
        ("zebra of the same number",),
    ]


async def test_while_the_file_is_rebuilt_everything_goes_on(store: SqlStore) -> None:
    """Units of work wait for it or go before it; nothing is lost and nothing stands still."""
    known = await fill(store, Chat("test", "me"), "zebra")

    async def writes(number: int) -> None:
        chat = Chat("test", f"other {number}")
        for _ in range(20):
            person = (await store.load(chat)).person
            await store.commit(Work(chat, person, NOW, (AddReason("giraffe"),)))

    async with asyncio.timeout(20):
        forgets = store.commit(Work(Chat("test", "me"), known.person, NOW, (Forget(),)))
        await asyncio.gather(forgets, *(writes(number) for number in range(8)))
    for number in range(8):
        assert len((await store.load(Chat("test", f"other {number}"))).reasons) == 20


async def test_no_row_of_any_table_holds_a_word_of_who_was_forgotten(store: SqlStore, url: URL) -> None:
    chat = Chat("test", "me")
    known = await fill(store, chat, "zebra")
    await store.give_up((await store.unsent("test"))[0], NOW, "Bad Gateway")
    assert any("zebra" in str(rows(url, f'SELECT * FROM "{table}"')) for table in METADATA.tables)  # noqa: S608
    await store.commit(Work(chat, known.person, NOW, (Forget(),)))
    for table in METADATA.tables:
        held = str(rows(url, f'SELECT * FROM "{table}"'))  # noqa: S608
        assert "zebra" not in held
        assert known.person.id not in held
