"""The figures in docs/reliability.md."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.figures import Figures, table

PAGE = Path("docs/reliability.md")
BEGIN, END = "<!-- figures: made by `make chaos` -->", "<!-- end of the figures -->"


def write(rows: Sequence[Figures], seed: int, people: int) -> None:
    """Puts the figures in the place of those that stand there."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{_figures(rows, seed, people)}\n{END}{after}", encoding="utf-8")


def _figures(rows: Sequence[Figures], seed: int, people: int) -> str:
    trials, sends = sum(row.trials for row in rows), sum(row.sends for row in rows)
    lost, doubled = sum(row.lost for row in rows), sum(row.doubled for row in rows)
    about = (
        f"{trials} trials with seed {seed}, {people} people due at once in each, {sends} messages: {lost} lost, "
        f"{doubled} doubled. {os.cpu_count()} cores, Python {platform.python_version()}."
    )
    return f"\n{about}\n\n{table(rows)}\n"
