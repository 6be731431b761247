"""A clock that the bots of a trial go by, and that the trial moves."""

import os
import time
from pathlib import Path

from tests.chaos.moved_clock.__main__ import SETTING


class Clock:
    """The machine's clock until it is moved, forward or back. Knows afterwards what it showed at any moment."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._moved: list[tuple[float, float]] = []
        self.set(0.0)

    @property
    def environment(self) -> dict[str, str]:
        """For a process that shall go by it."""
        return {SETTING: str(self._file)}

    def set(self, ahead: float) -> None:
        """From now on it is so many seconds ahead of the machine's."""
        new = self._file.with_suffix(".new")
        new.write_text(str(ahead))
        os.replace(new, self._file)  # noqa: PTH105 - a reader must never see half of it
        self._moved.append((time.monotonic(), ahead))

    def move(self, seconds: float) -> None:
        """Forward, or back."""
        self.set(self._moved[-1][1] + seconds)

    def now(self) -> float:
        """What it shows, in seconds since 1970."""
        return self.at(time.monotonic())

    def at(self, moment: float) -> float:
        """What it showed at a moment of `time.monotonic`, in seconds since 1970."""
        ahead = [ahead for since, ahead in self._moved if since <= moment] or [self._moved[0][1]]
        return time.time() - time.monotonic() + moment + ahead[-1]
