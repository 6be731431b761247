"""The databases a trial can be made on, and what can befall them."""

import asyncio
import os
import shutil
import signal
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from postgres import AVAILABLE, Server
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.migrate import database_url, migrate
from tests.chaos import disk

T = TypeVar("T")

KINDS = ("sqlite", "postgresql")


class Database(ABC):
    """One database with the tables in it. `url` is what DATABASE_URL is set to."""

    url: str

    @abstractmethod
    async def run(self, work: Callable[[Connection], T], *, at_rest: bool = False) -> T:
        """Does something on a connection, and commits. `at_rest`: no bot has it open, and it stays as that left it."""

    async def rows(self, query: str, *, at_rest: bool = False) -> list[tuple[Any, ...]]:
        """What is in it."""
        return await self.run(lambda one: [tuple(row) for row in one.execute(text(query))], at_rest=at_rest)

    async def fill(self) -> None:
        """From now on nothing can be written: its disk is full."""
        raise NotImplementedError

    async def free(self) -> None:
        """There is room again."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Its server is gone."""
        raise NotImplementedError

    async def start(self) -> None:
        """Its server is back."""
        raise NotImplementedError

    async def break_connections(self) -> None:
        """Ends whatever serves the bots' connections."""
        raise NotImplementedError

    async def kill_a_backend(self) -> None:
        """kill -9 on one process that serves them."""
        raise NotImplementedError


class Sqlite(Database):
    """A file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "holdfast.db"
        self.url = f"sqlite:///{self._file}"
        migrate(database_url(self.url))

    async def run(self, work: Callable[[Connection], T], *, at_rest: bool = False) -> T:
        """At rest a copy is read: whoever opens the file itself would mend it before the next bot has to."""
        with self._copied() if at_rest else nullcontext(self._file) as file:
            engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 10})
            try:
                with engine.begin() as connection:
                    return work(connection)
            finally:
                engine.dispose()

    async def fill(self) -> None:
        disk.fill(self._file.parent)

    async def free(self) -> None:
        disk.free(self._file.parent)

    @contextmanager
    def _copied(self) -> Any:
        with TemporaryDirectory() as folder:
            for file in self._file.parent.glob(f"{self._file.name}*"):
                shutil.copy(file, folder)
            yield Path(folder) / self._file.name


class Postgresql(Database):
    """A database of a PostgreSQL server that is the trial's alone."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.url = server.database()
        migrate(database_url(self.url))

    async def run(self, work: Callable[[Connection], T], *, at_rest: bool = False) -> T:
        engine = create_async_engine(self.url, poolclass=NullPool)
        async with engine.begin() as connection:
            return await connection.run_sync(work)

    async def stop(self) -> None:
        await asyncio.to_thread(self._server.stop)

    async def start(self) -> None:
        await asyncio.to_thread(self._server.start)

    async def break_connections(self) -> None:
        every = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast'"
        await self.rows(every)

    async def kill_a_backend(self) -> None:
        """kill -9 on one of the server's processes: PostgreSQL then ends all connections and recovers by itself."""
        found = await self.rows("SELECT pid FROM pg_stat_activity WHERE application_name = 'holdfast' LIMIT 1")
        for (pid,) in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@asynccontextmanager
async def opened(kind: str, folder: Path, small_disk: bool) -> AsyncIterator[Database]:
    """A database of a kind, new and with its tables."""
    if kind == "postgresql":
        with Server() as server:
            yield await asyncio.to_thread(Postgresql, server)
        return
    data = folder / "data"
    data.mkdir(parents=True)
    with disk.mounted(data) if small_disk else nullcontext():
        yield Sqlite(data)


def why_not(kind: str) -> str:
    """Why no database of a kind can be made on this machine; empty if one can."""
    return "" if kind == "sqlite" or AVAILABLE else "the wheel of pgserver is not installed here"
