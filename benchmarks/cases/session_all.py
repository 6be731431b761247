"""The same with all that Holdfast reads and writes for a press: besides the person their chat, reasons, slips, saved
articles, what was shown to them and their other chats are loaded, and the card that is shown is noted."""

import asyncio
import json
import sys
from datetime import UTC, date, datetime
from functools import partial

from sqlalchemy.orm import selectinload
from sqlmodel import Field, Relationship, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.cases.measuring import PLATFORM, chosen, tell
from benchmarks.cases.writing import BUTTONS, PEOPLE, TEXT, engine_with, measure, rows_in


class Person(SQLModel, table=True):
    """Who somebody is, and what is theirs."""

    id: str = Field(primary_key=True)
    language: str = "en"
    zone: str = ""
    chats: list["Chat"] = Relationship(back_populates="person")
    reasons: list["Reason"] = Relationship()
    slips: list["Slip"] = Relationship()
    saved: list["Saved"] = Relationship()
    shown: list["Shown"] = Relationship()


class Chat(SQLModel, table=True):
    """A place to talk, and where they are in a conversation there."""

    platform: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    state: str = ""
    state_at: datetime | None = None
    person: Person = Relationship(back_populates="chats")


class Reason(SQLModel, table=True):
    """A reason not to text."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    text: str


class Slip(SQLModel, table=True):
    """A date on which they wrote."""

    person_id: str = Field(foreign_key="person.id", primary_key=True)
    on: date = Field(primary_key=True)


class Saved(SQLModel, table=True):
    """An article on their shelf."""

    person_id: str = Field(foreign_key="person.id", primary_key=True)
    article: str = Field(primary_key=True)


class Shown(SQLModel, table=True):
    """When a card was last shown."""

    person_id: str = Field(foreign_key="person.id", primary_key=True)
    card: str = Field(primary_key=True)
    at: datetime


class Message(SQLModel, table=True):
    """A message on its way out."""

    id: int | None = Field(default=None, primary_key=True)
    platform: str
    chat: str = Field(index=True)
    body: str
    at: datetime


THEIRS = (Person.chats, Person.reasons, Person.slips, Person.saved, Person.shown)


async def main(url: str, count: int) -> None:
    """Measures so many handlers."""
    chats = chosen(PEOPLE, PEOPLE)
    engine = await engine_with(url, (Person(id=id, chats=[Chat(platform=PLATFORM, id=id)]) for id in chats))
    all_theirs = selectinload(Chat.person).options(*(selectinload(of) for of in THEIRS))  # type: ignore[arg-type]

    async def press(id: str) -> None:
        now = datetime.now(UTC)
        async with AsyncSession(engine, expire_on_commit=False) as session:
            here = select(Chat).where(Chat.platform == PLATFORM, Chat.id == id).options(all_theirs)
            chat = (await session.exec(here)).one()
            shown = next((one for one in chat.person.shown if one.card == "urge/lonely"), None)
            session.add(shown or Shown(person_id=id, card="urge/lonely", at=now))
            if shown is not None:
                shown.at = now
            body = json.dumps({"text": TEXT, "buttons": BUTTONS})
            session.add(Message(platform=PLATFORM, chat=id, body=body, at=now))
            chat.state = json.dumps({"flow": "urge", "step": "name_it", "answers": {"feeling": "lonely"}})
            chat.state_at = now
            session.add(chat)
            await session.commit()

    kept = partial(rows_in, url.removeprefix("sqlite:///"), "message")
    tell(await measure(press, kept, chats, count))
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
