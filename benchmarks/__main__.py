"""All benchmarks, one after the other, and the page about them: `python -m benchmarks`, or `make bench`."""

import argparse
import sys
import time

from benchmarks import broadcast, discord_broadcast, due, page, telegram, writes
from benchmarks.processes import say

ALL = {
    "telegram": telegram.main,
    "writes": writes.main,
    "due": due.main,
    "broadcast": broadcast.main,
    "discord": discord_broadcast.main,
}


def main() -> int:
    """Runs what was chosen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="the Python that has Holdfast")
    parser.add_argument("--peers-python", default=sys.executable, help="the Python that has the peers")
    parser.add_argument("--quick", action="store_true", help="a short form of all, to see that everything works")
    parser.add_argument("--only", default=",".join(ALL), help="which of them, separated by commas")
    options = parser.parse_args()
    quick = ["--quick"] if options.quick else []
    failed = []
    for name in options.only.split(","):
        began = time.monotonic()
        say(f"{name}:")
        if ALL[name](["--python", options.python, "--peers-python", options.peers_python, *quick]):
            failed.append(name)
        say(f"{name}: {time.monotonic() - began:.0f} s")
    page.main(quick)
    if failed:
        say(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
