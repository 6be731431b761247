"""Reasons not to text. They are read with all else that is known about somebody (known.py). Statements on one
connection."""

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from bot.changes import AddReason, DropReason
from bot.ports import Full
from bot.records import Work
from bot.storage.prepared import Prepared
from bot.storage.seal import seal_of
from bot.storage.tables import REASON

MOST = 100
"""How many reasons of a person are kept."""

OWN = (REASON.c.id == bindparam("id_")) & (REASON.c.person_id == bindparam("person_"))
COUNT = Prepared(select(func.count()).select_from(REASON).where(REASON.c.person_id == bindparam("person_")))
ADD = Prepared(insert(REASON), "person_id", "text")
DROP = Prepared(delete(REASON).where(OWN))


def add(connection: Connection, work: Work, change: AddReason) -> None:
    """Keeps a reason.

    Raises:
        Full: the person keeps as many as can be kept.
    """
    if COUNT.rows(connection, person_=work.person.id)[0][0] >= MOST:
        raise Full("limits/reasons")
    ADD.run(connection, person_id=work.person.id, text=seal_of(connection).close(change.text, work.person.id))


def drop(connection: Connection, work: Work, change: DropReason) -> None:
    """Forgets a reason."""
    DROP.run(connection, id_=change.id, person_=work.person.id)
