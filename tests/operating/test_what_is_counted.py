"""What the core says while it sends."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from whenever import Instant

import handlers
from bot.conversation import Conversation
from bot.due import Deliveries
from bot.messages import Chat, Receipt, Reply
from bot.meter import Lane, Meter
from bot.outbox import Outbox
from bot.ports import Messenger, Refused, Store, TryLater
from bot.records import Queued, Received
from bot.storage.dead import dead_letters
from bot.storage.room import Room
from bot.storage.store import SqlStore
from bot.storage.tables import DELIVERED, OUTBOX
from bot.testing import Bench, FakeMessenger, HandClock, content
from tests.conftest import Does
from tests.operating.conftest import NOW, WORD, Rows, ago

ME = Chat("test", "me")


class Counting(Meter):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def sent(self, platform: str, lane: Lane, late: float | None = None) -> None:
        self.told.append(("sent", platform, lane, late))

    def retried(self, platform: str) -> None:
        self.told.append(("retried", platform))

    def died(self, platform: str) -> None:
        self.told.append(("died", platform))

    def limited(self, platform: str) -> None:
        self.told.append(("limited", platform))

    def answered(self, platform: str, seconds: float) -> None:
        self.told.append(("answered", platform, seconds))


class CountedBench(Bench):
    """The whole bot, counted."""

    def __init__(self, folder: Path, meter: Meter) -> None:
        self._meter = meter
        super().__init__(folder)

    def _build(self, store: Store) -> None:
        messenger: Messenger = self.messenger
        self.outbox = Outbox(store, defaultdict(lambda: messenger), self.clock, self._meter)
        self.conversation = Conversation(content(), handlers.ROUTES, store, self.outbox, self.clock, meter=self._meter)
        self.deliveries = Deliveries(store, self.conversation, self.outbox, self.clock)


class Failing(FakeMessenger):
    """Raises what it is given, one a message, and then shows."""

    def __init__(self, *errors: Exception) -> None:
        super().__init__()
        self.errors = list(errors)

    async def send(self, queued: Queued) -> str:
        if self.errors:
            raise self.errors.pop(0)
        return await super().send(queued)


@pytest.fixture
def meter() -> Counting:
    return Counting()


def outbox(database: Room, meter: Meter, *errors: Exception) -> Outbox:
    return Outbox(SqlStore(database), {"test": Failing(*errors)}, HandClock(NOW), meter)


async def test_an_answer_has_no_moment(database: Room, meter: Counting) -> None:
    away = outbox(database, meter)
    await away.send([Queued(ME, Reply("Hello"))])
    assert meter.told == [("sent", "test", "answer", None)]


async def test_how_late_a_check_in_was_after_a_downtime(tmp_path: Path, does: Does, meter: Counting) -> None:
    with CountedBench(tmp_path, meter) as bench:
        person = bench.person()
        await person.joins()
        await does(person, "/checkins", "In the morning", "> 7:30", "> London", "Yes", "Only the question")
        due_at = await bench.store.next_due(Chat("terminal", "me"))
        assert due_at is not None
        meter.told.clear()
        bench.clock.move_to(due_at.add(minutes=40))
        await bench.tick()
    assert meter.told == [("sent", "terminal", "broadcast", 2400)]


async def test_how_long_an_answer_took(tmp_path: Path, meter: Counting) -> None:
    with CountedBench(tmp_path, meter) as bench:
        await bench.person().says("/start")
    assert [told[:2] for told in meter.told] == [("sent", "terminal"), ("answered", "terminal")]
    assert 0 <= meter.told[1][2] < 60


async def test_a_platform_that_wants_to_be_left_alone_and_one_that_refuses(database: Room, meter: Counting) -> None:
    away = outbox(database, meter, TryLater("Too Many Requests", 60.0), Refused("Bad Request"))
    await away.send([Queued(ME, Reply("one"))])
    await away.send([Queued(Chat("test", "you"), Reply("two"))])
    assert meter.told == [("limited", "test"), ("retried", "test"), ("died", "test")]


async def test_what_was_given_up_long_ago_is_forgotten(database: Room, rows: Rows) -> None:
    await rows.outbox("telegram", dead_at=Instant.from_utc(2026, 2, 22))
    young = await rows.outbox("telegram", dead_at=ago(hours=1))
    await SqlStore(database).forget_old(NOW)
    assert [each.id for each in await database.read(dead_letters)] == [young]


async def test_what_has_waited_for_too_long_is_forgotten(database: Room, rows: Rows) -> None:
    await rows.outbox("telegram", ago(hours=31 * 24))
    young = await rows.outbox("telegram", ago(hours=29 * 24))
    store = SqlStore(database)
    for number, at in enumerate((ago(hours=31 * 24), ago(hours=29 * 24))):
        await store.take_in([Received(Receipt("bot", number), WORD)], at)
    await store.forget_waiting(ago(hours=30 * 24))
    kept = await database.read(lambda connection: connection.execute(select(OUTBOX.c.id)).scalars().all())
    assert list(kept) == [young]
    assert [received.receipt.id for received in await store.waiting("bot")] == [1]


async def test_what_came_long_ago_is_forgotten_and_what_came_lately_is_not(database: Room, rows: Rows) -> None:
    await rows.delivered("telegram", ago(hours=31 * 24))
    await rows.delivered("telegram", ago(hours=29 * 24))
    await rows.delivered("telegram", None)
    await SqlStore(database).forget_old(NOW)
    kept = await database.read(lambda connection: connection.execute(select(DELIVERED.c.sent_at)).scalars().all())
    assert sorted(kept, key=str) == sorted([None, ago(hours=29 * 24)], key=str)
