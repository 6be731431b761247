"""The time and the ids: docs.discord.com/developers/reference#snowflakes."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

EPOCH = 1_420_070_400_000
"""Milliseconds; the first second of 2015."""


class Clock:
    """Real time until it is set by hand. Ids are made of it, and rise always."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._ahead = 0.0
        self._stopped: float | None = None
        self._last = 0

    def __call__(self) -> float:
        """Seconds since 1970."""
        return self._stopped if self._stopped is not None else self._now() + self._ahead

    def advance(self, seconds: float) -> None:
        """Puts the clock forward."""
        if self._stopped is not None:
            self._stopped += seconds
        else:
            self._ahead += seconds

    def stop(self, at: float | None = None) -> None:
        """Stands still from now on, at the time that is given (seconds since 1970) or the present one."""
        self._stopped = self() if at is None else at

    def snowflake(self) -> int:
        """A new id."""
        self._last = max((int(self() * 1000) - EPOCH) << 22, self._last + 1)
        return self._last


def written(at: float) -> str:
    """A time as Discord writes it: ISO 8601."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")
