"""Who is due, by pgqueuer: a row each that may be taken from a moment on, taken in batches of 100."""

import asyncio
import sys
import uuid
from datetime import timedelta
from typing import Any

import asyncpg
from pgqueuer.queries import EntrypointExecutionParameter, Queries

from benchmarks.cases.measuring import Stopwatch, chosen, measure, tell

BATCH = 100
KIND = "check-in"
UNLIMITED = {KIND: EntrypointExecutionParameter(concurrency_limit=0)}
MAKE_DUE = "UPDATE pgqueuer SET execute_after = now() - interval '1 second' WHERE payload = ANY($1)"
WEEK, DAY = timedelta(days=7), timedelta(days=1)


class Jobs:
    """A row a person."""

    def __init__(self, connection: Any, count: int) -> None:
        self._connection = connection
        self._queries = Queries.from_asyncpg_connection(connection)
        self._me = uuid.uuid4()
        self._people = count

    async def _take(self) -> list[Any]:
        return await self._queries.dequeue(BATCH, UNLIMITED, self._me, None, timedelta(seconds=300))

    async def tick(self) -> None:
        """One look that finds nothing."""
        await self._take()

    async def make_due(self, count: int) -> None:
        """So many rows may be taken from now on."""
        await self._connection.execute(MAKE_DUE, [chat.encode() for chat in chosen(self._people, count)])

    async def claim(self, spent: Stopwatch) -> int:
        """All batches, each logged as done and put in anew for the next day."""
        claimed = 0
        while True:
            with spent.of("claim"):
                jobs = await self._take()
                if jobs:
                    await self._queries.log_jobs([(job, "successful", None) for job in jobs])
            if not jobs:
                return claimed
            kinds, payloads = [KIND] * len(jobs), [job.payload for job in jobs]
            await self._queries.enqueue(kinds, payloads, [0] * len(jobs), [DAY] * len(jobs))
            claimed += len(jobs)


async def fill(connection: Any, count: int) -> None:
    """A row a person, due in a week."""
    queries = Queries.from_asyncpg_connection(connection)
    await queries.install()
    for first in range(0, count, 10_000):
        chats = chosen(count, count)[first : first + 10_000]
        size = len(chats)
        await queries.enqueue([KIND] * size, [chat.encode() for chat in chats], [0] * size, [WEEK] * size)
    await connection.execute("VACUUM ANALYZE")


async def main(url: str, count: int, due: int) -> None:
    """Measures, or only fills the table (`due` 0)."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    if due:
        tell(await measure(Jobs(connection, count), count, due))
    else:
        await fill(connection, count)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
