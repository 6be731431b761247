"""A database that is looked at from beside the bot: nothing is made, nothing is brought up to date."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, make_url, text
from sqlalchemy.exc import ArgumentError

from bot.errors import OperatorError
from bot.ports import StorageDown
from bot.storage.migrate import FOLDER
from bot.storage.room import Room, open_room
from bot.storage.seal import PLAIN, Seal
from bot.storage.url import database_url, shown


@asynccontextmanager
async def look_at(setting: str, seal: Seal = PLAIN) -> AsyncIterator[Room]:
    """Opens the database of DATABASE_URL, which a bot may be using at the same time.

    Raises:
        OperatorError: there is none, it cannot be used, or its tables are not those of this version.
    """
    url = existing(setting)
    name = str(url.database) if url.get_backend_name() == "sqlite" else shown(url)
    try:
        async with open_room(url, seal) as room:
            _check(await room.read(_version), name)
            yield room
    except StorageDown as error:
        raise OperatorError(f"DATABASE_URL: {_wrong(url, name, error)}") from error


async def version(url: URL) -> str:
    """Which tables a database has: empty, if there are none of ours.

    Raises:
        OperatorError: it cannot be used.
    """
    if url.get_backend_name() == "sqlite" and not os.path.exists(str(url.database)):  # noqa: ASYNC240, PTH110
        return ""
    try:
        async with open_room(url) as room:
            return await room.read(_version)
    except StorageDown as error:
        raise OperatorError(f"DATABASE_URL: {_wrong(url, shown(url), error)}") from error


def existing(setting: str) -> URL:
    """The URL of DATABASE_URL.

    Raises:
        OperatorError: it is none, or names a file that is not there.
    """
    with suppress(ArgumentError, ValueError, OSError, RuntimeError):
        url = make_url(setting)
        if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).expanduser().exists():
            raise OperatorError(
                f"DATABASE_URL: there is no database at {url.database}; start the bot, which makes it, or correct the "
                "setting"
            )
    return database_url(setting)


def _wrong(url: URL, name: str, error: StorageDown) -> str:
    if url.get_backend_name() == "sqlite":
        return f"{name} cannot be used ({error}); try again, and check that it is there and can be read"
    from bot.storage.server import cause_of
    from bot.storage.server_start import wrong

    return wrong(url, cause_of(error.__cause__ or error))


def _version(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _check(version: str, name: str) -> None:
    newest = max(path.name.split("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))
    if version == newest:
        return
    if not version:
        raise OperatorError(f"DATABASE_URL: {name} holds nothing of Holdfast; correct the setting")
    if version > newest:
        raise OperatorError(
            f"DATABASE_URL: {name} was written by a newer Holdfast (tables {version}, here {newest}); update Holdfast"
        )
    raise OperatorError(
        f"DATABASE_URL: {name} was written by an older Holdfast (tables {version}, here {newest}); "
        "start the bot, which brings it up to date"
    )
