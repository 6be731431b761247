"""Long polling. The offset is advanced when what came before it is durable, and never otherwise."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from telegram import Bot, Update
from telegram.error import Conflict, TelegramError

from bot.adapters.telegram.calls import Calls, Pauses
from bot.adapters.telegram.intake import Intake
from bot.adapters.telegram.reading import ALLOWED_UPDATES

log = logging.getLogger(__name__)

POLL_SECONDS = 50
"""How long the Bot API holds a request open while there is nothing new."""

LOOK_AHEAD_SECONDS = 0.5
"""How often is looked for what is urgent behind updates that cannot be taken in yet: the database is slow, or too much
has come."""


async def poll(bot: Bot, calls: Calls, intake: Intake) -> NoReturn:
    """Fetches updates until it is cancelled. Any fault is waited out; what was not fetched stays at Telegram.

    An offset is sent until an answer shows that it arrived. After a quiet week Telegram counts on from a number that
    may be lower (core.telegram.org/bots/api#update): an old offset must not lie above it.
    """
    ready = False
    offset: int | None = None
    pauses = Pauses()
    while True:
        try:
            ready = ready or await bot.delete_webhook(drop_pending_updates=False)
            updates = await bot.get_updates(offset, timeout=POLL_SECONDS, allowed_updates=ALLOWED_UPDATES)
        except TelegramError as error:
            calls.note(error)
            wait = pauses.after(error)
            _say_why(calls, error, wait)
            await asyncio.sleep(wait)
            continue
        pauses = Pauses()
        if updates:
            await _take_in(bot, intake, updates, offset)
        offset = updates[-1].update_id + 1 if updates else None


async def _take_in(bot: Bot, intake: Intake, updates: Sequence[Update], offset: int | None) -> None:
    """Nobody in danger waits until it is done: with the same offset what has come since is brought as well, and again
    when it is its turn."""
    taking = asyncio.ensure_future(intake.take_in(updates))
    try:
        while not (await asyncio.wait((taking,), timeout=LOOK_AHEAD_SECONDS))[0]:
            with suppress(TelegramError):
                intake.look_ahead(await bot.get_updates(offset, timeout=0, allowed_updates=ALLOWED_UPDATES))
        await taking
    finally:
        taking.cancel()


def _say_why(calls: Calls, error: TelegramError, wait: float) -> None:
    if isinstance(error, Conflict):
        log.warning(
            "Telegram: another program gets this bot's updates with the same TELEGRAM_BOT_TOKEN; "
            "stop it, or give this one its own token. Trying again in %.1f s",
            wait,
        )
    else:
        calls.warn(error, wait)
