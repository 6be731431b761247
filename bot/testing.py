"""For tests, ours and yours: a bench with the whole bot on a real database, people who talk to it, a clock set by hand.

    async def test_the_walk_goes_on_after_a_restart(person, bench):
        await person.says("/urge")
        await bench.restart()
        await person.taps("I feel lonely")
        assert person.sees("reasons/")

Only the edges are pretended: the platform and the clock.
"""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from whenever import Instant

import handlers
from bot import library
from bot.conversation import Conversation
from bot.due import Deliveries
from bot.flood import Flood
from bot.library import Library
from bot.messages import Button, Chat, File, Incoming, Reply
from bot.outbox import Outbox
from bot.ports import Messenger, Store
from bot.records import Queued
from bot.settings import CONTENT
from bot.storage.database import Database
from bot.storage.migrate import database_url, migrate
from bot.storage.seal import Seal
from bot.storage.store import SqlStore
from bot.visit import CATCH_UP

MONDAY_NIGHT = Instant.from_utc(2026, 3, 2, 2)
"""Where a bench's clock starts: a Monday, two in the morning, in UTC."""

KEY = "b25seSBmb3IgdGVzdHMsIG5vIHNlY3JldCBhdCBhbGw="
"""With which a bench seals words. It is no secret."""


@cache
def content(folder: Path = CONTENT) -> Library:
    """The library of the repository, or of another content folder, read once."""
    return library.read(folder)


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: Instant) -> None:
        self._now = start

    def now(self) -> Instant:
        """The moment it was set to."""
        return self._now

    def move_to(self, moment: Instant) -> None:
        """Sets the clock, forward or back."""
        self._now = moment


class FakeMessenger(Messenger):
    """A platform that remembers what it was asked to show. While `broken` it fails as a cut connection does."""

    def __init__(self) -> None:
        self.shown: defaultdict[Chat, list[Reply]] = defaultdict(list)
        self.hidden: defaultdict[Chat, int] = defaultdict(int)
        self.broken = False

    def check_it_works(self) -> None:
        """Raises:
        ConnectionError: it is broken.
        """
        if self.broken:
            raise ConnectionError("the platform is gone")

    async def send(self, queued: Queued) -> str:
        """Shows a reply."""
        self.check_it_works()
        self.shown[queued.chat].append(queued.reply)
        return ""

    async def edit(self, chat: Chat, message: str, reply: Reply) -> None:
        """Nothing can be changed here."""

    async def hide(self, chat: Chat) -> None:
        """Notes how much had been shown by then."""
        self.check_it_works()
        self.hidden[chat] = len(self.shown[chat])


class Bench:
    """The whole bot on a SQLite file below `folder`. Used as a context, it stops at the end."""

    platform = "terminal"
    """Where people talk who name no platform."""

    content_folder = CONTENT
    """Where the words are."""

    catch_up = CATCH_UP
    """How long after its moment a check-in may still come."""

    keys: tuple[str, ...] = (KEY,)
    """With which words are sealed; the first one seals."""

    at_once = 100_000
    """Things somebody may do at once: without an end, since the clock stands still while people talk."""

    def __init__(self, folder: Path, *, start: Instant = MONDAY_NIGHT) -> None:
        self.clock = HandClock(start)
        self.messenger = FakeMessenger()
        self.database_file = folder / "holdfast.db"
        self._start()

    @property
    def library(self) -> Library:
        """The words."""
        return content(self.content_folder)

    def _start(self) -> None:
        """Opens the database and builds the bot on it."""
        url = database_url(f"sqlite:///{self.database_file}")
        migrate(url)
        self.database = Database(url, seal=Seal(self.keys))
        self.store = SqlStore(self.database)
        self._build(self.store)

    def _build(self, store: Store) -> None:
        messenger: Messenger = self.messenger
        self.outbox = Outbox(store, defaultdict(lambda: messenger), self.clock)
        parts = (self.library, handlers.ROUTES, store, self.outbox, self.clock, self.catch_up)
        self.conversation = Conversation(*parts, flood=Flood(self.at_once))
        self.deliveries = Deliveries(store, self.conversation, self.outbox, self.clock)

    async def restart(self) -> None:
        """Stops the process and starts another on the same file; what was left unsent is sent."""
        for platform in {chat.platform for chat in self.messenger.shown}:
            await self.outbox.drain(platform, 0)
        self.database.close()
        self._start()
        for platform in {chat.platform for chat in self.messenger.shown}:
            await self.outbox.resend(platform)

    async def restart_with(self, *keys: str) -> None:
        """Starts again with other keys."""
        self.keys = keys
        await self.restart()

    async def receive(self, incoming: Incoming) -> None:
        """Lets a person's message reach the bot, and returns when it is answered."""
        await self.conversation.receive(incoming)

    def lose_the_database(self) -> None:
        """From now on every call to the database fails, as it does on a full disk or without its server."""
        self.database.close()
        self._build(NoStore())

    async def forward(self, *, days: int = 0, hours: int = 0, minutes: int = 0) -> None:
        """Moves the clock, stopping at every moment at which something is due."""
        end = self.clock.now().add(hours=24 * days + hours, minutes=minutes)
        while (due := await self._next()) is not None and due <= end:
            self.clock.move_to(max(due, self.clock.now()))
            await self.tick()
        self.clock.move_to(end)

    async def jump(self, *, days: int = 0, hours: int = 0, minutes: int = 0) -> None:
        """Moves the clock at once, as a process that was down sees it, and then delivers what is due."""
        self.clock.move_to(self.clock.now().add(hours=24 * days + hours, minutes=minutes))
        await self.tick()

    async def tick(self) -> None:
        """Delivers what is due now, on every platform somebody has talked on."""
        for platform in sorted({chat.platform for chat in self.messenger.shown}):
            await self.deliveries.deliver(platform)
        await self.outbox.quiet()

    async def _next(self) -> Instant | None:
        moments = [await self.store.next_due(chat) for chat in tuple(self.messenger.shown)]
        return min((moment for moment in moments if moment is not None), default=None)

    def person(self, name: str = "me", platform: str = "") -> "Person":
        """Somebody with a chat of their own."""
        return Person(self, Chat(platform or self.platform, name))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.database.close()


class NoStore(SqlStore):
    """A database that cannot be reached."""

    def __init__(self) -> None:
        """Needs nothing."""

    def __getattribute__(self, name: str) -> object:
        if name == "shared":
            return False
        if name == "turn":
            return lambda _chat: nullcontext(False)
        if name in ("tell", "hear"):
            return lambda _what: None

        async def fail(*_arguments: object, **_named: object) -> None:
            from bot.ports import StorageDown

            raise StorageDown("no database")

        return fail


class Person:
    """Somebody who types and taps, and sees what the bot shows. `language` is what their app is set to; empty: what
    that of the platform is as a rule, if it says it at all."""

    def __init__(self, bench: Bench, chat: Chat) -> None:
        self.bench = bench
        self.chat = chat
        self.language = ""
        self._read = 0

    @property
    def replies(self) -> Sequence[Reply]:
        """What the bot has shown since this person last did something."""
        return self.bench.messenger.shown[self.chat][self._read :]

    @property
    def text(self) -> str:
        """All that as one text, with the person's own words where they are quoted."""
        return "\n\n".join(part for reply in self.replies for part in (reply.text, reply.quote) if part)

    @property
    def buttons(self) -> Sequence[str]:
        """The labels of the buttons in it."""
        return [button.label for reply in self.replies for button in reply.buttons]

    @property
    def files(self) -> Sequence[File]:
        """The files in it."""
        return [file for reply in self.replies for file in reply.files]

    @property
    def keys(self) -> Sequence[str]:
        """Where its words come from: `urge/name_it`."""
        return [reply.key for reply in self.replies]

    def sees(self, key: str) -> bool:
        """Whether a text of content/ is in it, or a card of a deck if the key ends with a slash."""
        return any(shown.startswith(key) if key.endswith("/") else shown == key for shown in self.keys)

    def button(self, label: str) -> Button:
        """The newest button of that label, however old.

        Raises:
            AssertionError: there never was one.
        """
        shown = self.bench.messenger.shown[self.chat]
        found = [button for reply in shown for button in reply.buttons if button.label == label]
        if not found:
            raise AssertionError(f"no button {label!r}; there are {[b.label for r in shown for b in r.buttons]}")
        return found[-1]

    async def says(self, text: str) -> None:
        """Types a text or a command."""
        await self._does(Incoming(self.chat, text=text))

    async def taps(self, label: str) -> None:
        """Presses the newest button of that label."""
        await self.presses(self.button(label))

    async def presses(self, button: Button) -> None:
        """Presses a button kept from any time."""
        await self._does(Incoming(self.chat, token=button.token))

    async def _does(self, incoming: Incoming) -> None:
        self.look_away()
        await self.bench.receive(replace(incoming, language=self.language))

    def look_away(self) -> None:
        """Forgets what was shown so far: only what comes now counts."""
        self._read = len(self.bench.messenger.shown[self.chat])

    async def joins(self) -> None:
        """Says hello, agrees, and leaves the questions for later."""
        await self.says("/start")
        await self.taps("I'm 18 or over, that's fine")
        await self.taps("Not now")
