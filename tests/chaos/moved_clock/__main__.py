"""The same bot as `python -m bot`, by a clock that whoever tests it moves while it runs. There is no such switch in the
bot itself: this program is a part of the tests."""

import os
from pathlib import Path

from whenever import Instant, TimeDelta

import bot.scheduler
from bot.__main__ import main as holdfast

SETTING = "MOVED_CLOCK"
"""Names the file that says how many seconds the clock is ahead of the machine's."""


class MovedClock:
    """The machine's clock, so many seconds ahead as the file says at that moment."""

    def now(self) -> Instant:
        """The present moment, as this process shall see it."""
        return Instant.now() + TimeDelta(seconds=float(Path(os.environ[SETTING]).read_text() or 0))


def main() -> None:
    """Runs the bot."""
    bot.scheduler.SystemClock = MovedClock  # type: ignore[assignment,misc]
    holdfast()


if __name__ == "__main__":
    main()
