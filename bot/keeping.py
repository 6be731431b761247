"""How long everything is kept: who has not been here for a year is told, and a month later nothing about them is left.

Dates are not believed at once, since a machine's clock may be wrong for an hour. They count when the bot has seen one
after the other, for a week, and by the newest of those it has seen before today (docs/decisions/keeping.md).
"""

import logging
from dataclasses import dataclass, replace
from typing import Self

from whenever import Date, Instant, Time

from bot.calendar import is_zone, local_date
from bot.ports import Clock, Store
from bot.records import NOTICE, Person, Since, Work
from bot.rhythm import occasion

log = logging.getLogger(__name__)

MONTHS, LAST_MONTHS = 12, 13
"""So long without a sign somebody is told; who cannot be told is deleted after the longer time."""

NOTICE_DAYS = 30
"""Days from the notice until everything is deleted."""

HOUR = "10:00"
"""When the notice comes, on the person's clock; by UTC if that is not known."""

WAITING_DAYS = 30
"""How long a message may wait to be sent or answered. Longer is only what cannot be opened or has no way to go."""

CALM_DAYS, LONGEST_GAP = 7, 2
"""Days in a row on which the bot must have been there, and how many it may leave out."""

NOTED = "days in a row"


@dataclass(frozen=True, slots=True)
class Days:
    """The days on which the bot was there, one after the other: the first and the last."""

    first: Date
    last: Date

    @classmethod
    def read(cls, noted: str, today: Date) -> Self:
        """What was noted; without that, today is the first."""
        try:
            first, _, last = noted.partition("..")
            return cls(Date(first), Date(last))
        except ValueError:
            return cls(today, today)

    def then(self, today: Date) -> "Days":
        """The same with today. A day that does not follow is the first of others."""
        follows = self.last <= today <= self.last.add(days=LONGEST_GAP)
        return replace(self, last=today) if follows else Days(today, today)

    @property
    def are_calm(self) -> bool:
        """Whether they are enough to believe a date."""
        return self.first.add(days=CALM_DAYS) <= self.last

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


class Housekeeping:
    """What is done once a day. Somebody calls `look` more often."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def look(self) -> None:
        """Does it, unless it is done for today.

        Raises:
            StorageDown: the database cannot be reached.
        """
        today, noted = local_date(self._clock.now(), ""), await self._store.noted(NOTED)
        before = Days.read(noted, today)
        if noted and before.last == today:
            return
        days = before.then(today)
        await self._store.note(NOTED, str(days))
        if days.are_calm:
            since = _since(before.last)
            await self._tell(since)
            await self._forget(since)
            await self._store.forget_waiting(_midnight(before.last).subtract(hours=24 * WAITING_DAYS))
        await self._store.clean(thoroughly=True)

    async def _tell(self, since: Since) -> None:
        """Sets the notice for those who have not been here for long. It leaves as all that comes unasked does."""
        now, after = self._clock.now(), ""
        while people := await self._store.quiet(since, after):
            for quiet in people:
                zone = quiet.zone if is_zone(quiet.zone) else "UTC"
                due = occasion(NOTICE, HOUR, zone, now, quiet.person)
                await self._store.commit(Work(quiet.chat, Person(quiet.person), now, (due,)))
            after = people[-1].person

    async def _forget(self, since: Since) -> None:
        total = 0
        while gone := await self._store.forget_quiet(since):
            total += gone
        if total:
            log.info("%d people had not been here for over a year; everything about them is deleted", total)


def is_quiet(person: Person, today: Date) -> bool:
    """Whether somebody has not been here for so long that they are told."""
    return person.seen_on is not None and person.seen_on <= today.subtract(months=MONTHS)


def _since(today: Date) -> Since:
    told = _midnight(today).subtract(hours=24 * NOTICE_DAYS)
    return Since(today.subtract(months=MONTHS), today.subtract(months=LAST_MONTHS), told)


def _midnight(day: Date) -> Instant:
    return day.at(Time(0)).assume_utc()
