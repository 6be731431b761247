"""What Telegram brings: durable first, then handled, a chat's updates in order and chats at once."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from telegram import Bot, Update
from telegram.constants import ChatAction
from telegram.error import TelegramError
from whenever import Instant, TimeDelta

from bot.adapters.door import Door
from bot.adapters.lanes import Lanes
from bot.adapters.telegram import PLATFORM
from bot.adapters.telegram.calls import FEW, Calls
from bot.adapters.telegram.elsewhere import Elsewhere
from bot.adapters.telegram.messenger import TelegramMessenger
from bot.adapters.telegram.order import Order, SharedOrder
from bot.adapters.telegram.reading import Event, read
from bot.conversation import Conversation
from bot.flood import Verdict
from bot.library import Library
from bot.messages import Chat, Receipt
from bot.outbox import Outbox
from bot.ports import Clock, StorageDown, Store
from bot.records import Received

log = logging.getLogger(__name__)

TYPING_AFTER = 1.0
"""Seconds an answer may take before the person is shown that it comes."""

REMEMBERED = 10_000
"""Updates whose numbers are kept in memory, so that one that comes again is not begun again."""


WRITTEN_WITHIN = 0.05
"""Seconds that answers wait for their updates to be written, where several come at once."""

WITHOUT_DATABASE_SECONDS = 2.0
"""How long no more is fetched while what came is handled from memory, and would be lost with the process."""


ASKED_WITHIN = 0.5
"""Seconds in which the database says what came before an update. A slow one holds up no answer."""

LEFT_BEHIND = TimeDelta(seconds=12)
"""An update that is not handled after so long was taken in by a process that is gone, or is very late: it is taken up,
and handled once even so."""


class Intake:
    """Takes updates in, once each. An update is done when its answer is durable; until then it is in the inbox."""

    def __init__(
        self,
        bot: Bot,
        calls: Calls,
        messenger: TelegramMessenger,
        conversation: Conversation,
        outbox: Outbox,
        store: Store,
        library: Library,
        clock: Clock,
    ) -> None:
        self._bot = bot
        self._calls = calls
        self._messenger = messenger
        self._conversation = conversation
        self._outbox = outbox
        self._store = store
        self._elsewhere = Elsewhere(bot, calls, library)
        self._clock = clock
        self._lanes = Lanes()
        self._door = Door(conversation)
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._albums: OrderedDict[int, str] = OrderedDict()
        self._asides: set[asyncio.Task[None]] = set()

    @property
    def source(self) -> str:
        """Names the bot in the inbox: update ids are counted per bot."""
        return f"{PLATFORM}:{self._bot.id}"

    def order(self) -> Order | SharedOrder:
        """Lets updates pass that Telegram brings at once."""
        if self._store.shared:
            return SharedOrder(partial(self._store.arrived, self.source))
        return Order(next(reversed(self._seen), None))

    @property
    def idle(self) -> bool:
        """Whether everything that came in is handled and everything said aside is said."""
        return self._lanes.idle and not self._asides

    async def recover(self) -> None:
        """Begins with what a process before this one left: first the messages not sent, then the updates not
        handled. What others that share the database may be at work on is left to them."""
        await self._outbox.take_up(PLATFORM)
        await self.sweep()
        if not self._store.shared:  # else the inbox itself is asked, each time
            for id in await self._store.newest(self.source, max(0, REMEMBERED - len(self._seen))):
                self._remember(id)

    async def sweep(self) -> None:
        """Begins with the updates that are not handled. Where others share the database, with those that nobody has
        handled for so long that who took them in must be gone."""
        by = self._clock.now() - LEFT_BEHIND if self._store.shared else None
        for received in await self._store.waiting(self.source, by):
            if (event := await self._kept(received)) is not None:
                self._begin(event)

    async def _kept(self, received: Received) -> Event | None:
        """The update of a row. One that cannot be read is left out for good."""
        try:
            return Event.from_json(received.body)
        except (TypeError, ValueError):
            log.error("the update %d, kept in the inbox, could not be read; it is left out", received.receipt.id)
            await self._conversation.settle(received.receipt)
            return None

    async def take_in(self, updates: Sequence[Update]) -> None:
        """Takes updates in. When it returns they are durable, or, without the database, handled or waited for: they
        will not be asked for again. A flood of one person is turned away before.

        What comes alone is answered while it is written down: both share a commit. Of many the answers begin when they
        are written and the caller is about to fetch the next ones, which takes longest where Telegram is far away. No
        answer waits for a slow database.
        """
        read = [(update.update_id, self._read(update)) for update in updates]
        events = [event for _, event in read if event is not None and self._admits(event)]
        kept = asyncio.create_task(self._keep(events))
        if len(events) > 1:
            await asyncio.wait((kept,), timeout=WRITTEN_WITHIN)
        if len(events) == 1 or not kept.done():
            self._begin_all(events)
        await kept
        if self._store.shared:
            taken = {event.id for event in events}
            left_out = [Receipt(self.source, id) for id, _ in read if id not in taken]
            await asyncio.gather(*map(self._conversation.settle, left_out))  # nobody is to wait for its number
        await self._lanes.room()
        asyncio.get_running_loop().call_soon(self._begin_all, events)

    def look_ahead(self, updates: Sequence[Update]) -> None:
        """Begins with what is urgent of updates that will be brought again. Until then it is in memory only."""
        for update in updates:
            event = self._read(update)
            if event is not None and event.id not in self._seen and self._is_urgent(event) and self._admits(event):
                self._begin(event)

    def _admits(self, event: Event) -> bool:
        """Whether an update is taken in. Who is in a chat of their own is told that it is not, now and then."""
        if event.id in self._seen or event.kind in ("left", "returned"):
            return True
        incoming = event.incoming(self._receipt(event), is_last=False, answered=False)
        if event.kind == "inline":  # each letter of a query is one
            incoming = replace(incoming, chat=Chat(PLATFORM, f"inline {event.chat}"))
        verdict = self._door.looks_at(event.id, incoming)
        if verdict is Verdict.IN:
            return True
        self._remember(event.id)
        self._note(event)
        if verdict is Verdict.TELL and event.kind not in ("group", "inline"):
            self._lanes.put(event.chat, partial(self._conversation.turn_away, _chat(event), language=event.language))
        return False

    def _note(self, event: Event) -> None:
        """Remembers what stands in the chat, and ends a tap's waiting sign."""
        if event.kind == "tap":
            self._acknowledge(event)
            if event.message:
                self._messenger.met(event.chat, event.message)
        elif event.message and event.kind != "group":
            self._messenger.saw(event.chat, event.message, Instant.from_timestamp(event.at) if event.at else None)

    def _begin_all(self, events: Sequence[Event]) -> None:
        for event in events:
            self._begin(event)

    def _read(self, update: Update) -> Event | None:
        """What an update means. One that comes again is kept again, too: the first may not be written yet."""
        try:
            return read(update, self._bot.username)
        except Exception as error:
            log.error("the update %d makes no sense (%s); it is left out", update.update_id, type(error).__name__)
            return None

    async def stop(self, seconds: float) -> None:
        """Lets what has begun come to its end, for so long at most."""
        until = asyncio.get_running_loop().time() + seconds
        await self._lanes.drain(seconds)
        await self._outbox.drain(PLATFORM, max(0.1, until - asyncio.get_running_loop().time()))
        for task in self._asides:
            task.cancel()
        await asyncio.gather(*self._asides, return_exceptions=True)

    async def _keep(self, events: Sequence[Event]) -> None:
        try:
            if events:
                received = [Received(self._receipt(event), event.to_json(), str(event.chat)) for event in events]
                await self._store.take_in(received, self._clock.now())
        except StorageDown as error:
            log.warning("the database does not answer (%s); updates are handled from memory", error)
            self._begin_all(events)
            await self._lanes.quiet(WITHOUT_DATABASE_SECONDS)

    def _receipt(self, event: Event) -> Receipt:
        return Receipt(self.source, event.id)

    def _begin(self, event: Event) -> None:
        if event.id in self._seen:
            return
        self._remember(event.id)
        self._note(event)
        handle = self._in_turn if self._store.shared else self._handle
        self._lanes.put(event.chat, partial(handle, event), partial(self._is_urgent, event))

    def _is_urgent(self, event: Event) -> bool:
        return event.kind not in ("left", "returned", "group", "inline") and self._conversation.is_urgent(
            event.incoming(self._receipt(event), is_last=False, answered=False)
        )

    def _remember(self, id: int) -> None:
        self._seen[id] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    async def _in_turn(self, event: Event) -> None:
        """Handles an update among processes that share the database: after what came before it in its chat, whoever
        took that in, and behind what a process that is gone had to say; not if another one has handled it meanwhile."""
        self._door.is_done(event.id)
        async with self._store.turn(_chat(event)) as mine:
            earlier: Sequence[Received] | None = ()
            with suppress(StorageDown, TimeoutError):
                async with asyncio.timeout(ASKED_WITHIN):
                    earlier = await self._store.before(self._receipt(event), str(event.chat))
                    if mine and earlier is not None:
                        await self._outbox.take_over(_chat(event))
            if earlier is None:
                return
            for received in earlier:
                if (before := await self._kept(received)) is not None:
                    await self._handle_earlier(before)
            await self._handle(event)

    async def _handle_earlier(self, event: Event) -> None:
        self._remember(event.id)
        try:
            await self._handle(event)
        except Exception:
            log.exception("what came in could not be handled")

    async def _handle(self, event: Event) -> None:
        self._door.is_done(event.id)
        receipt = self._receipt(event)
        match event.kind:
            case "left" | "returned":
                await self._conversation.reach(_chat(event), gone=event.kind == "left", receipt=receipt)
            case "group":
                await self._elsewhere.answer(event)
                await self._conversation.settle(receipt)
            case "inline":
                self._aside(self._elsewhere.answer(event))
                await self._conversation.settle(receipt)
            case "tap" if not event.text:
                await self._conversation.settle(receipt)
            case _:
                await self._converse(event, receipt)

    async def _converse(self, event: Event, receipt: Receipt) -> None:
        is_last = not self._store.shared and self._messenger.is_last(event.chat, event.message)
        soon = asyncio.get_running_loop().call_later(TYPING_AFTER, lambda: self._aside(self._type(event.chat)))
        try:
            await self._conversation.receive(event.incoming(receipt, is_last=is_last, answered=self._answered(event)))
        finally:
            soon.cancel()

    def _answered(self, event: Event) -> bool:
        """Whether a picture belongs to an album of which one is answered already."""
        if not event.album:
            return False
        answered = self._albums.get(event.chat) == event.album
        self._albums[event.chat] = event.album
        if len(self._albums) > REMEMBERED:
            self._albums.popitem(last=False)
        return answered

    def _acknowledge(self, event: Event) -> None:
        """Ends a tap's waiting sign, before anything that may take time. One that is too old cannot be acknowledged,
        and needs not be."""
        if event.kind == "tap":
            call = partial(self._bot.answer_callback_query, event.query)
            self._aside(self._calls.insist(call, FEW, chat=event.chat))

    async def _type(self, chat: int) -> None:
        await self._bot.send_chat_action(chat, ChatAction.TYPING)

    def _aside(self, what: Awaitable[object]) -> None:
        """Does something beside the conversation; that it fails is of no account."""
        task = asyncio.ensure_future(_quietly(what))
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)


async def _quietly(what: Awaitable[object]) -> None:
    with suppress(TelegramError):
        await what


def _chat(event: Event) -> Chat:
    return Chat(PLATFORM, str(event.chat))
