"""Units of work that are committed together. One that fails takes back only itself; when the database fails, nothing
of the group is done."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from bot.ports import StorageDown
from bot.storage.engine import named, raw_connection

T = TypeVar("T")


@dataclass(slots=True)
class Job(Generic[T]):
    """A unit of work that waits to be written, and who waits for it."""

    work: Callable[[Connection], T]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[T]
    scrub: bool
    long: bool
    result: T | None = None
    error: BaseException | None = None

    def hand_back(self) -> None:
        """Gives what came of it to whoever waits. To be called on the loop."""
        if self.future.done() or self.loop.is_closed():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]


def do(connection: Connection, group: Sequence[Job[Any]]) -> bool:
    """Does the jobs of a group. False if the database cannot be used: then none of them is done."""
    raw = raw_connection(connection)
    try:
        for job in group:
            _work(connection, raw, job)
    except Exception as error:
        fail(group, error)
        return False
    return True


def _work(connection: Connection, raw: sqlite3.Connection, job: Job[Any]) -> None:
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


def fail(group: Sequence[Job[Any]], error: Exception) -> None:
    """Everybody who waits for a job of the group is told that this is what came of it."""
    for job in group:
        job.error = named(error)
