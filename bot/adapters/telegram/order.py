"""The order in which updates were made, where Telegram brings them at once: by webhook a tap and a message of the same
chat come on connections of their own, and either may be the first."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.ports import StorageDown

PATIENCE = 0.15
"""Seconds an update waits for those before it; they are on their way, or lost for now."""

NEAR = 1_000
"""An update that lies further back than this is none that came late: after a quiet week Telegram counts on from
anywhere (core.telegram.org/bots/api#update)."""

LOOK_AGAIN_SECONDS = 0.02


class Order:
    """Lets updates pass by their ids, which count up by one. `last` is the one that came last before, if that is
    known."""

    def __init__(self, last: int | None = None) -> None:
        self._next = None if last is None else last + 1
        self._waiting: dict[asyncio.Event, int] = {}
        self._late: set[asyncio.Event] = set()

    async def turn(self, id: int) -> None:
        """Returns when all updates before this one have passed, or a little later if one of them does not come."""
        try:
            if self._next is not None and id > self._next:
                await self._wait(id)
            if self._next is None or not self._next - NEAR <= id < self._next:
                self._next = id + 1
        finally:
            self._let_on()

    async def _wait(self, id: int) -> None:
        free = asyncio.Event()
        self._waiting[free] = id
        timer = asyncio.get_running_loop().call_later(PATIENCE, self._give_up, free)
        try:
            await free.wait()
        finally:
            timer.cancel()
            del self._waiting[free]
            self._late.discard(free)

    def _give_up(self, free: asyncio.Event) -> None:
        """One has waited for long enough: it and those before it that are here go on, in order."""
        self._late.add(free)
        self._let_on()

    def _let_on(self) -> None:
        """Lets the first one go whose turn it is. It lets on the next, so that none that comes now can overtake."""
        if self._waiting:
            free, id = min(self._waiting.items(), key=lambda item: item[1])
            if self._late or self._next is None or id <= self._next:
                free.set()


class SharedOrder:
    """The same where several processes take updates in: most of what is missing here has come to another one. `arrived`
    says how many of the numbers from one to another are in the inbox. A gap is waited for once."""

    def __init__(self, arrived: Callable[[int, int], Awaitable[int]]) -> None:
        self._arrived = arrived
        self._next: int | None = None

    async def turn(self, id: int) -> None:
        """Returns when what lies between the last update here and this one is written down, or a little later."""
        first = id if self._next is None else self._next
        if first - NEAR <= id < first:
            return
        self._next = id + 1
        if id - first > NEAR:
            return
        with suppress(TimeoutError, StorageDown):
            async with asyncio.timeout(PATIENCE):
                while id > first and await self._arrived(first, id - 1) < id - first:  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_AGAIN_SECONDS)
