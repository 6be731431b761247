"""What the core needs from outside, and the changes it asks for.

A handler never holds a session. It gives the core changes; the core hands them to the `Store` as one unit of work
together with the messages to send, and a message leaves after its unit is durable.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from whenever import Instant

from bot.messages import Chat, Receipt, Reply
from bot.records import Countdown, Due, Known, Letter, Link, Person, Queued, Quiet, Received, Server, Since, Work


class StorageDown(Exception):
    """The database cannot be reached or written. What was not committed is not done."""


class Outdated(Exception):
    """What a unit of work was decided on has changed meanwhile, or is not as it must be: nothing of it is done. `key`
    is the text that says so."""

    def __init__(self, key: str = "common/meanwhile") -> None:
        super().__init__(key)
        self.key = key


class Full(Outdated):
    """A person keeps as many of something as can be kept."""


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

    async def everything(self, person: Person) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """All that is kept about a person, by part (docs/export.md): each row by the names of its columns."""

    async def quiet(self, since: Since, after: str = "") -> Sequence[Quiet]:
        """People who have not done anything for long and were not told, in the order of their ids: some of those
        `after` one."""

    async def forget_quiet(self, since: Since) -> int:
        """Deletes some of those whose time is over: they were told long enough ago, or cannot be told. Gives how
        many."""

    async def clean(self, *, thoroughly: bool = False) -> None:
        """Leaves no shreds of what was deleted in the files; where that takes long, only when asked for."""

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

    async def let_go(self, messages: Sequence[Queued]) -> None:
        """Messages are not this process's to send any more: any other may at once."""

    async def drop(self, queued: Queued) -> None:
        """A message is not sent any more, and nobody needs to know."""

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

    async def forget_old(self, now: Instant) -> None:
        """Drops what was given up long ago, since it holds words, the notes of what came unasked long ago, and codes
        that lead nowhere any more."""

    async def forget_waiting(self, before: Instant) -> None:
        """Drops messages, in and out, that have waited since before that moment: they cannot be opened, or their
        platform has no bot here any more."""

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

    async def turn(self, queued: Queued) -> None:
        """Waits until a message that comes unasked may leave. It is asked after that whether it is still wanted."""
        return

    async def send(self, queued: Queued) -> str:
        """Tries to show a message, from its part number `queued.parts` on, when it is its turn; what comes unasked has
        had that. Gives its name for
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

    async def hide(self, chat: Chat) -> None:
        """Takes away what the chat shows, as far as the platform lets it: soon, and without the database. What cannot
        be taken away stays."""
        return


class Clock(Protocol):
    """What time it is."""

    def now(self) -> Instant:
        """The present moment."""
