"""Answers during a broadcast on Discord, as broadcast.py does it on Telegram: `python -m benchmarks.discord_broadcast`
from the root of the repository."""

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.broadcast import EVERY, SPIKE, Size, start_bot, start_server, told
from benchmarks.limits_server import FIRST_PERSON
from benchmarks.processes import BenchmarkError, found, keep, say, simulate

LIMIT = 50
"""Requests a second of a bot; answers to interactions are beside them."""

FULL = Size(people=10_000, peers=1_000, idle=300, lead=75)
QUICK = Size(people=600, peers=300, idle=60, lead=40)

BOTS = "holdfast,discord.py"

Prepare = Callable[[Path, float], Sequence[str]]


def measure(name: str, prepare: Prepare, people: int, size: Size, lead: float) -> dict[str, Any]:
    """Idle first, then the broadcast. `prepare` is given a folder and the moment when it is to begin, and gives the
    command of the bot. In the folder is where people's private messages are: a bot has opened them when they asked."""
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as made, ExitStack() as stack:
        folder, due = Path(made), time.time() + lead
        server = start_server(stack, "benchmarks.discord_server")
        url, token = server.greeting
        (folder / "addresses.json").write_text(json.dumps(server.ask("people", count=people)))
        command = prepare(folder, due)
        settings = {"DISCORD_BOT_TOKEN": token, "DISCORD_API_URL": url}
        process = start_bot(stack, command, folder, DATABASE_URL=f"sqlite:///{folder}/holdfast.db", **settings)
        if not server.ask("ready", within=30):
            raise BenchmarkError(f"{name} did not start:\n{(folder / 'log').read_text()[-2000:]}")
        server.ask("presses", count=size.idle // 5, every=0.05)
        idle = server.ask("presses", count=size.idle, every=0.1)
        if idle["early"]:
            raise BenchmarkError(f"{name}: the broadcast began before idle was measured")
        say(
            f"  {name}: idle p50 {idle['p50_ms']:.1f} ms, p99 {idle['p99_ms']:.1f} ms; due in {due - time.time():.0f} s"
        )
        got = server.ask("broadcast", people=people, every=EVERY, spike=SPIKE, within=people * 0.5 + 120)
        if process.poll() is not None:
            raise BenchmarkError(f"{name} ended while it was measured:\n{(folder / 'log').read_text()[-2000:]}")
        return {"idle": idle, **got}


def holdfast(python: str, size: Size) -> dict[str, Any]:
    """The whole bot, as an operator starts it."""

    def prepare(folder: Path, due: float) -> Sequence[str]:
        url = f"sqlite:///{folder}/holdfast.db"
        simulate(python, url, size.people, datetime.fromtimestamp(due, UTC), "discord")
        open_private_messages(folder / "holdfast.db", json.loads((folder / "addresses.json").read_text()))
        return [python, "-m", "bot"]

    return measure("holdfast", prepare, size.people, size, size.lead)


def open_private_messages(file: Path, addresses: Sequence[str]) -> None:
    """The bot knows where people's private messages are."""
    rows = [(address, str(FIRST_PERSON + at)) for at, address in enumerate(addresses)]
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executemany("UPDATE chat SET address = ? WHERE platform = 'discord' AND id = ?", rows)


def bare(python: str, size: Size) -> dict[str, Any]:
    """discord.py, with all sends gathered."""

    def prepare(folder: Path, due: float) -> Sequence[str]:
        script = Path(__file__).parent / "peers" / "discord_broadcast.py"
        return [python, str(script), str(folder / "addresses.json"), str(size.peers), str(due)]

    return measure("discord.py", prepare, size.peers, size, size.idle * 0.2 + 15)


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the command line, and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="the Python that has Holdfast")
    parser.add_argument("--peers-python", default=sys.executable, help="the Python that has the peers")
    parser.add_argument("--quick", action="store_true", help="few people, to see that everything works")
    parser.add_argument("--people", type=int, default=0, help="another number of people")
    parser.add_argument("--bots", default=BOTS, help="which of them, separated by commas")
    options = parser.parse_args(arguments)
    size = QUICK if options.quick else FULL
    if options.people:
        size = Size(options.people, min(options.people, size.peers), size.idle, size.lead)
    results = {}
    try:
        for bot in options.bots.split(","):
            ours = bot == "holdfast"
            results[bot] = holdfast(found(options.python), size) if ours else bare(found(options.peers_python), size)
            say(told(bot, results[bot], LIMIT))
    except BenchmarkError as error:
        say(str(error))
        return 1
    keep("discord", results, quick=bool(options.quick or options.people or options.bots != BOTS))
    return 0


if __name__ == "__main__":
    sys.exit(main())
