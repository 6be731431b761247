"""The results as a picture: bars in SVG, written by hand."""

from benchmarks.measures import NAMES, Results

COLOURS = {"ptb": "#8da0cb", "aiogram": "#fc8d62", "holdfast": "#1b7f5c"}
GROUPS = (
    ("Taps answered a second, all at once, round trip 50 ms", "tap_50", "rate", "/s", "longer is better"),
    ("Taps answered a second, all at once, round trip 0 ms", "tap_0", "rate", "/s", "longer is better"),
    ("CPU a tap, round trip 0 ms", "tap_0", "cpu_us", " µs", "shorter is better"),
    ("Tap to answer by webhook, p50 at 100 a second", "hook", "message_p50_ms", " ms", "shorter is better"),
)
WIDTH, LEFT, BAR, STEP, HEAD = 760, 190, 18, 24, 34


def bars(results: Results) -> str:
    """One group of bars a figure, one bar a bot; each group has its own scale."""
    parts, top = [], 14
    for title, key, figure, unit, better in GROUPS:
        values = {name: results.median(name, key, figure) for name in NAMES if name in results.bots}
        longest = max(value or 0.0 for value in values.values()) or 1.0
        parts.append(f'<text x="16" y="{top + 14}" font-weight="bold">{title} <tspan fill="#777" ')
        parts.append(f'font-weight="normal">({better})</tspan></text>')
        top += HEAD - 8
        for name, value in values.items():
            length = (value or 0.0) / longest * (WIDTH - LEFT - 90)
            middle = top + BAR - 5
            parts.append(f'<text x="{LEFT - 8}" y="{middle}" text-anchor="end">{NAMES[name]}</text>')
            parts.append(f'<rect x="{LEFT}" y="{top}" width="{max(length, 1):.0f}" height="{BAR}" ')
            parts.append(f'fill="{COLOURS[name]}"/>')
            told = f"{value or 0:.2f}" if (value or 0) < 10 else f"{value:,.0f}"
            parts.append(f'<text x="{LEFT + length + 6:.0f}" y="{middle}">{told}{unit}</text>\n')
            top += STEP
        top += 12
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" font-family="sans-serif" font-size="13" '
        f'fill="#222">\n<rect width="{WIDTH}" height="{top}" rx="6" fill="#fff"/>\n{"".join(parts)}</svg>\n'
    )
