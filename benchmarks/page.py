"""docs/performance.md and its picture, from the results: `python -m benchmarks.page` from the root of the repository.

The words are in performance.md beside this file; each `{name}` in it is one of the tables made here.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.picture import FLOOR, OURS, PEERS, Bar, Group, chart, number
from benchmarks.processes import QUICK_RESULTS, RESULTS, ROOT

WORDS = Path(__file__).parent / "performance.md"
PAGE = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "pictures" / "performance.svg"

DUE_NAMES = {
    "holdfast sqlite": "**Holdfast, SQLite**",
    "raw sqlite": "raw SQL on its table, SQLite",
    "apscheduler memory": "APScheduler, in memory",
    "apscheduler sqlite": "APScheduler, SQLite store",
    "holdfast postgresql": "**Holdfast, PostgreSQL**",
    "raw postgresql": "raw SQL on its table, PostgreSQL",
    "pgqueuer postgresql": "pgqueuer",
    "apscheduler postgresql": "APScheduler, PostgreSQL store",
}
VERDICTS = {True: "met", False: "**missed**", None: ""}
MILLION = 1_000_000
IDLE = "stood_still_idle_ms"
SHORT, LONG = "shorter is better", "longer is better"


@dataclass(frozen=True)
class Goal:
    """What is to be reached, and what was. `met` is None for what is only told."""

    title: str
    figure: str
    beside: str
    ratio: str
    to_reach: str
    met: bool | None


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown: words to the left, figures to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def goals_table(goals: Sequence[Goal]) -> str:
    """The goals of one question."""
    head = ("", "Holdfast", "beside", "ratio", "to reach", "")
    rows = [(goal.title, goal.figure, goal.beside, goal.ratio, goal.to_reach, VERDICTS[goal.met]) for goal in goals]
    return table(head, rows)


def _times(ours: float, theirs: float) -> float:
    return ours / theirs if theirs else 0.0


# Who is due


class Due:
    """Results of due.py."""

    def __init__(self, results: dict[str, dict[str, list[dict[str, Any]]]]) -> None:
        self._results = results
        self.sizes = sorted(map(int, results))
        self.small, self.large = self.sizes[0], self.sizes[-1]

    def ways(self) -> list[str]:
        """What was measured."""
        return [name for name in DUE_NAMES if all(name in of for of in self._results.values())]

    def of(self, way: str, people: int, figure: str, of: Callable[[list[float]], float] = median) -> float:
        """A figure, the median of the rounds."""
        return of([got[figure] for got in self._results[str(people)][way]])

    def goals(self) -> list[Goal]:
        """Target 5. It is about a million people: with fewer a goal can be missed, and is not met."""
        goals = self._goals()
        if self.large < MILLION:
            goals = [replace(goal, met=None, to_reach=f"{goal.to_reach} at 1M") if goal.met else goal for goal in goals]
        return goals

    def _goals(self) -> list[Goal]:
        goals = []
        for store, title in (("sqlite", "SQLite"), ("postgresql", "PostgreSQL")):
            ours, raw, jobs = f"holdfast {store}", f"raw {store}", f"apscheduler {store}"
            if ours in self.ways():
                goals += [self._idle(ours, title), self._claim(ours, raw, title)]
                goals += [self._next(ours, jobs, title)] if store == "sqlite" and jobs in self.ways() else []
                goals += [self._still(ours, title), self._memory(ours, title)]
        return goals

    def _idle(self, ours: str, title: str) -> Goal:
        small, large = (self.of(ours, people, "idle_cpu_us") for people in (self.small, self.large))
        grows = _times(large, small)
        beside = f"{number(small)} µs at {self.small:,} people"
        return Goal(f"{title}: idle tick, CPU", f"{number(large)} µs at {self.large:,}", beside, f"{grows:.2f}×",
                    "≤ 1.2×", grows <= 1.2)  # fmt: skip

    def _claim(self, ours: str, raw: str, title: str) -> Goal:
        mine, floor = (self.of(way, self.large, "claim_cpu_us") for way in (ours, raw))
        ratio, wanted = _times(mine, floor), title == "SQLite"
        return Goal(f"{title}: claim, CPU an item", f"{number(mine)} µs", f"{number(floor)} µs raw SQL",
                    f"{ratio:.2f}×", "≤ 2×" if wanted else "", ratio <= 2 if wanted else None)  # fmt: skip

    def _next(self, ours: str, jobs: str, title: str) -> Goal:
        mine, theirs = (self.of(way, self.large, "all_cpu_us") for way in (ours, jobs))
        ratio = _times(mine, theirs)
        return Goal(f"{title}: claim and next moment, CPU an item", f"{number(mine)} µs",
                    f"{number(theirs)} µs APScheduler", f"{ratio:.2f}×", "≤ 0.2×", ratio <= 0.2)  # fmt: skip

    def _still(self, ours: str, title: str) -> Goal:
        mine = max(self.of(ours, people, "stood_still_ms", max) for people in self.sizes)
        known = [got["stood_still_idle_ms"] for of in self._results.values() for got in of[ours] if IDLE in got]
        idle = f"{max(known):.1f} ms doing nothing" if known else "doing nothing: not kept"
        busy = max(self.of(ours, people, "busy_ms", max) for people in self.sizes)
        return Goal(f"{title}: the loop stood still at most", f"{mine:.1f} ms, {busy:.1f} ms of it busy",
                    idle, "", "≤ 20 ms", mine <= 20)  # fmt: skip

    def _memory(self, ours: str, title: str) -> Goal:
        small, large = (self.of(ours, people, "rss_mb") for people in (self.small, self.large))
        grows = _times(large, small)
        return Goal(f"{title}: memory", f"{large:.0f} MB at {self.large:,}", f"{small:.0f} MB at {self.small:,}",
                    f"{grows:.2f}×", "≤ 1.3×", grows <= 1.3)  # fmt: skip

    def figures(self) -> str:
        """All ways, at the fewest and the most people."""
        sizes = (self.small, self.large)
        head = ["", *(f"{what}, {people:,}" for what in ("idle tick", "claim", "+ next moment") for people in sizes)]
        head += [f"loop stood still, {self.large:,}", *(f"memory, {people:,}" for people in sizes)]
        rows = []
        for way in self.ways():
            row = [DUE_NAMES[way]]
            for figure in ("idle_cpu_us", "claim_cpu_us", "all_cpu_us"):
                values = [self.of(way, people, figure) for people in sizes]
                row += [f"{number(value)} µs" if value else "–" for value in values]
            row.append(f"{self.of(way, self.large, 'stood_still_ms', max):,.0f} ms")
            rows.append([*row, *(f"{self.of(way, people, 'rss_mb'):,.0f} MB" for people in sizes)])
        return table(head, rows)

    def groups(self) -> list[Group]:
        """Bars."""
        names = [way for way in self.ways() if not way.endswith("postgresql")]
        colours = {"holdfast sqlite": OURS, "raw sqlite": FLOOR}
        bars = [
            Bar(DUE_NAMES[way].strip("*"), self.of(way, self.large, "all_cpu_us"), colours.get(way, PEERS[at % 2]))
            for at, way in enumerate(names)
        ]
        title = f"Who is due, {self.large:,} people: CPU to claim one and set the next moment"
        return [Group(title, " µs", SHORT, bars)]


# Handlers that write


def writes_goals(results: dict[str, list[dict[str, Any]]]) -> list[Goal]:
    """Target 6, and how far a session that does less falls behind."""
    goals = []
    for peer, name, rate_goal, p99_goal in (
        ("session all", "the same", "≥ 30×", "≤ 1/50"),
        ("session", "only a person, an event, a state, a message", "", ""),
    ):
        (rate, their_rate), (p99, their_p99), (cpu, their_cpu) = (
            [median(got[figure] for got in results[bot]) for bot in ("holdfast", peer)]
            for figure in ("rate", "p99_ms", "cpu_us")
        )
        faster, share = _times(rate, their_rate), _times(p99, their_p99)
        goals += [
            Goal(f"handlers a second; a session that does {name}", f"{rate:,.0f}/s", f"{their_rate:,.0f}/s",
                 f"{faster:.1f}×", rate_goal, faster >= 30 if rate_goal else None),
            Goal("p99", f"{p99:.1f} ms", f"{their_p99:,.0f} ms", f"1/{1 / share:.0f}", p99_goal,
                 share <= 1 / 50 if p99_goal else None),
            Goal("CPU each", f"{cpu:.0f} µs", f"{their_cpu:,.0f} µs", f"{_times(cpu, their_cpu):.2f}×", "", None),
        ]  # fmt: skip
    return goals


def writes_groups(results: dict[str, list[dict[str, Any]]]) -> list[Group]:
    """Bars."""
    named = (
        ("Holdfast, one writer", "holdfast", OURS),
        ("SQLModel session each", "session all", PEERS[0]),
        ("one that does less", "session", PEERS[1]),
    )
    bars = [Bar(name, median(got["rate"] for got in results[key]), colour) for name, key, colour in named]
    return [Group("Handlers that write, on disk, a second (20 at once)", "/s", LONG, bars)]


# A broadcast


@dataclass(frozen=True)
class Platform:
    """What is to be reached on a platform. `slot`: milliseconds an answer may wait for a turn; `most`: messages in any
    second; `within`: how much longer than at the limit it may take, if that is a goal."""

    limit: float
    share: float
    most: int
    slot: float
    peers: dict[str, str]
    within: float | None = None
    spike_ms: float | None = None


TELEGRAM = Platform(30, 0.97, 30, 1000 / 30, {"loop": "PTB, one loop", "gather": "PTB, gathered"}, 1.03, 2_200)
DISCORD = Platform(50, 0.90, 50, 0.0, {"discord.py": "discord.py, gathered"})


def broadcast_goals(results: dict[str, Any], platform: Platform) -> list[Goal]:
    """Targets 3 and 4."""
    got = results["holdfast"]
    idle, busy = got["idle"]["p99_ms"], got["calm"]["p99_ms"]
    allowed = 1.1 * idle + platform.slot if platform.slot else None
    used = got["sent"] / got["seconds"] / platform.limit
    lost = got["people"] - got["reached"] + got["unanswered"]
    middle, idle_middle = got["calm"]["p50_ms"], got["idle"]["p50_ms"]
    goals = [
        Goal("answer, p50", f"{middle:.1f} ms", f"{idle_middle:.1f} ms idle", f"{_times(middle, idle_middle):.2f}×",
             "" if allowed else "≤ 1.1× idle", None if allowed else middle <= 1.1 * idle_middle),
        Goal("answer, p99", f"{busy:.1f} ms", f"{idle:.1f} ms idle", f"{_times(busy, idle):.2f}×",
             f"≤ 1.1× idle + 33 ms = {allowed:.1f} ms" if allowed else "", busy <= allowed if allowed else None),
    ]  # fmt: skip
    if platform.spike_ms:
        last = got["spike"]["last_ms"]
        goals.append(Goal("60 presses at once, the last", f"{last:,.0f} ms", "", "", f"≤ {platform.spike_ms:,.0f} ms",
                          last <= platform.spike_ms))  # fmt: skip
    goals += [
        Goal(f"of {platform.limit:.0f} a second used", f"{used:.1%}", "", "", f"≥ {platform.share:.0%}",
             used >= platform.share),
        Goal("most in any second", str(got["most_in_a_second"]), "", "", f"≤ {platform.most}",
             got["most_in_a_second"] <= platform.most),
    ]  # fmt: skip
    if platform.within:
        fastest = got["sent"] / platform.limit
        took = _times(got["seconds"], fastest)
        title, seconds = f"{got['sent']:,} messages sent in", f"{got['seconds']:.1f} s"
        goals.append(Goal(title, seconds, f"{fastest:.1f} s at the limit", f"{took:.3f}×", f"≤ {platform.within}×",
                          took <= platform.within))  # fmt: skip
    goals += [
        Goal("429s", str(got["refusals"]), "", "", "0", got["refusals"] == 0),
        Goal("lost, doubled", f"{lost}, {got['doubled']}", "", "", "0, 0", not lost and not got["doubled"]),
    ]
    return goals


def broadcast_figures(results: dict[str, Any], platform: Platform) -> str:
    """Holdfast and its peers."""
    head = ["", "people", "answer, p50", "p99", "p99 idle", "60 at once, the last", "all sent in", "limit used",
            "most in a second", "429s", "lost", "doubled"]  # fmt: skip
    rows = []
    for name, title in {"holdfast": "**Holdfast, the whole bot**", **platform.peers}.items():
        if name in results:
            got = results[name]
            waits = (got["p50_ms"], got["p99_ms"], got["idle"]["p99_ms"], got["spike"]["last_ms"])
            used = got["sent"] / got["seconds"] / platform.limit
            counts = (got["most_in_a_second"], got["refusals"], got["people"] - got["reached"], got["doubled"])
            told = [f"{wait:,.0f} ms" if wait else "–" for wait in waits]
            rows.append([title, f"{got['people']:,}", *told,
                         f"{got['seconds']:,.0f} s", f"{used:.0%}", *(f"{count:,}" for count in counts)])  # fmt: skip
    return table(head, rows)


def broadcast_groups(results: dict[str, Any], platform: Platform, where: str) -> list[Group]:
    """Bars."""
    names = {"holdfast": "Holdfast", **platform.peers}
    colours = (OURS, *PEERS)
    bars = [
        Bar(title, results[name]["calm"]["p99_ms"], colours[at])
        for at, (name, title) in enumerate(names.items())
        if name in results
    ]
    return [Group(f"A broadcast on {where}: wait of an answer meanwhile, p99", " ms", SHORT, bars)]


# The page


def make(folder: Path) -> tuple[str, str, list[str]]:
    """The page, its picture, and what is missed."""
    tables: dict[str, str] = {}
    goals: dict[str, list[Goal]] = {}
    groups: list[Group] = []
    telegram = folder / "telegram.md"
    tables["telegram"] = telegram.read_text(encoding="utf-8").rstrip() if telegram.exists() else "Not measured."
    if found := _read(folder, "due"):
        due = Due(found)
        goals["due"], tables["due figures"] = due.goals(), due.figures()
        groups += due.groups()
    if found := _read(folder, "writes"):
        goals["writes"] = writes_goals(found)
        groups += writes_groups(found)
    for name, platform, where in (("broadcast", TELEGRAM, "Telegram"), ("discord", DISCORD, "Discord")):
        if (found := _read(folder, name)) and "holdfast" in found:
            goals[name], tables[f"{name} figures"] = (
                broadcast_goals(found, platform),
                broadcast_figures(found, platform),
            )
            groups += broadcast_groups(found, platform, where)
    tables |= {name: goals_table(of) for name, of in goals.items()}
    missed = [f"{name}: {goal.title}" for name, of in goals.items() for goal in of if goal.met is False]
    page = WORDS.read_text(encoding="utf-8")
    for name in ("due", "due figures", "writes", "broadcast", "broadcast figures", "discord", "discord figures"):
        tables.setdefault(name, "Not measured.")
    for name, text in tables.items():
        page = page.replace(f"{{{name}}}", text)
    return page, chart(groups), missed


def _read(folder: Path, name: str) -> Any:
    file = folder / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the page, or prints that of a short run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="print the page of the last short run")
    options = parser.parse_args(arguments)
    page, picture, missed = make(QUICK_RESULTS if options.quick else RESULTS)
    if options.quick:
        print(page)
    else:
        PAGE.write_text(page, encoding="utf-8")
        PICTURE.write_text(picture, encoding="utf-8")
    print("Missed: " + "; ".join(missed) if missed else "Nothing missed.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
