"""Letters that went nowhere. Statements on one connection."""

from dataclasses import fields

from sqlalchemy import Connection, select

from bot.records import Letter, Person
from bot.storage.tables import LETTER

COLUMNS = [LETTER.c[field.name] for field in fields(Letter)]


def of(connection: Connection, person: Person) -> list[Letter]:
    """The letters a person kept, the newest first."""
    newest = select(*COLUMNS).where(LETTER.c.person_id == person.id).order_by(LETTER.c.id.desc())
    return [Letter(*row) for row in connection.execute(newest)]
