"""Runs the bot on Telegram until it is told to stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.adapters.leader import Leader
from bot.adapters.telegram import PLATFORM
from bot.adapters.telegram.calls import Calls
from bot.adapters.telegram.intake import Intake
from bot.adapters.telegram.messenger import TelegramMessenger
from bot.adapters.telegram.polling import poll
from bot.adapters.telegram.profile import introduce
from bot.adapters.telegram.updates import UpdatesBot
from bot.adapters.telegram.webhook import listen
from bot.adapters.ticks import Ticking, Ticks
from bot.adapters.together import together
from bot.conversation import Conversation
from bot.errors import OperatorError
from bot.library import Library
from bot.outbox import Outbox
from bot.pace import Pace
from bot.ports import Clock, StorageDown, Store

log = logging.getLogger(__name__)

OFFICIAL = "https://api.telegram.org"

A_SECOND = 30
"""Messages a bot may send in any second where many are notified at once
(core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this)."""

UNASKED_A_SECOND = 29.4
"""The pace of these: 98 % of the limit, so that 30 of them take a little longer than a second whatever the network
does."""

SWEEP_SECONDS = 3.0
"""How often is looked for updates that another process has taken in and left behind."""

RECOVERED_WITHIN = 2.0
"""Seconds in which what was left is taken up before anything new comes. A database that does not answer then holds up
nobody."""

ASK_AGAIN_SECONDS = 1.0

PATIENCE = 4.0
"""Seconds that what has begun may take when the bot is told to stop."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator has set. Without a `webhook_url` updates are fetched by long polling."""

    token: str
    api_url: str = OFFICIAL
    webhook_url: str = ""
    listen: tuple[str, int] = ("127.0.0.1", 8443)
    secret: str = ""


class Telegram:
    """The bot on Telegram. It is made before the outbox, which needs its messenger, and runs with what needs that."""

    def __init__(self, options: Options, library: Library, clock: Clock, pace: Pace | None = None) -> None:
        self._options = options
        self._library = library
        self._clock = clock
        base = options.api_url.rstrip("/")
        self.bot = UpdatesBot(options.token, f"{base}/bot", f"{base}/file/bot")
        self._rejected = asyncio.Event()
        setting = "" if options.api_url == OFFICIAL else "TELEGRAM_API_URL"
        pace = pace or Pace(UNASKED_A_SECOND, A_SECOND)
        self.calls = Calls(self._rejected.set, pace, setting)
        self.messenger = TelegramMessenger(self.bot, self.calls, library, clock, pace)

    async def run(self, conversation: Conversation, outbox: Outbox, store: Store, every: Ticks) -> None:
        """Runs until it is cancelled.

        Raises:
            OperatorError: Telegram refuses the token, or the webhook cannot listen.
        """
        intake = Intake(self.bot, self.calls, self.messenger, conversation, outbox, store, self._library, self._clock)
        ticking = Ticking(PLATFORM, self.messenger, conversation, outbox, store, self._clock)
        recovered = asyncio.Event()
        try:
            await self.calls.insist(self._connect)
            leader = Leader(store, intake.source)
            ticking.begin(every, leader)
            if store.shared:
                every(SWEEP_SECONDS, leader.only(partial(_quietly, intake.sweep)))
            await together(
                _recover(intake, recovered),
                leader.keep(),
                leader.whenever(ticking.take_over),
                leader.whenever(partial(introduce, self.bot, self.calls, self._library)),
                self._watch(),
                self._listen(intake, leader, recovered),
            )
        finally:
            await ticking.stop()
            await intake.stop(PATIENCE)
            await self.bot.shutdown()

    async def _connect(self) -> None:
        try:
            await self.bot.initialize()
        except InvalidToken:
            raise self._refused() from None
        except (BadRequest, Forbidden) as error:
            raise OperatorError(
                f"Telegram does not let this bot in ({error.message}); ask @BotFather about it"
            ) from None

    def _refused(self) -> OperatorError:
        other = "" if self._options.api_url == OFFICIAL else ", or correct TELEGRAM_API_URL"
        return OperatorError(f"TELEGRAM_BOT_TOKEN: Telegram refuses this token; copy it again from @BotFather{other}")

    async def _listen(self, intake: Intake, leader: Leader, recovered: asyncio.Event) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(RECOVERED_WITHIN):
                await recovered.wait()
        options = self._options
        if not options.webhook_url:
            await leader.whenever(partial(self._poll, intake))
        async with listen(self.bot, self.calls, intake, options.webhook_url, options.listen, options.secret):
            log.info("Holdfast is on Telegram as @%s, by webhook", self.bot.username)
            await asyncio.Event().wait()

    async def _poll(self, intake: Intake) -> None:
        log.info("Holdfast is on Telegram as @%s, by long polling", self.bot.username)
        await poll(self.bot, self.calls, intake)

    async def _watch(self) -> None:
        """Whenever a call was refused, asks whether it was because of the token.

        Raises:
            OperatorError: it was.
        """
        while True:
            await self._rejected.wait()
            self._rejected.clear()
            try:
                await self.bot.get_me()
            except InvalidToken:
                raise self._refused() from None
            except TelegramError:
                log.debug("Telegram does not say whether the token is good")


async def _recover(intake: Intake, recovered: asyncio.Event) -> None:
    """Takes up what was left, as soon as the database lets us."""
    while not recovered.is_set():
        try:
            await intake.recover()
            recovered.set()
        except StorageDown as error:
            log.warning("the database does not answer (%s); what was left is taken up later", error)
            await asyncio.sleep(ASK_AGAIN_SECONDS)


async def _quietly(what: Callable[[], Awaitable[None]]) -> None:
    """Without the database there is nothing to be found."""
    with suppress(StorageDown):
        await what()
