"""What happens by itself, and who has taken it. Statements on one connection."""

from sqlalchemy import Connection, func, select, tuple_, update
from whenever import Instant

from bot.messages import Chat
from bot.ports import Due
from bot.storage.tables import DUE

LEASE_MINUTES = 5
"""How long a claimed item is left to the process that took it; longer than any send takes."""

CLAIMED = 100
"""Items claimed at once."""


def claim(connection: Connection, now: Instant, platform: str, chat: str) -> list[Due]:
    """Leases what is due, the earliest first."""
    wanted = (DUE.c.platform == platform) & (DUE.c.free_at <= now)
    if chat:
        wanted &= DUE.c.chat == chat
    key = (DUE.c.platform, DUE.c.chat, DUE.c.kind)
    first = select(*key).where(wanted).order_by(DUE.c.urgent.desc(), DUE.c.free_at).limit(CLAIMED)
    first = first.with_for_update(skip_locked=True)
    lease = update(DUE).where(tuple_(*key).in_(first)).values(free_at=now.add(minutes=LEASE_MINUTES))
    rows = connection.execute(lease.returning(DUE)).all()
    dues = [Due(Chat(row.platform, row.chat), row.kind, row.at, row.on) for row in rows]
    return sorted(dues, key=lambda due: (due.at, due.kind))


def next_of(connection: Connection, chat: Chat) -> Instant | None:
    """When something is next to happen in a chat."""
    here = (DUE.c.platform == chat.platform) & (DUE.c.chat == chat.id)
    return connection.execute(select(func.min(DUE.c.free_at)).where(here)).scalar()


def hold(connection: Connection, chat: Chat, held: bool) -> None:
    """Holds what is due in a chat, or lets it come again."""
    here = update(DUE).filter_by(platform=chat.platform, chat=chat.id)
    connection.execute(here.values(free_at=None if held else DUE.c.at))
