"""Connections to SQLite, and what its errors mean."""

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


def named(error: BaseException) -> BaseException:
    """An error as it is called here: that of a wrong unit of work as it is, that of the database as StorageDown."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error) and not isinstance(cause, OF_THE_UNIT):
        return StorageDown(str(cause))
    return error
