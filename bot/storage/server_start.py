"""The tables on a PostgreSQL server, and what an operator may have got wrong about it, in one line each."""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import asyncpg
from sqlalchemy import URL, BigInteger, Connection, bindparam, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import OperatorError
from bot.storage.alone import key_of
from bot.storage.server import CONNECT_SECONDS, cause_of, connect
from bot.storage.url import shown

ONE_AT_A_TIME = select(func.pg_advisory_xact_lock(bindparam("key", type_=BigInteger)))


def migrate_server(url: URL, bring_up_to_date: Callable[[Connection], None]) -> None:
    """Lets the tables be made or updated, by one process at a time. May be called while an event loop runs.

    Raises:
        OperatorError: the server cannot be reached, does not let us in, or does not let us make tables.
    """
    with ThreadPoolExecutor(1, "holdfast-migration") as thread:
        thread.submit(asyncio.run, _migrate(url, bring_up_to_date)).result()


async def _migrate(url: URL, bring_up_to_date: Callable[[Connection], None]) -> None:
    patient = partial(connect, url, lock_timeout="60s", statement_timeout="0", idle_in_transaction_session_timeout="0")
    engine = create_async_engine("postgresql+asyncpg://", async_creator=patient, hide_parameters=True)

    def alone(connection: Connection) -> None:
        connection.execute(ONE_AT_A_TIME, {"key": key_of("migration")})
        bring_up_to_date(connection)

    try:
        async with engine.begin() as connection:
            await connection.run_sync(alone)
    except (SQLAlchemyError, OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise OperatorError(f"DATABASE_URL: {wrong(url, cause_of(error))}") from error
    finally:
        await engine.dispose()


def wrong(url: URL, cause: BaseException) -> str:
    """What is wrong with a server, and the cure."""
    where = f"{url.host or 'this machine'}:{url.port or 5432}"
    said = str(cause).split("\n")[0] or type(cause).__name__
    match cause:
        case socket.gaierror():
            return f"the host {url.host!r} is not known ({cause.strerror}); correct it in {shown(url)!r}"
        case TimeoutError():
            return f"{where} did not answer within {CONNECT_SECONDS:g} s; correct {shown(url)!r}, or see to the server"
        case asyncpg.InvalidAuthorizationSpecificationError():
            return f"PostgreSQL does not let us in ({said}); correct the user and the password in {shown(url)!r}"
        case asyncpg.InvalidCatalogNameError():
            return f"there is no database {url.database!r} at {where}; make it with createdb, or correct {shown(url)!r}"
        case asyncpg.InsufficientPrivilegeError():
            user = url.username or "…"
            return f"{said}; let its owner say: GRANT CREATE, USAGE ON SCHEMA public TO {user}"
        case asyncpg.ReadOnlySQLTransactionError():
            return f"{where} can only be read ({said}); name the server that is written to"
        case OSError():
            return f"no PostgreSQL answers at {where} ({said}); start it, or correct {shown(url)!r}"
        case _:
            return f"{shown(url)!r} cannot be used ({said}); see to it, or name another database"
