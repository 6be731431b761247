"""SQLite: one connection writes, and what waits is committed together.

SQLAlchemy with default transactions silently loses writes on SQLite, so a group begins with BEGIN IMMEDIATE, and a
result is handed back after its group is on disk (WAL, synchronous=FULL). Short statements run where they are asked for:
one takes some microseconds, and handing it to a thread takes longer. What may take long has a thread: the commit with
its fsync, waiting for another process, and units of work that say so (docs/decisions/one-writer.md).
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine

from bot.messages import Chat
from bot.ports import StorageDown
from bot.storage import shreds
from bot.storage.engine import BUSY_SECONDS, OF_THE_DATABASE, Kept, named, open_engine, raw_connection
from bot.storage.group import Job, do, fail
from bot.storage.seal import PLAIN, Seal

T = TypeVar("T")

GROUP = 256
"""Units of work committed together at most, so that the loop is not held up for long."""

ASK_AGAIN_SECONDS = 0.001
"""Short, since another process that writes all the time leaves only moments."""

REBUILT_AGAIN_SECONDS = 0.05
"""While somebody writes, a file cannot be rebuilt."""

NO_MATTER = contextlib.nullcontext(True)


class Database:
    """A SQLite database for one process and one event loop at a time. Other processes may use the same file, but no
    other bot does (lock.py)."""

    shared = False

    def __init__(self, url: URL, patience: float = BUSY_SECONDS, seal: Seal = PLAIN) -> None:
        self._patience = patience
        self._writer = open_engine(url, "SELECT 1", patience=0, seal=seal)
        self._glancer = open_engine(url, "SELECT 1", patience=0, seal=seal)
        self._reader = open_engine(url, "BEGIN", patience, seal=seal)
        self._writing_on, self._glancing_on = Kept(self._writer), Kept(self._glancer)
        self._waiting: deque[Job[Any]] = deque()
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
        job: Job[T] = Job(work, loop, loop.create_future(), scrub, long)
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
        kept = self._writing_on if self._writing_on.is_open and not self._is_handed else self._glancing_on
        try:
            connection = kept.begin("BEGIN")
            found = query(connection)
            raw_connection(connection).execute("COMMIT")
        except BaseException as error:
            kept.let_go()
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
        """Leaves nothing of what was deleted between what is there (shreds.py). A large file is rebuilt `thoroughly`
        only. False if it is not done: somebody else was writing all the time."""
        self._check_open()
        if not thoroughly and shreds.is_large(self._writer):
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
        self._glancing_on.let_go()
        self._writing_on.let_go()
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

    def _next_group(self) -> list[Job[Any]]:
        return [self._waiting.popleft() for _ in range(min(GROUP, len(self._waiting)))]

    def _begin_group(self) -> None:
        """Does what waits, and lets the thread commit it. The thread does all of it where that may take longer."""
        if self._closed:
            return
        group = self._next_group()
        connection = None
        if not any(job.long for job in group):
            with contextlib.suppress(*OF_THE_DATABASE):
                connection = self._writing_on.begin("BEGIN IMMEDIATE")
        if connection is None:
            self._finish(group, self._do_all, group)
        elif do(connection, group):
            self._finish(group, self._commit, connection, group)
        else:
            self._finish(group, self._writing_on.let_go)

    def _finish(self, group: list[Job[Any]], finish: Callable[..., None], *arguments: Any) -> None:
        loop = asyncio.get_running_loop()
        self._is_handed = True

        def in_thread() -> None:
            try:
                finish(*arguments)
            except Exception as error:
                fail(group, error)
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(self._go_on, group)

        self._finishing = self._writing.submit(in_thread)

    def _go_on(self, group: list[Job[Any]]) -> None:
        self._is_handed = False
        for job in group:
            job.hand_back()
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._begin_group)
        else:
            self._busy = False

    def _do_all(self, group: list[Job[Any]]) -> None:
        """Begins, waiting for other processes, does the jobs of a group and commits."""
        until = time.monotonic() + self._patience
        while True:
            try:
                connection = self._writing_on.begin("BEGIN IMMEDIATE")
                break
            except OF_THE_DATABASE as error:
                if time.monotonic() >= until:
                    fail(group, error)
                    return
            time.sleep(ASK_AGAIN_SECONDS)
        if do(connection, group):
            self._commit(connection, group)
        else:
            self._writing_on.let_go()

    def _commit(self, connection: Connection, group: list[Job[Any]]) -> None:
        try:
            raw_connection(connection).execute("COMMIT")
        except OF_THE_DATABASE as error:
            fail(group, error)
            self._writing_on.let_go()
        else:
            if self._to_scrub or any(job.scrub for job in group):
                self._empty_the_log()

    def _rebuild(self) -> bool:
        """In the thread that writes: what comes meanwhile waits for it."""
        done = shreds.rebuild(self._writer)
        if done:
            self._empty_the_log()
        return done

    def _empty_the_log(self) -> None:
        """If that cannot be done now, the next commit does it."""
        self._to_scrub = not shreds.empty_the_log(self._writer)


def _read(engine: Engine, query: Callable[[Connection], T]) -> T:
    try:
        with engine.connect() as connection:
            return query(connection)
    except OF_THE_DATABASE as error:
        raise named(error) from error
