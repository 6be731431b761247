"""The command that takes everything from a SQLite file to PostgreSQL."""

import asyncio
from typing import Annotated

import typer

from bot import logs, settings

db = typer.Typer(help="Look after the database.", no_args_is_help=True)

To = Annotated[str, typer.Option("--to", help="The empty PostgreSQL database: postgresql+asyncpg://…")]
From = Annotated[
    str, typer.Option("--from", help="The SQLite file, as sqlite:///data/holdfast.db, instead of DATABASE_URL.")
]


@db.callback()
def _db() -> None:
    """Look after the database."""


@db.command()
def move(to: To, from_: From = "") -> None:
    """Copy everything from a SQLite file into an empty PostgreSQL database. Stop the bot first; the file stays as it
    is."""
    from bot.storage.move import move as copy

    configured = settings.read()
    logs.keep_secret((*configured.secrets, *settings.passwords(to)))
    source, named = (from_, "--from") if from_ else (configured.database_url, "DATABASE_URL")
    for table, rows in asyncio.run(copy(source, to, named)).items():
        typer.echo(f"{table:10} {rows:>12,}")
    typer.echo("All of it is there, and counted. Set DATABASE_URL to the new database and start the bot.")
