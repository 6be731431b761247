"""One way out: every message leaves through here, is written down first and crossed out when it has left."""

import asyncio
import contextlib
import logging
import random
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from whenever import TimeDelta

from bot.messages import Chat, Reply
from bot.meter import SILENT, Meter
from bot.ports import Clock, Countdown, Messenger, Queued, Refused, StorageDown, Store, TryLater, Unreachable

log = logging.getLogger(__name__)

PATIENCE = 4.0
"""Seconds a visit waits for its answers to leave. After that they go on by themselves."""

NOTED_WITHIN = 0.3
"""Seconds a chat's next message waits for the note that the one before has left. A slow database holds up nobody."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a message that failed is tried again: doubled each time, with some chance in it."""

ATTEMPTS = 10
"""A message that failed so often while others of its platform left is given up: it is to blame, not the platform."""

KEPT_FOR, UNASKED_KEPT_FOR = TimeDelta(hours=24), TimeDelta(hours=3)
"""How long it is tried to send an answer, and what comes unasked."""

ROOM = 64
"""Messages that come unasked and wait for their turn, at most. All others are still due: who says /stop gets none."""

Then = Callable[[], Awaitable[None]]


@dataclass(slots=True, eq=False)
class _Entry:
    """A message in its line. `over`: nobody needs to wait for it, since it has left, never will, or not soon. `at`:
    when it is tried, by the loop's time. `then` is called when it has left or never will. `doubtful`: a process before
    this one may have sent it. `before`: how many of its platform had left when it failed first."""

    queued: Queued
    over: asyncio.Future[None]
    at: float = 0.0
    then: Then | None = None
    doubtful: bool = False
    before: int | None = None

    def let_go(self) -> None:
        if not self.over.done():
            self.over.set_result(None)


@dataclass(slots=True)
class _Line:
    """Messages of a chat that leave by the same way, in order."""

    entries: deque[_Entry] = field(default_factory=deque)
    poked: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def poke(self) -> list[_Entry]:
        """What waits is to be tried at once, and to be waited for again."""
        self.poked.set()
        for entry in self.entries:
            if entry.over.done():
                entry.over = asyncio.get_running_loop().create_future()
        return list(self.entries)

    @property
    def waited_for(self) -> list[asyncio.Future[None]]:
        return [entry.over for entry in self.entries if not entry.over.done()]


class Outbox:
    """Sends what the store has made durable: a chat's messages in order, chats at once, each until it has left or
    never will."""

    def __init__(self, store: Store, messengers: Mapping[str, Messenger], clock: Clock, meter: Meter = SILENT) -> None:
        self._meter = meter
        self._store = store
        self._messengers = messengers
        self._clock = clock
        self._lines: dict[tuple[Chat, str], _Line] = {}
        self._uncrossed: list[Queued] = []
        self._asides: set[asyncio.Future[None]] = set()
        self._left: Counter[str] = Counter()
        self._unasked: Counter[str] = Counter()
        self._freed = asyncio.Event()
        self._closing: set[str] = set()

    async def send(self, queued: Iterable[Queued]) -> None:
        """Sends messages that are written down. Returns when answers have left or must be tried again; what comes
        unasked leaves when it is its turn."""
        entries = [self._put(message) for message in queued]
        await _over([entry for entry in entries if not entry.queued.reply.unasked])

    async def send_at_once(self, chat: Chat, replies: Sequence[Reply], then: Then | None = None) -> None:
        """Sends without writing down: crisis lines, which leave no trace, and anything when the database is gone. What
        else the chat has been waiting for does not hold it up. `then` is called when all has left."""
        if not replies and then is not None:
            await then()
        entries = [self._put(Queued(chat, reply), at_once=True) for reply in replies]
        if entries:
            entries[-1].then = then
        await _over(entries)

    async def take_up(self, platform: str, chat: str = "") -> None:
        """Begins to send what a process before this one has left. What is said from now on stands behind it.

        Raises:
            StorageDown: the database cannot be reached.
        """
        self._take_up(await self._store.unsent(platform, chat))

    async def resend(self, platform: str, chat: str = "") -> None:
        """Sends what a process before this one has left, and tries at once what waits to be tried again. Returns when
        answers have left or must be tried again.

        Raises:
            StorageDown: the database cannot be reached.
        """
        entries = []
        for (there, _), line in self._lines.items():
            if there.platform == platform and chat in ("", there.id):
                entries += line.poke()
        entries += self._take_up(await self._store.unsent(platform, chat))
        await _over([entry for entry in entries if not entry.queued.reply.unasked])

    async def sweep(self, platform: str) -> None:
        """Takes up what nobody is sending: another process was, or the operator lets it be tried again.

        Raises:
            StorageDown: the database cannot be reached.
        """
        self._take_up(await self._store.unsent(platform, by=self._clock.now()))

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
        while waiting := [over for line in self._lines.values() for over in line.waited_for]:
            await asyncio.wait(waiting)
        if self._asides:
            await asyncio.wait(self._asides)

    async def drain(self, platform: str, seconds: float) -> None:
        """Lets what is being sent come to its end, for so long at most. All else stays written down."""
        self._closing.add(platform)
        lines = [line for (chat, _), line in self._lines.items() if chat.platform == platform]
        for line in lines:
            line.poked.set()
        tasks = {line.task for line in lines if line.task is not None} | self._asides
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._closing.discard(platform)

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

    async def have_left(self, messages: Iterable[Queued]) -> None:
        """Notes that messages have left by another way. What fails is noted later."""
        self._uncrossed += messages
        with contextlib.suppress(StorageDown):
            await self.cross_out()

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

    def _take_up(self, left: Sequence[Queued]) -> list[_Entry]:
        """Begins to send what was left, but for what is being sent here."""
        mine = {entry.queued.id for line in self._lines.values() for entry in line.entries}
        mine |= {message.id for message in self._uncrossed}
        return [self._put(message, doubtful=True) for message in left if message.id not in mine]

    def _put(self, queued: Queued, *, at_once: bool = False, doubtful: bool = False) -> _Entry:
        """Puts a message in its line."""
        chat = queued.chat
        way = "unasked" if queued.reply.unasked else self._messengers[chat.platform].way(queued)
        key = (chat, f"at once {way}" if at_once else way)
        entry = _Entry(queued, asyncio.get_running_loop().create_future(), self._start_of(queued), doubtful=doubtful)
        self._unasked[chat.platform] += queued.reply.unasked
        line = self._lines.setdefault(key, _Line())
        line.entries.append(entry)
        if line.task is None:
            line.task = asyncio.create_task(self._run(key, line))
        return entry

    def _start_of(self, queued: Queued) -> float:
        """When a message is tried first: soon, unless its platform wants to be left alone. The clock may have been set
        since that was noted."""
        if queued.not_before is None:
            return 0.0
        wait = (queued.not_before - self._clock.now()).total("seconds")
        return asyncio.get_running_loop().time() + min(wait, UNASKED_KEPT_FOR.total("seconds"))

    async def _run(self, key: tuple[Chat, str], line: _Line) -> None:
        platform = key[0].platform
        try:
            while line.entries and platform not in self._closing:
                entry = line.entries[0]
                wait = entry.at - asyncio.get_running_loop().time()
                if wait > 0:
                    entry.let_go()
                    await _pause(line, wait)
                    entry.at = 0.0
                else:
                    await self._try(line, entry)
        finally:
            del self._lines[key]
            while line.entries:
                self._leave(line)

    def _leave(self, line: _Line) -> None:
        """The first of a line is in it no more."""
        entry = line.entries.popleft()
        entry.let_go()
        self._unasked[entry.queued.chat.platform] -= entry.queued.reply.unasked
        self._freed.set()

    async def _try(self, line: _Line, entry: _Entry) -> None:
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
            if entry.over.done() or message.reply.unasked:
                log.exception("a message could not be sent")
            else:
                entry.over.set_exception(error)
                entry.over.exception()  # whoever waits is told; if nobody does any more, that is no fault
            await self._put_off(line, entry, TryLater(type(error).__name__))
        else:
            await self._end(line, entry)

    async def _is_wanted(self, entry: _Entry) -> bool:
        """Whether a message is still to be sent. What comes unasked may have been taken back; one that another process
        left may be there."""
        message = entry.queued
        if message.reply.unasked and not await self._store.stands(message):
            return False
        if entry.doubtful and await self._messengers[message.chat.platform].is_shown(message):
            await self.have_left([message])
            return False
        entry.doubtful = False
        return True

    async def _end(self, line: _Line, entry: _Entry) -> None:
        """A message has left or never will."""
        if entry.then is not None:
            await self._briefly(entry.then())
        self._leave(line)

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

    async def _lose(self, line: _Line, chat: Chat) -> None:
        """Nothing can be sent to a chat; nothing is until the person comes back."""
        log.info("a chat cannot be written to any more; what is due there waits until the person comes back")
        with contextlib.suppress(StorageDown):
            await self._store.set_gone(chat, True)
        while line.entries:
            await self._end(line, line.entries[0])

    async def _give_up(self, line: _Line, entry: _Entry, reason: str) -> None:
        """Goes on without a message."""
        self._meter.died(entry.queued.chat.platform)
        log.error("the text %s is given up (%s)", entry.queued.reply.key or "of a person", reason)
        with contextlib.suppress(StorageDown):
            await self._store.give_up(entry.queued, self._clock.now(), reason)
        await self._end(line, entry)

    async def _put_off(self, line: _Line, entry: _Entry, why: TryLater) -> None:
        """Notes an attempt that failed, and waits for the next; or gives the message up."""
        entry.let_go()
        message = entry.queued
        entry.before = self._left[message.chat.platform] if entry.before is None else entry.before
        attempts = message.attempts + (why.seconds is None)
        if why.seconds is not None:
            self._meter.limited(message.chat.platform)
            wait = why.seconds
        else:
            wait = min(FIRST_PAUSE * 2 ** min(attempts - 1, 9), LONGEST_PAUSE) * random.uniform(0.8, 1.2)
        entry.at = asyncio.get_running_loop().time() + wait
        entry.queued = replace(
            message,
            attempts=attempts,
            parts=max(message.parts, why.parts),
            not_before=None if why.seconds is None else self._clock.now().add(milliseconds=int(wait * 1000)),
        )
        others_left = self._left[message.chat.platform] > entry.before
        if (attempts >= ATTEMPTS and others_left) or self._is_too_old(message):
            await self._give_up(line, entry, str(why))
        else:
            self._meter.retried(message.chat.platform)
            log.warning("%s: %s; trying again in %.1f s", message.chat.platform, why, wait)
            await self._briefly(self._note_failure(entry.queued, str(why)))

    def _is_too_old(self, message: Queued) -> bool:
        kept_for = UNASKED_KEPT_FOR if message.reply.unasked else KEPT_FOR
        return message.written_at is not None and self._clock.now() - message.written_at > kept_for

    async def _note_failure(self, message: Queued, reason: str) -> None:
        with contextlib.suppress(StorageDown):
            await self._store.put_off(message, self._clock.now(), reason)

    async def _briefly(self, what: Awaitable[None]) -> None:
        """Waits a little for a note in the database. A slow one holds up no message."""
        task = asyncio.ensure_future(what)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)
        await asyncio.wait((task,), timeout=NOTED_WITHIN)


async def _pause(line: _Line, seconds: float) -> None:
    """Waits, unless everything is to be tried at once."""
    line.poked.clear()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(line.poked.wait(), seconds)


async def _over(entries: Sequence[_Entry]) -> None:
    """Waits until nobody needs to wait for any of these, or long enough.

    Raises:
        Exception: one of them failed as nobody has foreseen. It is tried again all the same.
    """
    if entries:
        done, _ = await asyncio.wait([entry.over for entry in entries], timeout=PATIENCE)
        for over in done:
            over.result()
