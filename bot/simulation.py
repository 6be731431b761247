"""`holdfast simulate`: fills a database with people who are made up."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot import logs, settings
from bot.errors import OperatorError

if TYPE_CHECKING:
    from whenever import Instant

    from bot.storage.simulation import Crowd

PLATFORMS = ("telegram", "discord", "terminal")

MOST = 9_000_000 - 1
"""People at most: their numbers have seven digits, so that they sort alike as numbers and as texts."""

People = Annotated[int, typer.Option("--people", min=1, max=MOST, help="How many.")]
Platform = Annotated[str, typer.Option("--platform", help=f"Where their chats are: {', '.join(PLATFORMS)}.")]
At = Annotated[str, typer.Option("--due", help="When their next check-in is due, like 2026-12-01T09:00:00Z.")]
Zone = Annotated[str, typer.Option("--zone", help="By which clock they live; its hour then is theirs.")]


def simulate(people: People, due: At, platform: Platform = "telegram", zone: Zone = "UTC") -> None:
    """Fill DATABASE_URL with people who are made up, all with a check-in at one moment, to see what the bot does then.

    Their chats are numbered from 1,000,001. A run that was interrupted goes on. Where real people are, nothing is done.
    """
    asyncio.run(_simulate(_crowd(people, platform, due, zone)))


def _crowd(people: int, platform: str, due: str, zone: str) -> "Crowd":
    from bot.calendar import is_zone
    from bot.storage.simulation import Crowd

    if platform not in PLATFORMS:
        raise OperatorError(f"--platform: {platform!r} is none; write {', '.join(PLATFORMS)}")
    if not is_zone(zone):
        raise OperatorError(f"--zone: {zone!r} is no time zone; write it like Europe/Berlin")
    local = _moment(due).to_tz(zone)
    return Crowd(people, platform, local.to_instant(), local.date(), zone, local.time().format("HH:mm"))


def _moment(text: str) -> "Instant":
    from whenever import Instant

    try:
        return Instant.parse_iso(text)
    except ValueError:
        raise OperatorError(f"--due: {text!r} is no moment; write it like 2026-12-01T09:00:00Z") from None


async def _simulate(crowd: "Crowd") -> None:
    from whenever import Instant

    from bot.ports import StorageDown
    from bot.storage.look import look_at, version
    from bot.storage.migrate import database_url, migrate
    from bot.storage.room import open_room
    from bot.storage.simulation import make, there_already

    configured = settings.read()
    logs.keep_secret(configured.secrets)
    url = database_url(configured.database_url)
    if await version(url):  # somebody's: nothing is changed before it is known whose
        async with look_at(configured.database_url) as room:
            await there_already(room, crowd)
    migrate(url)
    try:
        async with open_room(url) as room:
            first = await there_already(room, crowd)
            async for made in make(room, crowd, first, Instant.now()):
                typer.echo(f"{made:,} of {crowd.people:,}", err=True)
    except StorageDown as error:
        raise OperatorError(f"DATABASE_URL: cannot be used ({error}); try again, or check the database") from error
    typer.echo(
        f"{crowd.people:,} made-up people on {crowd.platform}, their check-in due at {crowd.at.format_iso()}, "
        f"{crowd.wall} by the clock of {crowd.zone}"
    )
