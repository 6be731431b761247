"""What happens in one chat is handled in order, and chats at once; what is urgent waits for nothing that takes long."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from contextlib import suppress

log = logging.getLogger(__name__)

ROOM = 2_000
"""Things that may wait in memory at once. Beyond that no more are fetched: they are safe where they are."""

OVERTAKEN_AFTER = 0.5
"""Seconds after which what is urgent goes on beside what is still being handled in its chat."""

LAST_WORDS = 0.5
"""Seconds for what is broken off to come to its end."""

Job = Callable[[], Awaitable[None]]


class Lanes:
    """A lane for each chat that has something to do. A job that fails is logged, and the next one follows."""

    def __init__(self) -> None:
        self._lanes: dict[Hashable, deque[Job]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._count = 0
        self._freed = asyncio.Event()
        self._closing = False

    def put(self, chat: Hashable, job: Job, is_urgent: Callable[[], bool] | None = None) -> None:
        """Does a job after all others of its chat; one that `is_urgent` beside them, if they take too long."""
        self._count += 1
        lane = self._lanes.get(chat)
        if lane is not None:
            lane.append(job)
            if is_urgent is not None:
                asyncio.get_running_loop().call_later(OVERTAKEN_AFTER, self._overtake, chat, job, is_urgent)
            return
        self._lanes[chat] = deque((job,))
        self._begin(self._run(chat))

    async def room(self) -> None:
        """Waits until there is room for more."""
        while self._count >= ROOM:
            self._freed.clear()
            await self._freed.wait()

    async def quiet(self, seconds: float) -> None:
        """Waits until nothing is to be done, for so long at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.idle:
                    self._freed.clear()
                    await self._freed.wait()

    @property
    def idle(self) -> bool:
        """Whether nothing is to be done."""
        return self._count == 0

    async def drain(self, seconds: float) -> None:
        """Lets what has begun come to its end, for so long at most. What has not begun is left to where it came from:
        an inbox, or the person who presses again."""
        self._closing = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=LAST_WORDS)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _overtake(self, chat: Hashable, job: Job, is_urgent: Callable[[], bool]) -> None:
        lane = self._lanes.get(chat, ())
        if job in lane and is_urgent() and not self._closing:
            self._lanes[chat].remove(job)
            self._begin(self._do(job))

    async def _do(self, job: Job) -> None:
        try:
            await job()
        except Exception:
            log.exception("what came in could not be handled")
        finally:
            self._count -= 1
            self._freed.set()

    async def _run(self, chat: Hashable) -> None:
        lane = self._lanes[chat]
        try:
            while lane and not self._closing:
                await self._do(lane.popleft())
        finally:
            self._count -= len(lane)
            self._freed.set()
            del self._lanes[chat]
