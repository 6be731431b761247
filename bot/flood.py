"""How much one person may do at once. Kept in memory, by each process for itself; pure."""

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum, auto

from whenever import Instant, TimeDelta

from bot.messages import Chat

AT_ONCE = 60
"""Things somebody may do at once: more than a person in a hurry, or than an app makes of a very long text."""

A_SECOND = 1.0
"""How many more each second after that."""

TOLD_EVERY = TimeDelta(minutes=1)
"""How often somebody is told that it was too much."""

HELD = 10_000
"""Chats that are remembered; the one that was quiet longest is forgotten first, and may do as much again."""


class Verdict(Enum):
    """What becomes of something that came in: taken `IN`; taken in although it was too much, because it is `URGENT` or
    means `DANGER`; or left out, and the person is to be told (`TELL`) or was told a moment ago (`OUT`)."""

    IN = auto()
    URGENT = auto()
    DANGER = auto()
    TELL = auto()
    OUT = auto()


@dataclass(slots=True)
class _Bucket:
    """What a chat may still do at a moment, when it was told that this was too much, and when something was left out
    of which it was not told."""

    left: float
    at: Instant
    told: Instant | None = None
    owed: Instant | None = None


class Flood:
    """A bucket for each chat, which fills again as time goes by."""

    def __init__(self, at_once: int = AT_ONCE, a_second: float = A_SECOND) -> None:
        self._at_once = at_once
        self._a_second = a_second
        self._buckets: OrderedDict[Chat, _Bucket] = OrderedDict()

    def lets(self, chat: Chat, at: Instant) -> bool:
        """Whether a chat may do one more thing. `at` is when it was done: what comes late, all at once, was not done
        at once."""
        bucket = self._buckets.get(chat)
        if bucket is None:
            bucket = self._buckets[chat] = _Bucket(self._at_once, at)
            if len(self._buckets) > HELD:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(chat)
        if at > bucket.at:
            gained = (at - bucket.at).total("seconds") * self._a_second
            bucket.left, bucket.at = min(self._at_once, bucket.left + gained), at
        if bucket.left < 1:
            return False
        bucket.left -= 1
        return True

    def leaves_out(self, chat: Chat, now: Instant) -> Verdict:
        """Something of a chat is left out. Says whether to tell it."""
        bucket = self._buckets.setdefault(chat, _Bucket(0, now))
        if bucket.told is not None and now - bucket.told < TOLD_EVERY:
            bucket.owed = now
            return Verdict.OUT
        bucket.told, bucket.owed = now, None
        return Verdict.TELL

    def owes(self, chat: Chat, at: Instant) -> bool:
        """Whether something was left out before `at` of which the chat has not been told. It counts as told then."""
        bucket = self._buckets.get(chat)
        if bucket is None or bucket.owed is None or at <= bucket.owed:
            return False
        bucket.owed = None
        return True
