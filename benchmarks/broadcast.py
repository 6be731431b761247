"""Answers during a broadcast on Telegram: the whole bot as a process, check-ins due at once, a server with limits, and
people who press the emergency button meanwhile. `python -m benchmarks.broadcast` from the root of the repository.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.processes import ROOT, BenchmarkError, ended, environment, found, keep, say, simulate

LIMIT = 30
"""Messages a second that Telegram names."""

EVERY, SPIKE = 0.5, 60
BOTS = "holdfast,loop,gather"


@dataclass(frozen=True)
class Size:
    """How much is measured: people of Holdfast's broadcast and of the peers', presses before it."""

    people: int
    peers: int
    idle: int
    lead: float
    """Seconds from the start until the check-ins are due."""


FULL = Size(people=10_000, peers=1_000, idle=300, lead=75)
QUICK = Size(people=600, peers=300, idle=60, lead=40)


class Server:
    """The server of one bot."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.greeting = self._line()

    def ask(self, do: str, **how: Any) -> Any:
        """Gives it a command and waits for its result."""
        print(json.dumps({"do": do, **how}), file=self._process.stdin, flush=True)
        return self._line()

    def _line(self) -> Any:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise BenchmarkError("the server ended")
        return json.loads(line)


def start_server(stack: ExitStack, module: str, *arguments: str, python: str = sys.executable) -> Server:
    """Starts a server of limits."""
    command = [python, "-m", module, *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), text=True, **pipes)  # type: ignore[call-overload] # noqa: S603
    return Server(stack.enter_context(ended(process)))


def start_bot(stack: ExitStack, command: Sequence[str], folder: Path, **settings: str) -> "subprocess.Popen[bytes]":
    """Starts a bot in a folder of its own, where its log is."""
    log = stack.enter_context((folder / "log").open("wb"))
    env = environment(**settings)
    process = subprocess.Popen(  # noqa: S603
        command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
    )
    return stack.enter_context(ended(process))


def measure(name: str, command: Sequence[str], people: int, size: Size, due: float, folder: Path) -> dict[str, Any]:
    """Idle first, then the broadcast."""
    with ExitStack() as stack:
        server = start_server(stack, "benchmarks.limits_server")
        settings = {
            "TELEGRAM_BOT_TOKEN": "42:BENCHMARK",
            "TELEGRAM_API_URL": f"http://127.0.0.1:{server.greeting}",
            "DATABASE_URL": f"sqlite:///{folder}/holdfast.db",
        }
        process = start_bot(stack, command, folder, **settings)
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
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as name:
        folder, due = Path(name), time.time() + size.lead
        url = f"sqlite:///{folder}/holdfast.db"
        simulate(python, url, size.people, datetime.fromtimestamp(due, UTC))
        return measure("holdfast", [python, "-m", "bot"], size.people, size, due, folder)


def ptb(python: str, form: str, size: Size) -> dict[str, Any]:
    """python-telegram-bot with its rate limiter."""
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as name:
        due = time.time() + size.idle * 0.2 + 15
        script = str(Path(__file__).parent / "peers" / "ptb_broadcast.py")
        command = [python, script, form, str(size.peers), str(due)]
        return measure(f"ptb {form}", command, size.peers, size, due, Path(name))


def told(name: str, got: dict[str, Any], limit: float) -> str:
    """A line about one broadcast."""
    used = got["sent"] / got["seconds"] / limit if got["seconds"] else 0.0
    return (
        f"  {name}: {got['reached']} of {got['people']} in {got['seconds']:.0f} s, {got['sent']} messages, "
        f"{used:.1%} of the limit, at most {got['most_in_a_second']} in a second, {got['refusals']} 429s, "
        f"{got['doubled']} doubled; answers p50 {got['p50_ms']:.0f} ms, p99 {got['p99_ms']:.0f} ms (without the spike "
        f"{got['calm']['p99_ms']:.0f} ms), {SPIKE} at once: the last after {got['spike']['last_ms']:.0f} ms; "
        f"{got['unanswered']} unanswered"
    )


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
    python, peers = found(options.python), found(options.peers_python)
    results = {}
    try:
        for bot in options.bots.split(","):
            results[bot] = holdfast(python, size) if bot == "holdfast" else ptb(peers, bot, size)
            say(told(bot, results[bot], LIMIT))
    except BenchmarkError as error:
        say(str(error))
        return 1
    keep("broadcast", results, quick=bool(options.quick or options.people or options.bots != BOTS))
    return 0


if __name__ == "__main__":
    sys.exit(main())
