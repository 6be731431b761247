"""Who is due, by raw SQL on Holdfast's own table and index: the floor. Also makes people due."""

import asyncio
import sqlite3
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from benchmarks.cases.measuring import PLATFORM, Stopwatch, chosen, measure, tell

BATCH = 100
LEASE = 300_000
DAY = 86_400_000
"""Milliseconds."""

CLAIM = """
UPDATE due SET free_at = {lease} WHERE (platform, chat, kind) IN (
    SELECT platform, chat, kind FROM due WHERE platform = {platform} AND urgent = {no} AND free_at <= {now}
    ORDER BY free_at LIMIT {batch} {skip}
) RETURNING chat, kind, at, "on"
"""
MAKE_DUE = 'UPDATE due SET at = {at}, "on" = {on}, free_at = {free} WHERE platform = {platform} AND chat = {chat}'
NEXT = f"{MAKE_DUE} AND kind = {{kind}}"


def now_ms() -> int:
    """The present moment as the tables have it."""
    return int(time.time() * 1000)


class Table(Protocol):
    """Raw SQL on one database."""

    async def make_due(self, chats: Sequence[str], at: int) -> None: ...

    async def claim(self, now: int) -> Sequence[Sequence[Any]]: ...

    async def write_next(self, claimed: Iterable[Sequence[Any]]) -> None: ...


def following(at: int, on: date) -> tuple[int, date]:
    """A day later: raw SQL knows nothing of zones."""
    return at + DAY, on + timedelta(days=1)


class SqliteTable:
    """By the driver of the standard library, as durable as Holdfast (WAL, synchronous=FULL)."""

    def __init__(self, url: str) -> None:
        sqlite3.register_adapter(date, date.isoformat)
        self._connection = sqlite3.connect(urlsplit(url).path[1:] or url, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        marks = {"no": "0", "skip": ""} | {
            name: f":{name}" for name in ("lease", "platform", "now", "batch", "at", "on", "free", "chat", "kind")
        }
        self._claim, self._next, self._make_due = (text.format(**marks) for text in (CLAIM, NEXT, MAKE_DUE))

    async def make_due(self, chats: Sequence[str], at: int) -> None:
        """These people are due at that moment."""
        on = datetime.fromtimestamp(at / 1000, UTC).date()
        rows = [{"at": at, "on": on, "free": at, "platform": PLATFORM, "chat": chat} for chat in chats]
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(self._make_due, rows)
        self._connection.execute("COMMIT")

    async def claim(self, now: int) -> Sequence[Sequence[Any]]:
        """Leases a batch."""
        self._connection.execute("BEGIN IMMEDIATE")
        given = {"lease": now + LEASE, "platform": PLATFORM, "now": now, "batch": BATCH}
        rows = self._connection.execute(self._claim, given).fetchall()
        self._connection.execute("COMMIT")
        return rows

    async def write_next(self, claimed: Iterable[Sequence[Any]]) -> None:
        """Writes the next moments of a batch."""
        rows = []
        for chat, kind, at, on in claimed:
            later, day = following(at, date.fromisoformat(on))
            rows.append({"at": later, "on": day, "free": later, "platform": PLATFORM, "chat": chat, "kind": kind})
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(self._next, rows)
        self._connection.execute("COMMIT")


class PostgresTable:
    """By asyncpg."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        skip = "FOR UPDATE SKIP LOCKED"
        claim = {"lease": "$1", "platform": "$2", "no": "false", "now": "$3", "batch": "$4", "skip": skip}
        moved = {"at": "$1", "on": "$2", "free": "$3", "platform": "$4", "chat": "$5", "kind": "$6"}
        self._claim = CLAIM.format(**claim)
        self._next, self._make_due = NEXT.format(**moved), MAKE_DUE.format(**moved)

    @classmethod
    async def open(cls, url: str) -> "PostgresTable":
        """Connects."""
        import asyncpg

        return cls(await asyncpg.connect(url.replace("+asyncpg", "")))

    async def make_due(self, chats: Sequence[str], at: int) -> None:
        """These people are due at that moment."""
        on = datetime.fromtimestamp(at / 1000, UTC).date()
        await self._connection.executemany(self._make_due, [(at, on, at, PLATFORM, chat) for chat in chats])

    async def claim(self, now: int) -> Sequence[Sequence[Any]]:
        """Leases a batch."""
        return await self._connection.fetch(self._claim, now + LEASE, PLATFORM, now, BATCH)

    async def write_next(self, claimed: Iterable[Sequence[Any]]) -> None:
        """Writes the next moments of a batch."""
        rows = []
        for chat, kind, at, on in claimed:
            later, day = following(at, on)
            rows.append((later, day, later, PLATFORM, chat, kind))
        await self._connection.executemany(self._next, rows)


async def open_table(url: str) -> SqliteTable | PostgresTable:
    """Raw SQL on the database of a URL."""
    return SqliteTable(url) if url.startswith("sqlite") else await PostgresTable.open(url)


class Raw:
    """Claims by raw SQL."""

    def __init__(self, table: Table, count: int) -> None:
        self._table = table
        self._people = count

    async def tick(self) -> None:
        """One claim that finds nothing."""
        await self._table.claim(now_ms())

    async def make_due(self, count: int) -> None:
        """So many people are due."""
        await self._table.make_due(chosen(self._people, count), now_ms() - 1000)

    async def claim(self, spent: Stopwatch) -> int:
        """All batches."""
        claimed = 0
        while True:
            with spent.of("claim"):
                rows = await self._table.claim(now_ms())
            if not rows:
                return claimed
            await self._table.write_next(rows)
            claimed += len(rows)
            await asyncio.sleep(0)


async def main(url: str, count: int, due: int) -> None:
    """Measures."""
    tell(await measure(Raw(await open_table(url), count), count, due))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))
