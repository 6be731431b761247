"""Where each person's private messages are: the channel between them and the bot."""

from collections import OrderedDict
from contextlib import suppress

import discord

from bot.adapters.discord.calls import FEW, insist
from bot.messages import Chat
from bot.pace import Pace
from bot.ports import StorageDown, Store

OPENED_A_SECOND = 1.0
"""Private messages opened for the first time. Discord blocks bots that open many quickly and gives no number
(discord.com/developers/docs/resources/user#create-dm), so each address is kept for good."""

REMEMBERED = 10_000
"""People whose address is kept in memory; the one who was quiet longest is forgotten first."""


class Addresses:
    """Looked up in memory, then in the database, and opened only where that is asked for."""

    def __init__(self, client: discord.Client, store: Store) -> None:
        self._client = client
        self._store = store
        self._known: OrderedDict[Chat, int] = OrderedDict()
        self._opening = Pace(OPENED_A_SECOND)

    def note(self, chat: Chat, address: int) -> None:
        """The person's private messages are there."""
        self._known[chat] = address
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    async def write(self, chat: Chat) -> None:
        """Writes down what was noted, if the chat is known by now. One that was deleted and came back is a new one."""
        address = str(self._known.get(chat) or "")
        with suppress(StorageDown):
            if address and await self._store.address(chat) != address:
                await self._store.set_address(chat, address)

    async def of(self, chat: Chat) -> int:
        """The address, or 0 if private messages were never opened."""
        if chat not in self._known:
            with suppress(StorageDown):
                self.note(chat, int(await self._store.address(chat) or 0))
        return self._known.get(chat, 0)

    async def open(self, chat: Chat) -> int:
        """The address, in any case. It does not mean that the person lets the bot write there.

        Raises:
            discord.HTTPException, aiohttp.ClientError, OSError: Discord does not give it.
        """
        if address := await self.of(chat):
            return address
        await self._opening.turn()
        channel = await insist(lambda: self._client.create_dm(discord.Object(int(chat.id))), FEW)
        self.note(chat, channel.id)
        await self.write(chat)
        return channel.id
