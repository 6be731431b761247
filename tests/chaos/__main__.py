"""Whole bots to which things happen while many people are due and some are talking, and what became of it.

    make chaos CHAOS="--trials 20 --seed 7"

Each trial has a database, a platform and a bot of its own, and a seed from which all follows that it does by chance.
One that was not as it must be prints the options with which it is made again, and keeps its files.
"""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.chaos import report
from tests.chaos.databases import KINDS, why_not
from tests.chaos.faults import BOTH, FAULTS
from tests.chaos.figures import Figures, table
from tests.chaos.trial import Plan, run
from tests.whole_bot import nursery


def plans(given: argparse.Namespace) -> Iterator[list[Plan]]:
    """What is to be done, a list of trials for each row of the table."""
    for fault in FAULTS:
        if given.fault and given.fault not in fault.name:
            continue
        for database in [one for one in fault.databases if one in (given.database or KINDS)]:
            why = why_not(database) or fault.why_not()
            if why:
                print(f"{fault.name}, {database}: left out, {why}")
                continue
            for platform in [one for one in fault.platforms if one in (given.platform or BOTH)]:
                seeds = random.Random(f"{given.seed} {fault.name} {platform} {database}")
                made = [given.seed] if given.trials == 1 else [seeds.randrange(10**6) for _ in range(given.trials)]
                yield [Plan(fault, platform, database, seed, given.people, real=given.real) for seed in made]


async def make(some: Sequence[Plan]) -> Figures:
    """Makes the trials of one row, and prints what was wrong with any of them."""
    figures = Figures()
    for plan in some:
        folder = Path(tempfile.mkdtemp(prefix="holdfast-chaos-"))
        made = await run(plan, folder)
        figures = figures + made if figures.trials else made
        if made.is_good:
            shutil.rmtree(folder)
        else:
            print(f"{plan}\n  is not as it must be; its files are in {folder}")
            print("".join(f"  {line}\n" for one in made.odd for line in one.splitlines()[:3]), end="", flush=True)
    return figures


def main() -> int:
    """Prints the figures. 1 if anything was not as it must be."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--trials", type=int, default=3, help="of each row; with 1, --seed is the trial's own")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--people", type=int, default=100, help="who are due at once")
    options.add_argument("--fault", default="", help="only those with this in their name")
    options.add_argument("--platform", action="append", choices=BOTH)
    options.add_argument("--database", action="append", choices=KINDS)
    options.add_argument("--forked", dest="real", action="store_false", help="starts without a new interpreter each")
    options.add_argument("--write", action="store_true", help=f"put the figures into {report.PAGE}")
    given = options.parse_args()
    if not given.real:
        nursery()
    rows = []
    for some in plans(given):
        rows.append(asyncio.run(make(some)))
        print(table(rows[-1:]).splitlines()[-1], flush=True)
    print(f"\n{table(rows)}")
    if given.write:
        report.write(rows, given.seed, given.people)
    return int(not all(row.is_good for row in rows))


if __name__ == "__main__":
    sys.exit(main())
