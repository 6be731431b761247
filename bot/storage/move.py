"""Copies a SQLite file into an empty PostgreSQL database, in one transaction: all of it is there, or nothing."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import URL, Boolean, Column, Table

from bot.errors import OperatorError
from bot.storage.alone import key_of
from bot.storage.columns import Day
from bot.storage.lock import nobody_at_work
from bot.storage.look import existing, look_at
from bot.storage.migrate import database_url, migrate
from bot.storage.models import METADATA
from bot.storage.server import connect
from bot.storage.server_start import wrong
from bot.storage.tables import LEASE
from bot.storage.url import shown

BATCH = 5_000
"""Rows that are read at once."""

TABLES = [table for table in METADATA.sorted_tables if table is not LEASE]
"""All that is kept, what is referred to first. A lease is of processes that are gone."""

FAULTS = (OSError, ValueError, TypeError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError)

OF_A_ROW = (ValueError, TypeError, asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)


async def move(source: str, target: str, setting: str = "DATABASE_URL") -> Mapping[str, int]:
    """Copies everything from one database to another, counts it there, and gives how many rows each table has. The file
    is only read; its URL comes from that `setting`.

    Raises:
        OperatorError: what is wrong with one of them, or with a row. Then the target is as empty as it was.
    """
    file = await _file(source, setting)
    with nobody_at_work(file), closing(_open(file)) as rows:
        async with _empty(_server(target)) as connection:
            return {table.name: await _copy(rows, connection, table) for table in TABLES}


async def _file(source: str, setting: str) -> URL:
    """The file, which is there and of this version."""
    try:
        file = existing(source)
        if file.get_backend_name() != "sqlite":
            cure = "name the file with --from sqlite:///data/holdfast.db"
            raise OperatorError(f"DATABASE_URL: {shown(file)!r} is no SQLite file; {cure}")
        async with look_at(source):
            return file
    except OperatorError as error:
        raise OperatorError(str(error).replace("DATABASE_URL: ", f"{setting}: ", 1)) from error


def _server(target: str) -> URL:
    try:
        url = database_url(target)
        if url.get_backend_name() == "sqlite":
            raise OperatorError("--to: this is a file; write postgresql+asyncpg://user:password@host/holdfast")
        migrate(url)
    except OperatorError as error:
        raise OperatorError(str(error).replace("DATABASE_URL: ", "--to: ", 1)) from error
    return url


def _open(file: URL) -> sqlite3.Connection:
    """The file, as of one moment."""
    rows = sqlite3.connect(f"{Path(str(file.database)).absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    rows.execute("BEGIN")
    return rows


@asynccontextmanager
async def _empty(server: URL) -> AsyncIterator[Any]:
    """A connection to an empty database, in a transaction. No bot begins its work there meanwhile.

    Raises:
        OperatorError: it is not empty, or something has failed.
    """
    connection = None
    try:
        connection = await connect(server, statement_timeout="0", idle_in_transaction_session_timeout="0")
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", key_of("migration"))
            for table in TABLES:
                if await connection.fetchval(f'SELECT EXISTS (SELECT FROM "{table.name}")'):  # noqa: S608
                    raise OperatorError(
                        f"--to: {shown(server)!r} is not empty, there is something in {table.name!r}; "
                        "name an empty database, since nothing there is overwritten"
                    )
            yield connection
    except FAULTS as error:
        raise OperatorError(f"--to: {wrong(server, error)}") from error
    finally:
        if connection is not None:
            connection.terminate()


async def _copy(rows: sqlite3.Connection, connection: Any, table: Table) -> int:
    """Copies a table, and gives how many rows it has."""
    names = [column.name for column in table.columns]
    try:
        await connection.copy_records_to_table(table.name, records=_records(rows, table), columns=names)
    except OF_A_ROW as error:
        said = str(error).split("\n")[0]
        cure = "mend it in the file and try again, nothing was kept"
        raise OperatorError(f"--to: a row of {table.name!r} is not taken there ({said}); {cure}") from error
    if table.autoincrement_column is not None:
        number = table.autoincrement_column.name
        newest = f'SELECT setval(pg_get_serial_sequence($1, $2), coalesce(max("{number}"), 0) + 1, false)'
        await connection.execute(f'{newest} FROM "{table.name}"', table.name, number)
    there = int(rows.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0])  # noqa: S608
    here = int(await connection.fetchval(f'SELECT count(*) FROM "{table.name}"'))  # noqa: S608
    if here != there:
        raise OperatorError(f"--to: of {there} rows in {table.name!r} {here} arrived; nothing was kept, try again")
    return here


def _records(rows: sqlite3.Connection, table: Table) -> Iterator[tuple[Any, ...]]:
    """The rows of a table as PostgreSQL takes them."""
    kinds = [_kind(column) for column in table.columns]
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    cursor = rows.execute(f'SELECT {names} FROM "{table.name}"')  # noqa: S608
    while batch := cursor.fetchmany(BATCH):
        for row in batch:
            yield tuple(value if value is None else kind(value) for kind, value in zip(kinds, row, strict=True))


def _kind(column: Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, Boolean):
        return bool
    if isinstance(column.type, Day):
        return date.fromisoformat
    return _without_zeros


def _without_zeros(value: Any) -> Any:
    """PostgreSQL holds no text with a zero in it, and nobody can have typed one."""
    return value.replace("\0", "") if isinstance(value, str) else value
