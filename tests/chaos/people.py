"""People in front of a bot to which things happen: they write, press, look whether an answer comes, and try again."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.whole_bot import said

PATIENCE = 100.0
"""Seconds after which nobody believes any more that an answer comes."""

SOON = 2.0
"""Seconds in which the rest of an answer follows its beginning."""

ATTEMPTS = 8
"""How often somebody tries to have a reason kept, when told that it could not be."""

BETWEEN = 0.25
"""Seconds in which an answer is read before the next button is pressed."""

LATE = "common/late"
"""Stands before an answer that comes late, also where only the clock was moved."""

Until = Callable[[Callable[[], object], float], Awaitable[None]]
"""Waits until something is true, or raises AssertionError after so many seconds."""


class Seat(ABC):
    """One person's place in front of a platform."""

    id: int

    @abstractmethod
    def seen(self) -> list[str]:
        """All that was ever shown there, what a message said before it was changed, too."""

    @abstractmethod
    def does(self, what: str) -> Any:
        """Types a text, calls a command ("/urge") or presses the newest button of that label ("[Wait with me]").

        Raises:
            LookupError: there is no such button.
        """

    def has_failed(self, done: Any) -> bool:
        """Whether the platform shows by now that the bot did not hear of it, so that it must be done again."""
        return False


@dataclass
class Wait:
    """How long the answer to something took: from and to a moment of `time.monotonic`. None: it has not come."""

    what: str
    since: float
    until: float | None = None


@dataclass
class Someone:
    """Somebody who does one thing after another. `unanswered` counts what was never answered at all."""

    seat: Seat
    until: Until
    waits: list[Wait] = field(default_factory=list)
    unanswered: int = 0
    done: int = 0

    async def gets(self, what: str, wanted: str = "") -> bool:
        """Does something, and again if the platform says that it failed. Gives whether the answer that was wanted is
        in what came then."""
        wait = Wait(what, time.monotonic())
        self.waits.append(wait)
        before = Counter(self.seat.seen())
        try:
            await self._is_answered(what, before)
        except AssertionError:
            self.unanswered += 1
            return False
        wait.until = time.monotonic()
        try:
            await self.until(lambda: any(wanted in text for text in self._new(before)), SOON)
        except AssertionError:
            return False
        return True

    async def _is_answered(self, what: str, before: Counter[str]) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            done = self.seat.does(what)
            self.done += 1
            left = end - time.monotonic()
            await self.until(lambda: self._new(before) or self.seat.has_failed(done), left)  # noqa: B023
            if self._new(before):
                return

    def _new(self, before: Counter[str]) -> list[str]:
        return list((Counter(self.seat.seen()) - before).elements())


@dataclass
class Writer(Someone):
    """Has reasons kept, one after another, each until the bot says that it is."""

    reasons: Sequence[str] = ()
    kept: list[str] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)

    async def talks(self) -> None:
        """Has all of them kept."""
        for reason in self.reasons:
            for _ in range(ATTEMPTS):
                if await self.gets("/reason", said("urge/my_reason")):
                    self.tried[reason] += 1
                    if await self.gets(reason, said("urge/reason_kept")):
                        self.kept.append(reason)
                        break
                await asyncio.sleep(BETWEEN)

    def judge(self, in_the_database: Counter[str]) -> tuple[int, int, list[str]]:
        """How much was lost, how much was handled twice, and what was odd otherwise."""
        lost = self.unanswered + sum(in_the_database[reason] == 0 for reason in self.kept)
        twice = sum(max(0, in_the_database[reason] - self.tried[reason]) for reason in self.reasons)
        odd = [f"{self.seat.id}: could not have {one!r} kept" for one in self.reasons if one not in self.kept]
        return lost, twice, odd


@dataclass
class InNeed(Someone):
    """Presses through the emergency walk, again and again, until told to stop."""

    stopped: bool = False

    async def talks(self) -> None:
        """Goes through the walk."""
        while not self.stopped:
            await self.gets("/urge")
            await asyncio.sleep(BETWEEN)
            for label in ("[I miss them]", "[Another reason]", "[Another reason]", "[Another reason]"):
                try:
                    await self.gets(label)
                except LookupError:
                    break
                await asyncio.sleep(BETWEEN)

    def judge(self) -> tuple[int, int, list[str]]:
        """How much was lost."""
        return self.unanswered, 0, []
