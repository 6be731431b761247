"""A chat's messages that leave by the same way: in order, each until it has left or never will."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.records import Queued

Then = Callable[[], Awaitable[None]]


@dataclass(slots=True, eq=False)
class Entry:
    """A message in its line. `over`: nobody needs to wait for it, since it has left, never will, or not soon. `at`:
    when it is tried, by the loop's time. `then` is called when it has left or never will. `doubtful`: a process before
    this one may have sent it. `before`: how many of its platform had left when it failed first. `has_left`: it is
    shown. `unwanted`: it is not to be shown any more."""

    queued: Queued
    at: float = 0.0
    doubtful: bool = False
    then: Then | None = None
    before: int | None = None
    has_left: bool = False
    unwanted: bool = False
    over: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for it to leave."""
        return not self.queued.reply.unasked and not self.over.done()

    def let_go(self, error: Exception | None = None) -> None:
        """Nobody needs to wait for it. Who still does is told of the error."""
        if self.over.done():
            return
        if error is None:
            self.over.set_result(None)
        else:
            self.over.set_exception(error)
            self.over.exception()  # that nobody waits any more is no fault


class Line:
    """Messages that leave one after another. `attempt` tries to send the first: it takes it off with `leave`, or sets
    its `at`. `left` is told of each that is in the line no more."""

    def __init__(self, attempt: Callable[["Line", Entry], Awaitable[None]], left: Callable[[Entry], None]) -> None:
        self.entries: deque[Entry] = deque()
        self.closing = False
        self.task: asyncio.Task[None] | None = None
        self._attempt = attempt
        self._left = left
        self._poked = asyncio.Event()

    def leave(self) -> None:
        """The first message is in the line no more."""
        entry = self.entries.popleft()
        entry.let_go()
        self._left(entry)

    def poke(self) -> list[Entry]:
        """What waits is to be tried at once, unless its platform wants to be left alone; it can be waited for again."""
        self._poked.set()
        for entry in self.entries:
            if entry.over.done():
                entry.over = asyncio.get_running_loop().create_future()
        return list(self.entries)

    def close(self) -> None:
        """Nothing more is begun. What is left stays written down."""
        self.closing = True
        self._poked.set()

    async def run(self) -> None:
        """Sends until nothing is left."""
        try:
            while self.entries and not self.closing:
                entry = self.entries[0]
                wait = entry.at - asyncio.get_running_loop().time()
                if wait <= 0:
                    self._poked.clear()
                    await self._attempt(self, entry)
                    continue
                for waiting in self.entries:
                    waiting.let_go()
                if await self._is_poked_within(wait) and entry.queued.not_before is None:
                    entry.at = 0.0
        finally:
            while self.entries:
                self.leave()

    async def _is_poked_within(self, seconds: float) -> bool:
        """Waits so long, or until somebody wants it to be tried now: also if that was during the last attempt."""
        try:
            async with asyncio.timeout(seconds):
                await self._poked.wait()
        except TimeoutError:
            return False
        self._poked.clear()
        return True
