"""How many wait and for how long, as gauges: read from the database when somebody asks for the metrics."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from time import monotonic

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from whenever import Instant

from bot.ports import Clock, StorageDown
from bot.storage import figures
from bot.storage.figures import Chats, Due, People, Waiting
from bot.storage.room import Room

FRESH_SECONDS = 5.0
"""How long what is due and waiting is not read again."""

COUNTED_SECONDS = 300.0
"""How long people and chats are not counted again. With a million of them that takes a second."""

PATIENCE_SECONDS = 5.0
"""How long the database may take to answer."""


class Gauges(Collector):
    """What the database says. While it does not answer only that is told, and nothing that was true before."""

    def __init__(self, database: Room, platforms: Sequence[str], clock: Clock) -> None:
        self._database = database
        self._platforms = platforms
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._due: Mapping[str, Due] = {}
        self._waiting: Mapping[str, Waiting] = {}
        self._chats: Mapping[str, Chats] = {}
        self._people: People | None = None
        self._asked_at = self._counted_at = float("-inf")
        self._up = False
        self.answered_at = monotonic()

    async def refresh(self) -> None:
        """Reads what is not fresh any more."""
        async with self._one_at_a_time:
            if monotonic() - self._asked_at < FRESH_SECONDS:
                return
            self._up = False
            with contextlib.suppress(StorageDown, TimeoutError):
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._read()
                    self._up = True
                    self.answered_at = monotonic()
                    await self._count()
            self._asked_at = monotonic()

    async def _read(self) -> None:
        now = self._clock.now()
        waiting = await self._database.read(figures.waiting)
        self._waiting = {name: waiting.get(name, Waiting()) for name in self._platforms}
        self._due = {
            name: await self._database.read(partial(figures.due, platform=name, now=now)) for name in self._platforms
        }

    async def _count(self) -> None:
        if monotonic() - self._counted_at < COUNTED_SECONDS:
            return
        self._chats = await self._database.read(figures.chats)
        self._people = await self._database.read(partial(figures.people, now=self._clock.now()))
        self._counted_at = monotonic()

    def collect(self) -> Iterable[Metric]:
        """The gauges, as of the last `refresh`."""
        yield GaugeMetricFamily("holdfast_database_up", "Whether the database answers", int(self._up))
        if self._up:
            yield from self._of_what_is_due()
            yield from self._of_what_waits()
            yield from self._of_people()

    def _of_what_is_due(self) -> Iterable[Metric]:
        due = self._due.items()
        yield _gauge("due", "What is due and not taken up", ((name, each.now) for name, each in due))
        taken_up = ((name, each.taken_up) for name, each in due)
        yield _gauge("taken_up", "What is due, taken up and not written yet", taken_up)
        oldest = ((name, self._age(each.oldest)) for name, each in due)
        yield _gauge("oldest_due_seconds", "How long the oldest of both has been due", oldest)

    def _of_what_waits(self) -> Iterable[Metric]:
        waiting = self._waiting.items()
        lanes = GaugeMetricFamily("holdfast_waiting", "Messages that wait to be sent", labels=("platform", "lane"))
        for name, each in waiting:
            lanes.add_metric((name, "answer"), each.answers)
            lanes.add_metric((name, "broadcast"), each.broadcasts)
        yield lanes
        oldest = ((name, self._age(each.oldest)) for name, each in waiting)
        yield _gauge("oldest_waiting_seconds", "How long the oldest of them waits", oldest)
        retrying = ((name, each.retrying) for name, each in waiting)
        yield _gauge("retrying", "Those of them that failed before", retrying)
        dead = ((name, each.dead) for name, each in waiting)
        yield _gauge("dead_letters", "Messages that were given up and are kept", dead)

    def _of_people(self) -> Iterable[Metric]:
        if self._people is None:
            return
        states = asdict(self._people).items()
        yield _gauge("people", "People, each once however many chats they have", states, "state")
        chats = self._chats.items()
        yield _gauge("chats", "Chats", ((name, each.all) for name, each in chats))
        gone = ((name, each.gone) for name, each in chats)
        yield _gauge("chats_gone", "Those of them that cannot be written to", gone)

    def _age(self, moment: Instant | None) -> float:
        return 0.0 if moment is None else max(0.0, (self._clock.now() - moment).total("seconds"))


def _gauge(name: str, what: str, values: Iterable[tuple[str, float]], label: str = "platform") -> Metric:
    gauge = GaugeMetricFamily(f"holdfast_{name}", what, labels=(label,))
    for of, value in values:
        gauge.add_metric((of,), value)
    return gauge
