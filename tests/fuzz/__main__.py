"""`make fuzz`: all tests of made up things, other examples each time, until a mistake is found or time is up."""

import argparse
import os
import random
import subprocess
import sys
import time


def main() -> int:
    """Runs them again and again. What fails is shown with how to have it again."""
    parser = argparse.ArgumentParser(prog="make fuzz FUZZ=…", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long; a round that has begun is finished")
    parser.add_argument("--seed", type=int, default=None, help="of the first round")
    parser.add_argument("tests", nargs="*", default=["tests"], help="files or folders, by default all")
    given = parser.parse_args()
    seeds = random.Random(given.seed)
    seed = given.seed if given.seed is not None else seeds.randrange(2**32)
    until, rounds = time.monotonic() + 60 * given.minutes, 0
    while rounds == 0 or time.monotonic() < until:
        print(f"Round {rounds + 1}, --seed {seed}", flush=True)
        command = [
            "pytest",
            "-q",
            "-x",
            "-m",
            "hypothesis",
            "--timeout",
            "0",
            "--hypothesis-seed",
            str(seed),
            *given.tests,
        ]
        environment = {**os.environ, "HYPOTHESIS_PROFILE": "fuzz"}
        if code := subprocess.run([sys.executable, "-m", *command], env=environment, check=False).returncode:
            return code
        rounds, seed = rounds + 1, seeds.randrange(2**32)
    print(f"Nothing was found in {rounds} round(s).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
