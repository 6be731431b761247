"""SQLite: one connection writes, and what waits is committed together.

SQLAlchemy with default transactions silently loses writes on SQLite, so a group begins with BEGIN IMMEDIATE, and a
result is handed back after its group is on disk (WAL, synchronous=FULL). Short statements run where they are asked for:
one takes some microseconds, and handing it to a thread takes longer. What may take long has a thread: the commit with
its fsync, waiting for another process, and units of work that say so (docs/decisions/one-writer.md).
"""

import asyncio
import contextlib
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import URL, Connection, Engine

from bot.messages import Chat
from bot.ports import StorageDown
from bot.storage.engine import BUSY_SECONDS, OF_THE_DATABASE, named, open_engine, raw_connection
from bot.storage.seal import PLAIN, Seal

T = TypeVar("T")

GROUP = 256
"""Units of work committed together at most, so that the loop is not held up for long."""

ASK_AGAIN_SECONDS = 0.001
"""Short, since another process that writes all the time leaves only moments."""


REBUILT_AT_ONCE = 32 * 2**20
"""Bytes of a file that is rebuilt while people wait: a quarter of a second."""

REBUILT_AGAIN_SECONDS = 0.05

NO_MATTER = contextlib.nullcontext(True)


@dataclass(slots=True)
class _Job(Generic[T]):
    """A unit of work that waits to be written, and who waits for it."""

    work: Callable[[Connection], T]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[T]
    scrub: bool
    long: bool
    result: T | None = None
    error: BaseException | None = None

    def hand_back(self) -> None:
        if self.future.done() or self.loop.is_closed():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]


class Database:
    """A SQLite database for one process and one event loop at a time. Other processes may use the same file, but no
    other bot does (lock.py)."""

    shared = False

    def __init__(self, url: URL, patience: float = BUSY_SECONDS, seal: Seal = PLAIN) -> None:
        self._patience = patience
        self._writer = open_engine(url, "SELECT 1", patience=0, seal=seal)
        self._glancer = open_engine(url, "BEGIN", patience=0, seal=seal)
        self._reader = open_engine(url, "BEGIN", patience, seal=seal)
        self._glancing: Connection | None = None
        self._writing_on: Connection | None = None
        self._waiting: deque[_Job[Any]] = deque()
        self._busy = False
        self._is_handed = False
        self._closed = False
        self._to_scrub = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._finishing: Future[None] | None = None
        self._writing = ThreadPoolExecutor(1, "holdfast-writer")
        self._reading = ThreadPoolExecutor(1, "holdfast-reader")

    async def write(self, work: Callable[[Connection], T], *, scrub: bool = False, long: bool = False) -> T:
        """Does a unit of work and returns when it is on disk. One that may be `long` does not hold up the loop.

        With `scrub` what it overwrote or deleted is gone from the files, too: the write-ahead log is emptied.

        Raises:
            StorageDown: it is not done, and nothing of it is kept.
        """
        loop = asyncio.get_running_loop()
        self._check_open()
        job: _Job[T] = _Job(work, loop, loop.create_future(), scrub, long)
        self._waiting.append(job)
        if self._busy and self._loop is not None and self._loop.is_closed():
            self._wait_for_the_thread()  # the loop that waited for it ended before it was told
            self._busy = False
        if not self._busy:
            self._busy, self._loop = True, loop
            loop.call_soon(self._begin_group)
        return await job.future

    async def glance(self, query: Callable[[Connection], T]) -> T:
        """Reads a little of what is committed, at once. The writer's connection has read most of it before: it is asked
        while the thread does not have it.

        Raises:
            StorageDown: the database cannot be read.
        """
        self._check_open()
        writer = None if self._is_handed else self._writing_on
        try:
            connection = writer or self._open_glancing()
            raw = raw_connection(connection)
            raw.execute("BEGIN")
            found = query(connection)
            raw.execute("COMMIT")
        except BaseException as error:
            self._stop_glancing() if writer is None else self._let_go()
            raise named(error) from error
        return found

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Reads what is committed, however much it is.

        Raises:
            StorageDown: the database cannot be read.
        """
        self._check_open()
        return await asyncio.get_running_loop().run_in_executor(self._reading, _read, self._reader, query)

    async def rebuild(self, *, thoroughly: bool = False) -> bool:
        """Copies what is there into fresh pages. SQLite overwrites what it deletes, but when it parts a page or joins
        two it moves rows, and where they were before their bytes stay until that room is needed."""
        self._check_open()
        if not thoroughly and self._size() > REBUILT_AT_ONCE:
            return False
        loop = asyncio.get_running_loop()
        until = loop.time() + self._patience
        while not self._closed:
            if await loop.run_in_executor(self._writing, self._rebuild):
                return True
            if loop.time() >= until:
                break
            await asyncio.sleep(REBUILT_AGAIN_SECONDS)
        return False

    def _size(self) -> int:
        return Path(str(self._writer.url.database)).stat().st_size

    def _rebuild(self) -> bool:
        """In the thread that writes: what comes meanwhile waits for it. False if somebody is writing now."""
        try:
            with self._writer.connect() as connection:
                raw = raw_connection(connection)
                if self._size() > REBUILT_AT_ONCE:  # its copy is too large for the memory, and holds only what stays
                    raw.execute("PRAGMA temp_store=FILE")
                raw.execute("VACUUM")
                raw.execute("PRAGMA temp_store=MEMORY")
        except OF_THE_DATABASE:
            return False
        self._empty_the_log()
        return True

    def tell(self, word: str) -> None:
        """There is nobody else."""

    def hear(self, what: Callable[[str], None]) -> None:
        """There is nobody else."""

    def turn(self, chat: Chat) -> contextlib.nullcontext[bool]:
        """It is always our turn."""
        return NO_MATTER

    def close(self) -> None:
        """Finishes what waits and closes the file. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self._wait_for_the_thread()
        while self._waiting:
            group = self._next_group()
            self._do_all(group)
            for job in group:
                job.hand_back()
        self._stop_glancing()
        self._let_go()
        self._writing.shutdown()
        self._reading.shutdown()
        for engine in (self._writer, self._glancer, self._reader):
            engine.dispose()

    def _check_open(self) -> None:
        if self._closed:
            raise StorageDown("the database is closed")

    def _wait_for_the_thread(self) -> None:
        if self._finishing is not None:
            self._finishing.result()

    def _open_glancing(self) -> Connection:
        if self._glancing is None:
            self._glancing = self._glancer.connect()
        return self._glancing

    def _stop_glancing(self) -> None:
        if self._glancing is not None:
            self._glancing.close()
            self._glancing = None

    def _next_group(self) -> list[_Job[Any]]:
        return [self._waiting.popleft() for _ in range(min(GROUP, len(self._waiting)))]

    def _begin_group(self) -> None:
        """Does what waits, and lets the thread commit it. The thread does all of it where that may take longer."""
        if self._closed:
            return
        group = self._next_group()
        connection = None
        if not any(job.long for job in group):
            with contextlib.suppress(*OF_THE_DATABASE):
                connection = self._begin()
        if connection is None:
            self._finish(group, self._do_all, group)
        elif _do(connection, group):
            self._finish(group, self._commit, connection, group)
        else:
            self._finish(group, self._let_go)

    def _finish(self, group: list[_Job[Any]], finish: Callable[..., None], *arguments: Any) -> None:
        loop = asyncio.get_running_loop()
        self._is_handed = True

        def in_thread() -> None:
            try:
                finish(*arguments)
            except Exception as error:
                _fail(group, error)
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(self._go_on, group)

        self._finishing = self._writing.submit(in_thread)

    def _go_on(self, group: list[_Job[Any]]) -> None:
        self._is_handed = False
        for job in group:
            job.hand_back()
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._begin_group)
        else:
            self._busy = False

    def _begin(self) -> Connection:
        """Begins to write, on the connection that is kept: for SQLAlchemy to hand one out and begin on it costs half
        of an idle tick.

        Raises:
            DatabaseError: another process is writing, or nothing can be written at all.
        """
        connection = self._writing_on
        if connection is None or connection.closed:
            connection = self._writing_on = self._writer.connect()
        try:
            raw_connection(connection).execute("BEGIN IMMEDIATE")
        except BaseException:
            self._let_go()
            raise
        return connection

    def _let_go(self) -> None:
        """Takes back what was begun and closes the connection; the next group opens another."""
        if self._writing_on is not None:
            raw = raw_connection(self._writing_on)
            if raw.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    raw.execute("ROLLBACK")
            self._writing_on.close()
            self._writing_on = None

    def _do_all(self, group: list[_Job[Any]]) -> None:
        """Begins, waiting for other processes, does the jobs of a group and commits."""
        until = time.monotonic() + self._patience
        while True:
            try:
                connection = self._begin()
                break
            except OF_THE_DATABASE as error:
                if time.monotonic() >= until:
                    _fail(group, error)
                    return
            time.sleep(ASK_AGAIN_SECONDS)
        if _do(connection, group):
            self._commit(connection, group)
        else:
            self._let_go()

    def _commit(self, connection: Connection, group: list[_Job[Any]]) -> None:
        try:
            raw_connection(connection).execute("COMMIT")
        except OF_THE_DATABASE as error:
            _fail(group, error)
            self._let_go()
        else:
            if self._to_scrub or any(job.scrub for job in group):
                self._empty_the_log()

    def _empty_the_log(self) -> None:
        """Puts the write-ahead log into the database and cuts it off. If somebody else is reading it now, the next
        commit does that."""
        self._to_scrub = True
        with contextlib.suppress(*OF_THE_DATABASE), self._writer.connect() as connection:
            self._to_scrub = bool(connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar())


def _do(connection: Connection, group: list[_Job[Any]]) -> bool:
    """Does the jobs of a group. False if the database cannot be used: then none of them is done."""
    raw = raw_connection(connection)
    try:
        for job in group:
            _work(connection, raw, job)
    except Exception as error:
        _fail(group, error)
        return False
    return True


def _work(connection: Connection, raw: sqlite3.Connection, job: _Job[Any]) -> None:
    """Does one job of a group; what fails takes only itself back."""
    raw.execute("SAVEPOINT unit")
    try:
        job.result = job.work(connection)
    except Exception as error:
        job.error = named(error)
        if isinstance(job.error, StorageDown):
            raise
        raw.execute("ROLLBACK TO unit")
    raw.execute("RELEASE unit")


def _read(engine: Engine, query: Callable[[Connection], T]) -> T:
    try:
        with engine.connect() as connection:
            return query(connection)
    except OF_THE_DATABASE as error:
        raise named(error) from error


def _fail(group: list[_Job[Any]], error: Exception) -> None:
    for job in group:
        job.error = named(error)
