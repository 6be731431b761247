"""Connections to SQLite, and what its errors mean."""

import contextlib
import sqlite3
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from bot.ports import StorageDown
from bot.storage.seal import PLAIN, Seal

BUSY_SECONDS = 5.0
"""How long another process may hold the database before a write is given up."""

ON_CONNECT = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
)
"""What is overwritten or deleted stays in no file, and in no temporary one beside it."""

OF_THE_DATABASE = (sqlite3.DatabaseError, DBAPIError)
OF_THE_UNIT = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.DataError)
"""What a wrong unit of work raises. Any other error of the database says that it cannot be used."""


def open_engine(url: URL, begin: str, patience: float = BUSY_SECONDS, seal: Seal = PLAIN) -> Engine:
    """An engine whose transactions start with `begin`. `patience`: seconds a statement waits for another process."""
    engine = create_engine(url, hide_parameters=True, execution_options={"seal": seal})

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")
        for pragma in ON_CONNECT:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def raw_connection(connection: Connection) -> sqlite3.Connection:
    """What SQLAlchemy stands on."""
    return connection.connection.driver_connection  # type: ignore[return-value]


class Kept:
    """A connection that is kept from one transaction to the next: for SQLAlchemy to hand one out and begin on it costs
    half of an idle tick."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is one: then it has read most of the database before."""
        return self._connection is not None

    def begin(self, how: str) -> Connection:
        """Begins a transaction with that statement, on the connection that is there or on a new one.

        Raises:
            DatabaseError: another process is in the way, or the database cannot be used.
        """
        connection = self._connection
        if connection is None or connection.closed:
            connection = self._connection = self._engine.connect()
        try:
            raw_connection(connection).execute(how)
        except BaseException:
            self.let_go()
            raise
        return connection

    def let_go(self) -> None:
        """Takes back what was begun and closes the connection; the next transaction opens another."""
        if self._connection is not None:
            raw = raw_connection(self._connection)
            if raw.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    raw.execute("ROLLBACK")
            self._connection.close()
            self._connection = None


def named(error: BaseException) -> BaseException:
    """An error as it is called here: that of a wrong unit of work as it is, that of the database as StorageDown."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error) and not isinstance(cause, OF_THE_UNIT):
        return StorageDown(str(cause))
    return error
