"""Who is due, and what becomes of it. Knows no scheduler: somebody calls `deliver` from time to time."""

import asyncio
import logging

from bot.conversation import Conversation
from bot.outbox import Outbox
from bot.ports import Clock, Due, StorageDown, Store

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Deliveries begun at once. They are made ready, and leave when it is their turn."""

PATIENCE = 5.0
"""Seconds after which a delivery no longer holds up the others: its chat must wait, and it goes on by itself."""


class Deliveries:
    """Takes what is due and lets it happen in its chat, the earliest first. What belongs to the emergency walk never
    waits for the rest; the rest is taken as fast as it can leave, so that what nobody wants any more is never made."""

    def __init__(self, store: Store, conversation: Conversation, outbox: Outbox, clock: Clock) -> None:
        self._store = store
        self._conversation = conversation
        self._outbox = outbox
        self._clock = clock
        self._few = asyncio.Semaphore(AT_ONCE)
        self._under_way: set[asyncio.Task[None]] = set()

    async def deliver(self, platform: str, chat: str = "", *, urgent: bool | None = None) -> int:
        """Delivers everything due by now on a platform, or in one chat of it; only what is urgent, only the rest, or
        both. Gives how many items there were.

        An item that fails keeps its lease and is taken up again when that has run out.

        Raises:
            StorageDown: the database cannot be reached.
        """
        delivered = 0
        while claimed := await self._store.claim(self._clock.now(), platform, chat, urgent=urgent):
            await asyncio.gather(*(self._wake(due) for due in claimed))
            delivered += len(claimed)
        return delivered

    async def shown(self) -> None:
        """Waits until what was delivered has left, or must be tried again."""
        await self._outbox.quiet()

    async def _wake(self, due: Due) -> None:
        async with self._few:
            if not due.urgent:
                await self._outbox.room(due.chat.platform)
            task = asyncio.create_task(self._deliver(due))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            await asyncio.wait((task,), timeout=PATIENCE)

    async def _deliver(self, due: Due) -> None:
        try:
            await self._conversation.wake(due)
        except StorageDown:
            log.warning("the database does not answer; a due %s waits", due.kind)
        except Exception:
            log.exception("a due %s could not be delivered; it is tried again later", due.kind)
