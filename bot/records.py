"""What the core knows, and what it hands on: plain values, the same for every database and every platform."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from secrets import token_hex
from uuid import uuid4

from whenever import Date, Instant

from bot.changes import Change
from bot.engine import Run
from bot.messages import Chat, Receipt, Reply

DANGERS = ("fear", "order", "no")
"""What may be told that speaks against contact, by the order in which it is met: fear of them, a court order, their
clear no."""

HELPED, REFUSED = "helped", "refused"
"""How a card or an article was received, if that was said."""

HARM = "harm"
"""What may be said besides and is never kept: that the person is a danger to them."""


@dataclass(frozen=True, slots=True)
class Person:
    """What is kept about a person. Empty means: not told.

    `adult` is None until asked. `language` is the one they chose; empty: as their app. `ties` holds what makes contact
    unavoidable, separated by commas. `morning` and `evening` are wall times ("08:00") of the check-ins asked for, that
    come `with_read` something to read below the question, or as that alone (`only_read`). `counting_since` is the first
    day of no contact.
    `danger` holds all that was told, separated by commas: "order", "no" (the other wants no contact), "fear" or "none";
    and "quiet" if what comes unasked is to give nothing away. `home` is the chat ("platform:id") to which check-ins go;
    empty: the one where they were set up. So many check-ins in a row were `ignored`. They
    last did something on the date `seen_on`.
    """

    id: str = field(default_factory=lambda: uuid4().hex)
    adult: bool | None = None
    language: str = ""
    side: str = ""
    ties: str = ""
    danger: str = ""
    hope: str = ""
    country: str = ""
    zone: str = ""
    morning: str = ""
    evening: str = ""
    with_read: bool = False
    only_read: bool = False
    paused_until: Instant | None = None
    counting_since: Date | None = None
    home: str = ""
    ignored: int = 0
    seen_on: Date | None = None

    @property
    def is_quiet(self) -> bool:
        """Whether what comes unasked must give nothing away to somebody who sees it come."""
        return not {"fear", "quiet"}.isdisjoint(self.danger.split(","))


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason not to text that the person left for themselves. A `sealed` one cannot be read with the keys at hand."""

    id: int
    text: str
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """Everything an incoming message needs to be answered, read in one go.

    `met` is False for a chat the store has not seen, `gone` is True for one that could not be written to. `language` is
    the one that the app the chat is in was set to last. `run_at` is when the run last went on, `shown` when a card was
    last shown, `pages` where somebody was in an article, from 1, and `received` what they said of a card, each by its
    key (`articles/ID`). `others` are the person's other chats, and whether each is gone; if there are any, `home` is
    where check-ins go, once that is known.
    """

    person: Person
    met: bool = False
    gone: bool = False
    language: str = ""
    run: Run | None = None
    run_at: Instant | None = None
    reasons: tuple[Reason, ...] = ()
    slips: tuple[Date, ...] = ()
    saved: tuple[str, ...] = ()
    shown: Mapping[str, Instant] = field(default_factory=dict)
    pages: Mapping[str, int] = field(default_factory=dict)
    received: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[Chat, bool] = field(default_factory=dict)
    home: Chat | None = None

    def said(self, received: str) -> frozenset[str]:
        """The cards that were received like that."""
        return frozenset(key for key, said in self.received.items() if said == received)


@dataclass(frozen=True, slots=True)
class Letter:
    """A text the person wrote here instead. `tomorrow`: it is to be shown once more, the next morning, in the `chat`
    ("platform:id") where that was asked for. A `sealed` one cannot be read with the keys at hand."""

    id: int
    text: str
    written_at: Instant
    tomorrow: bool = False
    chat: str = ""
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A chat that asks to be joined with another: the hash of its code, when it asked, and the chat where the code was
    entered and the person said yes, if that has happened; then `at` is when."""

    chat: Chat
    code: str
    at: Instant
    joins: Chat | None = None


UNASKED = ("morning", "evening", "followup")
"""Kinds of what comes unasked. A person gets each of these once a local date at most; a follow-up counts as that
morning's check-in."""

URGENT = ("wait",)
"""Kinds that are a part of the emergency walk: they wait behind nothing."""

NOTICE = "notice"
"""The kind of what is said to somebody who was not there for long, before everything about them is deleted."""

CHECKIN_KINDS = (*UNASKED, "later")
"""All that stops when check-ins do: also the one that was put off."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is to happen in a chat by itself: of kind "wait", "letter", "later", "notice", or one of
    `UNASKED`."""

    chat: Chat
    kind: str
    at: Instant
    on: Date

    @property
    def urgent(self) -> bool:
        """Whether it waits behind nothing."""
        return self.kind in URGENT


@dataclass(frozen=True, slots=True)
class Quiet:
    """Somebody who has not done anything for long, and the chat where they can be told."""

    person: str
    chat: Chat
    zone: str


@dataclass(frozen=True, slots=True)
class Since:
    """What is long ago: the last `sign` of somebody who is told so, the `last` sign of somebody who cannot be told, and
    the `notice` after which somebody is deleted."""

    sign: Date
    last: Date
    notice: Instant


@dataclass(frozen=True, slots=True)
class Received:
    """An incoming message as its adapter keeps it until it is handled. Those of one `chat` are handled in order."""

    receipt: Receipt
    body: str
    chat: str = ""


@dataclass(frozen=True, slots=True)
class Countdown:
    """A message that counts down to a moment: the one that shows a wait, and what it says."""

    chat: Chat
    message: str
    reply: Reply


def new_nonce() -> str:
    """A name for a message that no other has."""
    return token_hex(8)


@dataclass(frozen=True, slots=True)
class Queued:
    """A message on its way out. `id` is None for one that could not be written down first. `nonce` names the message,
    the same at every attempt to send it, so that a platform that looks at it shows it once. `kind` is what was due, for
    one that comes by itself, since `due_at`.

    So many `parts` of it are shown, after so many failed `attempts`; nobody sends it before `not_before`, or after
    `not_after`. The `way` is
    the messenger's name for where it was to leave when it was said; None: nobody has said.
    """

    chat: Chat
    reply: Reply
    id: int | None = None
    nonce: str = field(default_factory=new_nonce)
    written_at: Instant | None = None
    kind: str = ""
    on: Date | None = None
    due_at: Instant | None = None
    parts: int = 0
    attempts: int = 0
    not_before: Instant | None = None
    not_after: Instant | None = None
    way: str | None = None

    def as_written(self, written: "Queued") -> "Queued":
        """This message, which was being sent before it was written down, as it stands there."""
        return replace(self, id=written.id, nonce=written.nonce, written_at=written.written_at)


@dataclass(frozen=True, slots=True)
class Work:
    """One unit of work: all of it happens, or none.

    `answers` is the due item this work is the answer to, if any: it is taken off. If it does not stand any more,
    nothing is done; if its kind was already delivered to the person on that local date, the replies are dropped.
    `receipt` is the incoming message it answers: it is handled now. If it already was, nothing is done. `address` is
    where the chat is written to from now on, if that was said. After `not_after` the replies are not sent any more.
    """

    chat: Chat
    person: Person
    now: Instant
    changes: Sequence[Change] = ()
    replies: Sequence[Reply] = ()
    answers: Due | None = None
    receipt: Receipt | None = None
    address: str = ""
    not_after: Instant | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """What the admins of a server have set. It holds nothing about persons; 0 and empty mean: not set.

    `wall` is the wall time ("09:00") in `zone` at which a thread is begun in `thread_channel`, `next_at` the next such
    moment (None: never), `last_on` the local date of the last one. The bot may be used in `channels`; without any:
    everywhere.
    """

    id: int
    panel_channel: int = 0
    panel_message: int = 0
    thread_channel: int = 0
    zone: str = ""
    wall: str = ""
    next_at: Instant | None = None
    last_on: Date | None = None
    channels: tuple[int, ...] = ()
