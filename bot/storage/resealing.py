"""All sealed words of a database, one page after the other: to count them, to seal what is not, to change the key."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, select, true, tuple_, update

from bot.storage.room import Room
from bot.storage.seal import Seal, Sealed, owner_of, seal_of
from bot.storage.tables import CHAT, COUNTDOWN, INBOX, KEPT, LETTER, OUTBOX, REASON, upsert

PAGE = 500
"""Rows that are looked at in one unit of work."""

TOUCHSTONE = "touchstone of the keys"
"""The name of a sealed word that only tells whether the keys are those of this database."""


class State(StrEnum):
    """How some words are found."""

    SEALED = "sealed"
    OLD_KEY = "sealed with an older key"
    PLAIN = "not sealed"
    CLOSED = "not to be opened"


@dataclass(frozen=True, slots=True)
class Place:
    """A column of sealed words, and whose each of them is."""

    column: Column[Any]
    whose: Callable[[Row[Any]], str]
    where: ColumnElement[bool] = true()  # noqa: RUF009


def _of_the_person(row: Row[Any]) -> str:
    return str(row.person_id)


def _of_the_chat(row: Row[Any]) -> str:
    return owner_of(row.platform, row.chat)


PLACES = {
    "letters": Place(LETTER.c.text, _of_the_person),
    "reasons": Place(REASON.c.text, _of_the_person),
    "conversations": Place(CHAT.c.run, lambda row: owner_of(row.platform, row.id)),
    "on their way out": Place(OUTBOX.c.body, _of_the_chat),
    "counting down": Place(COUNTDOWN.c.body, _of_the_chat),
    "coming in": Place(INBOX.c.body, lambda row: owner_of(row.source, str(row.id))),
    "touchstone": Place(KEPT.c.value, lambda row: str(row.name), where=KEPT.c.name == TOUCHSTONE),
}

KEEP = upsert(KEPT, "name", "value")

Todo = Callable[[Seal, State, str, str], str | None]
"""What becomes of some words: their seal, state, text and owner in, the new text out, if there is one."""


async def settle(room: Room) -> bool:
    """Makes sure at the start that everything is sealed: also what was written before there were keys. False if the
    keys are not those of the database."""
    if (kept := await room.read(_touchstone)) is None:
        await reseal(room)
        await room.write(_set_touchstone)
        kept = await room.read(_touchstone)
    return kept is State.SEALED or kept is State.OLD_KEY


def _touchstone(connection: Connection) -> State | None:
    kept = connection.execute(select(KEPT.c.value).where(KEPT.c.name == TOUCHSTONE)).scalar()
    return None if kept is None else _state(seal_of(connection), kept, TOUCHSTONE)[0]


def _set_touchstone(connection: Connection) -> None:
    KEEP.run(connection, name=TOUCHSTONE, value=seal_of(connection).close("holdfast", TOUCHSTONE))


async def look(room: Room) -> dict[str, Counter[State]]:
    """How many words are found in which state, by place."""
    return {name: await _walk(room, place, lambda *_: None) for name, place in PLACES.items()}


async def reseal(room: Room) -> dict[str, Counter[State]]:
    """Seals all with the newest key, also what is not sealed yet. What cannot be opened stays as it is. Gives how it
    was found."""

    def newly(seal: Seal, state: State, words: str, whose: str) -> str | None:
        return seal.close(words, whose) if state in (State.OLD_KEY, State.PLAIN) else None

    return {name: await _walk(room, place, newly, scrub=True) for name, place in PLACES.items()}


async def _walk(room: Room, place: Place, do: Todo, *, scrub: bool = False) -> Counter[State]:
    """Goes through all rows of a place. With `scrub` what was there before is gone from the files."""
    found: Counter[State] = Counter()
    after: Sequence[Any] = ()
    while True:
        page = partial(_page, place=place, after=after, do=do)
        after, states = await room.write(page, scrub=scrub, long=True)
        found += states
        if not after:
            return found


def _page(connection: Connection, place: Place, after: Sequence[Any], do: Todo) -> tuple[Sequence[Any], Counter[State]]:
    """Looks at a page of rows. Gives the key of its last one, if there may be more, and what was found."""
    column, seal = place.column, seal_of(connection)
    keys = list(column.table.primary_key.columns)
    wanted = column.is_not(None) & place.where
    if after:
        wanted &= tuple_(*keys) > tuple_(*after)
    rows = connection.execute(select(column.table).where(wanted).order_by(*keys).limit(PAGE)).all()
    found: Counter[State] = Counter()
    for row in rows:
        kept, whose = getattr(row, column.key), place.whose(row)
        state, words = _state(seal, kept, whose)
        found[state] += 1
        if (new := do(seal, state, words, whose)) is not None:
            this = [key == getattr(row, key.key) for key in keys]
            connection.execute(update(column.table).where(*this, column == kept).values({column: new}))
    return [getattr(rows[-1], key.key) for key in keys] if len(rows) == PAGE else (), found


def _state(seal: Seal, kept: str, whose: str) -> tuple[State, str]:
    try:
        words = seal.open(kept, whose)
    except Sealed:
        return State.CLOSED, ""
    return (State.PLAIN if words == kept else State.SEALED if seal.is_newest(kept) else State.OLD_KEY), words
