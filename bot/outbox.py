"""One way out: every message leaves through here, is written down first and crossed out when it has left."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from bot.line import Entry, Line, Then
from bot.messages import Chat, Reply
from bot.meter import SILENT, Meter
from bot.ports import Clock, Countdown, Messenger, Queued, Refused, StorageDown, Store, TryLater, Unreachable
from bot.retries import again, is_hopeless, wait_of

log = logging.getLogger(__name__)

PATIENCE = 4.0
"""Seconds a visit waits for its answers to leave. After that they go on by themselves."""

NOTED_WITHIN = 0.3
"""Seconds a chat's next message waits for the note that the one before has left. A slow database holds up nobody."""

ROOM = 64
"""Messages that come unasked and wait for their turn, at most. All others are still due: who says /stop gets none."""


class Outbox:
    """Sends what the store has made durable: a chat's messages in order, chats at once, each until it has left or
    never will."""

    def __init__(self, store: Store, messengers: Mapping[str, Messenger], clock: Clock, meter: Meter = SILENT) -> None:
        self._store = store
        self._messengers = messengers
        self._clock = clock
        self._meter = meter
        self._lines: dict[tuple[Chat, str], Line] = {}
        self._uncrossed: list[Queued] = []
        self._notes: set[asyncio.Future[None]] = set()
        self._left: Counter[str] = Counter()
        self._unasked: Counter[str] = Counter()
        self._freed = asyncio.Event()
        self._closed: set[str] = set()

    async def send(self, queued: Iterable[Queued]) -> None:
        """Sends messages that are written down. Returns when answers have left or must be tried again; what comes
        unasked leaves when it is its turn."""
        await _over([self._put(Entry(message)) for message in queued])

    async def send_at_once(self, chat: Chat, replies: Sequence[Reply], then: Then | None = None) -> None:
        """Sends without writing down: crisis lines, which leave no trace, and anything when the database is gone. What
        else the chat has been waiting for does not hold it up. `then` is called when all has left."""
        if not replies and then is not None:
            await then()
        entries = [Entry(Queued(chat, reply)) for reply in replies]
        if entries:
            entries[-1].then = then
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

    async def room(self, platform: str) -> None:
        """Waits until more that comes unasked may be made ready."""
        while self._unasked[platform] >= ROOM:
            self._freed.clear()
            await self._freed.wait()

    async def quiet(self) -> None:
        """Waits until everything has left, or must be tried again."""
        while waiting := [e.over for line in self._lines.values() for e in line.entries if not e.over.done()]:
            await asyncio.wait(waiting)
        if self._notes:
            await asyncio.wait(self._notes)

    async def drain(self, platform: str, seconds: float) -> None:
        """Lets what is being sent come to its end, for so long at most. All else stays written down, also what comes
        now."""
        self._closed.add(platform)
        lines = [line for (chat, _), line in self._lines.items() if chat.platform == platform]
        for line in lines:
            line.close()
        tasks = {line.task for line in lines if line.task is not None} | self._notes
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def have_left(self, messages: Iterable[Queued]) -> None:
        """Notes that messages have left by another way. What fails is noted later."""
        self._uncrossed += messages
        with contextlib.suppress(StorageDown):
            await self.cross_out()

    async def cross_out(self) -> None:
        """Notes what has left, also what could not be noted at once.

        Raises:
            StorageDown: it still cannot.
        """
        while self._uncrossed:
            message = self._uncrossed.pop()
            try:
                await self._store.sent(message, self._clock.now())
            except BaseException:
                self._uncrossed.append(message)
                raise

    async def count_down(self, chat: Chat, message: str, reply: Reply) -> None:
        """From now on this message counts down, if it shows a wait; the one that did before stops."""
        if reply.until is None or not message:
            return
        with contextlib.suppress(StorageDown):
            before = await self._store.countdown(chat)
            await self._store.set_countdown(Countdown(chat, message, reply))
            if before is not None and before.message != message:
                left = replace(before.reply, until=None, buttons=())
                await self._messengers[chat.platform].edit(chat, before.message, left)

    def _take_up(self, left: Sequence[Queued]) -> list[Entry]:
        """Begins to send what was left, but for what is being sent here."""
        mine = {entry.queued.id for line in self._lines.values() for entry in line.entries}
        mine |= {message.id for message in self._uncrossed}
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
        key = (chat, f"at once {way}" if at_once else way)
        line = self._lines.get(key)
        if line is None or line.closing:
            line = self._lines[key] = Line(self._attempt, self._freed_by)
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

    async def _attempt(self, line: Line, entry: Entry) -> None:
        """Tries to send the first message of a line. What is written down and no broadcast has the turn of its chat
        meanwhile, so that no other process takes it for left behind."""
        if entry.queued.id is None or entry.queued.reply.unasked:
            await self._attempt_now(line, entry)
        else:
            async with self._store.turn(entry.queued.chat):
                await self._attempt_now(line, entry)

    async def _attempt_now(self, line: Line, entry: Entry) -> None:
        """Tries to send the first message of a line; it stays there if it is to be tried again."""
        message = entry.queued
        try:
            if await self._is_wanted(entry):
                shown = await self._messengers[message.chat.platform].send(message)
                self._count(message)
                self._uncrossed.append(message)
                await self._briefly(self._note(message, shown))
        except Unreachable:
            await self._lose(line, message.chat)
        except Refused as refusal:
            await self._give_up(line, entry, str(refusal))
        except TryLater as later:
            await self._put_off(line, entry, later)
        except StorageDown:
            await self._put_off(line, entry, TryLater("the database does not answer"))
        except Exception as error:
            if entry.is_awaited:
                entry.let_go(error)
            else:
                log.exception("a message could not be sent")
            await self._put_off(line, entry, TryLater(type(error).__name__))
        else:
            await self._end(line, entry)

    async def _is_wanted(self, entry: Entry) -> bool:
        """Whether a message is still to be sent. What comes unasked may have been taken back; one that another process
        left may be there, or be sent by a third one."""
        message = entry.queued
        shared = entry.doubtful and self._store.shared
        if (message.reply.unasked or shared) and not await self._store.stands(message):
            return False
        if entry.doubtful and await self._messengers[message.chat.platform].is_shown(message):
            await self.have_left([message])
            return False
        entry.doubtful = False
        return True

    async def _end(self, line: Line, entry: Entry) -> None:
        """A message has left or never will."""
        if entry.then is not None:
            await self._briefly(entry.then())
        line.leave()

    def _count(self, message: Queued) -> None:
        platform = message.chat.platform
        self._left[platform] += 1
        late = (self._clock.now() - message.due_at).total("seconds") if message.due_at is not None else None
        self._meter.sent(platform, "broadcast" if message.reply.unasked else "answer", late)

    async def _note(self, message: Queued, shown: str) -> None:
        try:
            await self.cross_out()
        except StorageDown:
            log.warning("a sent message could not be crossed out; that is tried again")
        await self.count_down(message.chat, shown, message.reply)

    async def _lose(self, line: Line, chat: Chat) -> None:
        """Nothing can be sent to a chat; nothing is until the person comes back."""
        log.info("a chat cannot be written to any more; what is due there waits until the person comes back")
        with contextlib.suppress(StorageDown):
            await self._store.set_gone(chat, True)
        while line.entries:
            await self._end(line, line.entries[0])

    async def _give_up(self, line: Line, entry: Entry, reason: str) -> None:
        """Goes on without a message."""
        self._meter.died(entry.queued.chat.platform)
        log.error("the text %s is given up (%s)", entry.queued.reply.key or "of a person", reason)
        with contextlib.suppress(StorageDown):
            await self._store.give_up(entry.queued, self._clock.now(), reason)
        await self._end(line, entry)

    async def _put_off(self, line: Line, entry: Entry, why: TryLater) -> None:
        """Notes an attempt that failed, and when the next is; or gives the message up."""
        entry.let_go()
        platform, now = entry.queued.chat.platform, self._clock.now()
        if why.seconds is not None:
            self._meter.limited(platform)
        if entry.before is None:
            entry.before = self._left[platform]
        entry.queued, wait = again(entry.queued, why, now)
        entry.at = asyncio.get_running_loop().time() + wait
        if is_hopeless(entry.queued, self._left[platform] > entry.before, now):
            await self._give_up(line, entry, str(why))
        else:
            self._meter.retried(platform)
            log.warning("%s: %s; trying again in %.1f s", platform, why, wait)
            await self._briefly(self._note_failure(entry.queued, str(why)))

    async def _note_failure(self, message: Queued, reason: str) -> None:
        with contextlib.suppress(StorageDown):
            await self._store.put_off(message, self._clock.now(), reason)

    async def _briefly(self, what: Awaitable[None]) -> None:
        """Waits a little for a note in the database. A slow one holds up no message."""
        noting = asyncio.ensure_future(what)
        self._notes.add(noting)
        noting.add_done_callback(self._notes.discard)
        await asyncio.wait((noting,), timeout=NOTED_WITHIN)


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
