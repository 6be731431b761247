"""What processes on one PostgreSQL share: whose turn it is in a chat, who leads, what they tell each other."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from databases import ON_A_SERVER
from postgres import AVAILABLE, Server, execute
from sqlalchemy import URL
from whenever import Date, Instant

from bot.adapters.leader import Leader
from bot.changes import SetDue
from bot.messages import Chat, Receipt
from bot.records import Received, Work
from bot.storage.keys import new_key
from bot.storage.migrate import database_url, migrate
from bot.storage.peers import CHANNEL
from bot.storage.postgres import Postgres
from bot.storage.room import Room, open_room
from bot.storage.seal import Seal
from bot.storage.server import connect
from bot.storage.store import SqlStore

NOW = Instant.from_utc(2026, 3, 2, 8)
WORDS = ["danger 0123456789ab", "safe 0123456789ab", "hide telegram 12345", "safe 0123456789ab"]
ME, YOU = Chat("test", "me"), Chat("test", "you")


@pytest.fixture
async def other(url: URL) -> AsyncIterator[Room]:
    """Another process."""
    async with open_room(url) as opened:
        yield opened


@ON_A_SERVER
async def test_one_of_two_has_a_turn_at_a_time(database: Room, other: Room) -> None:
    went: list[str] = []

    async def takes(room: Room, name: str) -> None:
        async with room.turn(ME):
            went.append(name)
            await asyncio.sleep(0.05)
            went.append(name)

    await asyncio.gather(*(takes(room, str(number)) for number, room in enumerate([database, other] * 4) if number < 2))
    assert went[0::2] == went[1::2]
    assert sorted(went) == ["0", "0", "1", "1"]


@ON_A_SERVER
async def test_another_chat_has_its_own(database: Room, other: Room) -> None:
    async with database.turn(ME):
        began = time.monotonic()
        async with other.turn(YOU):
            assert time.monotonic() - began < 2


@ON_A_SERVER
async def test_a_turn_is_free_when_its_process_is_gone(database: Room, url: URL) -> None:
    other = Postgres(url)
    await other.join()
    turn = other.turn(ME)
    await turn.__aenter__()
    await other.close()
    began = time.monotonic()
    async with database.turn(ME):
        assert time.monotonic() - began < 2


@ON_A_SERVER
async def test_a_turn_within_a_turn_is_the_same_one(database: Room, other: Room) -> None:
    async with database.turn(ME):
        async with database.turn(ME):
            pass
        taking = asyncio.ensure_future(other.turn(ME).__aenter__())
        await asyncio.sleep(0.2)
        assert not taking.done()
    await taking


@ON_A_SERVER
async def test_nobody_waits_for_a_turn_for_ever(database: Room, other: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.peers.LONGEST_SECONDS", 0.2)
    async with database.turn(ME), other.turn(ME):
        pass


@ON_A_SERVER
async def test_all_are_told_and_nobody_tells_themselves(database: Room, other: Room) -> None:
    heard: list[tuple[str, str]] = []
    database.hear(lambda word: heard.append(("first", word)))
    other.hear(lambda word: heard.append(("second", word)))
    database.tell("hello")
    other.tell("and hello")
    async with asyncio.timeout(5):
        while len(heard) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert sorted(heard) == [("first", "and hello"), ("second", "hello")]


@ON_A_SERVER
async def test_what_is_told_means_nothing_to_the_server_or_to_who_has_other_keys(url: URL) -> None:
    mine, others = new_key(), new_key()
    heard: list[str] = []
    noted: list[str] = []
    server = await connect(url)
    await server.add_listener(CHANNEL, lambda *told: noted.append(told[-1]))
    async with AsyncExitStack() as stack:
        teller, older, stranger = [
            await stack.enter_async_context(open_room(url, Seal(keys))) for keys in ([mine], [others, mine], [others])
        ]
        older.hear(heard.append)
        stranger.hear(lambda word: heard.append(f"not {word}"))
        for word in WORDS:
            teller.tell(word)
        async with asyncio.timeout(5):
            while len(heard) < len(WORDS) or len(noted) < len(WORDS):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    await server.close()
    assert sorted(heard) == sorted(WORDS)
    assert not [word for word in ("danger", "safe", "hide", "telegram", "12345") if word in "".join(noted)]
    assert len({*noted}) == len(WORDS)
    assert len({len(word) for word in noted}) == 1


@ON_A_SERVER
async def test_a_lease_is_one_processes_until_it_runs_out_or_is_given_back(store: SqlStore, other: Room) -> None:
    second = SqlStore(other)
    assert await store.take_lease("bot", "a", 60)
    assert not await second.take_lease("bot", "b", 60)
    assert await second.take_lease("another bot", "b", 60)
    assert await store.take_lease("bot", "a", 0.05)
    await asyncio.sleep(0.1)
    assert await second.take_lease("bot", "b", 60)
    assert not await store.take_lease("bot", "a", 60)
    await store.give_lease("bot", "a")
    assert not await store.take_lease("bot", "a", 60)
    await second.give_lease("bot", "b")
    assert await store.take_lease("bot", "a", 60)


@ON_A_SERVER
async def test_many_that_ask_for_a_lease_at_once_get_it_once(store: SqlStore) -> None:
    got = await asyncio.gather(*(store.take_lease("bot", str(number), 60) for number in range(10)))
    assert sorted(got) == [False] * 9 + [True]


class Watched:
    """A leader, and how often its job has begun and ended."""

    def __init__(self, store: SqlStore) -> None:
        self.leader = Leader(store, "bot")
        self.begun = self.ended = self.ticks = 0
        self.tasks = [asyncio.create_task(self.leader.keep()), asyncio.create_task(self.leader.whenever(self._job))]

    async def _job(self) -> None:
        self.begun += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.ended += 1

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def until(self, begun: int, ended: int) -> None:
        async with asyncio.timeout(10):
            while (self.begun, self.ended) != (begun, ended):  # noqa: ASYNC110
                await asyncio.sleep(0.01)


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("LEASE_SECONDS", 1.0), ("RENEW_SECONDS", 0.1), ("ASK_SECONDS", 0.1)):
        monkeypatch.setattr(f"bot.adapters.leader.{name}", seconds)


@ON_A_SERVER
@pytest.mark.usefixtures("_soon")
async def test_one_leads_and_when_it_stops_the_other_one_does(store: SqlStore, other: Room) -> None:
    first = Watched(store)
    await first.until(1, 0)
    second = Watched(SqlStore(other))
    await asyncio.sleep(0.5)
    assert (second.begun, first.ended) == (0, 0)
    await first.stop()
    await second.until(1, 0)
    await second.stop()


@ON_A_SERVER
@pytest.mark.usefixtures("_soon")
async def test_who_finds_another_in_its_place_stops(store: SqlStore, url: URL) -> None:
    """As after a laptop's sleep."""
    first = Watched(store)
    await first.until(1, 0)
    setting = url.render_as_string(hide_password=False)
    execute(setting, "UPDATE lease SET holder = 'somebody', until = until + 1000")
    await first.until(1, 1)
    await first.until(2, 1)
    await first.stop()


async def test_nothing_a_leader_does_is_asked_of_a_file(tmp_path: Path) -> None:
    async with open_room(database_url(f"sqlite:///{tmp_path}/holdfast.db")) as room:
        alone = Watched(SqlStore(room))  # there is not even a table
        await alone.until(1, 0)
        await alone.stop()


@ON_A_SERVER
async def test_what_came_before_in_a_chat_is_known_to_all(store: SqlStore, other: Room) -> None:
    receipts = [Receipt("bot", number) for number in range(4)]
    chats = ["7", "8", "7", "7"]
    for receipt, chat in zip(receipts, chats, strict=True):
        await store.take_in([Received(receipt, "{}", chat)], NOW)
    second = SqlStore(other)
    assert [each.receipt.id for each in await second.before(receipts[3], "7") or ()] == [0, 2]
    await store.handled(receipts[0], NOW)
    await store.handled(receipts[3], NOW)
    assert [each.receipt.id for each in await second.before(receipts[2], "7") or ()] == []
    assert await second.before(receipts[3], "7") is None
    assert await second.before(Receipt("bot", 9), "7") is not None
    assert (await second.arrived("bot", 0, 9), await second.arrived("bot", 1, 2)) == (4, 2)
    assert [each.receipt.id for each in await second.waiting("bot", NOW.subtract(seconds=1))] == []
    assert [each.receipt.id for each in await second.waiting("bot", NOW)] == [1, 2]


@ON_A_SERVER
async def test_what_a_process_had_claimed_that_is_gone_is_claimed_again(store: SqlStore) -> None:
    for chat, minutes in ((ME, 0), (YOU, 20)):
        due = SetDue("wait", NOW.add(minutes=minutes), Date(2026, 3, 2))
        await store.commit(Work(chat, (await store.load(chat)).person, NOW, (due,)))
    first = await store.claim(NOW, "test")
    assert await store.claim(NOW, "test") == []
    assert await store.free_claims(NOW, "test") == 1
    assert await store.claim(NOW, "test") == first


async def test_a_server_that_hangs_or_is_gone_keeps_nobody_from_a_turn_for_long() -> None:
    if not AVAILABLE:
        pytest.skip("pgserver has no wheel for this machine and this Python")
    with Server() as server:
        url = database_url(server.database())
        migrate(url)
        async with open_room(url) as room:
            server.hang()
            try:
                began = time.monotonic()
                await asyncio.gather(*(_has(room, Chat("test", str(number))) for number in range(5)))
                assert time.monotonic() - began < 3
            finally:
                server.wake()
            server.stop("immediate")
            began = time.monotonic()
            await _has(room, ME)
            assert time.monotonic() - began < 1
            server.start()
            async with open_room(url) as other, asyncio.timeout(10):
                while not await _excludes(room, other):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)


async def _has(room: Room, chat: Chat) -> None:
    async with room.turn(chat):
        pass


async def _excludes(room: Room, other: Room) -> bool:
    async with room.turn(ME):
        taking = asyncio.ensure_future(_has(other, ME))
        await asyncio.sleep(0.1)
        excluded = not taking.done()
    await taking
    return excluded
