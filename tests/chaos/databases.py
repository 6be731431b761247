"""The databases a trial can be made on, and what can befall them."""

import shutil
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, text

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


@asynccontextmanager
async def opened(kind: str, folder: Path, small_disk: bool) -> AsyncIterator[Database]:
    """A database of a kind, new and with its tables."""
    async with sqlite(folder / "data", small_disk=small_disk) as database:
        yield database


@asynccontextmanager
async def sqlite(folder: Path, *, small_disk: bool = False) -> AsyncIterator[Database]:
    """A database in a file, on a disk of its own if that is to be filled."""
    folder.mkdir(parents=True)
    with disk.mounted(folder) if small_disk else nullcontext():
        yield Sqlite(folder)
