"""A database on a fresh file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from bot.storage.database import Database
from bot.storage.migrate import database_url, migrate
from bot.storage.store import SqlStore


@pytest.fixture
def url(tmp_path: Path) -> URL:
    made = database_url(f"sqlite:///{tmp_path / 'holdfast.db'}")
    migrate(made)
    return made


@pytest.fixture
def database(url: URL) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def store(database: Database) -> SqlStore:
    return SqlStore(database)
