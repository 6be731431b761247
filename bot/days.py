"""Days of no contact: total days are kept whatever happens; the current stretch is a detail. Pure.

Why totals and no reset to zero: one slip read as total failure leads to more (the abstinence-violation effect).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from whenever import Date


@dataclass(frozen=True, slots=True)
class Days:
    """Whole local dates, today included. `stretch` counts those since the last slip."""

    total: int
    stretch: int


WEEKS_BEGIN, LATER_BEGINS = 7, 42
"""How many days after the first one the first week is over, and the first six."""


def stage(since: Date | None, today: Date) -> str:
    """How far the person is by the day they count from: `first`, `weeks` or `later`. Empty if nothing is counted."""
    if since is None or since > today:
        return ""
    passed = today.since(since, total="days")
    return "first" if passed < WEEKS_BEGIN else "weeks" if passed < LATER_BEGINS else "later"


def count(since: Date | None, slips: Iterable[Date], today: Date) -> Days:
    """Counts the dates from `since` to `today` on which nothing was sent. (0, 0) if nothing is counted."""
    if since is None or since > today:
        return Days(0, 0)
    slipped = sorted({slip for slip in slips if since <= slip <= today})
    every = int(today.since(since, total="days")) + 1
    stretch = int(today.since(slipped[-1], total="days")) if slipped else every
    return Days(every - len(slipped), stretch)
