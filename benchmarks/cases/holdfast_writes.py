"""A press as Holdfast's core hands it to the store: what is known is loaded; the run, a card and a message are one unit
of work. Every commit is on disk before it returns."""

import asyncio
import sys
from functools import partial

from whenever import Instant

from benchmarks.cases.measuring import PLATFORM, chosen, tell
from benchmarks.cases.writing import BUTTONS, PEOPLE, TEXT, measure, rows_in
from bot.__main__ import _collect_less_garbage as collect_less_garbage
from bot.changes import MarkShown, SaveRun
from bot.engine import Run
from bot.messages import Button, Chat, Reply
from bot.records import Work
from bot.storage.keys import new_key
from bot.storage.migrate import database_url, migrate
from bot.storage.room import open_room
from bot.storage.seal import Seal
from bot.storage.store import SqlStore

REPLY = Reply(TEXT, key="urge/name_it", buttons=tuple(Button(label, token) for label, token in BUTTONS))
RUN = Run("urge", 1, "name_it", {"feeling": "lonely"})


async def main(url: str, count: int) -> None:
    """Measures so many handlers. Garbage is collected as seldom as the bot does."""
    collect_less_garbage()
    file = database_url(url)
    migrate(file)
    async with open_room(file, Seal([new_key()])) as room:
        await _measure(SqlStore(room), str(file.database), count)


async def _measure(store: SqlStore, file: str, count: int) -> None:
    async def press(id: str) -> None:
        chat = Chat(PLATFORM, id)
        known = await store.load(chat)
        changes = (SaveRun(RUN), MarkShown("urge/lonely"))
        await store.commit(Work(chat, known.person, Instant.now(), changes, (REPLY,)))

    tell(await measure(press, partial(rows_in, file, "outbox"), chosen(PEOPLE, PEOPLE), count))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
