"""What stands behind the store: SQLite or PostgreSQL. Statements are the same functions of a connection for both."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol, TypeVar

from sqlalchemy import URL, Connection

from bot.messages import Chat
from bot.storage.seal import PLAIN, Seal

T = TypeVar("T")


class Room(Protocol):
    """A database in which units of work are done and queries answered. Every call raises StorageDown if it cannot.
    `shared`: other processes may be at work in it."""

    shared: bool

    async def write(self, work: Callable[[Connection], T], *, scrub: bool = False, long: bool = False) -> T:
        """Does a unit of work, all of it or nothing, and returns when it is durable. One that may be `long` holds up
        nobody. With `scrub` what it overwrote or deleted is gone from the files too, where they are ours."""

    async def glance(self, query: Callable[[Connection], T]) -> T:
        """Reads a little of what is committed, as of one moment."""

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Reads what is committed, as of one moment, however much it is."""

    async def rebuild(self, *, thoroughly: bool = False) -> bool:
        """Leaves nothing of what was deleted between what is there. A large database is rebuilt `thoroughly` only: that
        takes a while. False if it is not done."""

    def tell(self, word: str) -> None:
        """Tells all other processes a word. It is written down nowhere, and lost on who is not there."""

    def hear(self, what: Callable[[str], None]) -> None:
        """From now on `what` is called with each word of the others."""

    def turn(self, chat: Chat) -> AbstractAsyncContextManager[bool]:
        """While this is entered, no other process handles anything of the chat. It never takes long, and raises
        nothing: without a turn it goes on, too, and gives False."""


@asynccontextmanager
async def open_room(url: URL, seal: Seal = PLAIN) -> AsyncIterator[Room]:
    """The database of a URL that `database_url` has checked; it is closed in the end. Only what is used is imported.
    Who looks at no words needs no seal."""
    if url.get_backend_name() == "sqlite":
        from bot.storage.database import Database

        file = Database(url, seal=seal)
        try:
            yield file
        finally:
            file.close()
    else:
        from bot.storage.postgres import Postgres

        server = Postgres(url, seal=seal)
        try:
            await server.join()
            yield server
        finally:
            await server.close()
