"""Measures three Telegram bots side by side: `python -m benchmarks.telegram` from the root of the repository.

Each bot is a process of its own, each has its own stand-in for the Bot API (see `load_server.py`), and the bots take
turns at every measure, so that a machine that drifts drifts under all of them.
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import picture, table
from benchmarks.measures import FULL, QUICK, Measure, Plan, Results
from benchmarks.processes import QUICK_RESULTS, RESULTS, ROOT, BenchmarkError, ended, found

STARTS_WITHIN = 30.0
"""Seconds a bot may take until it asks for updates."""

ANSWERS_WITHIN = 90.0
"""Seconds after which a load is given up and counted as it stands."""

WRONG = ("missing", "doubled", "refused", "complaints in its log")
"""What spoils a measure."""


@dataclass
class Bot:
    """A bot that runs, and its load server."""

    name: str
    process: subprocess.Popen[bytes]
    api: subprocess.Popen[str]
    log: Path
    log_read: int = 0

    def ask(self, **command: Any) -> Any:
        """Gives the load server a command and waits for its result."""
        print(json.dumps(command), file=self.api.stdin, flush=True)
        return json.loads(_line(self.api))

    def load(self, kind: str, count: int, delay: float, rate: float = 0) -> dict[str, Any]:
        """Hands out updates to the bot and tells how it answered."""
        within = count / rate + ANSWERS_WITHIN if rate else ANSWERS_WITHIN
        chats = max(1, count // 4)
        result: dict[str, Any] = self.ask(
            kind=kind, count=count, chats=chats, delay=delay, rate=rate, pid=self.process.pid, within=within
        )
        if self.process.poll() is not None:
            raise BenchmarkError(f"{self.name} ended while it was measured:\n{_tail(self.log)}")
        return result

    def wait_until_ready(self) -> None:
        """Waits until the bot asks for updates, or listens at its webhook."""
        until = time.monotonic() + STARTS_WITHIN
        while not self.ask(within=0.2):
            if self.process.poll() is not None or time.monotonic() > until:
                raise BenchmarkError(f"{self.name} did not start:\n{_tail(self.log)}")

    def complaints(self) -> int:
        """Warnings and errors in the bot's log since this was last asked: what it said under load may be an excuse."""
        with self.log.open("rb") as log:
            log.seek(self.log_read)
            written = log.read()
        self.log_read += len(written)
        return len(re.findall(rb"^(?:.* )?(?:WARNING|ERROR|CRITICAL)\b|^Traceback", written, re.MULTILINE))

    def peak_mb(self) -> float:
        """The most memory the process has held so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmHWM:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0


@contextmanager
def running(name: str, command: list[str], *, webhook: bool) -> Iterator[Bot]:
    """A bot and its load server, both ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder, ExitStack() as ends:
        server = Path(__file__).parent / "load_server.py"
        api = subprocess.Popen(  # noqa: S603
            [sys.executable, str(server)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        ends.enter_context(ended(api))
        environment = _environment(Path(folder), int(_line(api)), webhook)
        log = Path(folder, "log")
        with log.open("wb") as written:
            process = subprocess.Popen(  # noqa: S603
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=written, stderr=written
            )
        ends.enter_context(ended(process))
        bot = Bot(name, process, api, log)
        bot.wait_until_ready()
        yield bot


def _environment(folder: Path, api_port: int, webhook: bool) -> dict[str, str]:
    """What an operator sets. The folder is empty, so that no .env is read."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    settings = {
        "PYTHONPATH": str(ROOT),
        "TELEGRAM_BOT_TOKEN": "42:BENCHMARK",
        "TELEGRAM_API_URL": f"http://127.0.0.1:{api_port}",
        "DATABASE_URL": f"sqlite:///{folder}/holdfast.db",
    }
    if webhook:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            listen = f"127.0.0.1:{free.getsockname()[1]}"
        settings |= {"TELEGRAM_WEBHOOK_LISTEN": listen, "TELEGRAM_WEBHOOK_URL": f"http://{listen}/hook"}
    return keep | settings


def _line(api: subprocess.Popen[str]) -> str:
    line = api.stdout.readline() if api.stdout else ""
    if not line:
        raise BenchmarkError("the load server ended")
    return line


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])


def measure(bot: Bot, what: Measure, results: Results, spoilt: list[str]) -> None:
    """Warms a bot up, measures it once and checks that nothing is missing or doubled."""
    count = what.sizes[bot.name]
    bot.load(what.kind, max(count // 10, 10), what.delay)
    bot.complaints()
    got = bot.load(what.kind, count, what.delay, what.rate)
    got["complaints in its log"] = bot.complaints()
    results.add(bot.name, what, got)
    wrong = ", ".join(f"{got[name]} {name}" for name in WRONG if got[name])
    if wrong:
        spoilt.append(f"{what.title}, {bot.name}: {wrong}")
    speed = f"p50 {got['message_p50_ms']:.2f} ms" if what.rate else f"{got['rate']:.0f}/s"
    print(
        f"  {what.title:<28} {bot.name:<9} {got['updates']:>5} updates, {wrong or 'each answered once'}: {speed}, "
        f"{got['cpu_us']:.0f} µs each (the server: {got['server_us']:.0f} µs a request)",
        file=sys.stderr,
        flush=True,
    )


def run(commands: dict[str, list[str]], plan: Plan) -> tuple[Results, list[str]]:
    """Every round: all bots started afresh, by polling and then by webhook; at each measure they take turns."""
    results = Results()
    spoilt: list[str] = []
    for number in range(plan.rounds):
        print(f"round {number + 1} of {plan.rounds}", file=sys.stderr, flush=True)
        for webhook in (False, True):
            with ExitStack() as stack:
                bots = [
                    stack.enter_context(running(name, command, webhook=webhook)) for name, command in commands.items()
                ]
                for bot in bots:
                    bot.load("text", plan.chats, 0)
                for what in plan.measures:
                    if what.webhook == webhook:
                        for bot in bots:
                            measure(bot, what, results, spoilt)
                if not webhook:
                    for bot in bots:
                        results.add_peak(bot.name, bot.peak_mb())
    return results, spoilt


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the command line, measures, and writes the table and the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="the Python that has Holdfast")
    parser.add_argument("--peers-python", default=sys.executable, help="the Python that has the peers")
    parser.add_argument("--quick", action="store_true", help="one short round, to see that everything works")
    parser.add_argument("--bots", default="ptb,aiogram,holdfast", help="which of them, separated by commas")
    options = parser.parse_args(arguments)
    peers = Path(__file__).parent / "peers"
    python, peers_python = found(options.python), found(options.peers_python)
    known = {
        "ptb": [peers_python, str(peers / "ptb_echo.py")],
        "aiogram": [peers_python, str(peers / "aiogram_echo.py")],
        "holdfast": [python, "-m", "bot"],
    }
    plan, began = QUICK if options.quick else FULL, time.monotonic()
    try:
        results, spoilt = run({name: known[name] for name in options.bots.split(",")}, plan)
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 1
    text = table.page(results, plan, spoilt)
    print(text)
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    folder = QUICK_RESULTS if options.quick else RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "telegram.md").write_text(text, encoding="utf-8")
    (folder / "telegram.svg").write_text(picture.bars(results), encoding="utf-8")
    (folder / "telegram.json").write_text(results.as_json(), encoding="utf-8")
    return 1 if spoilt else 0


if __name__ == "__main__":
    sys.exit(main())
