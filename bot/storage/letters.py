"""Letters that went nowhere. Statements on one connection."""

from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from bot.changes import AddLetter, DropLetter, LetterShown
from bot.ports import Full
from bot.records import Letter, Person, Work
from bot.storage.prepared import Prepared
from bot.storage.seal import Sealed, seal_of
from bot.storage.tables import LETTER

MOST = 500
"""How many letters of a person are kept."""

OWN = (LETTER.c.id == bindparam("id_")) & (LETTER.c.person_id == bindparam("person_"))
COUNT = Prepared(select(func.count()).select_from(LETTER).where(LETTER.c.person_id == bindparam("person_")))
ADD = Prepared(insert(LETTER), "person_id", "text", "written_at", "tomorrow", "chat")
SHOW = Prepared(update(LETTER).where(OWN), "tomorrow")
DROP = Prepared(delete(LETTER).where(OWN))


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


def add(connection: Connection, work: Work, change: AddLetter) -> None:
    """Keeps a letter.

    Raises:
        Full: the person keeps as many as can be kept.
    """
    if COUNT.rows(connection, person_=work.person.id)[0][0] >= MOST:
        raise Full("limits/letters")
    row = {
        "text": seal_of(connection).close(change.text, work.person.id),
        "written_at": work.now,
        "tomorrow": change.tomorrow,
        "chat": str(work.chat) if change.tomorrow else "",
    }
    ADD.run(connection, person_id=work.person.id, **row)


def shown(connection: Connection, work: Work, change: LetterShown) -> None:
    """A letter is not to be shown once more."""
    SHOW.run(connection, id_=change.id, person_=work.person.id, tomorrow=False)


def drop(connection: Connection, work: Work, change: DropLetter) -> None:
    """Burns a letter."""
    DROP.run(connection, id_=change.id, person_=work.person.id)
