"""PostgreSQL: units of work run at once, each in a transaction of its own (docs/decisions/databases.md).

The statements are those of SQLite, run through SQLAlchemy and asyncpg. What SQLite's one writer gives for nothing is
asked for here: a unit has its chat and its person to itself (alone.py), and one that met another one in the way goes
again. Nobody waits for longer than PATIENCE for a server that hangs.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from typing import Any, Generic, TypeVar

from sqlalchemy import URL, Connection, event, select
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.messages import Chat
from bot.ports import StorageDown
from bot.storage.peers import Peers
from bot.storage.seal import PLAIN, Seal, Sealed
from bot.storage.server import connect, may_go_again, named

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds within which a unit of work is durable, or given up."""

LONG_PATIENCE = 30.0
"""Seconds for what says that it may take long."""

CONNECTIONS = 12
"""Units and queries at once; what comes meanwhile waits its turn."""

READY = 4
"""Connections that are made at the start: to make one takes longer than any query of a visit."""

AMONG_US = "word among processes"
"""Whose a word is that one process tells the others."""

WORD_LENGTH = 120
"""Characters of such a word, filled up with blanks, so that its length tells nothing."""

ATTEMPTS = 5
"""How often a unit is tried that met another one in the way, or a connection that was ended."""


class Postgres:
    """A PostgreSQL database, for one event loop. Other processes may use it too."""

    shared = True

    def __init__(
        self, url: URL, patience: float = PATIENCE, connections: int = CONNECTIONS, seal: Seal = PLAIN
    ) -> None:
        self._patience = patience
        self._seal = seal
        self._writer = _open_engine(url, connections, patience, seal)
        self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._peers = Peers(partial(connect, url))
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

    async def rebuild(self, *, thoroughly: bool = False) -> bool:
        """Lets the server use the room of what was deleted for something else. It does so by itself, sooner or later;
        when that room is overwritten, nobody can say."""
        return True

    def turn(self, chat: Chat) -> AbstractAsyncContextManager[bool]:
        """While this is entered, no other process handles anything of the chat; see peers.py."""
        return self._peers.turn(chat)

    def tell(self, word: str) -> None:
        """Tells all other processes a word. The server is told none: it may note what it is asked."""
        self._peers.tell(self._seal.close(f"{word:<{WORD_LENGTH}}", AMONG_US))

    def hear(self, what: Callable[[str], None]) -> None:
        """From now on `what` is called with each word of the others, if they have the same keys."""

        def heard(word: str) -> None:
            with suppress(Sealed):
                what(self._seal.open(word, AMONG_US).rstrip())

        self._peers.hear(heard)

    async def join(self) -> None:
        """Is one of the processes that share this database, and has some connections ready before anybody waits."""
        await self._peers.join()
        first = (self.glance(lambda connection: connection.execute(select(1)).scalar()) for _ in range(READY))
        await asyncio.gather(*first, return_exceptions=True)

    async def close(self) -> None:
        """Finishes what is being written and leaves. A second call does nothing."""
        self._closed = True
        if self._writing:
            await asyncio.wait(self._writing)
        await self._peers.close()
        await self._writer.dispose()

    def _check_open(self) -> None:
        if self._closed:
            raise StorageDown("the database is closed")

    def _written(self, task: "asyncio.Task[object]") -> None:
        self._writing.discard(task)
        if not task.cancelled():
            task.exception()  # if nobody waits for it any more, nobody needs to be told

    async def _within(self, seconds: float, engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
        unit = _Unit(engine, work)
        task = asyncio.create_task(unit.insist())
        try:
            done, _ = await asyncio.wait((task,), timeout=seconds)
        except asyncio.CancelledError:
            unit.break_off(task)
            raise
        if not done:
            unit.break_off(task)
            raise StorageDown(f"PostgreSQL did not answer within {seconds:g} s")
        return task.result()


class _Unit(Generic[T]):
    """Something to be done in a transaction."""

    def __init__(self, engine: AsyncEngine, work: Callable[[Connection], T]) -> None:
        self._engine = engine
        self._work = work
        self._connection: Any = None

    async def insist(self) -> T:
        """Does it. What was taken back through no fault of its own goes again, a little later.

        Raises:
            StorageDown: the database cannot be used.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._once()
            except Exception as error:
                if attempt == ATTEMPTS or not may_go_again(error):
                    raise named(error) from error
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))
        raise AssertionError("unreachable")

    async def _once(self) -> T:
        async with self._engine.connect() as connection:
            self._connection = (await connection.get_raw_connection()).driver_connection
            try:
                result = await connection.run_sync(self._work)
                await _commit(connection)
            finally:
                self._connection = None
        return result

    def break_off(self, task: "asyncio.Task[T]") -> None:
        """Nobody waits for it any more. A server that hangs would not answer a word of goodbye: we hang up."""
        task.add_done_callback(lambda task: task.cancelled() or task.exception())
        if self._connection is not None:
            self._connection.terminate()
        task.cancel()


async def _commit(connection: AsyncConnection) -> None:
    """Commits. If that fails it may have been done all the same: such a unit does not go again."""
    try:
        await connection.commit()
    except Exception as error:
        raise named(error) from error


def _open_engine(url: URL, connections: int, patience: float, seal: Seal) -> AsyncEngine:
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=partial(connect, url),
        isolation_level="READ COMMITTED",
        pool_size=connections,
        max_overflow=0,
        pool_timeout=patience,
        hide_parameters=True,
        execution_options={"seal": seal},
    )

    @event.listens_for(engine.sync_engine, "checkout")
    def is_there(connection: object, _record: object, _proxy: object) -> None:
        """A connection that the server has ended meanwhile is left for a new one."""
        if connection.driver_connection.is_closed():  # type: ignore[attr-defined]
            raise DisconnectionError

    return engine
