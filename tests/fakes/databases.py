"""What tests ask of a database directly, whichever it is."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from postgres import fetch
from sqlalchemy import URL

ON_A_FILE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
"""For a test about SQLite and its files."""

ON_A_SERVER = pytest.mark.parametrize("url", ["postgresql"], indirect=True)
"""For a test about PostgreSQL."""


def is_file(url: URL) -> bool:
    """Whether it is SQLite."""
    return url.get_backend_name() == "sqlite"


def rows(url: URL, query: str) -> list[tuple[Any, ...]]:
    """What is in a database, read beside the bot."""
    if not is_file(url):
        return fetch(url.render_as_string(hide_password=False), query)
    with closing(sqlite3.connect(str(url.database))) as connection:
        return connection.execute(query).fetchall()
