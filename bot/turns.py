"""Whose turn it is in a chat, and how long anything is waited for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from weakref import WeakValueDictionary

from bot.messages import Chat
from bot.ports import Store

PATIENCE = 2.0
"""Seconds the database may take before an answer goes on without it: Discord wants one within 3."""

URGENT_PATIENCE = 1.0
"""Seconds that what is urgent waits for the database, and for what goes on in its chat: a button of the emergency walk
says all that must be known, and so do words that mean danger."""

IsUrgent = Callable[[], bool]


def never() -> bool:
    """Of what is not urgent."""
    return False


def always() -> bool:
    """Of what is urgent."""
    return True


class Turns:
    """One thing at a time in a chat, and chats at once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._locks: WeakValueDictionary[Chat, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, chat: Chat, is_urgent: IsUrgent = never) -> AsyncIterator[None]:
        """Has the turn of a chat: in this process, and then among those that share its database. What is urgent goes on
        beside what takes too long."""
        lock = self._locks.setdefault(chat, asyncio.Lock())
        async with AsyncExitStack() as held:
            with suppress(TimeoutError):
                async with patience(None, is_urgent):
                    await held.enter_async_context(lock)
            async with self._store.turn(chat):
                yield


@asynccontextmanager
async def patience(seconds: float | None, is_urgent: IsUrgent) -> AsyncIterator[None]:
    """Waits so long at most, or for as long as it takes; with what is urgent no longer than URGENT_PATIENCE. Whether
    it is need not be known before.

    Raises:
        TimeoutError: it took longer.
    """
    loop = asyncio.get_running_loop()

    def hurry() -> None:
        if is_urgent():
            limit.reschedule(loop.time())

    async with asyncio.timeout(seconds) as limit:
        later = loop.call_later(URGENT_PATIENCE, hurry)
        try:
            yield
        finally:
            later.cancel()
