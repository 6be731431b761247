"""A database as a bot leaves it, made row by row: on a SQLite file and on a PostgreSQL server."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, insert, select, update
from sqlmodel import SQLModel, col
from whenever import Date, Instant, TimeDelta

from bot.storage.migrate import database_url, migrate
from bot.storage.models import ChatRow, DeliveredRow, DueRow, OutboxRow, PersonRow
from bot.storage.room import Room, open_room

NOW = Instant.from_utc(2026, 3, 2, 9, 5)
TODAY = Date(2026, 3, 2)

WORD = "zaffre"
"""Stands in everything people wrote."""


def ago(**length: float) -> Instant:
    """A moment before now."""
    return NOW - TimeDelta(**length)  # type: ignore[arg-type]


def ahead(**length: float) -> Instant:
    """A moment after now."""
    return NOW + TimeDelta(**length)  # type: ignore[arg-type]


@dataclass
class Rows:
    """Puts rows into a database. Every chat is that of somebody else, unless told."""

    database: Room
    _numbers: Iterator[int] = field(default_factory=lambda: count(1_000_001))

    async def person(self, **fields: Any) -> str:
        """Somebody. Gives the id."""
        id = f"{next(self._numbers):032}"
        await self._add(PersonRow, id=id, met_at=ago(hours=48), **fields)
        return id

    async def chat(self, platform: str, person: str = "", **fields: Any) -> str:
        """A chat. Gives the id."""
        id = str(next(self._numbers))
        await self._add(ChatRow, platform=platform, id=id, person_id=person or await self.person(), **fields)
        return id

    async def due(self, platform: str, at: Instant, **fields: Any) -> None:
        """Something due."""
        row = {"kind": "morning", "on": TODAY, "free_at": at} | fields
        await self._add(DueRow, platform=platform, chat=await self.chat(platform), at=at, **row)

    async def delivered(self, platform: str, sent_at: Instant | None, late: float = 0, person: str = "") -> None:
        """A check-in that left, so many seconds late; or has not left."""
        if not person:
            await self.chat(platform, person := await self.person())
        due_at = None if sent_at is None else sent_at - TimeDelta(seconds=late)
        await self._add(DeliveredRow, person_id=person, kind="morning", on=TODAY, due_at=due_at, sent_at=sent_at)

    async def outbox(self, platform: str, written_at: Instant = NOW, **fields: Any) -> int:
        """A message on its way out. Gives the id."""
        row = {"body": f'{{"text": "{WORD}"}}', "written_at": written_at} | fields
        return int(await self._add(OutboxRow, platform=platform, chat=await self.chat(platform), **row))

    async def of_outbox(self, id: int) -> Sequence[Any]:
        """A message on its way out."""
        query = select(OutboxRow.__table__).where(col(OutboxRow.id) == id)  # type: ignore[attr-defined]
        return await self.database.read(lambda connection: connection.execute(query).all())

    async def settle_in(self, person: str, home: str) -> None:
        """Somebody's check-ins go there."""
        chosen = update(PersonRow).where(col(PersonRow.id) == person).values(home=home)
        await self.database.write(lambda connection: connection.execute(chosen).rowcount)

    async def _add(self, model: type[SQLModel], **fields: Any) -> Any:
        row = insert(model).values(model(**fields).model_dump(exclude_none=True))
        return await self.database.write(lambda connection: connection.execute(row).inserted_primary_key[0])


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    if request.param == "sqlite":
        made = database_url(f"sqlite:///{tmp_path / 'holdfast.db'}")
        migrate(made)
        yield made
    else:
        yield database_url(request.getfixturevalue("server_database"))


@pytest.fixture
async def database(url: URL) -> AsyncIterator[Room]:
    async with open_room(url) as opened:
        yield opened


@pytest.fixture
def rows(database: Room) -> Rows:
    return Rows(database)
