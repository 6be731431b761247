"""The database can be read, but nothing can be written: another process holds it, or the disk is full."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial

import pytest

from bot.storage.database import Database
from bot.testing import Bench

EXPLICIT = "I want to kill myself"
AMBIGUOUS = "I can't live without her"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written is soon given up."""
    monkeypatch.setattr("bot.testing.Database", partial(Database, patience=0.05))


@pytest.fixture
def held(bench: Bench) -> Iterator[Callable[[], object]]:
    """Lets another process hold the database."""
    with closing(sqlite3.connect(bench.database_file, isolation_level=None)) as other:
        yield lambda: other.execute("BEGIN IMMEDIATE")


async def test_who_comes_back_with_words_of_danger_gets_the_lines(person, bench, held):
    await person.joins()
    await bench.store.set_gone(person.chat, True)
    held()
    await person.says(EXPLICIT)
    assert person.keys == ["safety/self_harm"]


async def test_a_pause_that_could_not_be_noted_is_taken_back(person, bench, turns_on, held):
    await turns_on(person, morning="7:30")
    held()
    await person.says(EXPLICIT)
    assert person.keys == ["safety/self_harm", "safety/unpaused"]


@pytest.mark.parametrize(
    "way",
    [
        ("/not_safe", "I'm afraid of them", "Remember this about them"),
        ("/said_no", "Remember: they want no contact"),
        ("/legal_order", "Remember that there is an order"),
    ],
)
async def test_what_could_not_be_remembered_is_not_called_remembered(person, does, held, way):
    await person.joins()
    await does(person, *way[:-1])
    held()
    await person.taps(way[-1])
    assert person.keys[-1] == "common/unwritten"


async def test_unclear_words_are_asked_about(person, held):
    await person.joins()
    held()
    await person.says(AMBIGUOUS)
    assert person.keys == ["safety/unclear"]
    assert "findahelpline.com" in person.text


async def test_what_is_due_says_nothing_until_it_can_be_written(person, bench, turns_on):
    def rename(table: str, to: str) -> None:
        with closing(sqlite3.connect(bench.database_file)) as connection:
            connection.execute(f"ALTER TABLE {table} RENAME TO {to}")

    await turns_on(person, morning="7:30")
    rename("outbox", "elsewhere")
    await bench.jump(hours=6)
    assert person.keys == []
    rename("elsewhere", "outbox")
    await bench.jump(minutes=1)
    assert [key.split("/")[0] for key in person.keys] == ["checkins"]
