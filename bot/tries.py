"""How often something was tried in a chat that should not be tried often. Kept in memory; pure."""

from collections import OrderedDict, deque

from whenever import Instant, TimeDelta

from bot.messages import Chat

AT_MOST = 5
"""Tries of a chat within `SPAN`; after the last one it rests for as long."""

SPAN = TimeDelta(minutes=10)

HELD = 1_000
"""Chats that are remembered; the one whose last try lies back longest is forgotten first."""


class Tries:
    """The last tries of each chat."""

    def __init__(self) -> None:
        self._tries: OrderedDict[Chat, deque[Instant]] = OrderedDict()

    def note(self, chat: Chat, now: Instant) -> None:
        """One more try."""
        self._tries.setdefault(chat, deque(maxlen=AT_MOST)).append(now)
        self._tries.move_to_end(chat)
        if len(self._tries) > HELD:
            self._tries.popitem(last=False)

    def rests(self, chat: Chat, now: Instant) -> bool:
        """Whether the chat has tried too often and must wait."""
        tries = self._tries.get(chat, deque())
        return len(tries) == AT_MOST and tries[-1] - tries[0] <= SPAN and now - tries[-1] < SPAN
