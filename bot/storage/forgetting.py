"""Everything about somebody is deleted; what that may leave in the files is noted until it is gone (shreds.py).
Statements on one connection."""

from sqlalchemy import Connection, bindparam, delete

from bot.changes import Forget
from bot.records import Work
from bot.storage import homes, inbox
from bot.storage.prepared import Prepared
from bot.storage.tables import KEPT, PERSON, upsert

TO_REBUILD = "to rebuild"
"""The name under which it is noted."""

FORGET = Prepared(delete(PERSON).where(PERSON.c.id == bindparam("person_")))
NOTE = upsert(KEPT, "name", "value", sets=("value",))


def forget(connection: Connection, work: Work, change: Forget) -> None:
    """Deletes a person, and with them whatever the tables have of them."""
    for chat in homes.chats_among(connection, work.person.id, change.chats):
        inbox.empty(connection, chat, change.asked if chat == work.chat else None)
    FORGET.run(connection, person_=work.person.id)
    if work.person.seen_on is not None:  # somebody new has left nothing
        note_shreds(connection)


def note_shreds(connection: Connection) -> None:
    """Something was deleted of which the files may still hold shreds."""
    NOTE.run(connection, name=TO_REBUILD, value=TO_REBUILD)


def nothing_left(connection: Connection) -> int:
    """The files hold no shreds any more. Gives how many notes said that they might."""
    return connection.execute(delete(KEPT).where(KEPT.c.name == TO_REBUILD)).rowcount
