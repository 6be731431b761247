"""How long a call to the Bot API is tried, and what its errors mean."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.pace import Pace
from bot.ports import Refused, TryLater, Unreachable

log = logging.getLogger(__name__)
T = TypeVar("T")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a failed call is tried again: doubled each time, with some chance in it."""

FEW = 3
"""Attempts for what is worth nothing a little later: acknowledging a tap, a countdown, a word in a group."""

GONE = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated", "have no rights to send")
"""What a 400 says when there is nobody to send to (the Bot API does not use 403 for all of these)."""

NO_JSON = "Invalid server response"
"""What python-telegram-bot says of an answer that it cannot read, such as a web page."""


class Calls:
    """Makes calls until they succeed or cannot. `on_rejected` is told when the Bot API refuses the token: it may be
    a hiccup of a proxy, or the end. `pace` learns of chats where Telegram wants to be left alone. `setting` is where
    the address comes from, if an operator has set it."""

    def __init__(self, on_rejected: Callable[[], None], pace: Pace, setting: str = "") -> None:
        self._on_rejected = on_rejected
        self._pace = pace
        self._setting = setting

    async def insist(self, call: Callable[[], Awaitable[T]], attempts: int | None = None, *, chat: int | str = "") -> T:
        """Gives what the call gives. Too many requests: waits for as long as the Bot API says, and so does what comes
        unasked in the `chat` it was about. No connection, no answer, a server's fault or an answer that is none: tries
        again until it works. With `attempts` it is tried so many times, and no wait is longer than `LONGEST_PAUSE`.

        Raises:
            TelegramError: nothing is gained by trying again, or it was tried for long enough.
        """
        pauses = Pauses()
        tried = 1
        while True:
            try:
                return await call()
            except (Forbidden, BadRequest, ChatMigrated):
                raise
            except TelegramError as error:
                self.note(error)
                wait = pauses.after(error)
                if chat and isinstance(error, RetryAfter):
                    self._pace.refused(str(chat), wait, unasked=True)
                if tried == attempts or (attempts and wait > LONGEST_PAUSE):
                    raise
                self.warn(error, wait)
            await asyncio.sleep(wait)
            tried += 1

    def meaning(self, error: TelegramError, parts: int = 0) -> Exception:
        """What an error means for a message, of which so many parts are shown."""
        if is_gone(error):
            return Unreachable()
        if isinstance(error, BadRequest | ChatMigrated):
            return Refused(reason(error))
        self.note(error)
        see = f", see {self._setting}" if self._setting and not isinstance(error, RetryAfter) else ""
        return TryLater(reason(error) + see, seconds(error) if isinstance(error, RetryAfter) else None, parts)

    def note(self, error: TelegramError) -> None:
        """Tells if a call was refused as if the token were wrong."""
        if isinstance(error, InvalidToken):
            self._on_rejected()

    def warn(self, error: TelegramError, wait: float) -> None:
        """Says what failed and when it is tried again; if that may be the address's fault, where that is set."""
        see = f", see {self._setting}" if self._setting and not isinstance(error, RetryAfter) else ""
        log.warning("Telegram: %s%s; trying again in %.1f s", reason(error), see, wait)


class Pauses:
    """How long is waited after each failure in a row."""

    def __init__(self) -> None:
        self._next = FIRST_PAUSE

    def after(self, error: TelegramError) -> float:
        """Seconds before the next attempt."""
        if isinstance(error, RetryAfter):
            return seconds(error)
        pause, self._next = self._next, min(2 * self._next, LONGEST_PAUSE)
        return min(pause * random.uniform(0.8, 1.2), LONGEST_PAUSE)


def seconds(error: RetryAfter) -> float:
    """How long the Bot API wants to be left alone."""
    wait: float | timedelta = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def reason(error: TelegramError) -> str:
    """An error in a few words. What was answered is not quoted: it may hold a person's words."""
    if error.message == NO_JSON:
        return "something else in place of an answer of the Bot API"
    return type(error).__name__ if isinstance(error, BadRequest | Forbidden) else error.message.partition(". ")[0][:120]


def is_gone(error: TelegramError) -> bool:
    """Whether nothing can be sent to this chat, now or later, until the person comes back."""
    return isinstance(error, Forbidden) or any(sign in error.message.casefold() for sign in GONE)


def is_unchanged(error: TelegramError) -> bool:
    """Whether an edit changed nothing because everything was as it should be."""
    return "not modified" in error.message.casefold()
