"""What a fault can lay its hands on, and what is noted while it does."""

import asyncio
import json
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.adapters.terminal.text import plain
from bot.storage.seal import owner_of
from tests.chaos.clock import Clock
from tests.chaos.crowd import Crowd
from tests.chaos.databases import Database
from tests.chaos.people import InNeed
from tests.chaos.stages import Stage
from tests.whole_bot import SEAL, WholeBot, squeezed

JUST = 0.2
"""Seconds in which an answer may be on its way."""


@dataclass
class Window:
    """A while in which something went wrong, in moments of `time.monotonic`. `reaches`: the way to the people was
    open, so that who is in need must be answered all the same."""

    what: str
    since: float
    until: float = 0.0
    reaches: bool = False
    ends_a_bot: bool = False


@dataclass
class Scene:
    """One trial's bots, platform and database. `flights` counts, for each chat, what was under way when a bot ended."""

    stage: Stage
    bots: Sequence[WholeBot]
    database: Database
    clock: Clock
    chance: random.Random
    crowd: Crowd
    talkers: Sequence[int]
    in_need: InNeed
    windows: list[Window] = field(default_factory=list)
    flights: Counter[int] = field(default_factory=Counter)
    left: set[int] = field(default_factory=set)

    async def until(self, condition: object, seconds: float = 30.0) -> None:
        """Waits until something is true, or fails with what was asked and printed last."""
        await self.bots[0].until(condition, seconds)

    async def some_sends(self, most: int = 0) -> None:
        """Waits for a moment like any other after the first send, but no longer than something is sent."""
        wanted = self.chance.randint(1, most or max(2, self.crowd.count // 3))
        before = self.stage.sends()
        await self.until(lambda: self.stage.sends() > before)
        end = time.monotonic() + 3
        await self.until(lambda: self.stage.sends() >= before + wanted or time.monotonic() > end)
        await asyncio.sleep(self.chance.uniform(0, 0.03))

    async def ends(self, by: signal.Signals, bot: WholeBot | None = None) -> None:
        """A signal ends a bot; SIGTERM must end it well. What it leaves unfinished is noted."""
        which = bot or self.bots[0]
        self.windows.append(Window(by.name, time.monotonic(), time.monotonic(), ends_a_bot=True))
        if by is signal.SIGKILL:
            await which.is_killed()
        else:
            await which.is_stopped(by, seconds=10)
        await self.note_flights()

    async def note_flights(self) -> None:
        """Notes for each chat whether the platform had done a send that the bot had not crossed out, or brought an
        update that it had not finished with."""
        at_rest = len(self.bots) == 1
        waiting: dict[int, str] = {}
        written = await self.database.rows("SELECT platform, chat, body FROM outbox ORDER BY id", at_rest=at_rest)
        for platform, chat, body in written:
            text = json.loads(SEAL.open(body, owner_of(platform, chat)))["text"]
            waiting.setdefault(int(chat), squeezed(plain(text)))
        for chat, first in waiting.items():
            sent = self.stage.sent_to(chat)
            if sent and sent[-1].text.startswith(first):
                self.flights[chat] += 1
        unfinished = "SELECT source, id, body FROM inbox WHERE body IS NOT NULL"
        opened = [
            json.loads(SEAL.open(body, owner_of(source, str(id))))
            for source, id, body in await self.database.rows(unfinished, at_rest=at_rest)
        ]
        for chat in {each["chat"] for each in opened}:
            self.flights[int(chat)] += 1

    async def disconnects(self) -> None:
        """Cuts every connection and refuses new ones. What was just answered may not have been heard."""
        since = self.clock.now() - JUST
        for id in (*self.crowd.ids, *self.talkers):
            if any(one.at > since for one in self.stage.sent_to(id)):
                self.flights[id] += 1
        await self.stage.api.stop_listening()

    @contextmanager
    def lasting(self, what: str, *, reaches: bool = False) -> Iterator[None]:
        """Something goes wrong for a while."""
        window = Window(what, time.monotonic(), reaches=reaches)
        self.windows.append(window)
        try:
            yield
        finally:
            window.until = time.monotonic()
            self.stage.mend()

    async def everybody_is_asked(self, times: int = 1) -> None:
        """Waits until the whole crowd has got so many check-ins."""
        await self.until(lambda: all(len(self.stage.sent_to(id)) >= times for id in self.crowd.ids), 60)

    def some_of_the_crowd(self, share: float) -> list[int]:
        """So many of them, by chance."""
        return self.chance.sample(self.crowd.ids, max(1, round(share * self.crowd.count)))
