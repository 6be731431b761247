"""Connections to PostgreSQL, and what its errors mean."""

from typing import Any

import asyncpg
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.ports import StorageDown

CONNECT_SECONDS = 4.0
"""How long the server may take to let somebody in."""

SETTINGS = {
    "application_name": "holdfast",
    "lock_timeout": "4s",
    "idle_in_transaction_session_timeout": "15s",
    "statement_timeout": "60s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
"""So that no process which hangs, and no machine that is gone, holds up the others."""

NOT_OF_ASYNCPG = ("channel_binding", "connect_timeout", "gssencmode", "keepalives", "keepalives_idle")
"""What psql's URLs may say beside, and asyncpg would take for a setting of the server."""

OF_THE_UNIT = ("22", "23", "42")
"""Classes of errors (postgresql.org/docs/current/errcodes-appendix.html) that a wrong unit of work causes: its values,
what they refer to, its statements. Any other error says that the database cannot be used."""

OF_THE_OPERATOR = ("42501", "42P01", "42703")
"""Of these the ones that no unit is to blame for: no right, no table, no column."""

AGAIN = ("40001", "40P01")
"""Two transactions were in each other's way; one of them was taken back, and may be tried again."""


async def connect(url: URL, **settings: str) -> Any:
    """A connection of asyncpg's.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError: there is none.
    """
    query = {name: value for name, value in url.query.items() if name not in NOT_OF_ASYNCPG}
    if "ssl" in query:
        query.setdefault("sslmode", query.pop("ssl"))
    dsn = url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)
    return await asyncpg.connect(dsn, timeout=CONNECT_SECONDS, server_settings={**SETTINGS, **settings})


def cause_of(error: BaseException) -> BaseException:
    """What asyncpg has raised, below what SQLAlchemy has made of it."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig.__cause__ or error.orig
    return error


def may_go_again(error: BaseException) -> bool:
    """Whether the same unit of work may succeed at once, on another connection if this one was ended."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or getattr(cause_of(error), "sqlstate", None) in AGAIN


def named(error: BaseException) -> BaseException:
    """An error as it is called here: that of a wrong unit of work as it is, that of the database as StorageDown."""
    cause = cause_of(error)
    if isinstance(cause, asyncpg.PostgresError):
        state = str(cause.sqlstate or "")
        own = state[:2] in OF_THE_UNIT and state not in OF_THE_OPERATOR
    else:
        refused = isinstance(cause, asyncpg.InterfaceError | asyncpg.InternalClientError)
        by_us = isinstance(cause, ValueError) and not isinstance(cause, asyncpg.ClientConfigurationError)
        own = by_us or not (refused or isinstance(cause, OSError | PoolTimeout))
    return error if own else StorageDown(f"{type(cause).__name__}: {cause}".rstrip(": "))
