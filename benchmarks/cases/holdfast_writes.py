"""A press as Holdfast's core hands it to the store: what is known is loaded; the run, a card and a message are one unit
of work. Every commit is on disk before it returns."""

import asyncio
import sqlite3
import sys

from sqlalchemy import make_url
from whenever import Instant

from bot.changes import MarkShown, SaveRun
from bot.engine import Run
from bot.messages import Button, Chat, Reply
from bot.ports import Work
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.store import SqlStore

from benchmarks.cases.measuring import PLATFORM, chosen, tell
from benchmarks.cases.writing import BUTTONS, PEOPLE, TEXT, measure

REPLY = Reply(TEXT, key="urge/name_it", buttons=tuple(Button(label, token) for label, token in BUTTONS))
RUN = Run("urge", 1, "name_it", {"feeling": "lonely"})


async def main(url: str, count: int) -> None:
    """Measures so many handlers."""
    migrate(make_url(url))
    database = Database(make_url(url))
    store = SqlStore(database)

    async def press(id: str) -> None:
        chat = Chat(PLATFORM, id)
        known = await store.load(chat)
        changes = (SaveRun(RUN), MarkShown("urge/lonely"))
        await store.commit(Work(chat, known.person, Instant.now(), changes, (REPLY,)))

    def kept() -> int:
        with sqlite3.connect(make_url(url).database or "") as file:
            return int(file.execute("SELECT count(*) FROM outbox").fetchone()[0])

    tell(await measure(press, kept, chosen(PEOPLE, PEOPLE), count))
    database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
