"""Who is due: Holdfast's claim beside raw SQL, APScheduler with a job each, and pgqueuer.

`python -m benchmarks.due` from the root of the repository. Each case is a process of its own; at each number of people
they take turns.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.processes import FAKES, BenchmarkError, found, keep, run_case, say, simulate

PEOPLE = (1_000, 10_000, 100_000, 1_000_000)
QUICK_PEOPLE = (1_000, 10_000)
DUE = 10_000
ROUNDS = 3

Results = dict[str, dict[str, list[dict[str, Any]]]]


@dataclass(frozen=True)
class Way:
    """One way to know who is due: a case, where its data is, and which Python has it. A slow one has one round."""

    name: str
    case: str
    where: str
    ours: bool = False
    slow: bool = False


WAYS = (
    Way("holdfast sqlite", "holdfast_due", "tables.db", ours=True),
    Way("raw sqlite", "raw", "tables.db"),
    Way("apscheduler memory", "apscheduler_jobs", "memory", slow=True),
    Way("apscheduler sqlite", "apscheduler_jobs", "jobs.db", slow=True),
    Way("holdfast postgresql", "holdfast_due", "postgresql", ours=True),
    Way("raw postgresql", "raw", "postgresql"),
    Way("pgqueuer postgresql", "pgqueuer_jobs", "postgresql"),
    Way("apscheduler postgresql", "apscheduler_jobs", "postgresql", slow=True),
)


class Places:
    """Where the data of a run is: SQLite files, and databases of a PostgreSQL of its own if there is one."""

    def __init__(self, folder: Path, new_database: Callable[[], str] | None) -> None:
        self._folder = folder
        self._new_database = new_database
        self._urls: dict[str, str] = {}

    def ways(self, only: str) -> list[Way]:
        """The ways that can be measured here."""
        there = [way for way in WAYS if self._new_database or not way.name.endswith("postgresql")]
        return [way for way in there if only in way.name]

    def url(self, way: Way) -> str:
        """Where a way has its data: our tables are for our claim and for raw SQL, jobs are for themselves."""
        if way.where == "memory":
            return "memory"
        key = f"{way.where} {'tables' if way.case in ('raw', 'holdfast_due') else way.case}"
        if key not in self._urls:
            postgresql = way.where == "postgresql" and self._new_database
            self._urls[key] = postgresql() if postgresql else f"sqlite:///{self._folder / way.where}"
        driver = "+psycopg" if way.case == "apscheduler_jobs" else "+asyncpg"
        return self._urls[key].replace("+asyncpg", driver)


def fill(ways: list[Way], places: Places, people: int, pythons: tuple[str, str]) -> None:
    """Makes up people for each way that keeps them somewhere."""
    filled = set()
    for way in ways:
        url = places.url(way)
        if way.where == "memory" or url in filled:
            continue
        filled.add(url)
        if way.case in ("holdfast_due", "raw"):
            simulate(pythons[0], url, people, datetime.now(UTC) + timedelta(days=7))
            run_case(pythons[0], "analyze", url)
        else:
            run_case(pythons[1], way.case, url, people, 0)


def run(sizes: tuple[int, ...], rounds: int, only: str, pythons: tuple[str, str], results: Results) -> None:
    """Measures all ways at all sizes, in turns. The first round reads everything from the disk and does not count."""
    with ExitStack() as stack:
        new_database = stack.enter_context(postgresql()) if "sqlite" not in only else None
        for people in sizes:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="holdfast-bench-")))
            places = Places(folder, new_database)
            ways = places.ways(only)
            fill(ways, places, people, pythons)
            for number in range(-1, rounds):
                for way in ways:
                    if way.slow and number and (number < 0 or people > sizes[0]):
                        continue
                    began = time.monotonic()
                    got = run_case(pythons[0] if way.ours else pythons[1], way.case, places.url(way), people, DUE)
                    if number < 0:
                        continue
                    results.setdefault(str(people), {}).setdefault(way.name, []).append(got)
                    say(told(way, people, got, time.monotonic() - began))


def told(way: Way, people: int, got: dict[str, Any], seconds: float) -> str:
    """A line about one case."""
    return (
        f"  {people:>9,} people, {way.name:<22} idle tick {got['idle_cpu_us']:>7.0f} µs CPU, claim "
        f"{got['claim_cpu_us']:>5.1f} µs, with the next moment {got['all_cpu_us']:>6.1f} µs; the loop stood still "
        f"{got['stood_still_ms']:>8.1f} ms, busy {got['busy_ms']:.1f} ms; {got['rss_mb']:.0f} MB ({seconds:.0f} s)"
    )


@contextmanager
def postgresql() -> Iterator[Callable[[], str] | None]:
    """What makes databases in a PostgreSQL of its own; nothing where its wheel is not to be had."""
    sys.path.append(str(FAKES))
    from postgres import AVAILABLE, Server

    if not AVAILABLE:
        say("  no pgserver for this Python and this machine: PostgreSQL is left out")
        yield None
    else:
        with Server(durable=True) as server:
            yield server.database


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the command line, and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="the Python that has Holdfast")
    parser.add_argument("--peers-python", default=sys.executable, help="the Python that has the peers")
    parser.add_argument("--quick", action="store_true", help="one round at 1,000 and 10,000 people")
    parser.add_argument("--only", default="", help="only ways with this in their name")
    parser.add_argument("--people", default="", help="other numbers of people, separated by commas")
    options = parser.parse_args(arguments)
    sizes = QUICK_PEOPLE if options.quick else PEOPLE
    results: Results = {}
    if options.people:
        sizes = tuple(map(int, options.people.split(",")))
    try:
        pythons = (found(options.python), found(options.peers_python))
        run(sizes, 1 if options.quick else ROUNDS, options.only, pythons, results)
    except BenchmarkError as error:
        say(str(error))
        return 1
    finally:
        keep("due", results, quick=bool(options.quick or options.only or options.people))
    return 0


if __name__ == "__main__":
    sys.exit(main())
