"""What is counted in a trial, and over many."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from math import ceil
from typing import Any


@dataclass
class Figures:
    """`late` and `back` are in seconds: of each check-in, and from each fault to the first answer after it. `doubled`
    counts messages that stand in a chat once more than they should, `in_flight` how many there were at a kill or a cut,
    of which each may come twice on Telegram. `in_need` are the waits of somebody in the emergency walk while a fault
    lasted that left the way open. `odd` says what was wrong, in words."""

    fault: str = ""
    platform: str = ""
    database: str = ""
    trials: int = 0
    updates: int = 0
    sends: int = 0
    lost: int = 0
    doubled: int = 0
    in_flight: int = 0
    refused: int = 0
    late: list[float] = field(default_factory=list)
    back: list[float] = field(default_factory=list)
    in_need: list[float] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)

    def __add__(self, other: "Figures") -> "Figures":
        mine: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        return Figures(
            **{
                name: value if isinstance(value, str) else value + getattr(other, name) for name, value in mine.items()
            }
        )

    @property
    def is_good(self) -> bool:
        """Whether everything was as it must be."""
        return not (self.lost or self.odd)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of all lies at or below."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


COLUMNS = (
    "fault",
    "platform",
    "database",
    "trials",
    "texts and presses",
    "sends",
    "lost",
    "doubled (in flight)",
    "late p50 / p99",
    "first answer after p50 / max",
    "emergency p99",
)


def table(rows: Sequence[Figures]) -> str:
    """The figures for a person to read, in Markdown."""
    cells = [COLUMNS, *(_cells(row) for row in rows)]
    widths = [max(len(row[number]) for row in cells) for number in range(len(COLUMNS))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in cells]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _cells(row: Figures) -> tuple[str, ...]:
    doubled = f"{row.doubled} ({row.in_flight})" if row.platform == "telegram" else str(row.doubled)
    counts = (str(row.trials), str(row.updates), str(row.sends), str(row.lost), doubled)
    return (row.fault, row.platform, row.database, *counts, _two(row.late, 0.99), _two(row.back, 1), _one(row.in_need))


def _two(values: Sequence[float], share: float) -> str:
    return f"{percentile(values, 0.5):.1f} / {percentile(values, share):.1f} s" if values else "–"


def _one(values: Sequence[float]) -> str:
    return f"{percentile(values, 0.99):.2f} s" if values else "–"
