"""The processes on one PostgreSQL: whose turn it is in a chat, and what they tell each other.

Turns are advisory locks of one connection, which has nothing else to do. They go with it: with the process, when that
is killed, and all at once when the server goes. Nobody waits for one for long. Without a turn two processes may answer
a chat out of order, and nothing worse: that is better than no answer. What is told goes by NOTIFY, to who is there.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from bot.messages import Chat
from bot.storage.alone import key_of

LONGEST_SECONDS = 5.0
"""How long somebody else may have the turn before it is gone without."""

ANSWER_SECONDS = 1.0
"""How long the server may take to say whose turn it is."""

ASK_AGAIN_SECONDS = 0.02
CONNECT_AGAIN_SECONDS = 1.0

TAKE = "SELECT pg_try_advisory_lock($1)"
GIVE = "SELECT pg_advisory_unlock($1)"
TELL = "SELECT pg_notify('holdfast', $1)"
CHANNEL = "holdfast"

FAULTS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


@dataclass(slots=True)
class _Turn:
    """A turn that this process has, or asks for. Who needs it at the same time here shares it."""

    taking: asyncio.Task[bool]
    users: int = 0


class Peers:
    """The other processes, as one of them sees them. `connect` makes a connection to the server."""

    def __init__(self, connect: Callable[[], Awaitable[Any]]) -> None:
        self._connect = connect
        self._connection: Any = None
        self._staying: asyncio.Task[None] | None = None
        self._asking = asyncio.Lock()
        self._turns: dict[int, _Turn] = {}
        self._asides: set[asyncio.Task[Any]] = set()
        self._hears: list[Callable[[str], None]] = []

    async def join(self) -> None:
        """Is one of them from now on. While there is no connection, one is tried for again and again."""
        tried = asyncio.Event()
        self._staying = asyncio.create_task(self._stay(tried))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                await tried.wait()

    def tell(self, word: str) -> None:
        """Tells all others a word. It is written down nowhere, and lost on who is not there."""
        self._aside(self._ask(TELL, word))

    def hear(self, what: Callable[[str], None]) -> None:
        """From now on `what` is called with each word of the others."""
        self._hears.append(what)

    @asynccontextmanager
    async def turn(self, chat: Chat) -> AsyncIterator[bool]:
        """Has the turn of a chat: True, if the server can be asked and nobody keeps it for too long."""
        key = key_of("turn", chat)
        turn = self._turns.get(key)
        if turn is None:
            turn = self._turns[key] = _Turn(asyncio.create_task(self._take(key)))
        turn.users += 1
        try:
            yield await asyncio.shield(turn.taking)
        finally:
            turn.users -= 1
            if not turn.users:
                del self._turns[key]
                self._aside(self._give(key, turn))

    async def close(self) -> None:
        """Leaves, and gives back all turns."""
        tasks = [task for task in (self._staying, *self._asides) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._hang_up()

    async def _take(self, key: int) -> bool:
        until = asyncio.get_running_loop().time() + LONGEST_SECONDS
        while True:
            taken = await self._ask(TAKE, key)
            if taken is not False:
                return bool(taken)
            if asyncio.get_running_loop().time() >= until:
                return False
            await asyncio.sleep(ASK_AGAIN_SECONDS)

    async def _give(self, key: int, turn: _Turn) -> None:
        if await turn.taking:
            await self._ask(GIVE, key)

    async def _ask(self, question: str, about: int | str) -> bool | None:
        """What the server says; None if it says nothing."""
        async with self._asking:
            if self._connection is None:
                return None
            asked = asyncio.ensure_future(self._connection.fetchval(question, about))
            try:
                done, _ = await asyncio.wait((asked,), timeout=ANSWER_SECONDS)
                if done:
                    return bool(asked.result())
            except FAULTS:
                pass
            except asyncio.CancelledError:
                self._leave(asked)
                raise
            self._leave(asked)
            return None

    def _leave(self, asked: "asyncio.Future[Any]") -> None:
        """Nothing more is asked of a connection on which somebody was broken off."""
        self._hang_up()
        asked.add_done_callback(lambda asked: asked.cancelled() or asked.exception())
        asked.cancel()

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _stay(self, tried: asyncio.Event) -> None:
        """Connects, and again when the connection is lost."""
        while True:
            if self._connection is None or self._connection.is_closed():
                self._connection = None
                with contextlib.suppress(*FAULTS):
                    connection = await self._connect()
                    await connection.add_listener(CHANNEL, self._heard)
                    self._connection = connection
            tried.set()
            await asyncio.sleep(CONNECT_AGAIN_SECONDS)

    def _heard(self, connection: Any, pid: int, _channel: str, word: object) -> None:
        if pid != connection.get_server_pid():
            for hear in self._hears:
                hear(str(word))

    def _aside(self, what: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(what)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)
