"""The terminal's clock: starts anywhere, runs with real time, and can be moved forward."""

import re
import time
from collections.abc import Callable

from whenever import Date, Instant, PlainDateTime, Time, TimeDelta, ZonedDateTime

from bot.errors import OperatorError

PART = re.compile(r"(\d{1,6})\s*(d|h|m|s)[a-z]*\s*")
UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
EARLIEST, LATEST = Instant.from_utc(1971, 1, 1), Instant.from_utc(2199, 12, 31)
LONGEST_SECONDS = 366 * 86_400
"""How far one `:forward` goes at most."""


class MovableClock:
    """A clock for one terminal."""

    def __init__(self, start: Instant | None = None, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._elapsed = elapsed
        self._start = start or Instant.now()
        self._since = elapsed()

    def now(self) -> Instant:
        """The present moment, for this terminal."""
        return self._start.add(milliseconds=round((self._elapsed() - self._since) * 1000))

    def move_to(self, moment: Instant) -> None:
        """Moves forward to a moment; never back."""
        if moment > self.now():
            self._start, self._since = moment, self._elapsed()


def read_start(text: str) -> Instant | None:
    """The moment of `--clock`: ISO 8601 with an offset or a zone; without either it is UTC. None if not given.

    Raises:
        OperatorError: it is no moment.
    """
    if not text:
        return None
    readers: tuple[Callable[[str], Instant], ...] = (
        Instant.parse_iso,
        lambda value: ZonedDateTime.parse_iso(value).to_instant(),
        lambda value: PlainDateTime.parse_iso(value).assume_utc(),
        lambda value: Date.parse_iso(value).at(Time.MIDNIGHT).assume_utc(),
    )
    for read in readers:
        try:
            moment = read(text)
        except ValueError:
            continue
        if EARLIEST <= moment <= LATEST:
            return moment
    raise OperatorError(f"--clock: {text!r} is no moment between 1971 and 2199; write it like 2026-10-25T08:00:00Z")


def read_span(text: str) -> TimeDelta | None:
    """How far to move: "36h", "10m", "1d 12h". None if it is nothing of that kind, or over a year."""
    cleaned = text.strip().lower()
    parts = PART.findall(cleaned)
    if not parts or PART.sub("", cleaned):
        return None
    seconds = sum(int(number) * UNITS[unit] for number, unit in parts)
    return TimeDelta(seconds=seconds) if 0 < seconds <= LONGEST_SECONDS else None
