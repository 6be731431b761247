"""One person at one terminal: reads lines into Incoming, keeps the numbers of the buttons, moves the clock."""

import asyncio
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from whenever import Instant

from bot.adapters.terminal.clock import MovableClock, read_span
from bot.adapters.terminal.saving import save
from bot.calendar import is_zone
from bot.conversation import Conversation
from bot.due import Deliveries
from bot.library import Library, Words
from bot.messages import Button, Chat, File, Incoming, Reply
from bot.ports import Messenger, StorageDown, Store
from bot.records import Queued

log = logging.getLogger(__name__)

PLATFORM = "terminal"


class Screen(Protocol):
    """Where replies are shown."""

    def show(self, reply: Reply, first_number: int) -> None:
        """One message, its buttons numbered from `first_number`."""

    def note(self, text: str) -> None:
        """A line that is not the bot's."""

    def end_turn(self) -> None:
        """The bot has nothing more to say for now."""

    def clear(self) -> None:
        """Takes away what is shown, and what was shown before that."""


@dataclass
class Session(Messenger):
    """A messenger for its own chat, and the reader of what is typed there.

    Buttons are numbered from 1 through everything the bot says in one turn, so that each of several messages can
    be answered. Files are written into the `folder`. `language` is the one that the terminal is set to; what it says
    itself is in the one in which the bot spoke last.
    """

    chat: Chat
    screen: Screen
    library: Library
    clock: MovableClock
    store: Store
    folder: Path = Path()
    language: str = ""
    conversation: Conversation | None = None
    deliveries: Deliveries | None = None
    countdown: Instant | None = None
    _buttons: list[Button] = field(default_factory=list)
    _earlier: dict[str, str] = field(default_factory=dict)
    _writes: str = ""
    _spoke: bool = False
    _spoken: str = ""
    _is_hidden: bool = False
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def words(self) -> Words:
        """The words for what the terminal says itself."""
        return self.library.words(self._spoken, self.language)

    async def edit(self, chat: Chat, message: str, reply: Reply) -> None:
        """Nothing: what a terminal has shown stays, and its countdown is the bar at the bottom."""

    async def hide(self, chat: Chat) -> None:
        """Clears the screen. Nothing that was shown on it can be named any more."""
        self.screen.clear()
        self._buttons, self._earlier, self._is_hidden = [], {}, True

    async def send(self, queued: Queued) -> str:
        """Shows a reply and gives its buttons their numbers.

        Nothing stays in reach here, so the buttons of a docked one are left out; their labels can be typed.
        """
        reply = queued.reply
        self._spoken = reply.language
        if reply.docked:
            reply = replace(reply, buttons=())
        self.screen.show(reply, len(self._buttons) + 1)
        for file in reply.files:
            self.screen.note(self._saved(file))
        self._buttons += reply.buttons
        self._writes = reply.writes
        self._spoke = True
        return ""

    def _saved(self, file: File) -> str:
        """Writes a file, and says where it is or why it is not."""
        try:
            return self.words.texts["terminal/saved"].text.replace("{text}", str(save(self.folder, file)))
        except OSError as error:
            why = f"{self.folder.absolute()}: {error.strerror}"
            return self.words.texts["terminal/not_saved"].text.replace("{text}", why)

    async def open(self, *, greet: bool) -> None:
        """Ends the turn of what a killed process left unsaid, and greets as a tap on a start button does.

        Without a greeting the open question is remembered, so that its numbers work.
        """
        if greet:
            await self._say("/start")
            self._end_turn()
        else:
            self._end_turn()
            question = await self._question()
            if question is not None and not self._buttons:
                self._buttons, self._writes = list(question.buttons), question.writes
                self._spoken = question.language
        await self._look_at_the_clock()

    async def line(self, line: str) -> bool:
        """Takes one line. False if it says goodbye."""
        name, _, argument = line.strip().partition(" ")
        if name == ":quit":
            return False
        async with self._turn:
            if name == ":at":
                self.screen.note(await self._time())
            elif name == ":forward":
                await self._forward(argument)
            else:
                await self._say(line)
            self._end_turn(always=True)
            await self._look_at_the_clock()
        return True

    async def tick(self) -> None:
        """Delivers what has become due, unless a turn is going on: then the next tick does."""
        if self._turn.locked():
            return
        async with self._turn:
            due = await self._next()
            if due is not None and due <= self.clock.now():
                self._begin_turn()
                await self._deliver()
                self._end_turn()
                await self._look_at_the_clock()

    async def _question(self) -> Reply | None:
        try:
            return await self.conversation.open_question(self.chat) if self.conversation else None
        except StorageDown:
            return None

    async def _look_at_the_clock(self) -> None:
        """Counts down for as long as the open question is a wait."""
        question = None if self._is_hidden else await self._question()
        self.countdown = question.until if question else None

    def _begin_turn(self) -> None:
        self._is_hidden = False
        self._earlier |= {button.label.casefold(): button.token for button in self._buttons}
        self._buttons, self._spoke = [], False

    def _end_turn(self, *, always: bool = False) -> None:
        if self._spoke or always:
            self.screen.end_turn()

    async def _say(self, line: str) -> None:
        incoming = self._incoming(line)
        if incoming is None:
            key = "terminal/no_such_button" if self._buttons else "terminal/no_buttons"
            self.screen.note(self.words.texts[key].text.replace("{number}", line.strip()))
            return
        self._begin_turn()
        if self.conversation is None:
            return
        try:
            await self.conversation.receive(replace(incoming, language=self.language))
        except OSError:
            raise
        except Exception:
            log.exception("a message could not be handled")

    def _incoming(self, line: str) -> Incoming | None:
        """A button's number or label, or text. None for a number that no button has."""
        typed = line.strip()
        if typed.isdecimal() and len(typed) < 4:
            number = int(typed)
            if 1 <= number <= len(self._buttons):
                return Incoming(self.chat, token=self._buttons[number - 1].token)
            if not self._writes:
                return None
        labels = {button.label.casefold(): button.token for button in self._buttons}
        known = labels if self._writes else self._earlier | labels
        token = known.get(typed.casefold(), "")
        return Incoming(self.chat, token=token) if token else Incoming(self.chat, text=line)

    async def _forward(self, argument: str) -> None:
        span = read_span(argument)
        if span is None:
            self.screen.note(self.words.texts["terminal/forward_unclear"].text)
            return
        self._begin_turn()
        end = self.clock.now() + span
        while (due := await self._next()) is not None and due <= end:
            self.clock.move_to(due)
            await self._deliver()
        self.clock.move_to(end)

    async def _next(self) -> Instant | None:
        try:
            return await self.store.next_due(self.chat)
        except StorageDown:
            return None

    async def _deliver(self) -> None:
        if self.deliveries is not None:
            await self.deliveries.deliver(PLATFORM, self.chat.id)
            await self.deliveries.shown()

    async def _time(self) -> str:
        try:
            zone = (await self.store.load(self.chat)).person.zone
        except StorageDown:
            zone = ""
        return self.clock.now().to_tz(zone if is_zone(zone) else "UTC").round("second").format_iso()
