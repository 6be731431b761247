"""What the admins of a server have set, and what the bot may do there."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

import discord
from whenever import Instant, Time

from bot.calendar import is_zone, next_occasion
from bot.ports import Servers, StorageDown
from bot.records import Server

log = logging.getLogger(__name__)

Change = Callable[[Server], Server]

Room = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
"""A place of a server where messages stand."""

POSTING = ("view_channel", "send_messages")
THREADING = (*POSTING, "create_public_threads", "send_messages_in_threads", "read_message_history")
"""What a message needs, and what one with a thread below it."""


class ServerSettings:
    """The settings of all servers. Where the bot may be used is held in memory, so that nobody waits for the database
    to be told that they may; until that could be read, it may be used everywhere."""

    def __init__(self, store: Servers) -> None:
        self._store = store
        self._channels: dict[int, tuple[int, ...]] = {}
        self._is_read = False
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def read(self) -> None:
        """Reads where the bot may be used, unless that was done.

        Raises:
            StorageDown: it cannot be read.
        """
        if not self._is_read:
            for server in await self._store.servers():
                self._channels.setdefault(server.id, server.channels)
            self._is_read = True

    def elsewhere(self, interaction: discord.Interaction[Any]) -> Sequence[int]:
        """The channels to which somebody must go for this, or none: it may be asked here."""
        if interaction.channel_id is None:
            return ()
        chosen = self._channels.get(interaction.guild_id or 0, ())
        here = {interaction.channel_id, getattr(interaction.channel, "parent_id", None)}
        guild = interaction.guild
        there = [id for id in chosen if guild is not None and guild.get_channel(id) is not None]
        return () if here & {*there} else there

    async def of(self, id: int) -> Server:
        """What is set in a server.

        Raises:
            StorageDown: it cannot be read.
        """
        return await self._store.server(id)

    async def due(self, now: Instant) -> Sequence[Server]:
        """Servers in which a thread is due.

        Raises:
            StorageDown: they cannot be read.
        """
        return await self._store.due(now)

    async def change(self, id: int, how: Change) -> tuple[Server, Server]:
        """Changes what is set, one change of a server at a time. Gives what was set before and what is now.

        Raises:
            StorageDown: nothing was changed.
        """
        async with self._turns.setdefault(id, asyncio.Lock()):
            before = await self._store.server(id)
            after = how(before)
            if after != before:
                await self._store.save(after)
            self._channels[id] = after.channels
        return before, after

    async def forget(self, id: int) -> Server:
        """Takes away everything that is set in a server, and gives it.

        Raises:
            StorageDown: it stays.
        """
        async with self._turns.setdefault(id, asyncio.Lock()):
            before = await self._store.server(id)
            await self._store.remove(id)
            self._channels.pop(id, None)
        return before

    async def left(self, id: int) -> None:
        """The bot is no member of a server any more. What cannot be forgotten now is when it is next online."""
        try:
            await self.forget(id)
        except StorageDown:
            log.warning("the database does not answer; what was set in a server that was left is forgotten later")

    async def keep_only(self, is_member: Callable[[int], bool]) -> None:
        """Forgets the servers that the bot has left while it was away."""
        try:
            known = await self._store.servers()
        except StorageDown:
            log.warning("the database does not answer; servers that were left are forgotten later")
            return
        for server in known:
            if not is_member(server.id):
                await self.left(server.id)


def scheduled(server: Server, after: Instant) -> Server:
    """With the next moment of its daily thread: at most one a local date, whatever the clocks do. None as long as
    nobody names a city whose clock is known."""
    if not (server.thread_channel and is_zone(server.zone) and server.wall):
        return replace(server, next_at=None)
    occasion = next_occasion(after, server.zone, Time(server.wall))
    while server.last_on is not None and occasion.on <= server.last_on:
        occasion = next_occasion(occasion.at, server.zone, Time(server.wall))
    return replace(server, next_at=occasion.at)


def lacking(channel: Room, needed: Sequence[str], interaction: discord.Interaction[Any] | None = None) -> Sequence[str]:
    """The names of the permissions that the bot needs in a channel and lacks. Of the channel of an interaction Discord
    itself says what there is."""
    if interaction is not None and interaction.channel_id == channel.id:
        allowed = interaction.app_permissions
    else:
        allowed = channel.permissions_for(channel.guild.me)
    if isinstance(channel, discord.Thread):
        needed = ["send_messages_in_threads" if name == "send_messages" else name for name in needed]
    return [name for name in needed if not getattr(allowed, name)]
