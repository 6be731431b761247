"""The connection to Discord: discord.py's client, told to keep little and to understand our components."""

import logging
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import discord
from discord import AllowedMentions, Intents, Interaction, InteractionType, MemberCacheFlags
from discord.ui import Button, DynamicItem, Item, Select, View

from bot.adapters.discord import custom_id
from bot.adapters.discord.reading import is_setup

if TYPE_CHECKING:
    from bot.adapters.discord.intake import Intake
    from bot.adapters.discord.servers import ServerSettings
    from bot.adapters.discord.setup import Setup

log = logging.getLogger(__name__)

OFFICIAL = "https://discord.com/api/v10"

TIDY_SECONDS = 60
"""How often what discord.py remembers of rate limits is looked through."""


class Tapped(DynamicItem[Button[View]], template=custom_id.BUTTON):
    """Any of our buttons, also one that was shown before a restart."""

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction[Any], item: Item[Any], _match: re.Match[str], /) -> Self:
        """The button that was pressed."""
        return cls(item)  # type: ignore[arg-type]

    async def callback(self, interaction: Interaction[Any]) -> None:
        """It was pressed."""
        interaction.client.take(interaction)


class Chosen(DynamicItem[Select[View]], template=custom_id.SELECT):
    """Any of our selects."""

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction[Any], item: Item[Any], _match: re.Match[str], /) -> Self:
        """The select in which something was chosen."""
        return cls(item)  # type: ignore[arg-type]

    async def callback(self, interaction: Interaction[Any]) -> None:
        """Something was chosen in it."""
        interaction.client.take(interaction)


class HoldfastClient(discord.Client):
    """No privileged intent, no members, no messages in memory, and nobody is ever mentioned."""

    def __init__(self, api_url: str = OFFICIAL) -> None:
        intents = Intents.none()
        intents.guilds = intents.dm_messages = True
        super().__init__(
            intents=intents,
            allowed_mentions=AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            member_cache_flags=MemberCacheFlags.none(),
            max_messages=None,
            proxy=proxy_for(api_url),
            max_ratelimit_timeout=30.0,
        )
        self.http._try_clear_expired_ratelimits = _seldom(self.http._try_clear_expired_ratelimits)  # type: ignore[method-assign]
        parsers = self._connection.parsers
        parsers["INTERACTION_CREATE"] = _complete(parsers["INTERACTION_CREATE"])
        self.intake: Intake | None = None
        self.servers: ServerSettings | None = None
        self.setup: Setup | None = None

    async def setup_hook(self) -> None:
        """Once, before the first connection."""
        self.add_dynamic_items(Tapped, Chosen)

    async def on_connect(self) -> None:
        """A session has begun, and was not resumed."""
        log.info("Holdfast is on Discord as %s", self.user)
        if self.intake is not None:
            self.intake.look_back()

    async def on_ready(self) -> None:
        """All servers are known now: what was set in others is let go."""
        if self.servers is not None:
            await self.servers.keep_only(lambda id: self.get_guild(id) is not None)

    def take(self, interaction: Interaction[Any]) -> None:
        """Takes in an interaction; one that was taken in already is left alone."""
        if self.intake is not None and not is_setup(interaction):
            try:
                self.intake.interact(interaction)
            except Exception:
                log.exception("an interaction makes no sense; it is left out")

    async def on_interaction(self, interaction: Interaction[Any]) -> None:
        """Whatever discord.py gave to nobody: what admins press, forms that a process before this one opened, buttons
        of a message that it could not read, and ids of another version."""
        if self.setup is not None and interaction.type is InteractionType.component and is_setup(interaction):
            await self.setup.press(interaction)
        self.take(interaction)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was sent away from a server, or that is gone. An outage is none of this."""
        if self.servers is not None:
            await self.servers.left(guild.id)

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote to the bot."""
        if self.intake is not None:
            self.intake.message(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Somebody changed what they wrote."""
        if self.intake is not None and payload.guild_id is None:
            self.intake.edited(payload.message)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Nothing: how often a session is begun is decided before the connection is made."""

    async def on_error(self, event: str, /, *_args: Any, **_kwargs: Any) -> None:
        """A handler failed."""
        log.exception("what Discord brought (%s) could not be handled", event)


def _seldom(tidy: Callable[[], None]) -> Callable[[], None]:
    """discord.py keeps a rate limit for each private chat, for five minutes, and looks through all of them whenever it
    meets a new one (`HTTPClient.get_ratelimit`). During a broadcast that is as many, for every message."""
    last = time.monotonic()

    def tidied() -> None:
        nonlocal last
        if time.monotonic() - last >= TIDY_SECONDS:
            last = time.monotonic()
            tidy()

    return tidied


def proxy_for(api_url: str) -> str | None:
    """The proxy that the environment sets for an address."""
    parts = urlsplit(api_url)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)


def _complete(parse: Callable[[Any], None]) -> Callable[[Any], None]:
    """discord.py leaves out an interaction that lacks one of these, though nothing here needs them."""

    def completed(data: Any) -> None:
        parse({"version": 1, "attachment_size_limit": 0, **data})

    return completed
