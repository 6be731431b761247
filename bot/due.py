"""Who is due, and what becomes of it. Knows no scheduler: somebody calls `deliver` from time to time."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import nullcontext

from bot.conversation import Conversation
from bot.outbox import Outbox
from bot.ports import Clock, StorageDown, Store
from bot.records import Due

log = logging.getLogger(__name__)

AT_ONCE = 16
"""Deliveries begun at once, of those that are urgent and of the rest. They are made ready, and leave when it is their
turn. On SQLite so many share a commit."""

AT_ONCE_SHARED = 6
"""The same where others share the database: each has a commit of its own, and more would only hold up the loop."""

PATIENCE = 5.0
"""Seconds after which a delivery no longer holds up the others: its chat must wait, and it goes on by itself."""


def at_once(store: Store) -> int:
    """How many deliveries are begun at once."""
    return AT_ONCE_SHARED if store.shared else AT_ONCE


class Deliveries:
    """Takes what is due and lets it happen in its chat, the earliest first. What belongs to the emergency walk never
    waits for the rest; the rest is taken as fast as it can leave, so that what nobody wants any more is never made."""

    def __init__(self, store: Store, conversation: Conversation, outbox: Outbox, clock: Clock) -> None:
        self._store = store
        self._conversation = conversation
        self._outbox = outbox
        self._clock = clock
        self._few = {urgent: asyncio.Semaphore(at_once(store)) for urgent in (True, False)}
        self._under_way: set[asyncio.Task[None]] = set()
        self._failed: list[Due] = []
        self._closing = False

    async def deliver(self, platform: str, chat: str = "", *, urgent: bool | None = None) -> int:
        """Delivers everything due by now on a platform, or in one chat of it; only what is urgent, only the rest, or
        both. Gives how many items there were.

        What fails because of the database is tried again at the next call; anything else that fails keeps its lease and
        is taken up again when that has run out.

        Raises:
            StorageDown: the database cannot be reached.
        """
        delivered = 0
        claimed: Sequence[Due] = self._again(urgent)
        while not self._closing and (claimed := claimed or await self._claim(platform, chat, urgent)):
            await asyncio.gather(*(self._wake(due) for due in claimed))
            delivered += len(claimed)
            claimed = ()
        return delivered

    async def shown(self) -> None:
        """Waits until what was delivered has left, or must be tried again."""
        await self._outbox.quiet()

    async def stop(self) -> None:
        """Begins no more. What is claimed and not delivered is left to the next process."""
        self._closing = True
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _claim(self, platform: str, chat: str, urgent: bool | None) -> Sequence[Due]:
        return await self._store.claim(self._clock.now(), platform, chat, urgent=urgent)

    def _again(self, urgent: bool | None) -> list[Due]:
        """What failed before because of the database."""
        again = [due for due in self._failed if urgent in (None, due.urgent)]
        self._failed = [due for due in self._failed if due not in again]
        return again

    async def _wake(self, due: Due) -> None:
        room = nullcontext() if due.urgent else self._outbox.room(due.chat.platform)
        async with self._few[due.urgent], room:
            if self._closing:
                return
            task = asyncio.create_task(self._deliver(due))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            await asyncio.wait((task,), timeout=PATIENCE)

    async def _deliver(self, due: Due) -> None:
        try:
            await self._conversation.wake(due)
        except StorageDown:
            self._failed.append(due)
        except Exception:
            log.exception("a due %s could not be delivered; it is tried again later", due.kind)
