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

from bot.adapters.discord.calls import FAULTS, insist, is_refused, reason
from bot.errors import OperatorError

log = logging.getLogger(__name__)

CONNECT_SECONDS = 60.0
"""How long is waited for the gateway to say hello."""

STEADY_SECONDS = 60.0
"""A connection that held so long was a good one: after it there is no long pause."""

FREE, WINDOW = 100, 3600.0
"""So many sessions that did not end well within an hour are followed by another at once; after more it waits."""

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 120.0
"""Seconds before a further session: doubled each time."""

REFUSED = 4004
SETTINGS = {4013: "intents", 4014: "privileged intents", 4010: "shard", 4011: "sharding", 4012: "API version"}
"""Codes with which the gateway closes for good
(discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes)."""


class Refused(Exception):
    """The gateway does not take the token."""


class Sessions:
    """When sessions were begun that have not ended well. It is written down, so that a bot that is started again and
    again by its supervisor waits, too."""

    def __init__(self, written: str, write: Callable[[str], Awaitable[None]]) -> None:
        self._write = write
        try:
            self._begun = [float(time) for time in json.loads(written)]
        except (TypeError, ValueError):
            self._begun = []

    async def begin(self) -> None:
        """Waits until one more session may be begun, and notes it."""
        now = time.time()
        self._begun = [begun for begun in self._begun if now - WINDOW < begun <= now]
        further = len(self._begun) - FREE
        if further >= 0:
            wait = min(FIRST_PAUSE * 2**further, LONGEST_PAUSE) * random.uniform(0.8, 1.0)
            log.warning("Discord: %d sessions broke off within an hour; the next in %.0f s", len(self._begun), wait)
            await asyncio.sleep(wait)
        self._begun.append(time.time())
        await self._write(json.dumps(self._begun))

    async def end(self) -> None:
        """The bot was told to stop: its last session counts no more."""
        if self._begun:
            self._begun.pop()
            await self._write(json.dumps(self._begun))


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
                if is_refused(error.__cause__):
                    raise Refused from None
                resume = self._resumed()
                log.warning("Discord: no connection to the gateway (%s)", _why(error))
            self._client.dispatch("disconnect")
            await self.rest(time.monotonic() - begun)

    async def _connect(self, resume: dict[str, Any]) -> None:
        client: Any = self._client
        coming = DiscordWebSocket.from_client(client, **resume)
        async with asyncio.timeout(CONNECT_SECONDS):
            client.ws = await coming
        while True:
            try:
                await client.ws.poll_event()
            except (ReconnectWebSocket, discord.ConnectionClosed, *FAULTS):
                raise
            except Exception:
                log.exception("Discord: an event makes no sense; it is left out")

    def _resumed(self) -> dict[str, Any]:
        """What a session is resumed with, if there is one."""
        ws: DiscordWebSocket | None = self._client.ws
        if ws is None or ws.session_id is None:
            return {}
        return {"resume": True, "session": ws.session_id, "sequence": ws.sequence, "gateway": ws.gateway}

    async def _may_begin(self) -> None:
        """Asks where the gateway is and how many sessions are left. The second half of a day's is spread over what is
        left of the day."""
        _, url, limit = await insist(self._client.http.get_bot_gateway)
        DiscordWebSocket.DEFAULT_GATEWAY = URL(url)
        left, reset = limit["remaining"], limit["reset_after"] / 1000
        if left < limit["total"] / 2:
            wait = reset / max(left, 1)
            log.warning("Discord: %d sessions are left for today; the next in %.0f s", left, wait)
            await asyncio.sleep(wait)
        await self._sessions.begin()

    async def rest(self, held: float = 0.0) -> None:
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
