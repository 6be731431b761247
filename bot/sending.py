"""One attempt to send a message, and what is noted of it."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import replace

from whenever import TimeDelta

from bot.line import Entry, Line
from bot.messages import Chat, Reply
from bot.meter import Meter
from bot.ports import Clock, Messenger, Refused, StorageDown, Store, TryLater, Unreachable
from bot.records import Countdown, Queued
from bot.retries import again, is_hopeless

log = logging.getLogger(__name__)

NOTED_WITHIN = 0.3
"""Seconds a chat's next message waits for the note that the one before has left. A slow database holds up nobody."""

ASK_AGAIN_SECONDS = 1.0
"""How often the database is asked whether what comes unasked is still wanted, while it does not answer."""

LATE = TimeDelta(seconds=3)
"""Who shares the database looks whether a message that has waited so long is still to be sent."""


class Sending:
    """Tries to send the first message of a line. It has left then, or never will, or is to be tried again."""

    def __init__(self, store: Store, messengers: Mapping[str, Messenger], clock: Clock, meter: Meter) -> None:
        self._store = store
        self._messengers = messengers
        self._clock = clock
        self._meter = meter
        self._uncrossed: list[Queued] = []
        self._crossing: set[int | None] = set()
        self._left: Counter[str] = Counter()
        self.notes: set[asyncio.Future[None]] = set()
        """What is being noted in the database."""

    async def attempt(self, line: Line, entry: Entry) -> None:
        """Tries to send the first message of a line; it stays there if it is to be tried again. What is written down
        and no broadcast has the turn of its chat meanwhile, so that no other process takes it for left behind."""
        if entry.queued.id is None or entry.queued.reply.unasked:
            await self._attempt(line, entry)
        else:
            async with self._store.turn(entry.queued.chat) as mine:
                if entry.doubtful and not mine and self._store.shared:
                    line.leave()  # somebody is at work there; what is left of it is found again
                else:
                    await self._attempt(line, entry)

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
            self._crossing.add(message.id)
            try:
                await self._store.sent(message, self._clock.now())
            except BaseException:
                self._uncrossed.append(message)
                raise
            finally:
                self._crossing.discard(message.id)

    async def leave_out(self, entries: Sequence[Entry]) -> None:
        """Messages that wait are not to be sent any more, and are not written down from now on."""
        written = [entry.queued for entry in entries]
        for entry in entries:
            entry.unwanted, entry.queued = True, replace(entry.queued, id=None)
        await self._briefly(self.have_left(written))

    def unnoted(self) -> set[int | None]:
        """What has left, but is not noted as that."""
        return {message.id for message in self._uncrossed} | self._crossing

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

    def begin_to_adopt(self, entries: Sequence[Entry], written: "asyncio.Task[Sequence[Queued]]") -> None:
        """What is being sent is being written down meanwhile: from then on it is known by what was written."""
        self._note(self._adopt(entries, written))

    async def _adopt(self, entries: Sequence[Entry], written: "asyncio.Task[Sequence[Queued]]") -> None:
        try:
            messages = await asyncio.shield(written)
        except Exception:
            return  # whoever writes it looks after that
        for entry, message in zip(entries, messages, strict=False):
            if not (entry.has_left or entry.unwanted):
                entry.queued = entry.queued.as_written(message)
                if entry.at:
                    await self._note_failure(entry.queued, "it could not be sent before it was written down")
        over = [entry.has_left or entry.unwanted for entry in entries]
        await self.have_left(message for is_over, message in zip(over, messages, strict=False) if is_over)

    async def _attempt(self, line: Line, entry: Entry) -> None:
        message = entry.queued
        try:
            if message.reply.unasked:
                await self._messengers[message.chat.platform].turn(message)
                await self.cross_out()  # what is not noted would come again if this process ended: no more of that
            if await self._is_wanted(entry):
                shown = await self._messengers[message.chat.platform].send(message)
                entry.has_left = True
                self._count(message)
                self._uncrossed.append(entry.queued)  # it may have been written down meanwhile
                await self._briefly(self._note_left(message, shown))
        except Unreachable:
            await self._lose(line, message.chat)
        except Refused as refusal:
            await self._give_up(line, entry, str(refusal))
        except TryLater as later:
            await self._put_off(line, entry, later)
        except StorageDown as error:
            log.info("the database cannot be used (%s); what comes unasked waits", error)
            entry.at = asyncio.get_running_loop().time() + ASK_AGAIN_SECONDS
        except Exception as error:
            if entry.is_awaited:
                entry.let_go(error)
            else:
                log.exception("a message could not be sent")
            await self._put_off(line, entry, TryLater(type(error).__name__))
        else:
            await self._end(line, entry)

    async def _is_wanted(self, entry: Entry) -> bool:
        """Whether a message is still to be sent. What comes unasked may have been taken back; one that was left may be
        there, or have been sent meanwhile."""
        message = entry.queued
        if entry.unwanted:
            return False
        if message.not_after is not None and self._clock.now() > message.not_after:
            log.info("a %s could not be sent in time; it is left out", message.kind)
            await self._store.drop(message)
            return False
        uncertain = message.reply.unasked or message.attempts or entry.doubtful
        if (uncertain or (self._store.shared and self._is_late(message))) and not await self._stands(message):
            return False
        if entry.doubtful and await self._messengers[message.chat.platform].is_shown(message):
            await self.have_left([message])
            return False
        entry.doubtful = False
        return True

    def _is_late(self, message: Queued) -> bool:
        """Whether a message has waited so long that another process may take it for left behind."""
        return (
            message.id is not None and message.written_at is not None and self._clock.now() - message.written_at > LATE
        )

    async def _stands(self, message: Queued) -> bool:
        """Whether a message is still written down, if it ever was. Without the database an answer is."""
        if message.id is None:
            return True
        try:
            return await self._store.stands(message)
        except StorageDown:
            if message.reply.unasked:
                raise
            return True

    def _count(self, message: Queued) -> None:
        platform = message.chat.platform
        self._left[platform] += 1
        late = (self._clock.now() - message.due_at).total("seconds") if message.due_at is not None else None
        self._meter.sent(platform, "broadcast" if message.reply.unasked else "answer", late)

    async def _note_left(self, message: Queued, shown: str) -> None:
        try:
            await self.cross_out()
        except StorageDown:
            log.warning("a sent message could not be crossed out; that is tried again")
        await self.count_down(message.chat, shown, message.reply)

    async def _end(self, line: Line, entry: Entry) -> None:
        """A message has left or never will."""
        if entry.then is not None:
            await self._briefly(entry.then())
        line.leave()

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
        log.error("the text %s is given up (%s)", _named(entry.queued), reason)
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
        await asyncio.wait((self._note(what),), timeout=NOTED_WITHIN)

    def _note(self, what: Awaitable[None]) -> asyncio.Future[None]:
        noting = asyncio.ensure_future(what)
        self.notes.add(noting)
        noting.add_done_callback(self.notes.discard)
        return noting


def _named(message: Queued) -> str:
    """What a log line calls a message. Of one that was written down nowhere it does not say which: that may be what
    words of danger are met with."""
    return message.reply.key if message.id is not None and message.reply.key else "of an answer"
