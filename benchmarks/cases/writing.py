"""Handlers that write, so many at once, and what each of them takes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

AT_ONCE = 20
PEOPLE = 500
TEXT = "What is it, right now?"
BUTTONS = (("I feel lonely", "urge:name_it:lonely"), ("I'm angry", "urge:name_it:angry"))


@dataclass
class Written:
    """What a process has measured. Waits are milliseconds, CPU is microseconds a handler."""

    handlers: int
    rate: float
    cpu_us: float
    p50_ms: float
    p99_ms: float
    failed: int
    kept: int


async def measure(
    press: Callable[[str], Awaitable[None]], kept: Callable[[], int], chats: list[str], count: int
) -> Written:
    """Calls so many handlers, each for one of the chats, `AT_ONCE` at once. `kept` counts what is on disk."""
    waits: list[float] = []
    failed = [0]
    numbers = iter(range(count // 10))

    async def work() -> None:
        for number in numbers:
            began = time.perf_counter()
            try:
                await press(chats[number % len(chats)])
            except Exception:
                failed[0] += 1
            waits.append(time.perf_counter() - began)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    waits.clear()
    before = kept()
    numbers = iter(range(count))
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    waits.sort()
    return Written(
        handlers=count,
        rate=(count - failed[0]) / wall,
        cpu_us=cpu / count * 1e6,
        p50_ms=waits[count // 2] * 1e3,
        p99_ms=waits[int(count * 0.99)] * 1e3,
        failed=failed[0],
        kept=kept() - before,
    )
