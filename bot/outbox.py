"""One way out: every message leaves through here, is written down first and crossed out when it has left."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from bot.line import Entry, Line, Then
from bot.messages import Chat, Reply
from bot.meter import SILENT, Meter
from bot.ports import Clock, Messenger, StorageDown, Store
from bot.records import Queued
from bot.retries import wait_of
from bot.sending import Sending

log = logging.getLogger(__name__)

PATIENCE = 4.0
"""Seconds a visit waits for its answers to leave. After that they go on by themselves."""

ROOM = 64
"""Messages that come unasked and wait for their turn, at most. All others are still due: who says /stop gets none."""

LET_GO_WITHIN = 1.0
"""Seconds in which what is left is given to other processes. Else they take it when its lease has run out."""


class Outbox:
    """Sends what the store has made durable: a chat's messages in order, chats at once, each until it has left or
    never will."""

    def __init__(self, store: Store, messengers: Mapping[str, Messenger], clock: Clock, meter: Meter = SILENT) -> None:
        self._store = store
        self._messengers = messengers
        self._clock = clock
        self._sending = Sending(store, messengers, clock, meter)
        self._lines: dict[tuple[Chat, str], Line] = {}
        self._unasked: Counter[str] = Counter()
        self._coming: Counter[str] = Counter()
        self._freed = asyncio.Event()
        self._closed: set[str] = set()

    async def send(self, queued: Iterable[Queued]) -> None:
        """Sends messages that are written down. Returns when answers have left or must be tried again; what comes
        unasked leaves when it is its turn."""
        await _over([self._put(Entry(message)) for message in queued])

    async def send_at_once(
        self,
        chat: Chat,
        replies: Sequence[Reply],
        then: Then | None = None,
        written: "asyncio.Task[Sequence[Queued]] | None" = None,
    ) -> None:
        """Sends without writing down: crisis lines, which leave no trace, and anything when the database is gone. What
        else the chat has been waiting for does not hold it up. `then` is called when all has left. What is `written`
        meanwhile is the same messages: it is as if they had been written first."""
        if not replies and then is not None:
            await then()
        entries = [Entry(Queued(chat, reply)) for reply in replies]
        if entries:
            entries[-1].then = then
        if written is not None:
            self._sending.begin_to_adopt(entries, written)
        await _over([self._put(entry, at_once=True) for entry in entries])

    async def take_up(self, platform: str, chat: str = "") -> None:
        """Begins to send what a process before this one has left. What is said from now on stands behind it.

        Raises:
            StorageDown: the database cannot be reached.
        """
        self._closed.discard(platform)
        self._take_up(await self._store.unsent(platform, chat))

    async def resend(self, platform: str, chat: str = "") -> None:
        """Sends what a process before this one has left, and tries at once what waits to be tried again. Returns when
        answers have left or must be tried again.

        Raises:
            StorageDown: the database cannot be reached.
        """
        there = [line for (of, _), line in self._lines.items() if of.platform == platform and chat in ("", of.id)]
        poked = [entry for line in there for entry in line.poke()]
        await _over(poked + self._take_up(await self._store.unsent(platform, chat)))

    async def sweep(self, platform: str) -> None:
        """Takes up what nobody is sending: another process was, or the operator lets it be tried again.

        Raises:
            StorageDown: the database cannot be reached.
        """
        self._take_up(await self._store.unsent(platform, by=self._clock.now()))

    async def take_over(self, chat: Chat) -> None:
        """Begins to send what another process has left in a chat whose turn this one has.

        Raises:
            StorageDown: the database cannot be reached.
        """
        self._take_up(await self._store.left_behind(chat))

    async def reach(self, chat: Chat, reply: Reply) -> None:
        """Makes sure that what comes unasked will reach the person; where it comes, the reply is shown.

        Raises:
            Unreachable: it will not.
        """
        await self._messengers[chat.platform].reach(chat, reply)

    async def hide(self, chat: Chat) -> None:
        """Takes away what a chat shows, and what was said and waits to be tried again. That it fails holds up
        nothing."""
        entries = [entry for (of, _), line in self._lines.items() if of == chat for entry in line.entries]
        try:
            await self._messengers[chat.platform].hide(chat)
        except Exception:
            log.exception("what a chat shows could not be hidden")
        await self._sending.leave_out([entry for entry in entries if not entry.queued.reply.unasked])

    @asynccontextmanager
    async def room(self, platform: str) -> AsyncIterator[None]:
        """Waits until more that comes unasked may be made ready, one at a time as others leave. While this is entered,
        that is what is made."""
        while self._unasked[platform] + self._coming[platform] >= ROOM:
            self._freed.clear()
            await self._freed.wait()
        self._coming[platform] += 1
        try:
            yield
        finally:
            self._coming[platform] -= 1
            self._freed.set()

    async def quiet(self) -> None:
        """Waits until everything has left, or must be tried again."""
        while waiting := [e.over for line in self._lines.values() for e in line.entries if not e.over.done()]:
            await asyncio.wait(waiting)
        if self._sending.notes:
            await asyncio.wait(self._sending.notes)

    async def drain(self, platform: str, seconds: float) -> None:
        """Lets what is being sent come to its end, for so long at most. All else stays written down, also what comes
        now, and any other process may send it at once."""
        self._closed.add(platform)
        lines = [line for (chat, _), line in self._lines.items() if chat.platform == platform]
        left = [entry.queued for line in lines for entry in line.entries]
        for line in lines:
            line.close()
        tasks = {line.task for line in lines if line.task is not None} | self._sending.notes
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._store.shared and left:
            with contextlib.suppress(StorageDown, TimeoutError):
                async with asyncio.timeout(LET_GO_WITHIN):
                    await self._store.let_go([message for message in left if message.id not in self._sending.unnoted()])

    async def cross_out(self) -> None:
        """Notes what has left, also what could not be noted at once.

        Raises:
            StorageDown: it still cannot.
        """
        await self._sending.cross_out()

    async def count_down(self, chat: Chat, message: str, reply: Reply) -> None:
        """From now on this message counts down, if it shows a wait; the one that did before stops."""
        await self._sending.count_down(chat, message, reply)

    def _take_up(self, left: Sequence[Queued]) -> list[Entry]:
        """Begins to send what was left, but for what is being sent here."""
        mine = {entry.queued.id for line in self._lines.values() for entry in line.entries}
        mine |= self._sending.unnoted()
        now, loop = self._clock.now(), asyncio.get_running_loop()
        theirs = [message for message in left if message.id not in mine]
        return [self._put(Entry(message, loop.time() + wait_of(message, now), doubtful=True)) for message in theirs]

    def _put(self, entry: Entry, *, at_once: bool = False) -> Entry:
        """Puts a message in its line, behind those of its chat that leave by the same way."""
        message, chat = entry.queued, entry.queued.chat
        if chat.platform in self._closed:
            entry.let_go()
            return entry
        way = "unasked" if message.reply.unasked else self._messengers[chat.platform].way(message)
        entry.queued = replace(message, way=way)
        key, first = (chat, way), (chat, f"at once {way}")
        if at_once or (first in self._lines and key not in self._lines):  # what was said before has not left yet
            key = first
        line = self._lines.get(key)
        if line is None or line.closing or (line.task is not None and line.task.done()):
            line = self._lines[key] = Line(self._sending.attempt, self._freed_by)
            line.task = asyncio.create_task(line.run())
            line.task.add_done_callback(partial(self._forget, key, line))
        self._unasked[chat.platform] += message.reply.unasked
        line.entries.append(entry)
        return entry

    def _forget(self, key: tuple[Chat, str], line: Line, _task: object) -> None:
        if self._lines.get(key) is line:
            del self._lines[key]

    def _freed_by(self, entry: Entry) -> None:
        self._unasked[entry.queued.chat.platform] -= entry.queued.reply.unasked
        self._freed.set()


async def _over(entries: Iterable[Entry]) -> None:
    """Waits until nobody needs to wait for any of these, or long enough.

    Raises:
        Exception: one of them failed as nobody has foreseen. It is tried again all the same.
    """
    awaited = [entry.over for entry in entries if entry.is_awaited]
    if awaited:
        done, _ = await asyncio.wait(awaited, timeout=PATIENCE)
        for over in done:
            over.result()
