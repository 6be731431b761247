"""Handlers that write: Holdfast's one writer beside a SQLModel session in each handler, which does the same or much
less. `python -m benchmarks.writes` from the root of the repository. All commit to disk (WAL, synchronous=FULL), on the
same disk, in turns."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

from benchmarks.processes import BenchmarkError, found, keep, run_case, say

FULL, QUICK = (3, 6_000, 1_000), (1, 2_000, 300)
"""Rounds, and handlers of ours and of a peer's in each: a fraction of a second of ours is too short."""

Results = dict[str, list[dict[str, Any]]]


def run(plan: tuple[int, int, int], pythons: tuple[str, str]) -> Results:
    """All rounds, each on a fresh file."""
    rounds, ours, theirs = plan
    results: Results = {"holdfast": [], "session all": [], "session": []}
    for _ in range(rounds):
        for name, case, python, count in (
            ("holdfast", "holdfast_writes", pythons[0], ours),
            ("session all", "session_all", pythons[1], theirs),
            ("session", "session_writes", pythons[1], theirs),
        ):
            with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder:
                got = run_case(python, case, f"sqlite:///{folder}/writes.db", count)
            results[name].append(got)
            say(
                f"  {name:<11} {got['rate']:>6.0f} handlers a second, {got['cpu_us']:>5.0f} µs CPU each, p50 "
                f"{got['p50_ms']:.1f} ms, p99 {got['p99_ms']:.1f} ms; {got['failed']} failed, {got['kept']} kept"
            )
    return results


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the command line, and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="the Python that has Holdfast")
    parser.add_argument("--peers-python", default=sys.executable, help="the Python that has the peers")
    parser.add_argument("--quick", action="store_true", help="one short round")
    options = parser.parse_args(arguments)
    try:
        results = run(QUICK if options.quick else FULL, (found(options.python), found(options.peers_python)))
    except BenchmarkError as error:
        say(str(error))
        return 1
    keep("writes", results, quick=options.quick)
    return 0


if __name__ == "__main__":
    sys.exit(main())
