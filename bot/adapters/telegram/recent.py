"""The messages of each chat that can still be deleted: everybody's, for two days. Kept in memory only."""

from collections import OrderedDict
from collections.abc import Sequence

from whenever import Instant, TimeDelta

from bot.ports import Clock

MOST = 100
"""Messages of a chat that are remembered: as many as one call deletes
(core.telegram.org/bots/api#deletemessages)."""

HELD = 2_000
"""Chats of which some are remembered; the one that was quiet longest is forgotten first."""

YOUNG = TimeDelta(hours=47, minutes=55)
"""How old a message may be: it can be deleted for 48 hours (core.telegram.org/bots/api#deletemessage)."""


class Recent:
    """The last messages of each chat, and when they were seen."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._chats: OrderedDict[str, dict[int, Instant]] = OrderedDict()

    def note(self, chat: str, message: int, at: Instant | None = None) -> None:
        """A message stands in a chat, since `at` or now."""
        seen = self._chats.setdefault(chat, {})
        self._chats.move_to_end(chat)
        seen.setdefault(message, at or self._clock.now())
        if len(seen) > MOST:
            del seen[next(iter(seen))]
        if len(self._chats) > HELD:
            self._chats.popitem(last=False)

    def take(self, chat: str) -> Sequence[int]:
        """The ids of those that can be deleted. From now on they are forgotten."""
        now = self._clock.now()
        return [id for id, at in self._chats.pop(chat, {}).items() if now - at < YOUNG]
