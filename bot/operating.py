"""The commands for who runs the bot. They look at its database from beside it, also while it runs."""

import asyncio
from typing import Annotated

import typer

from bot import settings


def status(json: Annotated[bool, typer.Option("--json", help="The same as JSON, for a script.")] = False) -> None:
    """Show whether it is going out: what is due, sent, late, given up."""
    typer.echo(asyncio.run(_status(json)))


async def _status(json: bool) -> str:
    from whenever import Instant

    from bot import status
    from bot.storage.look import look_at

    async with look_at(settings.read().database_url) as database:
        found = await status.look(database, Instant.now())
    return status.as_json(found) if json else status.as_text(found)
