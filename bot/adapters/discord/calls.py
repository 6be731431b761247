"""How long a request to Discord is tried, and what its errors mean."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import aiohttp
import discord

log = logging.getLogger(__name__)
T = TypeVar("T")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a failed request is tried again: doubled each time, with some chance in it."""

FEW = 3
"""Attempts for what is worth nothing a little later: a countdown, a sign that an answer comes."""

UNKNOWN_CHANNEL, UNKNOWN_USER, ALREADY_ACKNOWLEDGED = 10003, 10013, 40060
MISSING_ACCESS, CLOSED, NO_PERMISSION, NO_MUTUAL_SERVER = 50001, 50007, 50013, 50278
"""Codes of Discord's errors (discord.com/developers/docs/topics/opcodes-and-status-codes#json)."""

NOT_OF_DISCORD, FLAGGED = 0, 20026
"""An error without a code is a proxy's, or of the whole bot; so is a bot that is taken for a spammer."""

GONE = (UNKNOWN_CHANNEL, UNKNOWN_USER, MISSING_ACCESS, CLOSED, NO_MUTUAL_SERVER)

NONSENSE = (TypeError, ValueError, LookupError, AttributeError)
"""What discord.py fails with when an answer is not one of Discord's: a proxy's page, or half of one."""

NONSENSE_ATTEMPTS = 5
"""How often that is tried at most: it may be a mistake of ours, too."""


class NoAnswer(OSError):
    """What came is not one of Discord's answers."""


Fault = discord.HTTPException | discord.RateLimited | aiohttp.ClientError | OSError
"""What a request may end with. A timeout is an OSError."""

FAULTS = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError)


async def within(seconds: float, what: Coroutine[Any, Any, T]) -> T:
    """Waits for something so long at most. It is not broken off then: discord.py does not bear that while it waits for
    a rate limit.

    Raises:
        TimeoutError: it goes on by itself, and nobody hears how it ends.
    """
    task = asyncio.create_task(what)
    await asyncio.wait((task,), timeout=seconds)
    if task.done():
        return task.result()
    task.add_done_callback(lambda late: late.cancelled() or late.exception())
    raise TimeoutError


async def insist(call: Callable[[], Awaitable[T]], attempts: int | None = None) -> T:
    """Gives what the call gives. Too many requests, no connection, no answer or a server's fault: waits and tries again
    until it works, or so many times, and then no wait is longer than `LONGEST_PAUSE`.

    discord.py itself waits and tries some of these a few times; this is for what is left.

    Raises:
        discord.HTTPException, aiohttp.ClientError, OSError: nothing is gained by trying again, or it was tried for
            long enough.
    """
    pause = FIRST_PAUSE
    tried = 1
    while True:
        try:
            return await _understood(call)
        except FAULTS as error:
            wait = seconds(error)
            if wait is None:
                wait, pause = pause * random.uniform(0.8, 1.2), min(2 * pause, LONGEST_PAUSE)
            lasts = isinstance(error, NoAnswer) and tried == NONSENSE_ATTEMPTS
            if lasts or is_final(error) or tried == attempts or (attempts and wait > LONGEST_PAUSE):
                raise
            log.warning("Discord: %s; trying again in %.1f s", reason(error), wait)
        await asyncio.sleep(wait)
        tried += 1


async def _understood(call: Callable[[], Awaitable[T]]) -> T:
    try:
        return await call()
    except NONSENSE as error:
        raise NoAnswer from error


def is_final(error: BaseException) -> bool:
    """Whether the same request will fail again. Whether a token is refused for good is decided elsewhere: what is to be
    sent waits for that."""
    if not isinstance(error, discord.HTTPException) or is_refused(error):
        return False
    return 400 <= error.status < 500 and error.status not in (408, 429)


def is_hopeless(error: BaseException) -> bool:
    """Whether Discord itself says that it will never take this. A proxy's page has no code, and not the last word."""
    is_known = isinstance(error, discord.HTTPException) and error.code not in (NOT_OF_DISCORD, FLAGGED)
    return is_known and is_final(error)


def is_refused(error: BaseException | None) -> bool:
    """Whether the bot's token is not taken. An interaction's that is too old has a code of its own."""
    return isinstance(error, discord.HTTPException) and error.status == 401 and not error.code


def seconds(error: Fault) -> float | None:
    """How long Discord wants to be left alone, if it says so."""
    if isinstance(error, discord.RateLimited):
        return error.retry_after
    if isinstance(error, discord.HTTPException) and error.status == 429:
        try:
            return float(error.response.headers.get("Retry-After", ""))
        except ValueError:
            return None
    return None


def is_gone(error: BaseException) -> bool:
    """Whether nothing can be sent to this person: their private messages are closed, or they share no place with the
    bot any more."""
    if not isinstance(error, discord.HTTPException):
        return False
    return error.code in GONE or (error.status == 403 and error.code not in (NOT_OF_DISCORD, FLAGGED))


def is_acknowledged(error: Fault) -> bool:
    """Whether somebody, perhaps an attempt of ours that seemed to fail, has answered the interaction."""
    return isinstance(error, discord.HTTPException) and error.code == ALREADY_ACKNOWLEDGED


def reason(error: BaseException) -> str:
    """An error in a few words. Neither a URL, which may hold a token, nor what was sent is quoted."""
    if isinstance(error, discord.HTTPException):
        return f"HTTP {error.status}, code {error.code}" if error.code else f"HTTP {error.status}"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection ({error.os_error.strerror or type(error.os_error).__name__})"
    return type(error).__name__
