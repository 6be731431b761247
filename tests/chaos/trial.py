"""One trial: a crowd is due, some people talk, one is in need, something goes wrong, and then everything is counted."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from whenever import Instant

from bot.storage.tables import DUE
from bot.testing import KEY
from tests.chaos.clock import Clock
from tests.chaos.crowd import Crowd, dates, moment
from tests.chaos.databases import opened
from tests.chaos.faults import Fault
from tests.chaos.figures import Figures
from tests.chaos.people import BETWEEN, InNeed, Someone, Writer
from tests.chaos.scene import Scene, Window
from tests.chaos.stages import Talker, stage
from tests.telegram_process.trials import collapsed
from tests.whole_bot import SEAL, WORD

WRITERS, TALKERS, REASONS = 3, 3, 2

DUE_IN = 1.0
"""Seconds from the crowd's moving in until it is due."""

QUIET_SECONDS = 150.0
"""After that long the bot ought to have nothing more to do."""

STUCK_SECONDS = 8.0
"""When nothing was sent for so long though something is left, somebody has a lease on it: the clock goes forward."""

HANDOVER_SECONDS = 35.0
"""So long it may take until one of two bots does what the other did."""

A_LEASE = 61.0
"""Seconds that the clock goes forward then."""

AT_ONCE = 3.0
"""Seconds in which somebody in need is answered while something else goes wrong."""


@dataclass(frozen=True)
class Plan:
    """What a trial is about. All that happens in it by chance follows from the seed."""

    fault: Fault
    platform: str
    database: str
    seed: int
    people: int = 100
    real: bool = False

    def __str__(self) -> str:
        return f'--fault "{self.fault.name}" --platform {self.platform} --database {self.database} --seed {self.seed}'


async def run(plan: Plan, folder: Path) -> Figures:
    """Makes one trial in a folder. Of what is wrong nothing is raised: it stands in the figures."""
    async with AsyncExitStack() as stack:
        trial = Trial(plan, folder)
        try:
            await trial.run(stack)
        except Exception as error:
            trial.figures.odd.append(f"{type(error).__name__}: {error}")
        if not trial.figures.is_good:
            trial.write_down()
        return trial.figures


class Trial:
    """Everything of one trial."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.folder = folder
        self.chance = random.Random(plan.seed)
        self.figures = Figures(plan.fault.name, plan.platform, plan.database, trials=1)
        zone, starts = self.chance.choice(plan.fault.starts or (("UTC", ""),))
        folder.mkdir(parents=True, exist_ok=True)
        self.clock = Clock(folder / "clock")
        if starts:
            self.clock.move(moment(starts) - self.clock.now())
        self.crowd = Crowd(plan.people, zone)
        self.due = self.clock.now()

    def write_down(self) -> None:
        """Leaves for whoever looks for the cause what happened when, in seconds from when the crowd was due."""
        requests = [(one.at, repr(one)) for one in self.stage.api.requests]
        windows = [(one.since, f"{one.what}, {one.until - one.since:.3f} s") for one in self.scene.windows]
        waits = [(one.since, f"{who.seat.id} does {one.what!r}") for who in self._someone for one in who.waits]
        everything = sorted([*requests, *windows, *waits])
        lines = [f"{self.clock.at(at) - self.due:9.3f} {what}\n" for at, what in everything]
        (self.folder / "what happened").write_text("".join(lines))
        (self.folder / "what was wrong").write_text("\n".join(self.figures.odd))

    async def run(self, stack: AsyncExitStack) -> None:
        """Makes it."""
        plan = self.plan
        self.database = await stack.enter_async_context(opened(plan.database, self.folder, plan.fault.small_disk))
        self.stage = await stack.enter_async_context(stage(plan.platform, self.clock, self.chance))
        self._gather_people()
        environment = {"DATABASE_URL": self.database.url, "ENCRYPTION_KEYS": KEY, **self.clock.environment}
        folders = [self.folder / f"bot{number}" for number in range(plan.fault.bots)]
        self.bots = await self.stage.several(stack, folders, environment, real=plan.real)
        for bot in self.bots:
            stack.push_async_callback(bot.is_killed)
        parts = (self.stage, self.bots, self.database, self.clock, self.chance, self.crowd)
        self.scene = Scene(*parts, talkers=list(self.talkers), in_need=self.in_need)
        await self.bots[0].start()
        for bot in self.bots[1:]:
            bot.launch()
        await self._move_in()
        async with self._talking():
            await self.plan.fault.happens(self.scene)
            self.stage.mend()
        await self._is_quiet()
        await self._judge()

    def _gather_people(self) -> None:
        ids = iter(range(self.stage.first_writer, 10**6))
        words = iter(f"{WORD} number {number} of what I want to remember" for number in range(1, 10**6))

        def some() -> list[str]:
            return [next(words) for _ in range(REASONS)]

        self.in_need = InNeed(self.stage.seat(next(ids)), self.stage.api.until)
        self.writers = [
            Writer(self.stage.seat(next(ids)), self.stage.api.until, reasons=some()) for _ in range(WRITERS)
        ]
        count = TALKERS if self.plan.fault.exact else 0
        self.talkers = {id: self.stage.talker(id, some(), self.chance) for id in (next(ids) for _ in range(count))}

    async def _move_in(self) -> None:
        ids = (*self.crowd.ids, *self.talkers, *(one.seat.id for one in self._someone))
        addresses = {id: self.stage.admit(id) for id in ids}
        self.due = self.clock.now() + DUE_IN
        await self.database.run(self.crowd.moves_in(self.stage.name, self.due, addresses))

    @property
    def _someone(self) -> Sequence[Someone]:
        return (self.in_need, *self.writers)

    @asynccontextmanager
    async def _talking(self) -> AsyncIterator[None]:
        """Meanwhile people talk. Those who have something to say are heard to the end."""
        need = asyncio.create_task(self.in_need.talks())
        talks = [asyncio.create_task(one.talks()) for one in (*self.writers, *self.talkers.values())]
        try:
            yield
            for ended in await asyncio.gather(*talks, return_exceptions=True):
                if isinstance(ended, BaseException):
                    self.figures.odd.append(str(ended).splitlines()[0])
            await asyncio.sleep(BETWEEN)
            self.in_need.stopped = True
            await need
        finally:
            for task in (need, *talks):
                task.cancel()
            await asyncio.gather(need, *talks, return_exceptions=True)

    async def _is_quiet(self) -> None:
        """Waits until nothing is left to do. Where only the end of a lease is waited for, the clock goes forward."""
        end = time.monotonic() + QUIET_SECONDS
        sends, since = self.stage.sends(), time.monotonic()
        while left := await self._left():
            if time.monotonic() > end:
                self.figures.odd.append(f"never quiet: {left}")
                return
            if self.stage.sends() > sends:
                sends, since = self.stage.sends(), time.monotonic()
            elif time.monotonic() - since > (STUCK_SECONDS if self.plan.fault.bots == 1 else HANDOVER_SECONDS):
                self.clock.move(A_LEASE)
                since = time.monotonic()
            await asyncio.sleep(0.2)

    async def _left(self) -> list[str]:
        """What is still to be done, in words."""
        inbox = await self.database.rows("SELECT id FROM inbox WHERE body IS NOT NULL")
        outbox = await self.database.rows("SELECT chat FROM outbox WHERE dead_at IS NULL")
        soon = self._now().add(minutes=1)  # each has a second of their own
        due = await self.database.run(
            lambda one: one.execute(select(DUE.c.chat).where(DUE.c.free_at.is_not(None) & (DUE.c.at <= soon))).all()
        )
        left = {"updates": inbox, "messages": outbox, "due": due, "pending": [] if self.stage.is_quiet else [1]}
        return [f"{len(rows)} {name}, such as {rows[0]}" for name, rows in left.items() if rows]

    def _now(self) -> Instant:
        return Instant.from_timestamp(self.clock.now())

    # Judging

    async def _judge(self) -> None:
        self.figures.sends = self.stage.sends()
        self.figures.refused = self.stage.refused()
        self.figures.odd += self.stage.odd()
        self._judge_checkins()
        await self._judge_talk()
        self._judge_waits()
        dead = await self.database.rows("SELECT chat, error FROM outbox WHERE dead_at IS NOT NULL")
        self.figures.lost += len(dead)
        self.figures.odd += [f"given up: {row}" for row in dead]
        for bot in self.bots:
            bot.check_it_was_clean()
            bot.check_nothing_leaked()
        self.figures.in_flight = self.scene.flights.total() + sum(
            not one.heard for id in self._everybody for one in self.stage.sent_to(id)
        )

    @property
    def _everybody(self) -> Sequence[int]:
        return (*self.crowd.ids, *self.talkers)

    def _judge_checkins(self) -> None:
        wanted = self.plan.fault.dates
        for id in self.crowd.ids:
            sent = self.stage.sent_to(id)
            if id in self.scene.left:
                self._count_copies(id, max(0, len(sent) - wanted))
                continue
            on = Counter(dates([one.at for one in sent], self.crowd.zone))
            if self.plan.fault.dates > 1:
                self.figures.lost += max(0, wanted - len(on))
            elif not sent:
                self.figures.lost += 1
                self.figures.odd.append(f"{id}: no check-in")
            self._count_copies(id, max(0, len(sent) - wanted))
            if sent and self.plan.fault.late:
                self.figures.late.append(sent[0].at - self.due)

    def _count_copies(self, id: int, copies: int) -> None:
        self.figures.doubled += copies
        unheard = sum(not one.heard for one in self.stage.sent_to(id))
        allowed = self.scene.flights[id] + unheard if self.stage.copies else 0
        if copies > allowed:
            times = [f"{one.at - self.due:.2f} s{'' if one.heard else ' (cut)'}" for one in self.stage.sent_to(id)]
            self.figures.odd.append(f"{id}: {copies} copies, {allowed} in flight: {times}")

    async def _judge_talk(self) -> None:
        said = "SELECT person_id, text FROM reason UNION ALL SELECT person_id, text FROM letter"
        kept = Counter(SEAL.open(text, person) for person, text in await self.database.rows(said))
        for one in self._someone:
            self.figures.updates += one.done
        for lost, twice, odd in (self.in_need.judge(), *(writer.judge(kept) for writer in self.writers)):
            self.figures.lost += lost
            self.figures.odd += [f"{lost} of what somebody said lost"] if lost else []
            self.figures.odd += [*odd, *([f"{twice} handled twice"] if twice else [])]
        for id, talker in self.talkers.items():
            self._judge_talker(id, talker, kept)

    def _judge_talker(self, id: int, talker: Talker, kept: Counter[str]) -> None:
        shown = talker.shown()
        seen, wanted = collapsed(shown), talker.wanted
        self.figures.updates += len(wanted)
        self.figures.lost += (Counter(wanted) - Counter(seen)).total()
        self._count_copies(id, len(shown) - len(seen))
        if Counter(seen) - Counter(wanted):
            self.figures.odd.append(f"{id}: handled twice: {shown}")
        elif seen != wanted:
            self.figures.odd.append(f"{id}: out of order: {shown}, wanted {wanted}")
        counts = [kept[words] for words in talker.words]
        if set(counts) != {1}:
            self.figures.odd.append(f"{id}: kept {counts}")

    def _judge_waits(self) -> None:
        waits = [wait for one in self._someone for wait in one.waits if wait.until is not None]
        for window in self.scene.windows:
            after = [
                wait.until - window.until for wait in waits if wait.until is not None and wait.until > window.until
            ]
            self.figures.back += [min(after)] if after else []
            if window.reaches:
                self._judge_need(window)

    def _judge_need(self, window: Window) -> None:
        ends = [other.since for other in self.scene.windows if other.ends_a_bot]
        for wait in self.in_need.waits:
            until = wait.until or time.monotonic()
            meanwhile_ended = any(wait.since <= end <= until for end in ends)
            if window.since <= wait.since <= window.until and not meanwhile_ended:
                took = until - wait.since
                self.figures.in_need.append(took)
                if took > AT_ONCE:
                    self.figures.odd.append(
                        f"somebody in need waited {took:.1f} s during: {window.what}, for {wait.what}"
                    )
