"""What cannot leave is tried again, held, or given up; and it holds up nobody else."""

import asyncio
import sqlite3
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
from whenever import Instant

from bot import outbox as outbox_module
from bot import retries
from bot.messages import Chat, Reply
from bot.outbox import ROOM, Outbox
from bot.ports import Messenger, Refused, TryLater, Unreachable
from bot.records import Queued, Work
from bot.storage import dead
from bot.storage.database import Database
from bot.storage.engine import BUSY_SECONDS
from bot.storage.migrate import database_url, migrate
from bot.storage.simulation import Crowd, make
from bot.storage.store import SqlStore
from bot.testing import Bench, HandClock, Person

NOW = Instant.from_utc(2026, 3, 2, 8)
ME, YOU = Chat("test", "me"), Chat("test", "you")


class Moody(Messenger):
    """A platform that fails as planned, chat by chat."""

    def __init__(self) -> None:
        self.shown: defaultdict[Chat, list[str]] = defaultdict(list)
        self.plans: defaultdict[Chat, deque[Exception]] = defaultdict(deque)
        self.always: dict[str, Exception] = {}
        self.tried: defaultdict[str, int] = defaultdict(int)
        self.parts: list[int] = []
        self.there: set[str] = set()
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, queued: Queued) -> str:
        self.tried[queued.reply.text] += 1
        await self.gate.wait()
        if queued.reply.text in self.always:
            raise self.always[queued.reply.text]
        if self.plans[queued.chat]:
            raise self.plans[queued.chat].popleft()
        self.parts.append(queued.parts)
        self.shown[queued.chat].append(queued.reply.text)
        return ""

    async def is_shown(self, queued: Queued) -> bool:
        return queued.reply.text in self.there

    async def edit(self, chat: Chat, message: str, reply: Reply) -> None: ...


class Post:
    """An outbox on a fresh database, and what happens to it."""

    def __init__(self, file: Path, patience: float = BUSY_SECONDS) -> None:
        self.file, self._patience = file, patience
        self.clock = HandClock(NOW)
        self.platform = Moody()
        self._open()

    def _open(self) -> None:
        url = database_url(f"sqlite:///{self.file}")
        migrate(url)
        self.database = Database(url, self._patience)
        self.store = SqlStore(self.database)
        self.outbox = Outbox(self.store, {"test": self.platform}, self.clock)

    async def write(self, *texts: str, chat: Chat = ME, unasked: bool = False) -> list[Queued]:
        replies = [Reply(text, unasked=unasked) for text in texts]
        person = (await self.store.load(chat)).person
        return list(await self.store.commit(Work(chat, person, self.clock.now(), (), replies)))

    async def send(self, *texts: str, chat: Chat = ME, unasked: bool = False) -> None:
        await self.outbox.send(await self.write(*texts, chat=chat, unasked=unasked))

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110
                await asyncio.sleep(0.002)

    async def restart(self) -> None:
        await self.close()
        self._open()

    async def close(self) -> None:
        await self.outbox.drain("test", 0)
        self.database.close()

    def rows(self, what: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(f"SELECT {what} FROM outbox ORDER BY id").fetchall()  # noqa: S608


@pytest.fixture
async def post(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    monkeypatch.setattr(retries, "FIRST_PAUSE", 0.005)
    monkeypatch.setattr(retries, "LONGEST_PAUSE", 0.02)
    made = Post(folder / "holdfast.db")
    yield made
    await made.close()


async def test_what_fails_is_tried_again_in_order_and_others_do_not_wait(post: Post) -> None:
    post.platform.plans[ME].extend(TryLater("no connection") for _ in range(3))
    await post.send("one", "two")
    await post.send("yours", chat=YOU)
    assert post.platform.shown[YOU] == ["yours"]
    await post.until(lambda: len(post.platform.shown[ME]) == 2)
    assert post.platform.shown[ME] == ["one", "two"]
    await post.outbox.quiet()
    assert await post.store.unsent("test") == []


async def test_only_the_parts_that_are_left_are_sent_also_after_a_restart(post: Post) -> None:
    post.platform.plans[ME].append(TryLater("too many requests", 3600, parts=2))
    await post.send("long")
    post.clock.move_to(NOW.add(hours=1))
    await post.restart()
    await post.outbox.resend("test")
    assert post.platform.parts == [2]


async def test_what_the_platform_asks_for_is_kept_by_the_next_process(post: Post) -> None:
    post.platform.plans[ME].append(TryLater("too many requests", 3600))
    await post.send("one", "two")
    await post.restart()
    await post.outbox.take_up("test")
    await post.send("yours", chat=YOU)
    await asyncio.sleep(0.05)
    assert post.platform.shown[ME] == []
    post.clock.move_to(NOW.add(hours=1))
    await post.restart()
    await post.outbox.resend("test")
    assert post.platform.shown[ME] == ["one", "two"]


async def test_what_seemed_to_fail_and_stands_there_is_not_sent_again(post: Post) -> None:
    await post.write("one", "two")
    post.platform.there.add("one")
    await post.outbox.resend("test")
    assert post.platform.shown[ME] == ["two"]
    assert await post.store.unsent("test") == []


async def test_one_that_always_fails_is_given_up_while_others_leave(post: Post) -> None:
    post.platform.always["poison"] = TryLater("HTTP 500")
    await post.send("poison", "behind it")
    await post.send("yours", chat=YOU)
    await post.until(lambda: post.platform.shown[ME] == ["behind it"])
    tried = post.platform.tried["poison"]
    assert tried >= retries.ATTEMPTS
    await post.outbox.quiet()
    assert post.rows("error, dead_at") == [("HTTP 500", NOW.timestamp(unit="millisecond"))]
    await post.outbox.sweep("test")
    await post.outbox.quiet()
    assert post.platform.tried["poison"] == tried


async def test_nothing_is_given_up_because_the_platform_is_away(post: Post) -> None:
    for text in ("mine", "yours"):
        post.platform.always[text] = TryLater("no connection")
    await post.send("mine")
    await post.send("yours", chat=YOU)
    await post.until(lambda: min(post.platform.tried.values()) > 2 * retries.ATTEMPTS)
    post.platform.always.clear()
    await post.until(lambda: post.platform.shown == {ME: ["mine"], YOU: ["yours"]})


async def test_what_is_refused_for_good_is_given_up_and_can_be_tried_again(post: Post) -> None:
    post.platform.plans[ME].append(Refused("BadRequest"))
    await post.send("one", "two")
    assert post.platform.shown[ME] == ["two"]
    await post.outbox.sweep("test")
    assert post.platform.shown[ME] == ["two"]
    assert await post.database.write(lambda connection: dead.retry(connection, None, NOW)) == 1
    await post.outbox.sweep("test")
    await post.until(lambda: post.platform.shown[ME] == ["two", "one"])


async def test_an_answer_of_yesterday_is_not_sent(post: Post) -> None:
    post.platform.always["one"] = TryLater("no connection")
    await post.send("one")
    post.clock.move_to(NOW.add(hours=25))
    await post.until(lambda: post.rows("dead_at") != [(None,)])


async def test_nothing_more_is_sent_to_somebody_who_blocked_the_bot(post: Post) -> None:
    post.platform.plans[ME].append(Unreachable())
    await post.send("one", "two")
    await post.send("yours", chat=YOU)
    assert post.platform.tried["two"] == 0
    assert post.platform.shown == {YOU: ["yours"]}
    assert await post.store.unsent("test") == []
    assert (await post.store.load(ME)).gone


async def test_an_answer_does_not_wait_for_what_comes_unasked_in_its_chat(post: Post) -> None:
    post.platform.always["good morning"] = TryLater("too many requests", 3600)
    await post.send("good morning", unasked=True)
    await post.until(lambda: post.platform.tried["good morning"])
    await post.send("answer")
    assert post.platform.shown[ME] == ["answer"]


async def test_what_was_taken_back_while_it_waited_does_not_leave(post: Post) -> None:
    post.platform.gate.clear()
    first = await post.write("first", unasked=True)
    second = await post.write("second", unasked=True)
    await post.outbox.send([*first, *second])
    await post.until(lambda: post.platform.tried["first"])
    await post.store.sent(second[0], NOW)
    post.platform.gate.set()
    await post.outbox.quiet()
    assert post.platform.shown[ME] == ["first"]


async def test_no_more_is_made_ready_than_will_leave_soon(post: Post) -> None:
    post.platform.gate.clear()
    for number in range(ROOM):
        await post.send("morning", chat=Chat("test", str(number)), unasked=True)
    waiting = asyncio.create_task(post.outbox.room("test").__aenter__())
    await asyncio.sleep(0.02)
    assert not waiting.done()
    post.platform.gate.set()
    await asyncio.wait_for(waiting, 5)


async def test_a_crisis_line_does_not_wait_for_an_answer_that_cannot_leave(post: Post) -> None:
    post.platform.always["answer"] = TryLater("too many requests", 3600)
    await post.send("answer")
    await post.outbox.send_at_once(ME, [Reply("line")])
    assert post.platform.shown[ME] == ["line"]


async def test_what_is_written_down_while_it_is_sent_is_sent_once_and_in_order(post: Post) -> None:
    post.platform.plans[ME].append(TryLater("too many requests", 120))
    writing = asyncio.create_task(post.write("first"))
    await post.outbox.send_at_once(ME, [Reply("first")], written=writing)
    await writing
    await post.send("second")
    post.clock.move_to(NOW.add(seconds=61))
    await post.outbox.sweep("test")
    await asyncio.sleep(0.05)
    assert post.platform.shown[ME] == []
    await post.restart()
    await post.outbox.take_up("test")
    await asyncio.sleep(0.05)
    assert post.platform.shown[ME] == []  # it was asked for two minutes
    post.clock.move_to(NOW.add(seconds=121))
    await post.restart()
    await post.outbox.resend("test")
    assert post.platform.shown[ME] == ["first", "second"]
    await post.outbox.quiet()
    assert await post.store.unsent("test") == []


async def test_what_left_before_it_was_written_down_does_not_come_again(post: Post) -> None:
    written = asyncio.Event()

    async def write() -> list[Queued]:
        await written.wait()
        return await post.write("one")

    writing = asyncio.create_task(write())
    await post.outbox.send_at_once(ME, [Reply("one")], written=writing)
    assert post.platform.shown[ME] == ["one"]
    written.set()
    await writing
    await post.outbox.quiet()
    await post.restart()
    await post.outbox.resend("test")
    assert post.platform.shown[ME] == ["one"]


async def test_a_nudge_during_an_attempt_is_not_lost(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_PAUSE", 100.0)
    monkeypatch.setattr(retries, "LONGEST_PAUSE", 100.0)
    post.platform.plans[ME].append(TryLater("no connection"))
    post.platform.gate.clear()
    sending = asyncio.create_task(post.send("one"))
    await post.until(lambda: post.platform.tried["one"])
    again = asyncio.create_task(post.outbox.resend("test"))
    await asyncio.sleep(0.02)
    post.platform.gate.set()
    await sending
    await again
    await post.until(lambda: post.platform.shown[ME] == ["one"])


async def test_what_hangs_holds_up_its_chat_for_seconds_only(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "PATIENCE", 0.02)
    post.platform.gate.clear()
    await asyncio.wait_for(post.send("one"), 2)
    post.platform.gate.set()
    await post.outbox.quiet()
    assert post.platform.shown[ME] == ["one"]


async def test_stopping_leaves_what_has_not_begun_for_the_next_process(post: Post) -> None:
    post.platform.always["one"] = TryLater("no connection", 3600)
    await post.send("one", "two")
    await asyncio.wait_for(post.outbox.drain("test", 5), 1)
    assert [queued.reply.text for queued in await post.store.unsent("test")] == ["one", "two"]


async def test_nothing_more_comes_unasked_while_it_cannot_be_noted_that_it_came(folder: Path) -> None:
    post = Post(folder / "holdfast.db", patience=0.02)
    queued = await post.write("one", "two", unasked=True)
    with closing(sqlite3.connect(post.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await post.outbox.send(queued)
        await post.until(lambda: post.platform.shown[ME] == ["one"])
        await asyncio.sleep(0.8)
        assert post.platform.shown[ME] == ["one"]
        other.execute("ROLLBACK")
    await post.until(lambda: post.platform.shown[ME] == ["one", "two"])
    await post.close()


async def test_two_processes_do_not_send_the_same_while_one_is_at_it(post: Post) -> None:
    post.platform.gate.clear()
    sending = asyncio.create_task(post.send("one"))
    await post.until(lambda: post.platform.tried["one"])
    other = Outbox(post.store, {"test": post.platform}, post.clock)
    await other.sweep("test")
    await asyncio.sleep(0.02)
    assert post.platform.tried["one"] == 1
    post.platform.gate.set()
    await sending
    await other.quiet()
    assert post.platform.shown[ME] == ["one"]


async def test_what_a_dead_process_was_sending_is_taken_up_when_its_lease_has_run_out(post: Post) -> None:
    await post.write("one")
    await post.outbox.sweep("test")
    assert post.platform.shown[ME] == []
    post.clock.move_to(NOW.add(minutes=2))
    await post.outbox.sweep("test")
    await post.until(lambda: post.platform.shown[ME] == ["one"])


class TestInAConversation:
    @pytest.fixture
    def bench(self, folder: Path) -> AsyncIterator[Bench]:
        with Bench(folder) as running:
            yield running

    async def test_the_emergency_walk_does_not_wait_for_a_database_that_hangs(
        self, bench: Bench, person: Person
    ) -> None:
        await person.joins()
        await person.says("/urge")
        with closing(sqlite3.connect(bench.database_file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for label in ("I feel lonely", "Wait with me", "That's enough waiting"):
                await asyncio.wait_for(person.taps(label), 2)
                assert person.keys
            other.execute("ROLLBACK")
        async with asyncio.timeout(5):
            while not person.sees("urge/write_offer"):
                await person.says("/resume")

    async def test_the_end_of_a_wait_does_not_stand_behind_a_crowd(self, bench: Bench, person: Person, does) -> None:
        await person.joins()
        await does(person, "/urge", "I feel lonely", "Wait with me")
        at = bench.clock.now().add(minutes=10)
        crowd = Crowd(ROOM + 36, person.chat.platform, at, at.to_tz("UTC").date(), "UTC", "02:10")
        async for _ in make(bench.database, crowd, 0, bench.clock.now()):
            pass
        held = asyncio.Event()
        bench.messenger.turn = lambda _queued: held.wait()  # type: ignore[method-assign, assignment]
        bench.clock.move_to(at)
        person.look_away()
        morning = asyncio.create_task(bench.deliveries.deliver(person.chat.platform, urgent=False))
        await asyncio.sleep(0.3)
        await asyncio.wait_for(bench.deliveries.deliver(person.chat.platform, urgent=True), 3)
        assert person.keys
        assert not morning.done()
        held.set()
        await morning
        await bench.outbox.quiet()
        assert len(bench.messenger.shown) == 1 + crowd.people

    async def test_who_says_stop_while_it_waits_for_its_turn_gets_nothing(
        self, bench: Bench, person: Person, does
    ) -> None:
        await person.joins()
        await does(person, "/checkins", "In the morning", "> 08:00", "> London", "Yes", "Only the question")
        held = asyncio.Event()
        bench.messenger.turn = lambda _queued: held.wait()  # type: ignore[method-assign, assignment]
        bench.clock.move_to(bench.clock.now().add(hours=7))
        await bench.deliveries.deliver(person.chat.platform)
        await asyncio.sleep(0.05)
        await person.says("/stop")
        person.look_away()
        held.set()
        await bench.outbox.quiet()
        assert person.keys == []

    async def test_a_check_in_that_cannot_leave_by_night_is_left_out(self, bench: Bench, person: Person, does) -> None:
        await person.joins()
        await does(person, "/checkins", "In the evening", "> 21:30", "> London", "Yes", "Only the question")
        bench.messenger.broken = True
        await bench.forward(hours=20)
        person.look_away()
        bench.messenger.broken = False
        bench.clock.move_to(Instant.from_utc(2026, 3, 2, 22, 40))
        await bench.restart()
        await bench.outbox.quiet()
        assert person.keys == []
        assert await bench.store.unsent(person.chat.platform) == []
        await bench.forward(hours=24)
        assert person.keys

    async def test_who_says_stop_gets_nothing_that_was_made_ready(self, bench: Bench, person: Person, does) -> None:
        await person.joins()
        await does(person, "/checkins", "In the morning", "> 08:00", "> London", "Yes", "Only the question")
        known = await bench.store.load(person.chat)
        held: list[Queued] = []
        send = bench.outbox.send
        bench.outbox.send = lambda queued: _hold(held, queued)  # type: ignore[method-assign]
        bench.clock.move_to(bench.clock.now().add(hours=7))
        await bench.tick()
        assert [queued.kind for queued in held] == ["morning"]
        bench.outbox.send = send  # type: ignore[method-assign]
        await person.says("/stop")
        person.look_away()
        await bench.outbox.send(held)
        await bench.outbox.quiet()
        assert person.keys == []
        assert known.person.morning == "08:00"

    async def test_how_late_a_check_in_was_is_noted(self, bench: Bench, person: Person, does) -> None:
        await person.joins()
        await does(person, "/checkins", "In the morning", "> 08:00", "> London", "Yes", "Only the question")
        bench.clock.move_to(bench.clock.now().add(hours=6, minutes=30))
        await bench.tick()
        assert person.keys
        with closing(sqlite3.connect(bench.database_file)) as connection:
            ((kind, due, sent),) = connection.execute("SELECT kind, due_at, sent_at FROM delivered").fetchall()
        assert kind == "morning"
        assert 29 * 60_000 < sent - due <= 30 * 60_000


async def _hold(held: list[Queued], queued: list[Queued]) -> None:
    held += queued
