"""What stands in private messages: the bot's own, and which message is the last one there."""

from collections import OrderedDict

import discord
from discord.abc import Snowflake

from bot.adapters.discord.calls import FEW, insist
from bot.adapters.discord.screens import Screen

REMEMBERED = 10_000
"""Private messages whose last message is remembered; what was quiet longest is forgotten first."""


class PrivateMessages:
    """Each person's are found by their address (addresses.py)."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._last: OrderedDict[int, int] = OrderedDict()

    def at(self, address: int) -> discord.PartialMessageable:
        """Where they are, as discord.py wants it. Nothing is asked for that."""
        return self._client.get_partial_messageable(address, type=discord.ChannelType.private)

    async def post(self, address: int, screen: Screen, nonce: str) -> int:
        """Posts a message once, however often it is tried with that nonce
        (discord.com/developers/docs/resources/message#create-message). Gives its id.

        Raises:
            discord.HTTPException, aiohttp.ClientError, OSError: it is not known to be there.
        """
        sent: discord.Message = await self.at(address).send(**screen.new(), nonce=nonce)
        self.saw(address, sent.id)
        return sent.id

    async def ours(self, address: int, limit: int, after: Snowflake | None = None) -> list[discord.Message]:
        """What the bot itself wrote among so many messages: the newest ones, or the first ones after another.

        Raises:
            discord.HTTPException, aiohttp.ClientError, OSError: Discord does not say.
        """
        me = self._client.user
        if me is None:
            return []

        async def read() -> list[discord.Message]:
            return [message async for message in self.at(address).history(after=after, limit=limit)]

        return [message for message in await insist(read, FEW) if message.author.id == me.id]

    def saw(self, address: int, message: int) -> None:
        """A message has appeared, the person's or ours."""
        self._last[address] = max(message, self._last.get(address, 0))
        self._last.move_to_end(address)
        if len(self._last) > REMEMBERED:
            self._last.popitem(last=False)

    def is_last(self, address: int, message: int) -> bool:
        """Whether a message is known to be the last one."""
        return self._last.get(address) == message
