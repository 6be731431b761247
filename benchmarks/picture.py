"""The results as a picture: bars in SVG, written by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.measures import NAMES, Results

OURS, FLOOR, PEERS = "#1b7f5c", "#9aa5a0", ("#8da0cb", "#fc8d62", "#e5c494")
COLOURS = {"ptb": PEERS[0], "aiogram": PEERS[1], "holdfast": OURS}
GROUPS = (
    ("Taps answered a second, all at once, round trip 50 ms", "tap_50", "rate", "/s", "longer is better"),
    ("Taps answered a second, all at once, round trip 0 ms", "tap_0", "rate", "/s", "longer is better"),
    ("CPU a tap, round trip 0 ms", "tap_0", "cpu_us", " µs", "shorter is better"),
    ("Tap to answer by webhook, p50 at 100 a second", "hook", "message_p50_ms", " ms", "shorter is better"),
)
WIDTH, LEFT, BAR, STEP, HEAD = 760, 230, 18, 24, 34


@dataclass(frozen=True)
class Bar:
    """One bar."""

    name: str
    value: float
    colour: str


@dataclass(frozen=True)
class Group:
    """Bars of one figure, on a scale of their own."""

    title: str
    unit: str
    better: str
    bars: Sequence[Bar]


def bars(results: Results) -> str:
    """The figures of the bare bots and of Holdfast."""
    groups = []
    for title, key, figure, unit, better in GROUPS:
        values = [(name, results.median(name, key, figure) or 0.0) for name in NAMES if name in results.bots]
        groups.append(Group(title, unit, better, [Bar(NAMES[name], value, COLOURS[name]) for name, value in values]))
    return chart(groups)


def chart(groups: Sequence[Group]) -> str:
    """All groups, one below the other."""
    parts, top = [], 14
    for group in groups:
        longest = max((bar.value for bar in group.bars), default=0.0) or 1.0
        parts.append(f'<text x="16" y="{top + 14}" font-weight="bold">{group.title} <tspan fill="#777" ')
        parts.append(f'font-weight="normal">({group.better})</tspan></text>')
        top += HEAD - 8
        for bar in group.bars:
            length = bar.value / longest * (WIDTH - LEFT - 90)
            middle = top + BAR - 5
            parts.append(f'<text x="{LEFT - 8}" y="{middle}" text-anchor="end">{bar.name}</text>')
            parts.append(f'<rect x="{LEFT}" y="{top}" width="{max(length, 1):.0f}" height="{BAR}" ')
            parts.append(f'fill="{bar.colour}"/>')
            parts.append(f'<text x="{LEFT + length + 6:.0f}" y="{middle}">{number(bar.value)}{group.unit}</text>\n')
            top += STEP
        top += 12
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" font-family="sans-serif" font-size="13" '
        f'fill="#222">\n<rect width="{WIDTH}" height="{top}" rx="6" fill="#fff"/>\n{"".join(parts)}</svg>\n'
    )


def number(value: float) -> str:
    """A figure with as many digits as it deserves."""
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"
