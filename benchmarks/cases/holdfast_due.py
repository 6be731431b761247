"""Who is due, as Holdfast does it: its store claims, and each next moment is a unit of work of its own."""

import asyncio
import sys
from collections.abc import Sequence

from whenever import Instant, Time

from benchmarks.cases.measuring import HOUR, PLATFORM, ZONE, Stopwatch, chosen, measure, tell
from benchmarks.cases.raw import Table, now_ms, open_table
from bot.__main__ import _collect_less_garbage as collect_less_garbage
from bot.calendar import next_occasion
from bot.changes import SetDue
from bot.due import at_once
from bot.records import Due, Person, Work
from bot.storage.migrate import database_url
from bot.storage.room import open_room
from bot.storage.store import SqlStore

SOMEBODY = Person()
"""Whose the chat is, is looked up."""


class Holdfast:
    """Claims through the store."""

    def __init__(self, store: SqlStore, table: Table, count: int) -> None:
        self._store = store
        self._table = table
        self._people = count

    async def tick(self) -> None:
        """One claim that finds nothing."""
        await self._store.claim(Instant.now(), PLATFORM)

    async def make_due(self, count: int) -> None:
        """So many people are due."""
        await self._table.make_due(chosen(self._people, count), now_ms() - 1000)

    async def claim(self, spent: Stopwatch) -> int:
        """All batches."""
        claimed = 0
        while True:
            with spent.of("claim"):
                dues = await self._store.claim(Instant.now(), PLATFORM)
            if not dues:
                return claimed
            await self._write_next(dues)
            claimed += len(dues)

    async def _write_next(self, dues: Sequence[Due]) -> None:
        """As many at once as the bot itself begins."""
        now, left = Instant.now(), iter(dues)

        async def work() -> None:
            for due in left:
                await self._store.commit(_next(due, now))

        await asyncio.gather(*(work() for _ in range(at_once(self._store))))


def _next(due: Due, now: Instant) -> Work:
    """What a check-in writes: that it was delivered on its date, and when the next one is."""
    occasion = next_occasion(now, ZONE, Time(HOUR))
    return Work(due.chat, SOMEBODY, now, changes=(SetDue(due.kind, occasion.at, occasion.on),), answers=due)


async def main(url: str, count: int, due: int) -> None:
    """Measures. Garbage is collected as seldom as the bot does."""
    collect_less_garbage()
    async with open_room(database_url(url)) as room:
        case = Holdfast(SqlStore(room), await open_table(url), count)
        tell(await measure(case, count, due, slow=not url.startswith("sqlite")))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
