"""Staying connected: discord.py's gateway, with a budget for new sessions and a pause after each fault.

discord.py's own loop fails when the very first connection does, begins sessions without a limit when Discord says they
are invalid, and connects again at once whenever a connection is closed. A bot may begin 1,000 sessions in a day; beyond
that Discord takes its token away (discord.com/developers/docs/events/gateway#session-start-limit).
"""

import asyncio
import json
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from yarl import URL

from bot.adapters.discord.calls import FAULTS, insist, reason
from bot.errors import OperatorError

log = logging.getLogger(__name__)

CONNECT_SECONDS = 60.0
"""How long is waited for the gateway to say hello."""

STEADY_SECONDS = 60.0
"""A connection that held so long was a good one: after it there is no long pause."""

FREE, WINDOW = 5, 3600.0
"""So many sessions within an hour are begun at once; each further one waits."""

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds before a further session: doubled each time. At the longest that makes 288 a day."""

REFUSED = 4004
SETTINGS = {4013: "intents", 4014: "privileged intents", 4010: "shard", 4011: "sharding", 4012: "API version"}
"""Codes with which the gateway closes for good
(discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes)."""


class Refused(Exception):
    """The gateway does not take the token."""


class Sessions:
    """When sessions were begun. It is written down, so that a bot that is started again and again waits, too."""

    def __init__(self, times: list[float], keep: Callable[[str], Awaitable[None]]) -> None:
        self._times = times
        self._keep = keep

    @classmethod
    def from_json(cls, text: str, keep: Callable[[str], Awaitable[None]]) -> "Sessions":
        """What was written down."""
        try:
            times = [float(time) for time in json.loads(text)]
        except (TypeError, ValueError):
            times = []
        return cls(times, keep)

    async def begin(self) -> None:
        """Waits until one more session may be begun, and notes it."""
        now = time.time()
        self._times = [begun for begun in self._times if now - WINDOW < begun <= now]
        further = len(self._times) - FREE
        if further >= 0:
            wait = min(FIRST_PAUSE * 2**further, LONGEST_PAUSE) * random.uniform(0.9, 1.1)
            log.warning("Discord: %d sessions were begun within an hour; the next in %.0f s", len(self._times), wait)
            await asyncio.sleep(wait)
        self._times.append(time.time())
        await self._keep(json.dumps(self._times[-2 * FREE :]))


class Connection:
    """One bot's connection to the gateway."""

    def __init__(self, client: discord.Client, sessions: Sessions) -> None:
        self._client = client
        self._sessions = sessions
        self._pause = 0.0

    async def stay(self) -> None:
        """Stays connected until it is cancelled.

        Raises:
            Refused: the gateway does not take the token.
            OperatorError: it does not take this bot.
        """
        resume: dict[str, Any] = {}
        while True:
            begun = time.monotonic()
            try:
                if not resume:
                    await self._may_begin()
                await self._connect(resume)
            except ReconnectWebSocket as again:
                resume = self._resumed() if again.resume else {}
            except discord.ConnectionClosed as closed:
                resume = self._resumed()
                _check(closed)
            except (*FAULTS, discord.GatewayNotFound) as error:
                resume = self._resumed()
                log.warning("Discord: no connection to the gateway (%s)", _why(error))
            self._client.dispatch("disconnect")
            await self._rest(time.monotonic() - begun)

    async def _connect(self, resume: dict[str, Any]) -> None:
        client: Any = self._client
        coming = DiscordWebSocket.from_client(client, **resume)
        client.ws = await asyncio.wait_for(coming, CONNECT_SECONDS)
        while True:
            await client.ws.poll_event()

    def _resumed(self) -> dict[str, Any]:
        """What a session is resumed with, if there is one."""
        ws: DiscordWebSocket | None = self._client.ws
        if ws is None or ws.session_id is None:
            return {}
        return {"resume": True, "session": ws.session_id, "sequence": ws.sequence, "gateway": ws.gateway}

    async def _may_begin(self) -> None:
        """Asks where the gateway is and how many sessions are left, and waits if there are none."""
        _, url, limit = await insist(self._client.http.get_bot_gateway)
        DiscordWebSocket.DEFAULT_GATEWAY = URL(url)
        if limit["remaining"] < 1:
            wait = limit["reset_after"] / 1000
            log.warning("Discord: no sessions are left for today; the next in %.0f s", wait)
            await asyncio.sleep(wait)
        await self._sessions.begin()

    async def _rest(self, held: float) -> None:
        """After a connection that did not hold, a pause: longer each time."""
        self._pause = 1.0 if held > STEADY_SECONDS else min(max(1.0, 2 * self._pause), LONGEST_PAUSE / 5)
        await asyncio.sleep(self._pause * random.uniform(0.5, 1.0))


def _check(closed: discord.ConnectionClosed) -> None:
    if closed.code == REFUSED:
        raise Refused
    if closed.code in SETTINGS:
        raise OperatorError(
            f"Discord does not let this bot in ({SETTINGS[closed.code]}, code {closed.code}); "
            "see its page in the developer portal"
        )
    log.info("Discord: the gateway closed the connection (%s)", closed.code)


def _why(error: Exception) -> str:
    return reason(error) if isinstance(error, discord.HTTPException | aiohttp.ClientError | OSError) else "no answer"
