"""Processes of a run: cases that measure and print, bots and servers that are ended afterwards."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
QUICK_RESULTS = ROOT / "build" / "benchmarks"
FAKES = ROOT / "tests" / "fakes"


class BenchmarkError(Exception):
    """A process did not start, or ended while it was measured."""


def found(python: str) -> str:
    """Where a Python is, from any folder."""
    return str(Path(shutil.which(python) or python).absolute())


def environment(**settings: str) -> dict[str, str]:
    """What a process is started with: nothing of what is set here but where programs are."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**keep, "PYTHONPATH": f"{ROOT}:{FAKES}", **settings}


def run_case(python: str, name: str, *arguments: object, within: float = 1_800) -> dict[str, Any]:
    """Runs a case in a process of its own, and gives what it has measured: its last line, nothing if it only prepares.

    Raises:
        BenchmarkError: it failed, or took longer than so many seconds.
    """
    command = [python, "-m", f"benchmarks.cases.{name}", *map(str, arguments)]
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=within, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BenchmarkError(f"{name} {arguments[1:]} took longer than {within:.0f} s") from error
    if done.returncode:
        raise BenchmarkError(f"{name} {arguments[1:]} failed:\n{done.stderr[-2000:]}")
    lines = done.stdout.splitlines()
    return dict(json.loads(lines[-1])) if lines else {}


def simulate(python: str, url: str, people: int, due: datetime, platform: str = "telegram") -> None:
    """Fills a database with made-up people, as an operator would.

    Raises:
        BenchmarkError: it failed.
    """
    command = [python, "-m", "bot", "simulate", "--people", str(people), "--platform", platform, "--due"]
    with tempfile.TemporaryDirectory() as empty:  # no .env is read
        done = subprocess.run(  # noqa: S603
            [*command, due.isoformat()], cwd=empty, env=environment(DATABASE_URL=url), capture_output=True, text=True
        )
    if done.returncode:
        raise BenchmarkError(f"holdfast simulate failed:\n{done.stderr[-2000:]}")


@contextmanager
def ended(process: "subprocess.Popen[Any]") -> Iterator["subprocess.Popen[Any]"]:
    """A process that is ended in the end."""
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def say(text: str) -> None:
    """Tells how far it is."""
    print(text, file=sys.stderr, flush=True)


def keep(name: str, results: object, *, quick: bool) -> None:
    """Writes results down; those of a short run where they are not taken for the others."""
    folder = QUICK_RESULTS if quick else RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
