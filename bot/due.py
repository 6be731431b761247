"""Who is due, and what becomes of it. Knows no scheduler: somebody calls `deliver` from time to time."""

import asyncio
import logging

from whenever import Instant

from bot.conversation import Conversation
from bot.ports import Due, Store

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Deliveries begun at once, so that many of them leave a platform's limit to answers."""

PATIENCE = 5.0
"""Seconds after which a delivery no longer holds up the others: its chat must wait, and it goes on by itself."""


class Deliveries:
    """Takes what is due and lets it happen in its chat, the earliest first."""

    def __init__(self, store: Store, conversation: Conversation) -> None:
        self._store = store
        self._conversation = conversation
        self._few = asyncio.Semaphore(AT_ONCE)
        self._under_way: set[asyncio.Task[None]] = set()

    async def deliver(self, now: Instant, platform: str, chat: str = "") -> int:
        """Delivers everything due by `now` on a platform, or in one chat of it. Gives how many items there were.

        An item that fails keeps its lease and is taken up again when that has run out.

        Raises:
            StorageDown: the database cannot be reached.
        """
        delivered = 0
        while claimed := await self._store.claim(now, platform, chat):
            await asyncio.gather(*(self._wake(due) for due in claimed))
            delivered += len(claimed)
        return delivered

    async def _wake(self, due: Due) -> None:
        async with self._few:
            task = asyncio.create_task(self._deliver(due))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            await asyncio.wait((task,), timeout=PATIENCE)

    async def _deliver(self, due: Due) -> None:
        try:
            await self._conversation.wake(due)
        except Exception:
            log.exception("a due %s could not be delivered; it is tried again later", due.kind)
