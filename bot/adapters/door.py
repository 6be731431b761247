"""The door of a platform: a flood of one person is turned away before it is written down, or waits with the others."""

from collections import Counter

from bot.conversation import Conversation
from bot.flood import Verdict
from bot.messages import Chat, Incoming

MOST = 20
"""Urgent things of a chat that wait at once although it has done too much, and as many that mean danger. Whoever sends
more of a kind has as many answers of that kind on their way, and they come after what was sent."""


class Door:
    """Remembers what waits behind it although its chat has done too much."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._over: dict[int, tuple[Chat, Verdict]] = {}
        self._waiting: Counter[tuple[Chat, Verdict]] = Counter()

    def looks_at(self, id: int, incoming: Incoming) -> Verdict:
        """Whether something is taken in: then it is `IN`, and `is_done` must be told its number later. Else the person
        is to be told, or not."""
        if id in self._over:
            return Verdict.IN
        verdict = self._conversation.admits(incoming)
        if verdict not in (Verdict.URGENT, Verdict.DANGER):
            return verdict
        key = (incoming.chat, verdict)
        if self._waiting[key] >= MOST:
            return Verdict.OUT
        self._over[id] = key
        self._waiting[key] += 1
        return Verdict.IN

    def is_done(self, id: int) -> None:
        """It waits no more."""
        key = self._over.pop(id, None)
        if key is not None:
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._waiting[key]
