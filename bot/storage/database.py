"""SQLite: one thread writes, and what waits is committed together; one thread reads.

SQLAlchemy with default transactions silently loses writes on SQLite (docs/decisions/one-writer.md), so the writer
begins with BEGIN IMMEDIATE. A result is handed back after its group is on disk (WAL, synchronous=FULL).
"""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, IntegrityError, InterfaceError, ProgrammingError

from bot.ports import StorageDown

T = TypeVar("T")

GROUP = 256
"""Units of work committed together at most; keeps a group's fsync from making the last one wait."""

BUSY_SECONDS = 5
"""How long another process may hold the database before a write is given up."""

ON_CONNECT = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
)


def open_engine(url: URL, begin: str) -> Engine:
    """An engine whose transactions start with `begin`."""
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ON_CONNECT:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


@dataclass(slots=True)
class _Job(Generic[T]):
    """A unit of work that waits for the writer, and who waits for it."""

    work: Callable[[Connection], T]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[T]
    scrub: bool
    result: T | None = None
    error: Exception | None = None

    def hand_back(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self.loop.call_soon_threadsafe(self._resolve)

    def _resolve(self) -> None:
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]


class Database:
    """A SQLite database for one process. Other processes may use the same file."""

    def __init__(self, url: URL) -> None:
        self._writer = open_engine(url, "BEGIN IMMEDIATE")
        self._plain = open_engine(url, "SELECT 1")
        self._reader = open_engine(url, "BEGIN")
        self._closed = False
        self._jobs: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        self._writing = Thread(target=self._write_forever, name="holdfast-writer", daemon=True)
        self._reading = ThreadPoolExecutor(1, "holdfast-reader")
        self._writing.start()

    async def write(self, work: Callable[[Connection], T], *, scrub: bool = False) -> T:
        """Does a unit of work and returns when it is on disk.

        With `scrub` what it overwrote or deleted is gone from the files, too: the write-ahead log is emptied.

        Raises:
            StorageDown: it is not done, and nothing of it is kept.
        """
        loop = asyncio.get_running_loop()
        job: _Job[T] = _Job(work, loop, loop.create_future(), scrub)
        if self._closed:
            raise StorageDown("the database is closed")
        self._jobs.put(job)
        return await job.future

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Reads what is committed.

        Raises:
            StorageDown: the database cannot be read.
        """
        if self._closed:
            raise StorageDown("the database is closed")
        return await asyncio.get_running_loop().run_in_executor(self._reading, self._read, query)

    def _read(self, query: Callable[[Connection], T]) -> T:
        try:
            with self._reader.connect() as connection:
                return query(connection)
        except DatabaseError as error:
            raise _down(error) from error

    def close(self) -> None:
        """Finishes what waits and closes the file. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        self._writing.join()
        self._reading.shutdown()
        self._plain.dispose()
        self._writer.dispose()
        self._reader.dispose()

    def _write_forever(self) -> None:
        while (job := self._jobs.get()) is not None:
            group, closing = [job], False
            while len(group) < GROUP and not closing:
                try:
                    following = self._jobs.get_nowait()
                except Empty:
                    break
                if following is None:
                    closing = True
                else:
                    group.append(following)
            self._commit(group)
            if closing:
                return

    def _commit(self, group: list[_Job[Any]]) -> None:
        try:
            with self._writer.begin() as connection:
                for job in group:
                    _work(connection, job)
        except (DatabaseError, InterfaceError) as error:
            for job in group:
                job.error = _down(error)
        else:
            if any(job.scrub for job in group):
                self._empty_the_log()
        for job in group:
            job.hand_back()

    def _empty_the_log(self) -> None:
        """Puts the write-ahead log into the database and cuts it off, unless somebody else is reading it now."""
        with contextlib.suppress(DatabaseError), self._plain.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _work(connection: Connection, job: _Job[Any]) -> None:
    """Does one job of a group; what fails takes only itself back."""
    try:
        with connection.begin_nested():
            job.result = job.work(connection)
    except (IntegrityError, ProgrammingError) as error:
        job.error = error
    except DatabaseError as error:
        job.error = _down(error)
        raise
    except Exception as error:
        job.error = error


def _down(error: DatabaseError | InterfaceError) -> Exception:
    if isinstance(error, IntegrityError | ProgrammingError):
        return error
    return StorageDown(str(error.orig))
