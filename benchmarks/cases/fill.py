"""Fills Holdfast's tables with made-up people who have a check-in every morning."""

import asyncio
import json
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from benchmarks.cases.measuring import FIRST_CHAT, HOUR, PLATFORM, ZONE
from benchmarks.cases.raw import DAY, now_ms
from bot.storage.migrate import database_url, migrate

PERSON = {
    "language": "en", "side": "", "ties": "", "danger": "", "hope": "", "country": "DE", "zone": ZONE,
    "morning": f"{HOUR:02}:00", "evening": "", "with_read": False, "adult": True,
}  # fmt: skip
COLUMNS = {
    "person": ("id", "met_at", *PERSON),
    "chat": ("platform", "id", "person_id", "gone", "address"),
    "due": ("platform", "chat", "kind", "at", "on", "urgent", "free_at"),
}


def people(count: int, due_at: int, platform: str, addresses: Sequence[str]) -> Iterator[tuple[tuple[Any, ...], ...]]:
    """Rows of person, chat and due."""
    met, on = due_at - 30 * DAY, datetime.fromtimestamp(due_at / 1000, UTC).date()
    for at in range(count):
        chat = str(FIRST_CHAT + at)
        name, address = f"{int(chat):032x}", addresses[at] if addresses else ""
        yield (
            (name, met, *PERSON.values()),
            (platform, chat, name, False, address),
            (platform, chat, "morning", due_at, on, False, due_at),
        )


def fill_file(file: str, tables: list[Any]) -> None:
    """Writes them into a SQLite file."""
    sqlite3.register_adapter(date, date.isoformat)
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN")
    for (table, columns), rows in zip(COLUMNS.items(), tables, strict=True):
        names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


async def fill_server(url: str, tables: list[Any]) -> None:
    """Writes them into a database of PostgreSQL."""
    import asyncpg

    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    for (table, columns), rows in zip(COLUMNS.items(), tables, strict=True):
        await connection.copy_records_to_table(table, records=rows, columns=columns)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def main(setting: str, count: int, due_at: int = 0, platform: str = PLATFORM, addresses: str = "") -> None:
    """Fills a database; everybody is due at a moment, in a week unless it is given. `addresses`: a file of them."""
    url = database_url(setting)
    migrate(url)
    known = json.loads(Path(addresses).read_text()) if addresses else []
    tables = list(zip(*people(count, due_at or now_ms() + 7 * DAY, platform, known), strict=True))
    if url.get_backend_name() == "sqlite":
        fill_file(str(url.database), tables)
    else:
        asyncio.run(fill_server(setting, tables))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:4]), *sys.argv[4:])
