"""People who are made up: a crowd whose check-in is due at one moment, for tests and measurements. They are told from
real ones by their ids, and never made where real ones are."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Column, ColumnElement, Connection, Table, Text, cast, func, insert, literal, select
from whenever import Date, Instant

from bot.errors import OperatorError
from bot.storage.room import Room
from bot.storage.tables import CHAT, DUE, PERSON

FIRST = 1_000_001
"""The number of the first one's chat."""

ID = "simulated"
"""How their ids begin. Nobody else's does: those are hexadecimal."""

BATCH = 20_000
"""People made in one unit of work."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many `people` on a platform, with a morning check-in at the `wall` time ("09:00") of their `zone`, next `at` a
    moment, `on` a local date."""

    people: int
    platform: str
    at: Instant
    on: Date
    zone: str
    wall: str


async def there_already(room: Room, crowd: Crowd) -> int:
    """How many of them an earlier run has made.

    Raises:
        OperatorError: real people are there, or made-up ones that are no part of this crowd.
    """
    everybody, made_up, same = await room.read(partial(_count, crowd))
    if everybody > made_up:
        raise OperatorError("DATABASE_URL: real people are in there; name a new database, or one made for this")
    if made_up > min(same, crowd.people):
        raise OperatorError(
            f"DATABASE_URL: {made_up:,} other made-up people are in there (of another platform or moment, or more than "
            f"{crowd.people:,}); name a new database"
        )
    return made_up


async def make(room: Room, crowd: Crowd, first: int, now: Instant) -> AsyncIterator[int]:
    """Makes all but the `first` ones, batch by batch. Gives each time how many there are."""
    while first < crowd.people:
        end = min(first + BATCH, crowd.people)
        await room.write(partial(make_some, crowd, first, end, now), long=True)
        yield end
        first = end


def _count(crowd: Crowd, connection: Connection) -> tuple[int, int, int]:
    """Everybody, those who are made up, and those of them who belong to this crowd."""

    def number(table: Table, where: ColumnElement[bool]) -> int:
        return int(connection.execute(select(func.count()).select_from(table).where(where)).scalar_one())

    mine = (DUE.c.platform == crowd.platform) & (DUE.c.kind == "morning") & (DUE.c.at == crowd.at)
    everybody = number(PERSON, literal(True) == literal(True))
    return everybody, number(PERSON, PERSON.c.id.startswith(ID)), number(DUE, mine)


def make_some(crowd: Crowd, first: int, end: int, now: Instant, connection: Connection) -> None:
    """Makes those from the `first` to before the `end` in three statements; the numbers are counted by the database."""
    numbers = select(literal(FIRST + first).label("number")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.number + 1).where(numbers.c.number < FIRST + end - 1))
    chat = cast(numbers.c.number, Text)
    person = literal(ID).concat(chat)
    here = {"platform": crowd.platform, "kind": "morning", "at": crowd.at, "on": crowd.on, "urgent": False}
    rows: dict[Table, dict[str, object]] = {
        PERSON: {"id": person, "met_at": now, "adult": True, "seen_on": _today(now), **_told(crowd)},
        CHAT: {"platform": crowd.platform, "id": chat, "person_id": person, "gone": False},
        DUE: {**here, "chat": chat, "free_at": crowd.at},
    }
    for table, row in rows.items():
        values = [_value(table.c[name], value) for name, value in row.items()]
        connection.execute(insert(table).from_select(list(row), select(*values).select_from(numbers)))


def _told(crowd: Crowd) -> dict[str, object]:
    """What everybody has told of themselves: an hour and its clock."""
    empty = dict.fromkeys(("language", "side", "ties", "danger", "hope", "country", "evening"), "")
    return {**empty, "zone": crowd.zone, "morning": crowd.wall, "with_read": False, "counting_since": crowd.on}


def _today(now: Instant) -> Date:
    return now.to_tz("UTC").date()


def _value(column: "Column[object]", value: object) -> "ColumnElement[object]":
    return value if isinstance(value, ColumnElement) else literal(value, column.type)
