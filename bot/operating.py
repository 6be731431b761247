"""The commands for who runs the bot. They look at its database from beside it, also while it runs."""

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bot import logs, settings
from bot.errors import OperatorError
from bot.signs import one_line, visible

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.storage.dead import DeadLetter

dead = typer.Typer(help="See, retry or drop the messages that were given up.", no_args_is_help=True)

Ids = Annotated[list[int] | None, typer.Argument(metavar="ID", help="Those of `holdfast dead list`.")]
All = Annotated[bool, typer.Option("--all", help="All of them.")]

LONGEST_ERROR = 160

NUMBERS = re.compile(r"\d{5,}")
"""What may be the id of somebody in an error."""


def status(json: Annotated[bool, typer.Option("--json", help="The same as JSON, for a script.")] = False) -> None:
    """Show whether it is going out: what is due, sent, late, given up."""
    typer.echo(asyncio.run(_status(json)))


async def _status(json: bool) -> str:
    from whenever import Instant

    from bot import status
    from bot.storage.look import look_at

    async with look_at(_database()) as database:
        found = await status.look(database, Instant.now())
    return status.as_json(found) if json else status.as_text(found)


@dead.command("list")
def list_(chats: Annotated[bool, typer.Option("--chats", help="Show the ids of the chats, too.")] = False) -> None:
    """List them, the newest first, without what they say."""
    for line in _table(asyncio.run(_dead_letters()), chats):
        typer.echo(line)


@dead.command()
def retry(ids: Ids = None, all_: All = False) -> None:
    """Put them back: the bot tries them again, when it runs."""
    from whenever import Instant

    from bot.storage import dead

    chosen = _chosen("retry", ids, all_)
    many = asyncio.run(_change(lambda connection: dead.retry(connection, chosen, Instant.now())))
    typer.echo(f"Put back: {many:,}")


@dead.command()
def drop(ids: Ids = None, all_: All = False) -> None:
    """Throw them away. Those older than seven days go by themselves."""
    from bot.storage import dead

    chosen = _chosen("drop", ids, all_)
    many = asyncio.run(_change(lambda connection: dead.drop(connection, chosen), scrub=True))
    typer.echo(f"Thrown away: {many:,}")


def _database() -> str:
    """DATABASE_URL. Its password is told nowhere."""
    configured = settings.read()
    logs.keep_secret(configured.secrets)
    return configured.database_url


def _chosen(command: str, ids: Iterable[int] | None, all_: bool) -> Iterable[int] | None:
    if bool(ids) == all_:
        raise OperatorError(f"holdfast dead {command}: give either ids, as `holdfast dead list` shows them, or --all")
    return None if all_ else ids


async def _dead_letters() -> "Sequence[DeadLetter]":
    from bot.storage.dead import dead_letters
    from bot.storage.look import look_at

    async with look_at(_database()) as database:
        return await database.read(dead_letters)


async def _change(work: "Callable[[Connection], int]", *, scrub: bool = False) -> int:
    from bot.storage.look import look_at

    async with look_at(_database()) as database:
        return await database.write(work, scrub=scrub)


def _table(letters: "Sequence[DeadLetter]", chats: bool) -> list[str]:
    if not letters:
        return ["Nothing was given up."]
    rows = [("ID", "Platform", *(["Chat"] if chats else []), "Kind", "Given up (UTC)", "Tries", "Error")]
    for each in letters:
        at = each.dead_at.to_tz("UTC")
        when = f"{at.date()} {at.hour:02}:{at.minute:02}"
        where = (each.platform, *([one_line(each.chat)] if chats else []))
        rows.append((str(each.id), *where, each.kind or "answer", when, str(each.attempts), _error(each.error, chats)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return ["  ".join((*map(str.ljust, row[:-1], widths), row[-1])).rstrip() for row in rows]


def _error(error: str, chats: bool) -> str:
    line = visible(" ".join(error.split()))[:LONGEST_ERROR]
    return line if chats else NUMBERS.sub("…", line)
