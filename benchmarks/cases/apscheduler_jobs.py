"""Who is due, as APScheduler's documentation shows it: a job each, every day at nine in the person's zone."""

import asyncio
import pickle
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import bindparam, update

from benchmarks.cases.measuring import HOUR, ZONE, Stopwatch, chosen, measure, tell

MEMORY = "memory"
JOB = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
"""With the default grace of one second most of 10,000 that are due at once are skipped."""

ran = [0]


async def nudge(chat: str) -> None:
    """What is due."""
    ran[0] += 1


class Jobs:
    """A job a person."""

    def __init__(self, url: str, count: int) -> None:
        self._store = None if url == MEMORY else SQLAlchemyJobStore(url=url)
        self._scheduler = AsyncIOScheduler(timezone="UTC", jobstores={"default": self._store} if self._store else {})
        self._people = count

    def start(self) -> None:
        """Starts; with the store in memory, everybody is added first."""
        self._scheduler.start(paused=True)
        if self._store is None:
            for chat in chosen(self._people, self._people):
                self._scheduler.add_job(nudge, "cron", (chat,), id=chat, hour=HOUR, timezone=ZONE, **JOB)
        self._scheduler.resume()

    async def tick(self) -> None:
        """What it does when it wakes up."""
        self._scheduler._process_jobs()

    async def make_due(self, count: int) -> None:
        """So many jobs are due when it goes on."""
        self._scheduler.pause()
        moment = datetime.now(UTC) - timedelta(seconds=1)
        chats = chosen(self._people, count)
        if self._store is None:
            for chat in chats:
                self._scheduler.modify_job(chat, next_run_time=moment)
        else:
            table = self._store.jobs_t
            change = update(table).where(table.c.id == bindparam("key"))
            with self._store.engine.begin() as connection:
                connection.execute(change, [{"key": row["id"], **row} for row in rows(chats, moment)])
        await asyncio.sleep(0.1)

    async def claim(self, spent: Stopwatch) -> int:
        """Lets it go on, and waits until all have run."""
        ran[0] = before = 0
        self._scheduler.resume()
        while ran[0] == 0 or ran[0] > before:
            before = ran[0]
            await asyncio.sleep(0.2)
        return ran[0]


def rows(chats: Iterable[str], at: datetime) -> Iterator[dict[str, Any]]:
    """The rows that the SQLAlchemy store writes for jobs."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    for chat in chats:
        trigger = CronTrigger(hour=HOUR, timezone=ZONE)
        job = scheduler.add_job(nudge, trigger, (chat,), id=chat, next_run_time=at, **JOB)
        scheduler._pending_jobs.clear()
        state = pickle.dumps(job.__getstate__(), pickle.HIGHEST_PROTOCOL)
        yield {"id": job.id, "next_run_time": at.timestamp(), "job_state": state}


def fill(url: str, count: int) -> None:
    """Writes all jobs, without the minutes that adding each would take. SQLite gets a write-ahead log, with which its
    commits are much cheaper than as it comes."""
    store = SQLAlchemyJobStore(url=url)
    store.start(AsyncIOScheduler(timezone="UTC"), "default")
    if url.startswith("sqlite"):
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=7)
    made = rows(chosen(count, count), at)
    with store.engine.begin() as connection:
        while batch := list(islice(made, 10_000)):
            connection.execute(store.jobs_t.insert(), batch)


async def main(url: str, count: int, due: int) -> None:
    """Measures, or only fills the store (`due` 0)."""
    if not due:
        fill(url, count)
        return
    jobs = Jobs(url, count)
    jobs.start()
    await asyncio.sleep(0.2)
    tell(await measure(jobs, count, due, slow=True))


if __name__ == "__main__":
    from benchmarks.cases import apscheduler_jobs  # its jobs are named by the module's full name

    asyncio.run(apscheduler_jobs.main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
