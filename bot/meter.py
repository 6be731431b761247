"""Counting what happens: the core says what happened, and knows nobody who counts."""

from typing import Literal

Lane = Literal["answer", "broadcast"]
"""What somebody waits for, or what comes by itself."""


class Meter:
    """Who counts; this one counts nothing. No call fails or takes long, and none says of whom it is."""

    def sent(self, platform: str, lane: Lane, late: float | None = None) -> None:
        """A message has left, so many seconds after its moment if it had one."""

    def retried(self, platform: str) -> None:
        """An attempt to send a message has failed and is made again."""

    def died(self, platform: str) -> None:
        """A message was given up."""

    def limited(self, platform: str) -> None:
        """A platform said that it is too much (429)."""

    def answered(self, platform: str, seconds: float) -> None:
        """The answers to an update have left, so many seconds after it came."""


SILENT = Meter()
"""Nobody counts."""
