"""Meets words that mean danger before anything else, with nothing but the words."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from whenever import Instant, TimeDelta

from bot.changes import Forget
from bot.crisis import Tier
from bot.library import Words
from bot.messages import Chat
from bot.visit import Visit

K = TypeVar("K")
T = TypeVar("T")
FIGURE, MEANT = "/figure", "/meant"
"""What the two buttons below an unclear sentence send."""

ASKED = {
    "not_safe": "safety/unclear_danger",
    "danger_to_them": "danger_to_them/unclear",
    "said_no": "danger_to_them/unclear_no",
    "legal_order": "legal_order/unclear",
    "minor": "minor/unclear",
}
"""What words in the middle of a letter may mean, and the text that asks whether they do."""

DANGERS = ("not_safe", "danger_to_them")
"""Of these, those that mean danger now."""

TOLD = {"said_no": "no", "legal_order": "order"}
"""Of these, what need not be asked once it was told."""

HELD = 1_000
"""Chats of which something is held in memory; the one that was quiet longest is forgotten first."""


BELIEVED_FOR = TimeDelta(hours=1)
"""How long a "figure of speech" counts: about one conversation."""


def means_danger(words: Words, text: str) -> bool:
    """Whether words may mean danger, to the person, from somebody else or to them: for where nothing can be asked
    back."""
    return words.crisis.tier(text) is not Tier.NONE or words.phrases.command(text) in DANGERS


class Gate:
    """Neither a match nor the sentence is written anywhere; what is held here is gone with the process. Other processes
    of the same bot are told that it is, but not the sentence.

    What was typed is held until the person says what they meant. Who was shown lines and has not said that they are
    safe gets lines again, and no coaching, until they do or name a command.
    """

    def __init__(self, tell: Callable[[str], None] = lambda _word: None) -> None:
        self._tell = tell
        self._elsewhere: OrderedDict[str, Instant | None] = OrderedDict()
        self._held: OrderedDict[Chat, str] = OrderedDict()
        self._believed: OrderedDict[Chat, Instant] = OrderedDict()
        self._in_danger: OrderedDict[Chat, bool] = OrderedDict()

    def meets(self, visit: Visit, text: str) -> bool:
        """Answers a sentence that may mean self-harm. False if it does not."""
        tier = visit.words.crisis.tier(text)
        if tier is Tier.EXPLICIT:
            self.lines(visit)
        elif tier is Tier.AMBIGUOUS and not self.believes(visit):
            self.asks(visit, text, "safety/unclear")
        else:
            return False
        return True

    def asks(self, visit: Visit, text: str, key: str) -> None:
        """Holds a text and asks what was meant."""
        keep_newest(self._held, visit.chat, text)
        visit.secret = visit.urgent = True
        visit.say(key)

    def asks_about(self, visit: Visit, text: str, command: str) -> bool:
        """Asks whether words in the middle of a letter mean a command before anything else. False if they are taken as
        a part of it."""
        name = command.removeprefix("/")
        known = TOLD.get(name) in visit.person.danger.split(",")
        if name not in ASKED or known or self.believes(visit):
            return False
        self.asks(visit, text, ASKED[name])
        return True

    def lines(self, visit: Visit) -> None:
        """Shows the lines."""
        visit.begin("safety", at="self_harm")

    def believes(self, visit: Visit) -> bool:
        """Whether the person said a short while ago that they did not mean it."""
        at = self._believed.get(visit.chat) or self._elsewhere.get(f"believed {_mark(visit.chat)}")
        return at is not None and visit.now - at < BELIEVED_FOR

    def believe(self, visit: Visit) -> str:
        """Takes a "no" at its word, and gives back what was typed."""
        keep_newest(self._believed, visit.chat, visit.now)
        self._tell(f"believed {_mark(visit.chat)} {visit.now.timestamp()}")
        return self._held.pop(visit.chat, "")

    def holds(self, chat: Chat) -> bool:
        """Whether lines were shown here and nobody has said yet that they are safe."""
        return chat in self._in_danger or (bool(self._elsewhere) and f"danger {_mark(chat)}" in self._elsewhere)

    def stays(self, visit: Visit, quote: str = "") -> None:
        """Shows the lines again to somebody who goes on writing. `quote` is what stands nowhere but there."""
        visit.secret = visit.urgent = True
        visit.in_danger = True
        visit.say("safety/still_here", quote=quote)

    def remember(self, visit: Visit) -> None:
        """Notes, after a visit, whether the person was left at the lines."""
        if visit.in_danger:
            keep_newest(self._in_danger, visit.chat, True)
            self._tell(f"danger {_mark(visit.chat)}")
        elif visit.moved:
            self.forget(visit.chat)
        for change in visit.changes:
            if isinstance(change, Forget):  # of who deletes everything no sentence is held, either
                for chat in change.chats or {visit.chat}:
                    self._held.pop(chat, None)

    def forget(self, chat: Chat) -> None:
        """A command leads out of the lines."""
        if self.holds(chat):
            self._in_danger.pop(chat, None)
            self._elsewhere.pop(f"danger {_mark(chat)}", None)
            self._tell(f"safe {_mark(chat)}")

    def hear(self, word: str) -> None:
        """Another process of the same bot has noted something: the person may be answered here next."""
        kind, mark, *at = word.split()
        if kind == "safe":
            self._elsewhere.pop(f"danger {mark}", None)
            for chat in [chat for chat in self._in_danger if _mark(chat) == mark]:
                del self._in_danger[chat]
        elif kind in ("danger", "believed"):
            keep_newest(self._elsewhere, f"{kind} {mark}", Instant.from_timestamp(int(at[0])) if at else None)


def _mark(chat: Chat) -> str:
    """What names a chat among processes, and to nobody else."""
    return hashlib.blake2b(str(chat).encode(), digest_size=12).hexdigest()


def keep_newest(kept: OrderedDict[K, T], chat: K, value: T) -> None:
    """Holds a value for a chat, and forgets the chat that was quiet longest once there are too many."""
    kept[chat] = value
    kept.move_to_end(chat)
    if len(kept) > HELD:
        kept.popitem(last=False)
