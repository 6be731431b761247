"""What a platform does every few seconds: delivers what is due, and brings what counts down up to date."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from whenever import TimeDelta

from bot.adapters.leader import Leader
from bot.conversation import Conversation
from bot.countdowns import Countdowns
from bot.due import Deliveries
from bot.keeping import Housekeeping
from bot.outbox import Outbox
from bot.ports import Clock, Messenger, StorageDown, Store

log = logging.getLogger(__name__)

TICK_SECONDS = 2.0
"""How often is looked for what has become due, and for what counts down."""

TIDY_SECONDS = 3600.0
"""How often old receipts are dropped, and is looked whether a new day has begun."""

RECEIPTS_KEPT = TimeDelta(hours=48)
"""Telegram keeps an update for 24 hours at most (core.telegram.org/bots/api#getting-updates), Discord a session's
events for minutes: what comes again later than this is none of the same."""

Tick = Callable[[], Coroutine[Any, Any, None]]
Ticks = Callable[[float, Tick], None]


class Ticking:
    """The ticks of one platform. Where several processes are at work, one of them delivers and tidies."""

    def __init__(
        self,
        platform: str,
        messenger: Messenger,
        conversation: Conversation,
        outbox: Outbox,
        store: Store,
        clock: Clock,
    ) -> None:
        self._platform = platform
        self._conversation = conversation
        self._outbox = outbox
        self._store = store
        self._clock = clock
        self._deliveries = Deliveries(store, conversation, outbox, clock)
        self._countdowns = Countdowns(store, conversation, messenger)
        self._housekeeping = Housekeeping(store, clock)

    def begin(self, every: Ticks, leader: Leader) -> None:
        """Ticks from now on."""
        every(TICK_SECONDS, self.note)
        every(TICK_SECONDS, leader.only(self.sweep))
        every(TICK_SECONDS, leader.only(self.deliver_urgent))
        every(TICK_SECONDS, leader.only(self.deliver))
        every(TICK_SECONDS, leader.only(self.count_down))
        every(TIDY_SECONDS, leader.only(self.tidy))

    async def take_over(self) -> None:
        """Takes up what a process had claimed that was here, or led, before this one. Where others may lead next, it
        goes on for as long as this one does."""
        while True:
            with contextlib.suppress(StorageDown):
                await self._store.free_claims(self._clock.now(), self._platform)
                break
            await asyncio.sleep(TICK_SECONDS)
        if self._store.shared:
            await asyncio.Event().wait()

    async def stop(self) -> None:
        """Delivers nothing more."""
        await self._deliveries.stop()

    async def note(self) -> None:
        """Notes what could not be noted at once."""
        with contextlib.suppress(StorageDown):
            await self._outbox.cross_out()
            await self._conversation.settle()

    async def sweep(self) -> None:
        """Sends what nobody is sending."""
        with contextlib.suppress(StorageDown):
            await self._outbox.sweep(self._platform)

    async def deliver_urgent(self) -> None:
        """Delivers what belongs to the emergency walk."""
        await self._deliver(urgent=True)

    async def deliver(self) -> None:
        """Delivers what else is due. Many at once take a while."""
        await self._deliver(urgent=False)

    async def _deliver(self, *, urgent: bool) -> None:
        try:
            await self._deliveries.deliver(self._platform, urgent=urgent)
        except StorageDown as error:
            log.warning("the database does not answer (%s); what is due waits", error)

    async def count_down(self) -> None:
        """Brings what counts down up to date."""
        with contextlib.suppress(StorageDown):
            await self._countdowns.tick(self._clock.now(), self._platform)

    async def tidy(self) -> None:
        """Drops old receipts, what was given up and what came long ago; wakes what was set by a clock far ahead. Once a
        day looks after those who have not been here for long."""
        with contextlib.suppress(StorageDown):
            await self._store.forget_handled(self._clock.now() - RECEIPTS_KEPT)
            await self._store.forget_old(self._clock.now())
            await self._store.wake_strays(self._clock.now(), self._platform)
            await self._housekeeping.look()
