"""Letters that went nowhere. Statements on one connection."""

from typing import Any

from sqlalchemy import Connection, Row, select

from bot.records import Letter, Person
from bot.storage.seal import Sealed, seal_of
from bot.storage.tables import LETTER


def of(connection: Connection, person: Person) -> list[Letter]:
    """The letters a person kept, the newest first."""
    newest = select(LETTER).where(LETTER.c.person_id == person.id).order_by(LETTER.c.id.desc())
    return [_letter(connection, row) for row in connection.execute(newest)]


def _letter(connection: Connection, row: Row[Any]) -> Letter:
    try:
        text, sealed = seal_of(connection).open(row.text, row.person_id), False
    except Sealed:
        text, sealed = "", True
    return Letter(row.id, text, row.written_at, row.tomorrow, row.chat, sealed)
