"""When a message that could not leave is tried again, and when it is given up. Pure."""

import random
from dataclasses import replace

from whenever import Instant, TimeDelta

from bot.ports import TryLater
from bot.records import Queued

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a message that failed is tried again: doubled each time, with some chance in it."""

ATTEMPTS = 10
"""A message that failed so often while others of its platform left is given up: it is to blame, not the platform."""

KEPT_FOR, UNASKED_KEPT_FOR = TimeDelta(hours=24), TimeDelta(hours=3)
"""How long it is tried to send an answer, and what comes unasked."""


def again(message: Queued, why: TryLater, now: Instant) -> tuple[Queued, float]:
    """The message as it is after an attempt that failed, and the seconds until the next. What the platform asks for is
    kept also by the next process, and is no fault of the message."""
    parts = max(message.parts, why.parts)
    if why.seconds is not None:
        not_before = now.add(milliseconds=int(why.seconds * 1000))
        return replace(message, parts=parts, not_before=not_before), why.seconds
    pause = min(FIRST_PAUSE * 2 ** min(message.attempts, 9), LONGEST_PAUSE) * random.uniform(0.8, 1.2)
    return replace(message, parts=parts, not_before=None, attempts=message.attempts + 1), pause


def is_hopeless(message: Queued, others_left: bool, now: Instant) -> bool:
    """Whether a message is not worth another attempt. `others_left`: of its platform, since it failed first."""
    kept_for = UNASKED_KEPT_FOR if message.reply.unasked else KEPT_FOR
    is_old = message.written_at is not None and now - message.written_at > kept_for
    return is_old or (message.attempts >= ATTEMPTS and others_left)


def wait_of(message: Queued, now: Instant) -> float:
    """Seconds until a message that was left may be sent. The clock may have been set since that was noted."""
    if message.not_before is None:
        return 0.0
    return min((message.not_before - now).total("seconds"), UNASKED_KEPT_FOR.total("seconds"))
