"""A message is written down before it leaves, and crossed out when it has left."""

import sqlite3
from contextlib import closing, suppress
from dataclasses import replace

import pytest
from databases import ON_A_FILE
from sqlalchemy import URL, Connection, text
from whenever import Date, Instant

from bot.changes import AddReason, SetDue
from bot.messages import Button, Chat, Picture, Reply
from bot.outbox import Outbox
from bot.ports import StorageDown
from bot.records import Countdown, Queued, Work
from bot.storage.codec import reply_to_json
from bot.storage.database import Database
from bot.storage.room import Room
from bot.storage.store import SqlStore
from bot.testing import Bench, FakeMessenger, HandClock

NOW = Instant.from_utc(2026, 3, 2, 8)
ME, YOU = Chat("test", "me"), Chat("test", "you")
WHOLE = Reply(
    "**Bold**\n\nand 🙂",
    "urge/wait",
    (Button("Weiter ✓", "urge:wait:enough:missing"), Button("Menü", "/menu")),
    quote="my own words,\n“quoted”",
    picture=Picture("lake.png", "a lake"),
    until=NOW.add(minutes=10),
    writes="urge:wait",
    listed=1,
    ways=1,
)
WHOLE_ROW = reply_to_json(WHOLE)


async def commit(store: SqlStore, *texts: str, chat: Chat = ME) -> list[Queued]:
    replies = [Reply(text) for text in texts]
    return list(await store.commit(Work(chat, (await store.load(chat)).person, NOW, (), replies)))


def outbox(store: SqlStore) -> tuple[Outbox, FakeMessenger]:
    messenger = FakeMessenger()
    return Outbox(store, {"test": messenger}, HandClock(NOW)), messenger


async def test_a_message_comes_back_whole(store: SqlStore) -> None:
    known = await store.load(ME)
    (queued,) = await store.commit(Work(ME, known.person, NOW, (), (WHOLE,)))
    assert list(await store.unsent("test")) == [queued]
    assert queued.reply == WHOLE


async def test_what_was_sent_is_not_written_down_any_more(store: SqlStore) -> None:
    away, messenger = outbox(store)
    await away.send(await commit(store, "one", "two"))
    assert [reply.text for reply in messenger.shown[ME]] == ["one", "two"]
    assert await store.unsent("test") == []


async def test_after_a_crash_between_commit_and_send_each_is_sent_once_and_in_order(store: SqlStore) -> None:
    await commit(store, "one", "two")
    await commit(store, "for you", chat=YOU)
    await commit(store, "three")
    away, messenger = outbox(store)
    await away.resend("test")
    await away.resend("test")
    assert [reply.text for reply in messenger.shown[ME]] == ["one", "two", "three"]
    assert [reply.text for reply in messenger.shown[YOU]] == ["for you"]


async def test_after_a_crash_in_the_middle_only_the_rest_is_sent(store: SqlStore) -> None:
    first, *_rest = await commit(store, "one", "two", "three")
    await store.sent(first, NOW)
    away, messenger = outbox(store)
    await away.resend("test")
    assert [reply.text for reply in messenger.shown[ME]] == ["two", "three"]


async def test_one_chat_can_be_sent_what_is_left_without_the_others(store: SqlStore) -> None:
    await commit(store, "mine")
    await commit(store, "yours", chat=YOU)
    away, messenger = outbox(store)
    await away.resend("test", "me")
    assert list(messenger.shown) == [ME]
    assert [queued.chat for queued in await store.unsent("test")] == [YOU]


async def test_another_platform_is_left_alone(store: SqlStore) -> None:
    await commit(store, "elsewhere", chat=Chat("elsewhere", "me"))
    assert await store.unsent("test") == []


async def test_a_message_that_could_not_be_sent_stays_written_down(store: SqlStore) -> None:
    away, messenger = outbox(store)
    messenger.broken = True
    with pytest.raises(ConnectionError):
        await away.send(await commit(store, "one", "two"))
    messenger.broken = False
    await away.resend("test")
    assert [reply.text for reply in messenger.shown[ME]] == ["one", "two"]


async def test_however_much_was_left_all_of_it_is_taken_up_in_order(store: SqlStore) -> None:
    texts = [str(number) for number in range(1_100)]
    await commit(store, *texts)
    away, messenger = outbox(store)
    await away.take_up("test")
    await away.quiet()
    assert [reply.text for reply in messenger.shown[ME]] == texts


async def test_what_stands_behind_a_message_that_is_tried_again_is_not_taken(store: SqlStore) -> None:
    now = Instant.now()
    person = (await store.load(ME)).person
    written = Work(ME, person, now.subtract(seconds=30), (), [Reply("one"), Reply("two")])
    first, _second = await store.commit(written)
    await store.put_off(replace(first, attempts=1), now, "no connection")
    assert await store.unsent("test", by=now) == []
    later = await store.unsent("test", by=now.add(minutes=2))
    assert [queued.reply.text for queued in later] == ["one", "two"]


async def test_what_comes_unasked_is_taken_from_a_process_that_is_gone(store: SqlStore) -> None:
    now = Instant.now()
    person, on = (await store.load(ME)).person, now.to_tz("UTC").date()
    await store.commit(Work(ME, person, now, (SetDue("morning", now, on),)))
    (due,) = await store.claim(now, "test")
    work = Work(ME, person, now, (), [Reply("How are you?", unasked=True)], due)
    await store.commit(work)
    assert await store.unsent("test", by=now) == []
    await store.free_claims(now, "test")
    assert [queued.kind for queued in await store.unsent("test", by=now)] == ["morning"]


async def test_what_a_process_leaves_another_may_send_at_once(store: SqlStore) -> None:
    now, messenger = Instant.now(), FakeMessenger()
    messenger.broken = True
    stopping, next_one = (Outbox(store, {"test": messenger}, HandClock(now)) for _ in range(2))
    person = (await store.load(ME)).person
    with suppress(ConnectionError):
        await stopping.send(await store.commit(Work(ME, person, now, (), [Reply("one"), Reply("two")])))
    await stopping.drain("test", 1)
    messenger.broken = False
    await next_one.resend("test")
    assert [reply.text for reply in messenger.shown[ME]] == ["one", "two"]


@pytest.mark.parametrize(
    "row",
    ["", "{", "null", "[]", "{}", '{"text": "Hello"}', WHOLE_ROW.replace("urge:wait", "u" * 65), "7", "\x00"],
    ids=["empty", "half", "null", "list", "nothing", "older", "token", "number", "zero"],
)
async def test_a_message_that_cannot_be_read_holds_up_no_other(
    row: str, database: Room, store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    await commit(store, "one", "two", "three")
    _first, second, _third = await store.unsent("test")

    def spoil(connection: Connection) -> None:
        if "\0" in row and connection.dialect.name != "sqlite":
            pytest.skip("PostgreSQL holds no such text")
        connection.execute(text("UPDATE outbox SET body = :row WHERE id = :id"), {"row": row, "id": second.id})

    await database.write(spoil)
    away, messenger = outbox(store)
    await away.resend("test")
    await away.resend("test")
    assert [reply.text for reply in messenger.shown[ME]] == ["one", "three"]
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [f"the message {second.id}, on its way out, could not be read; it is left out"]


async def test_a_countdown_that_cannot_be_read_holds_up_no_other(database: Room, store: SqlStore) -> None:
    for chat in (ME, YOU):
        await commit(store, "hello", chat=chat)
        await store.set_countdown(Countdown(chat, "5", WHOLE))

    def spoil(connection: Connection) -> None:
        connection.execute(text("UPDATE countdown SET body = '{' WHERE chat = :chat"), {"chat": ME.id})

    await database.write(spoil)
    assert [countdown.chat for countdown in await store.countdowns("test")] == [YOU]
    assert await store.countdown(ME) is None


async def test_a_message_that_was_never_written_down_is_crossed_out_without_harm(store: SqlStore) -> None:
    await store.sent(Queued(ME, Reply("at once")), NOW)
    assert await store.unsent("test") == []


async def test_messages_and_changes_of_one_unit_happen_together_or_not_at_all(store: SqlStore) -> None:
    known = await store.load(ME)
    bad = SetDue("morning", "never", Date(2026, 3, 2))  # type: ignore[arg-type]
    with pytest.raises(Exception, match="timestamp"):
        await store.commit(Work(ME, known.person, NOW, (AddReason("kept?"), bad), (Reply("sent?"),)))
    after = await store.load(ME)
    assert (after.met, after.reasons, await store.unsent("test")) == (False, (), [])


async def test_after_a_restart_the_answer_that_was_left_is_shown_once(bench: Bench) -> None:
    person = bench.person()
    await person.says("/start")
    bench.messenger.broken = True
    with pytest.raises(ConnectionError):
        await person.says("/help")
    bench.messenger.broken = False
    await bench.restart()
    assert person.keys == ["common/help"]
    await bench.restart()
    assert person.keys == ["common/help"]


@ON_A_FILE
async def test_what_was_sent_but_not_crossed_out_is_crossed_out_later_and_not_sent_again(url: URL) -> None:
    database = Database(url, patience=0.05)
    store = SqlStore(database)
    away, messenger = outbox(store)
    queued = await commit(store, "one", "two")
    with closing(sqlite3.connect(str(url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await away.send(queued)
        with pytest.raises(StorageDown):
            await away.cross_out()
    await away.cross_out()
    after_the_restart = Outbox(store, {"test": messenger}, HandClock(NOW))
    await after_the_restart.resend("test")
    assert [reply.text for reply in messenger.shown[ME]] == ["one", "two"]
    database.close()
