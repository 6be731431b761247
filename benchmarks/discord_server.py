"""The strict Discord of the tests as a process of its own, with its limits on: people call the command while a
broadcast is sent to others. It is told what to do as limits_server.py is."""

import asyncio
import json
import sys
import time
from collections import deque
from typing import Any

from discord_api import DiscordApi, Flood, Request

from benchmarks.limits_server import FIRST_PERSON, FIRST_PRESSER, SPIKE_SECONDS, STUCK_SECONDS, waits_of

ROUND_TRIP = 0.1
PRESSERS = 400
SHOWN = (4, 7)
"""Answers that show something: docs.discord.com/developers/interactions/receiving-and-responding."""


class Discord:
    """One bot's Discord."""

    def __init__(self, api: DiscordApi) -> None:
        self.api = api
        self.pressers = [api.user(FIRST_PRESSER + number) for number in range(PRESSERS)]
        self._pressed = 0
        self._read = 0
        self._called: dict[str, tuple[float, list[tuple[float, float]]]] = {}
        self._people: dict[str, int] = {}
        self.got: dict[int, int] = {}
        self.sent: list[float] = []
        self.refusals = 0
        self.first = self.latest = 0.0

    def people(self, count: int) -> list[str]:
        """Makes up people, and tells where their private messages are."""
        for number in range(FIRST_PERSON, FIRST_PERSON + count):
            self._people[str(self.api.user(number).dm.place.id)] = number
        return list(self._people)

    async def ready(self, within: float) -> bool:
        """Whether the bot can be called within so many seconds."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            if self.api.gateway.is_connected and "urge" in self.api.commands:
                return True
            await asyncio.sleep(0.05)
        return False

    def press(self, waits: list[tuple[float, float]]) -> None:
        """Somebody who has not done so for long calls the command."""
        presser = self.pressers[self._pressed % PRESSERS]
        self._pressed += 1
        now = time.monotonic()
        self._called[presser.slash("urge").token] = (now, waits)

    def look(self) -> None:
        """Reads what was asked since the last look."""
        requests = self.api.requests
        while self._read < len(requests) and (requests[self._read].status or requests[self._read].cut):
            self._count(requests[self._read])
            self._read += 1

    def _count(self, request: Request) -> None:
        parts = request.path.split("/")
        if request.status == 429:
            self.refusals += 1
        elif request.authorized:
            self.sent.append(request.at)
            person = self._people.get(parts[2]) if parts[1] == "channels" and request.method == "POST" else None
            if person is not None:
                self.got[person] = self.got.get(person, 0) + 1
                self.first, self.latest = self.first or request.at, request.at
        elif len(parts) > 3 and parts[3] in self._called and self._shows(request):
            called, waits = self._called.pop(parts[3])
            waits.append((called, request.at - called))

    @staticmethod
    def _shows(request: Request) -> bool:
        return request.path.startswith("/webhooks/") or (request.body or {}).get("type") in SHOWN

    async def presses(self, count: int, every: float, within: float = 30.0) -> dict[str, Any]:
        """So many calls while nothing else is to do, one every so many seconds."""
        waits: list[tuple[float, float]] = []
        for _ in range(count):
            self.press(waits)
            await asyncio.sleep(every)
        await self._answered(within)
        return {"presses": count, "unanswered": count - len(waits), "early": len(self.got), **waits_of(waits)}

    async def _answered(self, within: float) -> None:
        until = time.monotonic() + within
        while True:
            self.look()
            if not self._called or time.monotonic() > until:
                return
            await asyncio.sleep(0.05)

    async def broadcast(self, people: int, every: float, spike: int, within: float) -> dict[str, Any]:
        """Waits for the broadcast to begin; then a call every so many seconds, and in its middle a spike of them."""
        waits: list[tuple[float, float]] = []
        spike_waits: list[tuple[float, float]] = []
        pressed, spiked_at = 0, 0.0
        until = time.monotonic() + within
        refusals = self.refusals
        next_press = 0.0
        while len(self.got) < people and time.monotonic() < min(until, (self.latest or until) + STUCK_SECONDS):
            await asyncio.sleep(0.02)
            self.look()
            now = time.monotonic()
            if self.first and now >= next_press:
                self.press(waits)
                pressed += 1
                next_press = max(next_press, now - every) + every
            if not spiked_at and len(self.got) >= people // 2:
                spiked_at = now
                for _ in range(spike):
                    self.press(spike_waits)
        await self._answered(STUCK_SECONDS)
        calm = [(at, wait) for at, wait in waits if not spiked_at <= at < spiked_at + SPIKE_SECONDS]
        return {
            "people": people,
            "reached": len(self.got),
            "doubled": sum(self.got.values()) - len(self.got),
            "seconds": self.latest - self.first,
            "sent": sum(self.first <= at <= self.latest for at in self.sent),
            "most_in_a_second": self._most_in_a_second(),
            "refusals": self.refusals - refusals,
            "presses": pressed,
            "unanswered": pressed - len(waits) + (spike if spiked_at else 0) - len(spike_waits),
            "violations": self.api.violations[:5],
            **waits_of(waits),
            "calm": waits_of(calm),
            "spike": waits_of(spike_waits),
        }

    def _most_in_a_second(self) -> int:
        window: deque[float] = deque()
        most = 0
        for at in sorted(self.sent):
            if at >= self.first:
                window.append(at)
                while window[0] <= at - 1:
                    window.popleft()
                most = max(most, len(window))
        return most

    async def command(self, do: str, **how: Any) -> Any:
        """Does what a line asks for."""
        if do == "people":
            return self.people(**how)
        if do == "ready":
            return await self.ready(**how)
        if do == "presses":
            return await self.presses(**how)
        return await self.broadcast(**how)


async def main() -> None:
    """Serves one bot until standard input is closed."""
    async with DiscordApi() as api:
        api.latency = ROUND_TRIP
        api.flood = Flood()
        discord = Discord(api)
        commands = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
        print(json.dumps([api.url, api.token]), flush=True)
        async for line in commands:
            print(json.dumps(await discord.command(**json.loads(line))), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
