"""A Bot API that enforces limits, in a process of its own: it delivers presses while a broadcast is sent, and times the
answers. Telegram publishes no exact model; this one is what docs/performance.md describes.

The run talks to it in lines of JSON, as to load_server.py, which it stands on.
"""

import asyncio
import json
import math
import sys
import time
from collections import Counter, deque
from typing import Any

from benchmarks.load_server import CHAT, BotApi, Connection, Update, http, percentile

WINDOW = 33
"""Messages that are let through in any second. One more, and the bot is refused for a while."""

REFUSED_SECONDS = 5.0
IN_A_CHAT = 1.0
"""Seconds between two messages in a chat."""

ROUND_TRIP = 0.1
FIRST_PERSON, FIRST_PRESSER = 1_000_001, 10_000_001
SPIKE_SECONDS = 3.0
"""After so many presses at once, others within this time are counted apart."""

STUCK_SECONDS = 90.0
"""Without any message for so long, a broadcast is over."""

COUNTED = (b"sendmessage", b"sendphoto", b"editmessagetext", b"editmessagecaption", b"editmessagemedia")


class Limits:
    """What is let through, and what was."""

    def __init__(self) -> None:
        self.passed: list[float] = []
        self.refusals = 0
        self._refused_until = 0.0
        self._window: deque[float] = deque()
        self._last: dict[int, float] = {}

    def take(self, chat: int, now: float) -> float:
        """Seconds after which a message may be tried again; 0 if it is let through."""
        while self._window and self._window[0] <= now - 1:
            self._window.popleft()
        if now >= self._refused_until and len(self._window) >= WINDOW:
            self._refused_until = now + REFUSED_SECONDS
        wait = max(self._refused_until - now, self._last.get(chat, -IN_A_CHAT) + IN_A_CHAT - now)
        if wait > 0:
            self.refusals += 1
            return wait
        self._window.append(now)
        self._last[chat] = now
        self.passed.append(now)
        return 0.0

    def in_a_second(self, since: float) -> list[int]:
        """How many messages each was the last of, within a second, after a moment."""
        window: deque[float] = deque()
        counts = []
        for at in self.passed:
            if at >= since:
                window.append(at)
                while window[0] <= at - 1:
                    window.popleft()
                counts.append(len(window))
        return counts


class LimitedApi(BotApi):
    """The Bot API with limits."""

    def __init__(self) -> None:
        super().__init__()
        self.delay = ROUND_TRIP
        self.limits = Limits()
        self.got: Counter[int] = Counter()
        self.first = self.latest = 0.0
        self.begun = asyncio.Event()
        self.open: dict[int, deque[tuple[Update, list[tuple[float, float]]]]] = {}
        self.methods |= dict.fromkeys(COUNTED, self._limited)
        self._pressers = 0

    def _limited(self, connection: Connection, body: bytes, now: float) -> bytes:
        found = CHAT.search(body)
        chat = int(found[1]) if found else 0
        if wait := self.limits.take(chat, now):
            return too_many(math.ceil(wait))
        if FIRST_PERSON <= chat < FIRST_PRESSER:
            self.got[chat] += 1
            self.first, self.latest = self.first or now, now
            self.begun.set()
        elif waiting := self.open.get(chat):
            update, waits = waiting.popleft()
            waits.append((update.sent, now - update.sent))
        return self._shown(body, self._next_id(), now)

    def _next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def press(self, waits: list[tuple[float, float]]) -> None:
        """Somebody who has not done so for long presses the emergency button."""
        chat = FIRST_PRESSER + self._pressers % self.pressers
        self._pressers += 1
        self.last_update += 1
        update = Update(self.last_update, chat, "text", self._next_id())
        self.open.setdefault(chat, deque()).append((update, waits))
        self.offer(update)

    pressers = 400

    async def presses(self, count: int, every: float, within: float = 60.0) -> dict[str, Any]:
        """So many presses while nothing else is to do, one every so many seconds."""
        waits: list[tuple[float, float]] = []
        for _ in range(count):
            self.press(waits)
            await asyncio.sleep(every)
        await self._answered(within)
        return {"presses": count, "unanswered": count - len(waits), "early": sum(self.got.values()), **waits_of(waits)}

    async def _answered(self, within: float) -> None:
        until = time.perf_counter() + within
        while any(self.open.values()) and time.perf_counter() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    async def broadcast(self, people: int, every: float, spike: int, within: float) -> dict[str, Any]:
        """Waits for the broadcast to begin; then a press every so many seconds, and in its middle a spike of them."""
        waits: list[tuple[float, float]] = []
        spike_waits: list[tuple[float, float]] = []
        pressed, spiked_at = 0, 0.0
        refusals = self.limits.refusals
        await asyncio.wait_for(self.begun.wait(), within)
        until = time.perf_counter() + within
        next_press = time.perf_counter()
        while len(self.got) < people and time.perf_counter() < min(until, self.latest + STUCK_SECONDS):
            if time.perf_counter() >= next_press:
                self.press(waits)
                pressed += 1
                next_press += every
            if not spiked_at and len(self.got) >= people // 2:
                spiked_at = time.perf_counter()
                for _ in range(spike):
                    self.press(spike_waits)
            await asyncio.sleep(min(0.02, every))
        await self._answered(STUCK_SECONDS)
        ended = self.latest
        sent = sum(self.first <= at <= ended for at in self.limits.passed)
        calm = [(at, wait) for at, wait in waits if not spiked_at <= at < spiked_at + SPIKE_SECONDS]
        counts = self.limits.in_a_second(self.first)
        return {
            "people": people,
            "reached": len(self.got),
            "doubled": sum(self.got.values()) - len(self.got),
            "seconds": ended - self.first,
            "sent": sent,
            "most_in_a_second": max(counts),
            "beyond_30": sum(count > 30 for count in counts),
            "refusals": self.limits.refusals - refusals,
            "presses": pressed,
            "unanswered": pressed - len(waits) + (spike if spiked_at else 0) - len(spike_waits),
            **waits_of(waits),
            "calm": waits_of(calm),
            "spike": waits_of(spike_waits),
        }

    async def command(self, do: str, **how: Any) -> Any:
        """Does what a line asks for."""
        if do == "ready":
            return await self.ready(**how)
        if do == "presses":
            return await self.presses(**how)
        return await self.broadcast(**how)


def too_many(seconds: int) -> bytes:
    """What Telegram answers to too many requests."""
    told = {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {seconds}",
        "parameters": {"retry_after": seconds},
    }
    return http(json.dumps(told).encode()).replace(b"200 OK", b"429 Too Many Requests", 1)


def waits_of(waits: list[tuple[float, float]]) -> dict[str, float]:
    took = [wait * 1e3 for _, wait in waits]
    return {
        "p50_ms": percentile(took, 0.5),
        "p99_ms": percentile(took, 0.99),
        "last_ms": max(took, default=0.0),
    }


async def main() -> None:
    """Serves one bot until standard input is closed."""
    api = LimitedApi()
    server = await api.loop.create_server(lambda: Connection(api), "127.0.0.1", 0, backlog=1024)
    commands = asyncio.StreamReader()
    await api.loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    print(json.dumps(server.sockets[0].getsockname()[1]), flush=True)
    async for line in commands:
        print(json.dumps(await api.command(**json.loads(line))), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
