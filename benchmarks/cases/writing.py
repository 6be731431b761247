"""Handlers that write, so many at once, and what each of them takes."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

AT_ONCE = 20
PEOPLE = 500
TEXT = "What is it, right now?"
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=60000")
"""Every commit is on disk before it returns, as Holdfast's are."""

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


async def engine_with(url: str, people: Iterable[SQLModel]) -> AsyncEngine:
    """An engine on a fresh file with all tables, in which these people are."""
    engine = create_async_engine(url.replace("sqlite:", "sqlite+aiosqlite:"))

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    async with AsyncSession(engine) as session:
        session.add_all(people)
        await session.commit()
    return engine


def rows_in(file: str, table: str) -> int:
    """How many rows of a table are on disk."""
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
