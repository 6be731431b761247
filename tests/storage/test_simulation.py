"""A crowd that is made up: one check-in each, at one moment, on either database."""

from dataclasses import replace

import pytest
from sqlalchemy import insert
from whenever import Date, Instant

from bot.errors import OperatorError
from bot.messages import Chat
from bot.storage import simulation
from bot.storage.models import PersonRow
from bot.storage.room import Room
from bot.storage.simulation import Crowd, make, there_already
from bot.storage.store import SqlStore
from bot.storage.tables import PERSON

AT = Instant.from_utc(2026, 12, 1, 9)
CROWD = Crowd(25, "telegram", AT, Date(2026, 12, 1), "UTC", "09:00")
NOW = Instant.from_utc(2026, 11, 24)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "BATCH", 10)


async def fill(room: Room, crowd: Crowd) -> list[int]:
    return [made async for made in make(room, crowd, await there_already(room, crowd), NOW)]


async def test_everybody_has_one_at_the_moment_and_a_chat_of_their_own(database: Room, store: SqlStore) -> None:
    assert await fill(database, CROWD) == [10, 20, 25]
    assert await store.claim(AT.subtract(milliseconds=1), "telegram") == []
    due = await store.claim(AT, "telegram")
    assert {each.chat.id for each in due} == {str(number) for number in range(1_000_001, 1_000_026)}
    assert {(each.kind, each.at, each.on) for each in due} == {("morning", AT, Date(2026, 12, 1))}


async def test_they_have_consented_and_told_their_hour(database: Room, store: SqlStore) -> None:
    await fill(database, CROWD)
    people = [(await store.load(each.chat)).person for each in await store.claim(AT, "telegram")]
    assert {(person.adult, person.morning, person.zone) for person in people} == {(True, "09:00", "UTC")}
    assert len({person.id for person in people}) == 25


async def test_a_run_that_was_interrupted_goes_on(database: Room, store: SqlStore) -> None:
    await fill(database, replace(CROWD, people=10))
    assert await fill(database, CROWD) == [20, 25]
    assert await fill(database, CROWD) == []
    assert len(await store.claim(AT, "telegram")) == 25


@pytest.mark.parametrize(
    "other",
    [
        replace(CROWD, people=24),
        replace(CROWD, platform="discord"),
        replace(CROWD, at=AT.add(minutes=1)),
    ],
)
async def test_another_crowd_is_refused(database: Room, other: Crowd) -> None:
    await fill(database, CROWD)
    with pytest.raises(OperatorError, match="25 other made-up people"):
        await fill(database, other)


async def test_where_real_people_are_nothing_is_made(database: Room, store: SqlStore) -> None:
    await fill(database, CROWD)
    real = PersonRow(id="0f" * 16, met_at=NOW).model_dump()
    await database.write(lambda connection: connection.execute(insert(PERSON).values(real)))
    with pytest.raises(OperatorError, match="real people"):
        await fill(database, replace(CROWD, people=100))
    assert not (await store.load(Chat("telegram", "1000026"))).met
