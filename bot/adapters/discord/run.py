"""Runs the bot on Discord until it is told to stop."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from functools import partial

import discord
from discord.http import Route
from discord.utils import MISSING

from bot.adapters.discord import PLATFORM
from bot.adapters.discord.calls import FIRST_PAUSE, LONGEST_PAUSE, NONSENSE, insist, reason
from bot.adapters.discord.client import OFFICIAL, HoldfastClient
from bot.adapters.discord.commands import Commands
from bot.adapters.discord.gateway import Connection, Refused, Sessions
from bot.adapters.discord.intake import Intake
from bot.adapters.discord.messenger import DiscordMessenger
from bot.adapters.discord.servers import ServerSettings
from bot.adapters.discord.setup import Setup
from bot.adapters.discord.threads import TICK_SECONDS as THREADS_SECONDS
from bot.adapters.discord.threads import Threads
from bot.adapters.leader import Leader
from bot.adapters.ticks import Ticking, Ticks
from bot.adapters.together import together
from bot.conversation import Conversation
from bot.errors import OperatorError
from bot.library import Library
from bot.outbox import Outbox
from bot.pace import Pace
from bot.ports import Clock, Servers, StorageDown, Store

log = logging.getLogger(__name__)

PATIENCE = 4.0
"""Seconds that what has begun may take when the bot is told to stop."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator has set."""

    token: str
    api_url: str = OFFICIAL


class Discord:
    """The bot on Discord. It is made before the outbox, which needs its messenger, and runs with what needs that."""

    def __init__(
        self,
        options: Options,
        library: Library,
        clock: Clock,
        store: Store,
        servers: Servers,
        pace: Pace | None = None,
    ) -> None:
        self._options = options
        self._library = library
        self._clock = clock
        self._store = store
        Route.BASE = options.api_url
        self.client = HoldfastClient(options.api_url)
        self.messenger = DiscordMessenger(self.client, library, clock, store, pace)
        self._servers = ServerSettings(servers)
        self._threads = Threads(self.client, self._servers, library, clock)
        self.client.servers, self.client.setup = self._servers, Setup(self._servers, library, clock)
        self._commands = Commands(self.client, library)
        self._commands.add_command(self.client.setup.group())

    async def run(self, conversation: Conversation, outbox: Outbox, store: Store, every: Ticks) -> None:
        """Runs until it is cancelled.

        Raises:
            OperatorError: Discord refuses the token or the bot.
        """
        intake = Intake(self.client, self.messenger, conversation, outbox, store, self._servers)
        ticking = Ticking(PLATFORM, self.messenger, conversation, outbox, store, self._clock)
        with contextlib.suppress(StorageDown):
            await self._servers.read()
        try:
            await self._log_in()
            self.client.intake = intake
            leader = Leader(store, intake.source)
            ticking.begin(every, leader)
            every(THREADS_SECONDS, leader.only(self._threads.tick))
            await together(
                leader.keep(),
                leader.whenever(ticking.take_over),
                leader.whenever(self._send_commands),
                leader.whenever(partial(self._serve, intake)),
            )
        finally:
            await ticking.stop()
            await intake.stop(PATIENCE)
            await self.client.close()

    async def _serve(self, intake: Intake) -> None:
        """Takes in what Discord brings. Only one process does: each would be brought the same."""
        with contextlib.suppress(StorageDown):
            await intake.recover()
        await self._stay_connected()

    async def _log_in(self) -> None:
        """Waits out every fault but a wrong token. What discord.py opened for an attempt that failed is closed."""
        pause = FIRST_PAUSE
        while True:
            try:
                await self.client.login(self._options.token)
            except discord.LoginFailure:
                raise self._refused() from None
            except (discord.HTTPException, OSError, *NONSENSE) as error:
                if isinstance(error, discord.HTTPException) and error.status == 401:
                    raise self._refused() from None
                see = "" if self._options.api_url == OFFICIAL else ", see DISCORD_API_URL"
                what = reason(error) if isinstance(error, discord.HTTPException | OSError) else "no answer of Discord's"
                log.warning("Discord: %s%s; trying again in %.1f s", what, see, pause)
            else:
                return
            await self.client.http.close()
            self.client.http.connector = MISSING
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _stay_connected(self) -> None:
        name = f"discord sessions {self.client.application_id}"
        sessions = Sessions(await self._noted(name), partial(self._note, name))
        connection = Connection(self.client, sessions)
        try:
            while True:
                try:
                    await connection.stay()
                except Refused:
                    await self._check_token()
                    await connection.rest()
        except asyncio.CancelledError:
            await sessions.end()
            raise

    async def _check_token(self) -> None:
        """The gateway does not take the token. Whether that is so for good, Discord itself must say.

        Raises:
            OperatorError: it is.
        """
        try:
            await insist(self._asked)
        except Refused:
            raise self._refused() from None

    async def _asked(self) -> None:
        try:
            await self.client.http.request(Route("GET", "/users/@me"))
        except discord.HTTPException as error:
            if error.status == 401:
                raise Refused from None
            raise

    def _refused(self) -> OperatorError:
        other = "" if self._options.api_url == OFFICIAL else ", or correct DISCORD_API_URL"
        return OperatorError(
            "DISCORD_BOT_TOKEN: Discord refuses this token; copy it again from the Bot page of the developer "
            f"portal{other}"
        )

    async def _send_commands(self) -> None:
        name = f"discord commands {self.client.application_id}"
        await self._commands.send_changed(await self._noted(name), partial(self._note, name))

    async def _noted(self, name: str) -> str:
        try:
            return await self._store.noted(name)
        except StorageDown:
            return ""

    async def _note(self, name: str, value: str) -> None:
        try:
            await self._store.note(name, value)
        except StorageDown:
            log.warning("the database does not answer; %s is not noted", name.rpartition(" ")[0])
