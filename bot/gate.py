"""Meets words that mean danger before anything else, with nothing but the words."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from whenever import Instant, TimeDelta

from bot.changes import Forget
from bot.crisis import Tier
from bot.ears import NOW, Ears
from bot.messages import Chat
from bot.records import DANGERS, HARM
from bot.visit import Visit

K = TypeVar("K")
T = TypeVar("T")
FIGURE, MEANT = "/figure", "/meant"
"""What the two buttons below an unclear sentence send."""

SELF_HARM = "self_harm"

ASKED = {
    SELF_HARM: "safety/unclear",
    "not_safe": "safety/unclear_danger",
    "danger_to_them": "danger_to_them/unclear",
    "said_no": "danger_to_them/unclear_no",
    "legal_order": "legal_order/unclear",
    "minor": "minor/unclear",
}
"""What words may mean, and the text that asks whether they do: the first kind anywhere, the others in the middle of a
letter."""

TOLD = {"said_no": "no", "legal_order": "order"}
"""Of these, what need not be asked once it was told."""

PLAIN = {"not_safe": "fear", "danger_to_them": HARM, **TOLD}
"""Of these, what holds as soon as it is typed in clear words."""

HELD = 1_000
"""Chats of which something is held in memory; the one that was quiet longest is forgotten first."""


BELIEVED_FOR = TimeDelta(hours=1)
"""How long a "figure of speech" counts, for words of its kind: about one conversation."""


@dataclass(frozen=True, slots=True)
class Held:
    """A text that was asked about, and what it may mean. Once that is denied, it is taken for none of `figures`. It was
    typed at a step of a flow, if that was open, or into the form of a `question`."""

    text: str
    kind: str
    figures: frozenset[str]
    step: tuple[str, str] | None = None
    question: str = ""


class Gate:
    """Neither a match nor the sentence is written anywhere; what is held here is gone with the process. Other processes
    of the same bot are told that it is, but not the sentence.

    What was typed is held until the person says what they meant. What was said of a danger holds until it is taken
    back: nobody is coached after it, also who did not ask that it be remembered. Who was shown lines and has not said
    that they are safe gets lines again, and no coaching, until they do or name a command.
    """

    def __init__(self, ears: Ears, tell: Callable[[str], None] = lambda _word: None) -> None:
        self._ears = ears
        self._tell = tell
        self._elsewhere: OrderedDict[str, Instant | None] = OrderedDict()
        self._held: OrderedDict[Chat, Held] = OrderedDict()
        self._believed: OrderedDict[tuple[Chat, str], Instant] = OrderedDict()
        self._in_danger: OrderedDict[Chat, bool] = OrderedDict()
        self._heard: OrderedDict[str, Sequence[str]] = OrderedDict()

    def meets(self, visit: Visit, text: str) -> bool:
        """Answers a sentence that may mean self-harm. False if it does not."""
        tier = self._ears.tier(text, visit.words)
        if tier is Tier.EXPLICIT:
            self.lines(visit)
        elif tier is Tier.AMBIGUOUS and not self.believes(visit, SELF_HARM):
            self.asks(visit, text, SELF_HARM)
        else:
            return False
        return True

    def asks(self, visit: Visit, text: str, kind: str) -> None:
        """Holds a text and asks what was meant. One that is held from the same step goes before it."""
        step = (visit.run.flow, visit.run.step) if visit.run else None
        before = self._held.get(visit.chat)
        if step and before and (before.step, before.question) == (step, visit.question):
            text = f"{before.text}\n\n{text}"
        held = Held(text, kind, visit.figures | {kind}, step, visit.question)
        keep_newest(self._held, visit.chat, held)
        self._tell(f"asked {_mark(visit.chat, kind)}")
        visit.secret = visit.urgent = True
        visit.say(ASKED[kind], quote=visit.form)

    def asks_about(self, visit: Visit, text: str, command: str) -> bool:
        """Asks whether words in the middle of a letter mean a command before anything else. False if they are taken as
        a part of it."""
        name = command.removeprefix("/")
        known = TOLD.get(name) in visit.facts.get("danger", "").split(",")
        if name not in ASKED or known or self.believes(visit, name):
            return False
        self.asks(visit, text, name)
        return True

    def lines(self, visit: Visit) -> None:
        """Shows the lines. What was in a form is given back."""
        visit.begin("safety", at="self_harm")
        visit.replies[-1] = replace(visit.replies[-1], quote=visit.form)

    def believes(self, visit: Visit, kind: str) -> bool:
        """Whether the person said of this text, or a short while ago of another one, that they did not mean that. What
        would be a danger now is asked about each time, whatever was said of words before."""
        if kind in visit.figures or kind in NOW:
            return kind in visit.figures
        at = self._believed.get((visit.chat, kind)) or self._elsewhere.get(f"believed {_mark(visit.chat, kind)}")
        return at is not None and visit.now - at < BELIEVED_FOR

    def believe(self, visit: Visit) -> Held | None:
        """Takes a "no" to what was asked last at its word, and gives back what was typed. Where nothing was asked,
        nothing is believed."""
        held = self._held.pop(visit.chat, None)
        if kind := held.kind if held else self._asked_elsewhere(visit.chat):
            keep_newest(self._believed, (visit.chat, kind), visit.now)
            self._elsewhere.pop(f"asked {_mark(visit.chat, kind)}", None)
            self._tell(f"believed {_mark(visit.chat, kind)} {visit.now.timestamp()}")
        return held

    def _asked_elsewhere(self, chat: Chat) -> str:
        """The kind of words another process has asked about last in a chat."""
        kinds = {f"asked {_mark(chat, kind)}": kind for kind in ASKED}
        return next((kinds[word] for word in reversed(self._elsewhere) if word in kinds), "")

    def holds(self, chat: Chat) -> bool:
        """Whether lines were shown here and nobody has said yet that they are safe."""
        return chat in self._in_danger or (bool(self._elsewhere) and f"danger {_mark(chat)}" in self._elsewhere)

    def stays(self, visit: Visit, quote: str = "") -> None:
        """Shows the lines again to somebody who goes on writing. `quote` is what stands nowhere but there."""
        visit.secret = visit.urgent = True
        visit.in_danger = True
        visit.say("safety/still_here", quote=quote)

    def heard(self, chat: Chat) -> tuple[str, ...]:
        """The dangers that were said in a chat and hold there."""
        marks = self._heard.get(_mark(chat), ())
        return tuple(danger for danger in (*DANGERS, HARM) if _mark(chat, danger) in marks) if marks else ()

    def affirms(self, visit: Visit, command: str) -> None:
        """The person names what they were asked about: it was meant, so a danger that it tells of holds."""
        held = self._held.get(visit.chat)
        if held is not None and held.kind == command and command in PLAIN:
            visit.hear(PLAIN[command])

    def _hold(self, visit: Visit) -> None:
        """Notes what was said of a danger. Who deletes everything has said nothing."""
        heard = () if any(isinstance(change, Forget) for change in visit.changes) else visit.heard
        if set(heard) != set(self.heard(visit.chat)):
            marks = [_mark(visit.chat, danger) for danger in heard]
            self._note(_mark(visit.chat), marks)
            self._tell(" ".join(("heard", _mark(visit.chat), *marks)))

    def _note(self, chat: str, dangers: Sequence[str]) -> None:
        if dangers:
            keep_newest(self._heard, chat, dangers)
        else:
            self._heard.pop(chat, None)

    def remember(self, visit: Visit) -> None:
        """Notes, after a visit, what was said of a danger, and whether the person was left at the lines."""
        self._hold(visit)
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
        elif kind == "heard":
            self._note(mark, at)
        elif kind in ("danger", "asked", "believed"):
            self._elsewhere.pop(f"asked {mark}", None)
            keep_newest(self._elsewhere, f"{kind} {mark}", Instant.from_timestamp(int(at[0])) if at else None)


def _mark(chat: Chat, *kind: str) -> str:
    """What names a chat among processes, or a kind of words in it, and to nobody else."""
    return hashlib.blake2b(" ".join((str(chat), *kind)).encode(), digest_size=12).hexdigest()


def keep_newest(kept: OrderedDict[K, T], chat: K, value: T) -> None:
    """Holds a value for a chat, and forgets the chat that was quiet longest once there are too many."""
    kept[chat] = value
    kept.move_to_end(chat)
    if len(kept) > HELD:
        kept.popitem(last=False)
