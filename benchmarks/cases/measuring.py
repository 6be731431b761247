"""What every case measures with: CPU, wall time, memory, and how long the event loop stood still."""

import asyncio
import contextlib
import gc
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Protocol

BEAT_SECONDS = 0.001
PLATFORM = "telegram"
FIRST_CHAT = 1_000_001
ZONE, HOUR = "Europe/Berlin", 9
"""Everybody's check-in."""

TICKS = 500
"""Idle ticks of one round, if they are quick."""

TICKING_SECONDS = 10.0
"""And how long is ticked at most."""


@dataclass
class Figures:
    """What one process has measured: CPU and wall time of an idle tick and of each item, in microseconds; how long the
    loop stood still at most while claiming and while doing nothing, and how much CPU it used at once, in milliseconds;
    its memory in megabytes. `all` is the claim and the next moment, `claim` the first of both where they can be told
    apart."""

    people: int
    claimed: int = 0
    idle_wall_us: float = 0.0
    idle_cpu_us: float = 0.0
    claim_cpu_us: float = 0.0
    all_cpu_us: float = 0.0
    all_wall_us: float = 0.0
    stood_still_ms: float = 0.0
    stood_still_idle_ms: float = 0.0
    busy_ms: float = 0.0
    rss_mb: float = 0.0
    peak_mb: float = 0.0
    missed: int = 0


class Case(Protocol):
    """One way to know who is due. What is claimed is set to its next moment."""

    async def tick(self) -> None:
        """Looks for what is due while nothing is."""

    async def make_due(self, count: int) -> None:
        """So many people are due from now on."""

    async def claim(self, spent: "Stopwatch") -> int:
        """Takes all that is due, and writes its next moment. `spent` is told when only claims are made."""


class Stopwatch:
    """CPU of the whole process in stretches that are named, all threads together."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}

    @contextlib.contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Counts what is done inside under a name."""
        began = time.process_time()
        try:
            yield
        finally:
            self.cpu[name] = self.cpu.get(name, 0.0) + time.process_time() - began


class Heartbeat:
    """A task that wants to run every millisecond, and how long it had to wait at most. `busy`: how much of the CPU the
    loop's thread used in between at most. Other programs do not count in that, and neither does waiting."""

    def __init__(self) -> None:
        self.longest = self.busy = 0.0

    @contextlib.asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Beats as long as this is open."""
        task = asyncio.create_task(self._beat())
        await asyncio.sleep(5 * BEAT_SECONDS)
        self.longest = self.busy = 0.0
        try:
            yield
            await asyncio.sleep(2 * BEAT_SECONDS)
        finally:
            task.cancel()

    async def _beat(self) -> None:
        while True:
            before, used = time.perf_counter(), time.thread_time()
            await asyncio.sleep(BEAT_SECONDS)
            self.busy = max(self.busy, time.thread_time() - used)
            self.longest = max(self.longest, time.perf_counter() - before - BEAT_SECONDS)


async def measure(case: Case, people: int, due: int, *, slow: bool = False) -> Figures:
    """Idle ticks, and then so many are due: once for the CPU, and once with a heartbeat beside. A slow case is measured
    with the heartbeat only, which costs it next to nothing."""
    figures = Figures(people)
    due = min(due, people)
    await _idle(case.tick, figures)
    heartbeat = Heartbeat()
    if not slow:
        await case.make_due(due)
        await asyncio.sleep(0.3)
        await _claim(case, figures, due)
    await case.make_due(due)
    await asyncio.sleep(0.3)
    began = time.perf_counter()
    async with heartbeat.beating():
        await _claim(case, figures if slow else Figures(people), due)
    took = time.perf_counter() - began
    figures.stood_still_ms, figures.busy_ms = heartbeat.longest * 1e3, heartbeat.busy * 1e3
    async with heartbeat.beating():
        await asyncio.sleep(min(max(took, 0.5), 5.0))
    figures.stood_still_idle_ms = heartbeat.longest * 1e3
    gc.collect()
    figures.rss_mb, figures.peak_mb = _memory("VmRSS"), _memory("VmHWM")
    return figures


async def _claim(case: Case, figures: Figures, due: int) -> None:
    spent = Stopwatch()
    cpu, wall = time.process_time(), time.perf_counter()
    figures.claimed = await case.claim(spent)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    claimed = max(figures.claimed, 1)
    figures.all_cpu_us, figures.all_wall_us = cpu / claimed * 1e6, wall / claimed * 1e6
    figures.claim_cpu_us = spent.cpu.get("claim", 0.0) / claimed * 1e6
    figures.missed = due - figures.claimed


async def _idle(tick: Callable[[], Awaitable[None]], figures: Figures) -> None:
    for _ in range(5):
        await tick()
    await asyncio.sleep(0.2)
    until, walls, cpus = time.perf_counter() + TICKING_SECONDS, [], []
    while len(walls) < TICKS and time.perf_counter() < until:
        before, cpu = time.perf_counter(), time.process_time()
        await tick()
        walls.append(time.perf_counter() - before)
        cpus.append(time.process_time() - cpu)
    figures.idle_wall_us, figures.idle_cpu_us = median(walls) * 1e6, median(cpus) * 1e6


def _memory(name: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"{name}:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def tell(figures: object) -> None:
    """Prints what was measured, as the last line."""
    print(json.dumps(asdict(figures)), flush=True)  # type: ignore[call-overload]


def chosen(people: int, count: int) -> list[str]:
    """So many chats, spread evenly over all."""
    step = people / count
    return [str(FIRST_CHAT + int(at * step)) for at in range(count)]
