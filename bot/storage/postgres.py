"""PostgreSQL: units of work run at once, each in a transaction of its own (docs/decisions/databases.md).

The statements are those of SQLite, run through SQLAlchemy and asyncpg. What SQLite's one writer gives for nothing is
asked for here: a unit has its chat and its person to itself (alone.py), and one that met another one in the way goes
again. Nobody waits for longer than PATIENCE for a server that hangs.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.ports import StorageDown
from bot.storage.server import connect, may_go_again, named

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds within which a unit of work is durable, or given up."""

LONG_PATIENCE = 30.0
"""Seconds for what says that it may take long."""

CONNECTIONS = 12
"""Units and queries at once; what comes meanwhile waits its turn."""

ATTEMPTS = 5
"""How often a unit goes again that met another one in the way."""


class Postgres:
    """A PostgreSQL database, for one event loop. Other processes may use it too."""

    def __init__(self, url: URL, patience: float = PATIENCE, connections: int = CONNECTIONS) -> None:
        self._patience = patience
        self._writer = _open_engine(url, connections, patience)
        self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._closed = False
        self._writing: set[asyncio.Task[object]] = set()

    async def write(self, work: Callable[[Connection], T], *, scrub: bool = False, long: bool = False) -> T:
        """Does a unit of work and returns when it is durable. Who gives up waiting for it does not take it back.

        Raises:
            StorageDown: it could not be done; or, if that was found out while it was committed, nobody knows.
        """
        self._check_open()
        seconds = LONG_PATIENCE if long else self._patience
        task = asyncio.create_task(self._within(seconds, self._writer, work))
        self._writing.add(task)
        task.add_done_callback(self._written)
        return await asyncio.shield(task)

    async def glance(self, query: Callable[[Connection], T]) -> T:
        """Reads a little of what is committed, as of one moment.

        Raises:
            StorageDown: the database cannot be read.
        """
        self._check_open()
        return await self._within(self._patience, self._reader, query)

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Reads what is committed, as of one moment, however much it is.

        Raises:
            StorageDown: the database cannot be read.
        """
        self._check_open()
        return await self._within(LONG_PATIENCE, self._reader, query)

    async def close(self) -> None:
        """Finishes what is being written and leaves. A second call does nothing."""
        self._closed = True
        if self._writing:
            await asyncio.wait(self._writing)
        await self._writer.dispose()

    def _check_open(self) -> None:
        if self._closed:
            raise StorageDown("the database is closed")

    def _written(self, task: "asyncio.Task[object]") -> None:
        self._writing.discard(task)
        if not task.cancelled():
            task.exception()  # if nobody waits for it any more, nobody needs to be told

    async def _within(self, seconds: float, engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
        try:
            async with asyncio.timeout(seconds) as limit:
                return await _insist(engine, work)
        except TimeoutError as error:
            if limit.expired():
                raise StorageDown(f"PostgreSQL did not answer within {seconds:g} s") from error
            raise


async def _insist(engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
    """Does a unit of work. One that was taken back because another one was in the way goes again, a little later."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await _unit(engine, work)
        except Exception as error:
            if attempt == ATTEMPTS or not may_go_again(error):
                raise named(error) from error
        await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))
    raise AssertionError("unreachable")


async def _unit(engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
    """Does a unit of work in a transaction. If it is broken off, nothing more is asked of its connection."""
    async with engine.connect() as connection:
        try:
            result = await connection.run_sync(work)
            await connection.commit()
        except asyncio.CancelledError:
            await _hang_up(connection)
            raise
    return result


async def _hang_up(connection: AsyncConnection) -> None:
    """Leaves without a word, since a server that hangs would not answer one. It takes back what was not committed."""
    with contextlib.suppress(Exception):
        raw = connection.sync_connection.connection.driver_connection  # type: ignore[union-attr]
        raw.terminate()  # type: ignore[union-attr]
        await connection.invalidate()


def _open_engine(url: URL, connections: int, patience: float) -> AsyncEngine:
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=partial(connect, url),
        isolation_level="READ COMMITTED",
        pool_size=connections,
        max_overflow=0,
        pool_timeout=patience,
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "checkout")
    def is_there(connection: object, _record: object, _proxy: object) -> None:
        """A connection that the server has ended meanwhile is left for a new one."""
        if connection.driver_connection.is_closed():  # type: ignore[attr-defined]
            raise DisconnectionError

    return engine
