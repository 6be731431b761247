"""A fresh database: once on a SQLite file, once on a PostgreSQL server."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from bot.storage.migrate import database_url, migrate
from bot.storage.room import Room, open_room
from bot.storage.store import SqlStore


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
def store(database: Room) -> SqlStore:
    return SqlStore(database)
