"""The results as a page of Markdown, each figure beside what Holdfast is to reach."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.measures import NAMES, Plan, Results


@dataclass(frozen=True)
class Row:
    """One figure of one measure. A goal is a ratio to a peer: at least (`>=`) or at most (`<=`) so many times it."""

    title: str
    key: str
    figure: str
    unit: str = "/s"
    goals: tuple[tuple[str, str, float], ...] = ()


ROWS = (
    Row("texts at once, 0 ms", "text_0", "rate", goals=(("ptb", ">=", 1.0),)),
    Row("taps at once, 0 ms", "tap_0", "rate", goals=(("ptb", ">=", 1.0),)),
    Row("texts at once, 50 ms", "text_50", "rate", goals=(("ptb", ">=", 50.0), ("aiogram", ">=", 1.3))),
    Row("taps at once, 50 ms", "tap_50", "rate", goals=(("ptb", ">=", 50.0), ("aiogram", ">=", 1.3))),
    *(
        Row(f"CPU: {title}", key, "cpu_us", " µs", (("ptb", "<=", 1.0),))
        for title, key in (
            ("a text, 0 ms", "text_0"),
            ("a tap, 0 ms", "tap_0"),
            ("a text, 50 ms", "text_50"),
            ("a tap, 50 ms", "tap_50"),
        )
    ),
    *(
        row
        for title, key in (("webhook", "hook"), ("polling", "poll"))
        for row in (
            Row(f"{title}: tap to its message, p50", key, "message_p50_ms", " ms", (("ptb", "<=", 1.5),)),
            Row(f"{title}: tap to its message, p99", key, "message_p99_ms", " ms", (("ptb", "<=", 3.0),)),
            Row(f"{title}: tap to its query answered, p50", key, "answer_p50_ms", " ms"),
            Row(f"{title}: tap to its query answered, p99", key, "answer_p99_ms", " ms"),
        )
    ),
    Row("peak memory after all bursts", "peak", "mb", " MB"),
)


def page(results: Results, plan: Plan, spoilt: Sequence[str]) -> str:
    """The table, and what it rests on."""
    bots = [name for name in NAMES if name in results.bots]
    head = ["", *(NAMES[name] for name in bots), "Holdfast ÷ PTB", "Holdfast ÷ aiogram", "to reach", ""]
    lines = [_line(head), _line(["---", *["---:"] * (len(bots) + 2), "---", "---"])]
    lines += [_line([row.title, *_cells(results, row, bots)]) for row in ROWS]
    verdict = "Spoilt: " + "; ".join(spoilt) if spoilt else "Nothing missing, nothing doubled."
    sizes = {measure.key: measure.sizes for measure in plan.measures}
    return "\n".join(
        [
            *lines,
            "",
            f"Medians of {plan.rounds} round(s). At once: {sizes['text_0']['holdfast']} updates over {plan.chats} "
            f"chats, by long polling; at 50 ms bare python-telegram-bot got {sizes['text_50']['ptb']} texts and "
            f"{sizes['tap_50']['ptb']} taps, since it answers one at a time. Webhook and polling: "
            f"{sizes['hook']['holdfast']} taps, 100 a second, 0 ms.",
            f"{results.total('updates')} updates in all. {verdict} {_server(results, bots)}",
            "",
        ]
    )


def _cells(results: Results, row: Row, bots: Sequence[str]) -> list[str]:
    figures = {name: results.median(name, row.key, row.figure) for name in NAMES}
    ours = figures["holdfast"]
    ratios = {name: ours / peer for name in ("ptb", "aiogram") if ours is not None and (peer := figures[name])}
    kept = [ratios[peer] >= than if sign == ">=" else ratios[peer] <= than for peer, sign, than in _known(row, ratios)]
    return [
        *(_number(figures[name], row.unit) for name in bots),
        *(f"{ratios[name]:.2f}×" if name in ratios else "–" for name in ("ptb", "aiogram")),
        ", ".join(f"{'≥' if sign == '>=' else '≤'} {than:g}× {_short(peer)}" for peer, sign, than in row.goals),
        ("met" if all(kept) else "**missed**") if kept else "",
    ]


def _known(row: Row, ratios: dict[str, float]) -> list[tuple[str, str, float]]:
    return [goal for goal in row.goals if goal[0] in ratios]


def _short(peer: str) -> str:
    return {"ptb": "PTB", "holdfast": "Holdfast"}.get(peer, peer)


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}{unit}" if value < 10 else f"{value:,.0f}{unit}"


def _server(results: Results, bots: Sequence[str]) -> str:
    costs = {name: results.median(name, "tap_0", "server_us") for name in bots}
    told = ", ".join(f"{cost:.0f} µs beside {_short(name)}" for name, cost in costs.items() if cost is not None)
    return f"The load server's own CPU a request, taps at 0 ms: {told}."


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
