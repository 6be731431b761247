"""What happens by itself: leased, delivered once, never lost."""

from typing import Any

import pytest
from sqlalchemy import Connection, insert
from whenever import Date, Instant

from bot.changes import DropDue, SetDue
from bot.messages import Chat, Reply
from bot.records import Due, Known, Person, Queued, Work
from bot.storage.due import CLAIMED, LEASE_MINUTES, claim
from bot.storage.engine import raw_connection
from bot.storage.room import Room, open_room
from bot.storage.store import SqlStore
from bot.storage.tables import CHAT, DUE

NOW = Instant.from_utc(2026, 3, 2, 8)
TODAY = Date(2026, 3, 2)
ME = Chat("test", "me")
HELLO = (Reply("good morning"),)


async def set_due(store: SqlStore, *changes: Any, chat: Chat = ME) -> Known:
    await store.commit(Work(chat, (await store.load(chat)).person, NOW, changes))
    return await store.load(chat)


async def answer(store: SqlStore, due: Due, person: Person, *changes: Any) -> list[Queued]:
    return list(await store.commit(Work(due.chat, person, NOW, changes, HELLO, due)))


def morning(minutes: int = 0, kind: str = "morning") -> SetDue:
    return SetDue(kind, NOW.add(minutes=minutes), TODAY)


async def test_what_is_due_is_claimed_the_earliest_first(store: SqlStore) -> None:
    await set_due(store, morning(-1, "evening"), morning(-3), morning(-2, "wait"))
    assert [due.kind for due in await store.claim(NOW, "test")] == ["morning", "wait", "evening"]


async def test_what_is_claimed_comes_back_as_it_was_set(store: SqlStore) -> None:
    await set_due(store, morning())
    assert list(await store.claim(NOW, "test")) == [Due(ME, "morning", NOW, TODAY)]


async def test_what_is_not_due_yet_or_elsewhere_is_left(store: SqlStore) -> None:
    await set_due(store, morning(1))
    await set_due(store, morning(), chat=Chat("elsewhere", "me"))
    await set_due(store, morning(), chat=Chat("test", "you"))
    assert [due.chat.id for due in await store.claim(NOW, "test")] == ["you"]
    assert await store.claim(NOW.add(minutes=1), "test", "nobody") == []
    assert [due.kind for due in await store.claim(NOW.add(minutes=1), "test", "me")] == ["morning"]


async def test_a_lease_keeps_a_second_claimer_away(store: SqlStore) -> None:
    await set_due(store, morning())
    assert len(await store.claim(NOW, "test")) == 1
    assert await store.claim(NOW.add(minutes=LEASE_MINUTES).subtract(milliseconds=1), "test") == []


async def test_a_lease_that_has_run_out_is_taken_again(store: SqlStore) -> None:
    await set_due(store, morning())
    first = await store.claim(NOW, "test")
    assert await store.claim(NOW.add(minutes=LEASE_MINUTES), "test") == first


async def test_two_processes_never_claim_the_same(database: Room, store: SqlStore, url: Any) -> None:
    for number in range(20):
        await set_due(store, morning(), chat=Chat("test", str(number)))
    async with open_room(url) as other:
        claimed = [*await store.claim(NOW, "test"), *await SqlStore(other).claim(NOW, "test")]
    assert len({due.chat for due in claimed}) == len(claimed) == 20


async def test_more_than_one_claim_holds_are_claimed_in_turn(database: Room, store: SqlStore) -> None:
    for number in range(CLAIMED + 5):
        await set_due(store, morning(-number), chat=Chat("test", str(number)))
    first, second = await store.claim(NOW, "test"), await store.claim(NOW, "test")
    assert (len(first), len(second)) == (CLAIMED, 5)
    assert max(due.at for due in first) < min(due.at for due in second)


async def test_no_more_is_claimed_than_asked_for_and_what_waited_longest_first(store: SqlStore) -> None:
    await set_due(store, morning(-1), morning(-2, "evening"), morning(-3, "letter"))
    assert [due.kind for due in await store.claim(NOW, "test", count=2)] == ["letter", "evening"]
    assert [due.kind for due in await store.claim(NOW, "test", count=2)] == ["morning"]


async def test_what_is_urgent_is_claimed_apart(store: SqlStore) -> None:
    await set_due(store, morning(-3), morning(-2, "wait"), morning(-1, "letter"))
    assert [due.kind for due in await store.claim(NOW, "test", urgent=True)] == ["wait"]
    assert await store.claim(NOW, "test", urgent=True) == []
    assert [due.kind for due in await store.claim(NOW, "test", urgent=False)] == ["morning", "letter"]


async def test_what_is_urgent_is_claimed_first_when_not_all_can_be(store: SqlStore) -> None:
    await set_due(store, morning(-3), morning(-2, "wait"))
    assert [due.kind for due in await store.claim(NOW, "test", count=1)] == ["wait"]


async def test_one_that_came_back_with_its_lease_waits_behind_those_nobody_had(store: SqlStore) -> None:
    await set_due(store, morning(-3))
    await store.claim(NOW, "test")
    await set_due(store, morning(1), chat=Chat("test", "you"))
    back = NOW.add(minutes=LEASE_MINUTES)
    assert [due.chat.id for due in await store.claim(back, "test", count=1)] == ["you"]
    assert [due.chat.id for due in await store.claim(back, "test", count=1)] == ["me"]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("chat", ["", "me"])
async def test_what_is_due_is_found_by_an_index_whoever_else_is_there(database: Room, chat: str) -> None:
    def plan(connection: Connection) -> list[str]:
        raw, ran = raw_connection(connection), []
        raw.set_trace_callback(ran.append)
        claim(connection, NOW, "test", chat, urgent=False)
        raw.set_trace_callback(None)
        return [step for sql in ran for *_, step in raw.execute(f"EXPLAIN QUERY PLAN {sql}")]

    steps = await database.write(plan)
    assert any("ix_due_platform_urgent_free_at" in step for step in steps)
    assert not [step for step in steps if "SCAN" in step or "TEMP B-TREE" in step]


async def test_what_was_answered_is_gone(store: SqlStore) -> None:
    known = await set_due(store, morning())
    (due,) = await store.claim(NOW, "test")
    assert [queued.reply for queued in await answer(store, due, known.person)] == list(HELLO)
    assert await store.claim(NOW.add(hours=9), "test") == []


@pytest.mark.parametrize("kind", ["morning", "evening", "followup"])
async def test_a_kind_is_delivered_once_a_date(kind: str, store: SqlStore) -> None:
    known = await set_due(store, morning(kind=kind))
    (due,) = await store.claim(NOW, "test")
    assert await answer(store, due, known.person, morning(30, kind))
    (again,) = await store.claim(NOW.add(hours=1), "test")
    assert await answer(store, again, known.person) == []
    assert len(await store.unsent("test")) == 1


async def test_the_same_kind_comes_the_next_date_and_another_kind_the_same(store: SqlStore) -> None:
    known = await set_due(store, morning())
    (due,) = await store.claim(NOW, "test")
    tomorrow = SetDue("morning", NOW.add(hours=24), TODAY.add(days=1))
    assert await answer(store, due, known.person, tomorrow, morning(1, "evening"))
    for due in await store.claim(NOW.add(hours=24), "test"):
        assert await answer(store, due, known.person)


async def test_a_person_with_two_chats_gets_it_in_one(database: Room, store: SqlStore) -> None:
    known = await set_due(store, morning())
    elsewhere = Chat("test", "the same person")

    def join(connection: Connection) -> None:
        connection.execute(insert(CHAT).values(platform="test", id=elsewhere.id, person_id=known.person.id))
        there = {"platform": "test", "chat": elsewhere.id, "kind": "morning", "at": NOW, "free_at": NOW, "on": TODAY}
        connection.execute(insert(DUE).values(there))

    await database.write(join)
    delivered = [await answer(store, due, known.person) for due in await store.claim(NOW, "test")]
    assert sorted(len(replies) for replies in delivered) == [0, 1]


async def test_two_persons_get_it_both(store: SqlStore) -> None:
    people = {chat: (await set_due(store, morning(), chat=chat)).person for chat in (ME, Chat("test", "you"))}
    for due in await store.claim(NOW, "test"):
        assert await answer(store, due, people[due.chat])


async def test_a_wait_may_come_any_number_of_times_a_date(store: SqlStore) -> None:
    known = await set_due(store, morning(kind="wait"))
    for minute in range(3):
        (due,) = await store.claim(NOW.add(minutes=minute), "test")
        assert await answer(store, due, known.person, morning(minute + 1, "wait"))


async def test_what_was_moved_meanwhile_is_not_delivered(store: SqlStore) -> None:
    known = await set_due(store, morning())
    (due,) = await store.claim(NOW, "test")
    await set_due(store, morning(60))
    assert await answer(store, due, known.person) == []
    assert [moved.at for moved in await store.claim(NOW.add(hours=1), "test")] == [NOW.add(hours=1)]


async def test_what_was_taken_off_meanwhile_is_not_delivered(store: SqlStore) -> None:
    known = await set_due(store, morning())
    (due,) = await store.claim(NOW, "test")
    await set_due(store, DropDue(("morning",)))
    assert await answer(store, due, known.person) == []


async def test_what_was_moved_meanwhile_can_still_come_that_date(store: SqlStore) -> None:
    known = await set_due(store, morning())
    (due,) = await store.claim(NOW, "test")
    await set_due(store, morning(60))
    await answer(store, due, known.person)
    (moved,) = await store.claim(NOW.add(hours=1), "test")
    assert await answer(store, moved, known.person)


async def test_what_was_moved_is_no_longer_leased(store: SqlStore) -> None:
    await set_due(store, morning())
    await store.claim(NOW, "test")
    await set_due(store, morning(1))
    assert len(await store.claim(NOW.add(minutes=1), "test")) == 1


async def test_setting_a_kind_again_replaces_it(store: SqlStore) -> None:
    await set_due(store, morning(), morning(-5))
    assert [due.at for due in await store.claim(NOW, "test")] == [NOW.subtract(minutes=5)]


async def test_taking_kinds_off_leaves_the_others(store: SqlStore) -> None:
    await set_due(store, morning(), morning(kind="evening"), morning(kind="wait"))
    await set_due(store, DropDue(("morning", "evening", "never_set")))
    assert [due.kind for due in await store.claim(NOW, "test")] == ["wait"]


async def test_the_next_moment_of_a_chat_is_known(store: SqlStore) -> None:
    await set_due(store, morning(30), morning(10, "wait"))
    await set_due(store, morning(1), chat=Chat("test", "you"))
    assert await store.next_due(ME) == NOW.add(minutes=10)


async def test_a_chat_without_anything_due_has_no_next_moment(store: SqlStore) -> None:
    assert await store.next_due(ME) is None
    await set_due(store)
    assert await store.next_due(ME) is None


async def test_what_is_leased_is_next_due_when_the_lease_runs_out(store: SqlStore) -> None:
    await set_due(store, morning())
    await store.claim(NOW, "test")
    assert await store.next_due(ME) == NOW.add(minutes=LEASE_MINUTES)
