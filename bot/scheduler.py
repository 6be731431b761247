"""The one place that knows APScheduler. It only ticks: what is due is in the database (docs/decisions/due.md)."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from whenever import Instant


class Ticker:
    """Calls something every so many seconds, never twice at once, and never in a rush to catch up."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def every(self, seconds: float, do: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Calls `do` from now on. One that is cancelled when the loop ends is no fault of anybody."""

        async def call() -> None:
            with contextlib.suppress(asyncio.CancelledError):
                await do()

        self._scheduler.add_job(
            call, "interval", seconds=seconds, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        if not self._scheduler.running:
            self._scheduler.start()

    def stop(self) -> None:
        """Stops calling; what is running goes on to its end."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


class SystemClock:
    """What the machine's clock says."""

    def now(self) -> Instant:
        """The present moment."""
        return Instant.now()
