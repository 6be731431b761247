"""What Discord shows already: it is changed, hidden, or looked for after a restart."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import discord
from discord.utils import time_snowflake

from bot.adapters.discord.addresses import Addresses
from bot.adapters.discord.calls import FAULTS, FEW, insist, reason
from bot.adapters.discord.places import Place, Places
from bot.adapters.discord.private import PrivateMessages
from bot.adapters.discord.screens import Screen, Screens
from bot.messages import Chat, Reply
from bot.records import Queued

log = logging.getLogger(__name__)

HIDDEN = 50
"""Private messages looked through for the bot's own when somebody hides them: one request for each that is deleted."""

LOOKED_BACK = 20
"""Messages looked through for one that may have been sent before a restart."""


class Shown:
    """The bot's own messages. In private messages each can be changed at any time, among others only from the
    interaction that it answers."""

    def __init__(self, places: Places, addresses: Addresses, private: PrivateMessages, screens: Screens) -> None:
        self._places = places
        self._addresses = addresses
        self._private = private
        self._screens = screens

    async def change(self, chat: Chat, message: str, reply: Reply, attempts: int, *, whole: bool = False) -> bool:
        """Changes a message, `whole` with its picture. False if there is no way to.

        Raises:
            discord.HTTPException, aiohttp.ClientError, OSError: it is not there, or Discord could not be reached.
        """
        place, address = self._places.maker(message), await self._addresses.of(chat)
        hidden = place if place is not None and not place.private else None
        screens = self._screens.of(chat, reply, private=hidden is None)
        if len(screens) > 1 or not (hidden or address):
            return False
        fields = screens[0].changed if whole else screens[0].updated
        if hidden is not None:
            await insist(lambda: hidden.edit(int(message), **fields()), attempts)
        else:
            there = self._private.at(address).get_partial_message(int(message))
            await insist(lambda: there.edit(**fields()), attempts)
        return True

    async def hide(self, chat: Chat) -> None:
        """Puts something neutral in the place of what only the person sees among others, and deletes what stands in
        private messages, the newest first.

        Raises:
            discord.HTTPException, aiohttp.ClientError, OSError: Discord does not say what stands there.
        """
        hidden = [
            _cover(message, place, self._screens.neutral(place.language))
            for message, place in self._places.take_hidden(chat)
        ]
        await asyncio.gather(self._clear(await self._addresses.of(chat)), *hidden)

    async def _clear(self, address: int) -> None:
        """Deletes what the bot wrote there. What is neutral stays: it may have come meanwhile."""
        if not address:
            return
        for message in await self._private.ours(address, HIDDEN):
            if message.content not in self._screens.neutral_texts:
                await _quietly(message.delete)

    async def holds(self, queued: Queued) -> bool:
        """Whether a message stands in private messages. What was shown elsewhere cannot be looked at.

        Raises:
            discord.HTTPException, aiohttp.ClientError, OSError: Discord does not say.
        """
        address = await self._addresses.of(queued.chat)
        if not address or queued.written_at is None:
            return False
        uncounted = replace(queued.reply, until=None)
        text = self._screens.of(queued.chat, uncounted, private=True)[-1].text
        since = discord.Object(time_snowflake(queued.written_at.to_stdlib() - timedelta(seconds=1)))
        sent = await self._private.ours(address, LOOKED_BACK, since)
        return any(message.content.startswith(text) for message in sent)


async def _cover(message: int, place: Place, neutral: Screen) -> None:
    await _quietly(lambda: place.edit(message, **neutral.changed()))


async def _quietly(call: Callable[[], Awaitable[None]]) -> None:
    try:
        await insist(call, FEW)
    except FAULTS as error:
        log.info("Discord: a message could not be hidden (%s)", reason(error))
