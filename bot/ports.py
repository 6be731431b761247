"""What the core needs from outside, and the changes it asks for.

A handler never holds a session. It gives the core changes; the core hands them to the `Store` as one unit of work
together with the messages to send, and a message leaves after its unit is durable.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Protocol
from uuid import uuid4

from whenever import Date, Instant

from bot.changes import Change
from bot.engine import Run
from bot.messages import Chat, Receipt, Reply


class StorageDown(Exception):
    """The database cannot be reached or written. What was not committed is not done."""


class Outdated(Exception):
    """What a unit of work was decided on has changed meanwhile: nothing of it is done."""


class Unreachable(Exception):
    """The person has blocked the bot, left, or never spoke to it: nothing can be sent to this chat."""


class Refused(Exception):
    """The platform does not take this message, now or later. It says why in a few words, none of them a person's."""


class TryLater(Exception):
    """A message could not leave now. `seconds` is how long the platform wants to be left alone, if it said so. So many
    `parts` of the message are shown by now."""

    def __init__(self, reason: str, seconds: float | None = None, parts: int = 0) -> None:
        super().__init__(reason)
        self.seconds = seconds
        self.parts = parts


@dataclass(frozen=True, slots=True)
class Person:
    """What is kept about a person. Empty means: not told.

    `adult` is None until asked. `ties` holds what makes contact unavoidable, separated by commas. `morning` and
    `evening` are wall times ("08:00") of the check-ins asked for. `counting_since` is the first day of no contact.
    `danger` holds both, separated by a comma, if each of two chats that were joined was told another one. `home` is the
    chat ("platform:id") to which check-ins go; empty: the one where they were set up. So many check-ins in a row were
    `ignored`.
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
    paused_until: Instant | None = None
    counting_since: Date | None = None
    home: str = ""
    ignored: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason not to text that the person left for themselves."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class Known:
    """Everything an incoming message needs to be answered, read in one go.

    `met` is False for a chat the store has not seen, `gone` is True for one that could not be written to. `run_at`
    is when the run last went on, `shown` when a card was last shown. `others` are the person's other chats, and whether
    each is gone; if there are any, `home` is where check-ins go, once that is known.
    """

    person: Person
    met: bool = False
    gone: bool = False
    run: Run | None = None
    run_at: Instant | None = None
    reasons: tuple[Reason, ...] = ()
    slips: tuple[Date, ...] = ()
    saved: tuple[str, ...] = ()
    shown: Mapping[str, Instant] = field(default_factory=dict)
    others: Mapping[Chat, bool] = field(default_factory=dict)
    home: Chat | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A text the person wrote here instead. `tomorrow`: it is to be shown once more, the next morning, in the `chat`
    ("platform:id") where that was asked for."""

    id: int
    text: str
    written_at: Instant
    tomorrow: bool = False
    chat: str = ""


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

CHECKIN_KINDS = (*UNASKED, "later")
"""All that stops when check-ins do: also the one that was put off."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is to happen in a chat by itself: of kind "wait", "letter", "later", or one of `UNASKED`."""

    chat: Chat
    kind: str
    at: Instant
    on: Date

    @property
    def urgent(self) -> bool:
        """Whether it waits behind nothing."""
        return self.kind in URGENT


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


@dataclass(frozen=True, slots=True)
class Queued:
    """A message on its way out. `id` is None for one that could not be written down first. `nonce` names the message,
    the same at every attempt to send it, so that a platform that looks at it shows it once. `kind` is what was due, for
    one that comes by itself, since `due_at`.

    So many `parts` of it are shown, after so many failed `attempts`; nobody sends it before `not_before`.
    """

    chat: Chat
    reply: Reply
    id: int | None = None
    nonce: str = field(default_factory=lambda: token_hex(8))
    written_at: Instant | None = None
    kind: str = ""
    on: Date | None = None
    due_at: Instant | None = None
    parts: int = 0
    attempts: int = 0
    not_before: Instant | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """One unit of work: all of it happens, or none.

    `answers` is the due item this work is the answer to, if any: it is taken off. If it does not stand any more,
    nothing is done; if its kind was already delivered to the person on that local date, the replies are dropped.
    `receipt` is the incoming message it answers: it is handled now. If it already was, nothing is done. `address` is
    where the chat is written to from now on, if that was said.
    """

    chat: Chat
    person: Person
    now: Instant
    changes: Sequence[Change] = ()
    replies: Sequence[Reply] = ()
    answers: Due | None = None
    receipt: Receipt | None = None
    address: str = ""


class Store(Protocol):
    """The database, as the core sees it. Every call raises StorageDown if it cannot be reached. `shared`: other
    processes may be at work on it."""

    @property
    def shared(self) -> bool: ...

    def turn(self, chat: Chat) -> AbstractAsyncContextManager[bool]:
        """While this is entered, no other process handles anything of the chat. It never takes long, and raises
        nothing: if that cannot be had, it goes on without, and gives False."""

    def tell(self, word: str) -> None:
        """Tells all other processes a word. It is written down nowhere, and lost on who is not there."""

    def hear(self, what: Callable[[str], None]) -> None:
        """From now on `what` is called with each word of the others."""

    async def take_lease(self, name: str, holder: str, seconds: float) -> bool:
        """Leases to a process what only one may do, for so long from now on. False if another one has it."""

    async def give_lease(self, name: str, holder: str) -> None:
        """Another process may have it at once."""

    async def load(self, chat: Chat) -> Known:
        """What is known about the chat and its person."""

    async def commit(self, work: Work) -> Sequence[Queued]:
        """Makes a unit durable and gives its messages, ready to be sent.

        Raises:
            Outdated: one of its changes cannot be made any more.
        """

    async def link(self, code: str) -> Link | None:
        """Who asked for the code of that hash."""

    async def link_of(self, chat: Chat) -> Link | None:
        """The newest code a chat asked for."""

    async def letters(self, person: Person) -> Sequence[Letter]:
        """The letters a person kept, the newest first."""

    async def claim(
        self, now: Instant, platform: str, chat: str = "", *, urgent: bool | None = None, count: int = 100
    ) -> Sequence[Due]:
        """Leases what is due on a platform (or in one chat of it) by `now`, the earliest first and `count` items at
        most: what is `urgent`, what is not, or all of it."""

    async def wake_strays(self, now: Instant, platform: str) -> None:
        """Lets what was set while the machine's clock was far ahead be taken now, so that it is set anew."""

    async def coming(self, person: Person) -> Sequence[Due]:
        """What is set for a person in all their chats, where it can be sent: the earliest first."""

    async def free_claims(self, now: Instant, platform: str) -> int:
        """Lets what is leased on a platform be claimed again: who has claimed it is gone. Gives how much that is."""

    async def next_due(self, chat: Chat) -> Instant | None:
        """When something is next to happen in a chat."""

    async def unsent(self, platform: str, chat: str = "", *, by: Instant | None = None) -> Sequence[Queued]:
        """Messages written down but not known to be sent, in order, none that was given up: all of them, or those that
        by a moment are no process's to send any more."""

    async def left_behind(self, chat: Chat) -> Sequence[Queued]:
        """Answers that somebody who had the turn of a chat has written down and not sent, in order: who has the turn
        knows that they are gone. None of a chat in which something is being tried again."""

    async def stands(self, queued: Queued) -> bool:
        """Whether a message is still to be sent."""

    async def sent(self, queued: Queued, now: Instant) -> None:
        """A message has left."""

    async def put_off(self, queued: Queued, now: Instant, reason: str) -> None:
        """An attempt to send a message has failed: notes what is known of it, and that this process goes on with it."""

    async def give_up(self, queued: Queued, now: Instant, reason: str) -> None:
        """A message is not sent any more. The operator can see it, and let it be tried again."""

    async def set_gone(self, chat: Chat, gone: bool) -> None:
        """Nothing can be sent to the chat any more: what is on its way there is dropped, nothing counts down there,
        and what is due there is held. Or it can again."""

    async def take_in(self, received: Sequence[Received], now: Instant) -> None:
        """Makes incoming messages durable."""

    async def handled(self, receipt: Receipt, now: Instant) -> None:
        """An incoming message needs nothing more; nothing of what it said stays anywhere."""

    async def waiting(self, source: str, by: Instant | None = None) -> Sequence[Received]:
        """Incoming messages that are not handled, in order: all, or those that have come by a moment."""

    async def before(self, receipt: Receipt, chat: str) -> Sequence[Received] | None:
        """What came in a chat before a message and is not handled, in order. None if the message itself is handled."""

    async def arrived(self, source: str, first: int, last: int) -> int:
        """How many messages with numbers from the first to the last have come in, handled or not."""

    async def newest(self, source: str, count: int) -> Sequence[int]:
        """The numbers of the messages that came last, handled or not, in order."""

    async def forget_handled(self, before: Instant) -> None:
        """Drops the receipts of what was handled and came before that moment."""

    async def forget_dead(self, now: Instant) -> None:
        """Drops what was given up long ago: it holds words."""

    async def countdown(self, chat: Chat) -> Countdown | None:
        """The message that counts down in a chat."""

    async def countdowns(self, platform: str) -> Sequence[Countdown]:
        """All messages of a platform that count down."""

    async def set_countdown(self, countdown: Countdown) -> None:
        """From now on that message counts down in its chat, and no other."""

    async def end_countdown(self, chat: Chat, message: str) -> None:
        """That message counts down no more."""

    async def address(self, chat: Chat) -> str:
        """Where a chat is written to, if its platform gives that another name than the chat's."""

    async def set_address(self, chat: Chat, address: str) -> bool:
        """From now on the chat is written to there. False if the chat is not known yet."""

    async def addresses(self, platform: str, count: int) -> Sequence[tuple[Chat, str]]:
        """So many chats that have an address, those in which something went on last first."""

    async def noted(self, name: str) -> str:
        """What the bot has noted for itself under a name, or nothing."""

    async def note(self, name: str, value: str) -> None:
        """Notes that, in place of what was noted."""


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


class Servers(Protocol):
    """The settings of servers. Every call raises StorageDown if the database cannot be reached."""

    async def server(self, id: int) -> Server:
        """What is set in a server."""

    async def servers(self) -> Sequence[Server]:
        """All servers in which something is set."""

    async def save(self, server: Server) -> None:
        """Makes that durable, in place of what was set."""

    async def remove(self, id: int) -> None:
        """From now on nothing is set in a server."""

    async def due(self, now: Instant) -> Sequence[Server]:
        """Servers in which a thread is due by `now`, the earliest first."""


class Messenger(Protocol):
    """A platform, as the outbox sees it."""

    def way(self, queued: Queued) -> str:
        """Names the way by which a message would leave now, where there are several: one that cannot leave by its way
        holds up none that takes another."""
        return ""

    async def send(self, queued: Queued) -> str:
        """Tries to show a message, from its part number `queued.parts` on, when it is its turn. Gives its name for
        later: empty where nothing can be edited.

        Raises:
            Unreachable: nothing can be sent to this chat.
            Refused: this message will never be taken.
            TryLater: it could not leave now.
        """

    async def is_shown(self, queued: Queued) -> bool:
        """Whether a message that a process before this one may have sent was seen to arrive."""
        return False

    async def reach(self, chat: Chat, reply: Reply) -> None:
        """Makes sure that what comes unasked will reach the person. Where it comes to another place than the one they
        speak from, the reply is shown there.

        Raises:
            Unreachable: it will not.
        """
        return

    async def edit(self, chat: Chat, message: str, reply: Reply) -> None:
        """Puts a reply in a message's place, if it is still there. Never shows a second one."""


class Clock(Protocol):
    """What time it is."""

    def now(self) -> Instant:
        """The present moment."""
