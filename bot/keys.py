"""`holdfast keys`: the keys that open letters and reasons. How words are sealed: storage/seal.py."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot import logs, settings
from bot.errors import OperatorError
from bot.storage.keys import keys_of, new_key, read_file, read_or_make, replace, write
from bot.storage.seal import Seal

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.storage.resealing import State
    from bot.storage.room import Room

log = logging.getLogger(__name__)

keys = typer.Typer(help="Look after the keys that open letters and reasons.", no_args_is_help=True)


def seal_for(configured: settings.Settings) -> Seal:
    """Seals with ENCRYPTION_KEYS, or with the keys of the file, which is made if it is not there.

    Raises:
        OperatorError: a key is none, or the file cannot be read or made.
    """
    return _seal(_given(configured) or read_or_make(configured.encryption_key_file))


async def settle(room: "Room") -> None:
    """At the start: seals what is not sealed yet, and says if these are not the keys of the database. The bot runs all
    the same.

    Raises:
        OperatorError: other processes are at work there with other keys: neither could open what the other one seals.
    """
    from bot.ports import StorageDown
    from bot.storage.resealing import settle

    with suppress(StorageDown):  # the next start looks again
        if not await settle(room):
            if room.shared and await room.read(_somebody_leads):
                raise OperatorError(
                    "ENCRYPTION_KEYS: the processes at work on this database have other keys; give this one the same"
                )
            log.warning(
                "ENCRYPTION_KEYS: these are not the keys of this database; what was sealed with another one cannot be "
                "opened, and is not lost. Put that key behind the first one; holdfast keys check counts what it is"
            )


@keys.command()
def new() -> None:
    """Print a key for ENCRYPTION_KEYS."""
    typer.echo(new_key())


@keys.command()
def check() -> None:
    """Count what is sealed with which key. Exit code 1 if something cannot be opened."""
    configured = settings.read()
    logs.keep_secret(configured.secrets)
    found = asyncio.run(_check(configured))
    for line in _table(found):
        typer.echo(line)
    if _closed(found):
        typer.echo(
            "What is not to be opened was sealed with another key. It is not lost: put that key behind the first one."
        )
        raise typer.Exit(1)


@keys.command()
def rotate() -> None:
    """Seal everything with a new key. Stop the bot first, or give it the new key: docs/operating.md."""
    configured = settings.read()
    logs.keep_secret(configured.secrets)
    given = _given(configured)
    typer.echo(asyncio.run(_to_the_first_of(configured, given) if given else _to_a_new_one(configured)))


def _given(configured: settings.Settings) -> list[str]:
    given = configured.encryption_keys
    return keys_of(given.get_secret_value(), "ENCRYPTION_KEYS") if given else []


def _seal(found: list[str]) -> Seal:
    logs.keep_secret(found)
    return Seal(found)


def _in_the_file(file: Path) -> list[str]:
    found = read_file(file)
    if not found:
        raise OperatorError(f"ENCRYPTION_KEY_FILE: there is no {file}; put its copy back, or start the bot to make one")
    return found


async def _check(configured: settings.Settings) -> "Mapping[str, Counter[State]]":
    from bot.storage.look import look_at
    from bot.storage.resealing import look

    seal = _seal(_given(configured) or _in_the_file(configured.encryption_key_file))
    async with look_at(configured.database_url, seal) as room:
        return await look(room)


async def _to_the_first_of(configured: settings.Settings, given: list[str]) -> str:
    from bot.storage.look import look_at
    from bot.storage.resealing import reseal

    async with look_at(configured.database_url, _seal(given)) as room:
        closed = _closed(await reseal(room))
    if closed:
        return f"Sealed with the first key, but for {closed:,} that none of these keys opens. Keep all of them."
    return "Sealed with the first key. The others are needed for older copies of the database only."


async def _to_a_new_one(configured: settings.Settings) -> str:
    """The new key is in the file before anything is sealed with it, and the old ones until nothing needs them."""
    from bot.storage.resealing import reseal

    file = configured.encryption_key_file
    old = _in_the_file(file)
    async with _alone(configured.database_url, _seal([fresh := new_key(), *old])) as room:
        replace(file, [fresh, *old])
        closed = _closed(await reseal(room))
    if closed:
        return f"Sealed with a new key, but for {closed:,} that no key in {file} opens. All of them stay there."
    aside = file.with_name(f"{file.name}.before-{datetime.now(UTC):%Y-%m-%d-%H%M%S}")
    write(aside, old)
    replace(file, [fresh])
    return (
        f"Sealed with a new key, which is in {file}: copy it. What was there is in {aside}, for older copies of the "
        "database; remove it when there are none."
    )


@asynccontextmanager
async def _alone(setting: str, seal: Seal) -> "AsyncIterator[Room]":
    """The database, in which no bot is at work.

    Raises:
        OperatorError: one is, or it cannot be used.
    """
    from bot.storage.lock import nobody_at_work
    from bot.storage.look import existing, look_at

    url = existing(setting)
    with nobody_at_work(url) if url.get_backend_name() == "sqlite" else nullcontext():
        async with look_at(setting, seal) as room:
            if await room.read(_somebody_leads):
                raise OperatorError("DATABASE_URL: a Holdfast is at work on this database; stop it first")
            yield room


def _somebody_leads(connection: "Connection") -> bool:
    from sqlalchemy import select
    from whenever import Instant

    from bot.storage.tables import LEASE

    return connection.execute(select(LEASE.c.name).where(LEASE.c.until > Instant.now())).first() is not None


def _closed(found: "Mapping[str, Counter[State]]") -> int:
    from bot.storage.resealing import State

    return sum(states[State.CLOSED] for states in found.values())


def _table(found: "Mapping[str, Counter[State]]") -> list[str]:
    from bot.storage.resealing import State

    shown = {name: states for name, states in found.items() if name != "touchstone"}
    rows = [("", *(str(state) for state in State))]
    rows += [(name, *(f"{states[state]:,}" for state in State)) for name, states in shown.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join((row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:]))).rstrip() for row in rows]
