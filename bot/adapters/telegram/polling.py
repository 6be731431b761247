"""Long polling. The offset is advanced when what came before it is durable, and never otherwise."""

import asyncio
import logging
from typing import NoReturn

from telegram import Bot
from telegram.error import Conflict, TelegramError

from bot.adapters.telegram.calls import Calls, Pauses
from bot.adapters.telegram.intake import Intake
from bot.adapters.telegram.reading import ALLOWED_UPDATES

log = logging.getLogger(__name__)

POLL_SECONDS = 50
"""How long the Bot API holds a request open while there is nothing new."""


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
            await intake.take_in(updates)
        offset = updates[-1].update_id + 1 if updates else None


def _say_why(calls: Calls, error: TelegramError, wait: float) -> None:
    if isinstance(error, Conflict):
        log.warning(
            "Telegram: another program gets this bot's updates with the same TELEGRAM_BOT_TOKEN; "
            "stop it, or give this one its own token. Trying again in %.1f s",
            wait,
        )
    else:
        calls.warn(error, wait)
