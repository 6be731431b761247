"""A unit of work has its chat and that chat's person to itself.

On SQLite it has the whole database to itself. On PostgreSQL units run at once, each in a transaction of its own, and
the person's row is locked until that ends: everything a unit reads to decide on is the person's.
"""

import hashlib

from sqlalchemy import BigInteger, Connection, bindparam, func, select

from bot.messages import Chat
from bot.storage.prepared import Prepared
from bot.storage.tables import CHAT, PERSON

THIS_CHAT = (CHAT.c.platform == bindparam("platform_")) & (CHAT.c.id == bindparam("chat_"))
OWNER = Prepared(select(CHAT.c.person_id).where(THIS_CHAT))

LOCK_PERSON = (
    select(PERSON.c.id)
    .where(PERSON.c.id == select(CHAT.c.person_id).where(THIS_CHAT).scalar_subquery())
    .with_for_update(of=PERSON)
)
LOCK_CHAT = select(func.pg_advisory_xact_lock(bindparam("key", type_=BigInteger)))
"""For a chat that has no row yet which could be locked."""


def there(chat: Chat) -> dict[str, str]:
    """A chat as the values of a statement."""
    return {"platform_": chat.platform, "chat_": chat.id}


def owner(connection: Connection, chat: Chat) -> str:
    """Whose chat it is; empty if it is not known."""
    found = OWNER.run(connection, **there(chat)).fetchone()
    return str(found[0]) if found else ""


def alone(connection: Connection, chat: Chat) -> str:
    """From now on to the end of the transaction nobody else changes what belongs to the chat or its person. Gives whose
    chat it is; empty if it is not known."""
    if connection.dialect.name == "sqlite":
        return owner(connection, chat)
    is_locked = False
    while True:
        person = connection.execute(LOCK_PERSON, there(chat)).scalar()
        found = owner(connection, chat)  # while it was waited for, the chat may have become somebody else's
        if found and found == person:
            return found
        if not found and is_locked:
            return ""
        if not found:
            connection.execute(LOCK_CHAT, {"key": key_of("first", chat)})
            is_locked = True


def key_of(purpose: str, chat: object = "") -> int:
    """The number of an advisory lock. That two things share one does no harm: one waits for the other."""
    digest = hashlib.blake2b(f"holdfast {purpose} {chat}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
