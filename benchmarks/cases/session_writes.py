"""A press with a SQLModel session in the handler, as SQLModel's and SQLAlchemy's documentation show it: the person is
loaded, an event and a message are added, the state is set, and all of it is committed."""

import asyncio
import json
import sqlite3
import sys
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.cases.measuring import PLATFORM, chosen, tell
from benchmarks.cases.writing import BUTTONS, PEOPLE, TEXT, measure


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
    engine = create_async_engine(url.replace("sqlite:", "sqlite+aiosqlite:"))

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=60000"):
            connection.execute(f"PRAGMA {pragma}")

    chats = chosen(PEOPLE, PEOPLE)
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    async with AsyncSession(engine) as session:
        session.add_all(Person(id=id, platform=PLATFORM) for id in chats)
        await session.commit()

    async def press(id: str) -> None:
        now = datetime.now(UTC)
        async with AsyncSession(engine, expire_on_commit=False) as session:
            person = await session.get_one(Person, id)
            session.add(Event(person_id=id, name="urge/lonely", at=now))
            session.add(Message(person_id=id, body=json.dumps({"text": TEXT, "buttons": BUTTONS}), at=now))
            person.state = json.dumps({"flow": "urge", "step": "name_it", "answers": {"feeling": "lonely"}})
            session.add(person)
            await session.commit()

    def kept() -> int:
        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            return int(file.execute("SELECT count(*) FROM message").fetchone()[0])

    tell(await measure(press, kept, chats, count))
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
