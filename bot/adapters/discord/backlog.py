"""What people wrote while the bot was away: Discord does not bring it, so their private messages are looked through."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial

import discord
from discord.utils import snowflake_time, utcnow

from bot.adapters.discord import PLATFORM
from bot.adapters.discord.calls import insist
from bot.adapters.discord.private import PrivateMessages
from bot.messages import Chat
from bot.pace import Pace
from bot.ports import Store

CHATS, MESSAGES = 500, 100
"""Private messages that are looked through after a start for what came while nobody was there, and how far: one request
for each."""

OVERLAP = timedelta(hours=1)
"""How long before the newest thing that is handled is looked, too: what one person wrote may have been handled before
what another had written earlier."""

QUIET = timedelta(hours=47)
"""How far is looked back if nothing is known to have come: less than receipts are kept."""

LOOKS_A_SECOND = 20.0
"""Looks at private messages whose person has not written again yet."""

LOOK_SECONDS = 5.0
"""How long a person's next text waits for a look at what was written before it. One that fails is made again, up to
`PERSISTENT` times in some eight minutes, while the conversation goes on."""

PERSISTENT = 20


class Backlog:
    """Each person's private messages are looked through once in each session of the gateway."""

    def __init__(self, private: PrivateMessages, store: Store) -> None:
        self._private = private
        self._store = store
        self._since: datetime | None = None
        self._sessions, self._is_over = 0, True
        self._looked: set[int] = set()
        self._pace = Pace(LOOKS_A_SECOND)

    def begin(self, newest: int) -> None:
        """A new session has begun. `newest` is the number of the last thing that came in before it, or 0. Where the
        session before it has not looked everywhere, it is looked as far back as that one would have."""
        since = snowflake_time(newest) - OVERLAP if newest else utcnow() - QUIET
        self._since = since if self._is_over or self._since is None else min(since, self._since)
        self._sessions, self._is_over = self._sessions + 1, False
        self._looked.clear()

    async def everywhere(self) -> AsyncIterator[tuple[Chat, int]]:
        """Where to look if nobody writes: the chats in which something went on last, evenly paced.

        Raises:
            StorageDown: nobody knows.
        """
        session = self._sessions
        for chat, address in await self._store.addresses(PLATFORM, CHATS):
            await self._pace.turn()
            yield chat, int(address)
        self._is_over = session == self._sessions

    async def look(self, address: int) -> list[discord.Message]:
        """What was written there meanwhile, in order; nothing, if that was looked for in this session.

        Raises:
            discord.HTTPException, aiohttp.ClientError, OSError: Discord does not say in time.
        """
        if address in self._looked or self._since is None:
            return []
        self._looked.add(address)
        async with asyncio.timeout(LOOK_SECONDS):
            return await insist(partial(self._read, address, self._since), 1)

    async def look_again(self, address: int) -> list[discord.Message]:
        """The same, tried for longer."""
        since = self._since
        return [] if since is None else await insist(partial(self._read, address, since), PERSISTENT)

    async def _read(self, address: int, since: datetime) -> list[discord.Message]:
        there = self._private.at(address)
        found = [one async for one in there.history(after=since, limit=MESSAGES, oldest_first=False)]
        return found[::-1]
