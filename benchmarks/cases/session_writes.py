"""A press with a SQLModel session in the handler, as SQLModel's and SQLAlchemy's documentation show it: the person is
loaded, an event and a message are added, the state is set, and all of it is committed."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from functools import partial

from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.cases.measuring import PLATFORM, chosen, tell
from benchmarks.cases.writing import BUTTONS, PEOPLE, TEXT, engine_with, measure, rows_in


class Person(SQLModel, table=True):
    """Who somebody is, and where they are in a conversation."""

    id: str = Field(primary_key=True)
    platform: str
    language: str = "en"
    zone: str = ""
    state: str = ""


class Event(SQLModel, table=True):
    """Something that happened."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    name: str
    at: datetime


class Message(SQLModel, table=True):
    """A message on its way out."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    body: str
    at: datetime


async def main(url: str, count: int) -> None:
    """Measures so many handlers."""
    chats = chosen(PEOPLE, PEOPLE)
    engine = await engine_with(url, (Person(id=id, platform=PLATFORM) for id in chats))

    async def press(id: str) -> None:
        now = datetime.now(UTC)
        async with AsyncSession(engine, expire_on_commit=False) as session:
            person = await session.get_one(Person, id)
            session.add(Event(person_id=id, name="urge/lonely", at=now))
            session.add(Message(person_id=id, body=json.dumps({"text": TEXT, "buttons": BUTTONS}), at=now))
            person.state = json.dumps({"flow": "urge", "step": "name_it", "answers": {"feeling": "lonely"}})
            session.add(person)
            await session.commit()

    kept = partial(rows_in, url.removeprefix("sqlite:///"), "message")
    tell(await measure(press, kept, chats, count))
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
