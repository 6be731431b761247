"""Many at once on PostgreSQL, where units of work run in parallel: what one writer gives for nothing holds too."""

import asyncio
from random import Random
from typing import Any

import pytest
from databases import ON_A_SERVER, rows
from sqlalchemy import URL, Connection, select, update
from whenever import Date, Instant

from bot.changes import AcceptLink, AddReason, AskLink, Forget, Join, Part, SetDue, SetHome, SetPerson
from bot.messages import Chat, Receipt, Reply
from bot.ports import Outdated
from bot.records import Due, Received, Work
from bot.storage.room import Room
from bot.storage.store import SqlStore
from bot.storage.tables import PERSON

pytestmark = ON_A_SERVER

NOW = Instant.from_utc(2026, 3, 2, 8)
TODAY = Date(2026, 3, 2)
HERE, THERE = Chat("test", "here"), Chat("elsewhere", "there")
ROUNDS = range(8)


@pytest.fixture(autouse=True)
def _used(url: URL) -> None:
    """All tests here are about a server."""


async def says(store: SqlStore, chat: Chat, *changes: Any, **more: Any) -> Any:
    return await store.commit(Work(chat, (await store.load(chat)).person, NOW, changes, **more))


async def accepted(store: SqlStore) -> None:
    """Both are known, and one step before they are one person."""
    for chat in (HERE, THERE):
        times = {"adult": True, "zone": "Europe/Berlin", "morning": "08:00"}
        await says(store, chat, SetPerson(times), SetDue("morning", NOW, TODAY))
    await says(store, HERE, AskLink("code"))
    await says(store, THERE, AcceptLink("code"))


def whose(url: URL, table: str) -> set[str]:
    return {row[0] for row in rows(url, f"SELECT person_id FROM {table}")}  # noqa: S608


@pytest.mark.parametrize("_round", ROUNDS)
async def test_what_both_say_while_they_are_joined_is_the_one_persons(store: SqlStore, url: URL, _round: int) -> None:
    await accepted(store)
    said = [
        says(store, chat, AddReason(f"{chat} {number}"), SetDue("evening", NOW, TODAY))
        for chat in (HERE, THERE)
        for number in range(5)
    ]
    await asyncio.gather(*said, says(store, HERE, Join("code")))
    known = await store.load(HERE)
    assert len(known.reasons) == 10
    assert whose(url, "chat") == whose(url, "reason") == {known.person.id}
    due = rows(url, "SELECT kind, count(*) FROM due GROUP BY kind ORDER BY kind")
    assert due == [("evening", 1), ("morning", 1)]


@pytest.mark.parametrize("_round", ROUNDS)
async def test_two_that_join_each_other_at_once_are_one_person(store: SqlStore, url: URL, _round: int) -> None:
    for chat in (HERE, THERE):
        await says(store, chat, SetPerson({"adult": True}))
    for asks, accepts, code in ((HERE, THERE, "one"), (THERE, HERE, "two")):
        await says(store, asks, AskLink(code))
        await says(store, accepts, AcceptLink(code))
    done = await asyncio.gather(says(store, HERE, Join("one")), says(store, THERE, Join("two")), return_exceptions=True)
    assert sorted(isinstance(one, Outdated) for one in done) == [False, True]
    assert len(rows(url, "SELECT id FROM person")) == len(whose(url, "chat")) == 1


@pytest.mark.parametrize("_round", ROUNDS)
async def test_what_both_say_while_they_part_is_somebodys(store: SqlStore, url: URL, _round: int) -> None:
    await accepted(store)
    await says(store, HERE, Join("code"))
    said = [says(store, chat, AddReason(f"{chat} {number}")) for chat in (HERE, THERE) for number in range(5)]
    await asyncio.gather(*said, says(store, HERE, Part(TODAY)))
    mine, theirs = await store.load(HERE), await store.load(THERE)
    assert mine.person.id != theirs.person.id
    assert len(mine.reasons) + len(theirs.reasons) == 10


@pytest.mark.parametrize("decided", [Forget(None, frozenset({HERE})), Part(TODAY, frozenset({HERE}))])
async def test_what_was_decided_for_one_chat_is_not_done_to_two(store: SqlStore, decided: Forget | Part) -> None:
    await accepted(store)
    before = await store.load(HERE)
    await says(store, THERE, AddReason("stays"))
    await says(store, HERE, Join("code"))
    with pytest.raises(Outdated):
        await store.commit(Work(HERE, before.person, NOW, (decided,)))
    mine, theirs = await store.load(HERE), await store.load(THERE)
    assert mine.person.id == theirs.person.id
    assert [reason.text for reason in theirs.reasons] == ["stays"]


@pytest.mark.parametrize("_round", ROUNDS)
async def test_check_ins_have_one_home_wherever_it_is_set(store: SqlStore, url: URL, _round: int) -> None:
    await accepted(store)
    await says(store, HERE, Join("code"))
    evening = SetDue("evening", NOW, TODAY)
    await asyncio.gather(says(store, HERE, SetHome(THERE), evening), says(store, THERE, SetHome(HERE), evening))
    home = (await store.load(HERE)).home
    assert home is not None
    assert sorted(rows(url, "SELECT chat, kind FROM due")) == [(home.id, "evening"), (home.id, "morning")]


@pytest.mark.parametrize("_round", ROUNDS)
async def test_a_check_in_that_is_due_in_two_chats_at_once_comes_once(store: SqlStore, url: URL, _round: int) -> None:
    await accepted(store)
    dues = [Due(chat, "morning", NOW, TODAY) for chat in (HERE, THERE)]
    await says(store, HERE, Join("code"))
    known = await store.load(HERE)
    for due in dues:
        await says(store, due.chat, SetDue("wait", NOW, TODAY))
    late = [Work(due.chat, known.person, NOW, (), (Reply("good morning"),), due) for due in dues]
    queued = await asyncio.gather(*(store.commit(work) for work in late))
    assert sorted(map(len, queued)) == [0, 1]


async def test_a_message_that_two_processes_answer_is_answered_once(store: SqlStore) -> None:
    for number in range(20):
        receipt = Receipt("bot", number)
        work = Work(HERE, (await store.load(HERE)).person, NOW, (), (Reply("hello"),), receipt=receipt)
        coming = [store.take_in([Received(receipt, "{}")], NOW)] if number % 2 else []
        queued = await asyncio.gather(*(store.commit(work) for _ in range(3)), *coming)
        assert sorted(map(len, queued[:3])) == [0, 0, 1]
    assert await store.waiting("bot") == []


async def test_who_speaks_while_they_are_forgotten_is_gone_or_new(store: SqlStore, url: URL) -> None:
    for _ in ROUNDS:
        await says(store, HERE, AddReason("before"))
        await asyncio.gather(
            says(store, HERE, Forget()), *(says(store, HERE, AddReason("meanwhile")) for _ in range(3))
        )
        known = await store.load(HERE)
        assert {reason.text for reason in known.reasons} <= {"meanwhile"}
        await says(store, HERE, Forget())
        assert rows(url, "SELECT count(*) FROM person") == [(0,)]


async def test_a_chat_that_is_gone_holds_what_is_set_elsewhere_at_the_same_moment(store: SqlStore, url: URL) -> None:
    await accepted(store)
    await says(store, HERE, Join("code"))
    await says(store, HERE, SetHome(HERE))
    for _ in ROUNDS:
        await store.set_gone(HERE, False)
        await asyncio.gather(store.set_gone(HERE, True), says(store, THERE, SetDue("evening", NOW, TODAY)))
        assert rows(url, "SELECT free_at FROM due WHERE kind = 'evening'") == [(None,)]


async def test_two_that_are_in_each_others_way_both_come_to_their_end(store: SqlStore, database: Room) -> None:
    """One of them is taken back by the server, and goes again."""
    for chat in (HERE, THERE):
        await says(store, chat, AddReason("x"))
    people = [(await store.load(chat)).person.id for chat in (HERE, THERE)]
    tries: list[list[str]] = []

    def touch(order: list[str]) -> Any:
        def work(connection: Connection) -> None:
            tries.append(order)
            for id in order:
                connection.execute(update(PERSON).where(PERSON.c.id == id).values(hope="touched"))
                connection.exec_driver_sql("SELECT pg_sleep(0.2)")

        return work

    await asyncio.gather(database.write(touch(people)), database.write(touch(people[::-1])))
    assert len(tries) > 2
    hopes = await database.read(lambda connection: connection.execute(select(PERSON.c.hope)).scalars().all())
    assert hopes == ["touched", "touched"]


async def test_what_is_due_is_claimed_once_however_many_claim(store: SqlStore) -> None:
    random = Random(1)
    chats = [Chat("test", str(number)) for number in range(150)]
    await asyncio.gather(
        *(says(store, chat, SetDue("wait", NOW.subtract(seconds=random.randint(0, 99)), TODAY)) for chat in chats)
    )

    async def claims() -> list[Due]:
        found: list[Due] = []
        while some := await store.claim(NOW, "test"):
            found += some
        return found

    claimed = [due.chat for some in await asyncio.gather(*(claims() for _ in range(4))) for due in some]
    assert sorted(claimed, key=str) == sorted(chats, key=str)
