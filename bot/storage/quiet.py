"""Who has not done anything for long. Statements on one connection."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, delete, exists, select

from bot.messages import Chat
from bot.records import NOTICE, Quiet, Since
from bot.storage.forgetting import note_shreds
from bot.storage.tables import CHAT, DELIVERED, DUE, OUTBOX, PERSON

AT_ONCE = 200
"""People who are written to or deleted in one unit of work."""


def to_tell(connection: Connection, since: Since, after: str) -> Sequence[Quiet]:
    """People who are to get a notice and have none, with a chat where they can be written to, in the order of their
    ids: the first ones `after` an id."""
    chats = select(PERSON.c.id, PERSON.c.zone, PERSON.c.home, CHAT.c.platform, CHAT.c.id.label("chat"))
    free = (PERSON.c.seen_on <= since.sign) & CHAT.c.gone.is_(False) & (PERSON.c.id > after)
    untold = ~_told(DELIVERED.c.sent_at.is_not(None)) & ~_on_its_way()
    query = chats.join(CHAT).where(free & untold).order_by(PERSON.c.id, CHAT.c.run_at).limit(AT_ONCE)
    found: dict[str, Quiet] = {}
    for row in connection.execute(query):
        chat = Chat(row.platform, row.chat)
        if row.id not in found or str(chat) == row.home:
            found[row.id] = Quiet(row.id, chat, row.zone)
    return list(found.values())


def forget(connection: Connection, since: Since) -> int:
    """Deletes some of those whose time is over: they were told long enough ago, or cannot be told. Gives how many."""
    told = (PERSON.c.seen_on <= since.sign) & _told(DELIVERED.c.sent_at <= since.notice)
    reachable = exists().where((CHAT.c.person_id == PERSON.c.id) & CHAT.c.gone.is_(False))
    over = told | ((PERSON.c.seen_on <= since.last) & ~reachable)
    ids = select(PERSON.c.id).where(over).limit(AT_ONCE)
    some = connection.execute(ids).scalars().all()
    gone = connection.execute(delete(PERSON).where(PERSON.c.id.in_(some) & over)).rowcount
    if gone:
        note_shreds(connection)
    return gone


def _told(when: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether somebody was told since they last did something."""
    theirs = (DELIVERED.c.person_id == PERSON.c.id) & (DELIVERED.c.kind == NOTICE)
    return exists().where(theirs & when & (DELIVERED.c.on > PERSON.c.seen_on))


def _on_its_way() -> ColumnElement[bool]:
    """Whether a notice is due in one of the person's chats, or about to be sent."""
    mine = CHAT.alias()
    theirs = mine.c.person_id == PERSON.c.id
    due = (DUE.c.platform == mine.c.platform) & (DUE.c.chat == mine.c.id) & (DUE.c.kind == NOTICE)
    out = (OUTBOX.c.platform == mine.c.platform) & (OUTBOX.c.chat == mine.c.id) & (OUTBOX.c.kind == NOTICE)
    return exists().where(theirs & due) | exists().where(theirs & out & OUTBOX.c.dead_at.is_(None))
