"""What happens by itself, and who has taken it. Statements on one connection."""

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, true, tuple_, update
from whenever import Instant

from bot.messages import Chat
from bot.records import Due
from bot.storage.prepared import Prepared
from bot.storage.tables import CHAT, DUE

LEASE_MINUTES = 5
"""How long a claimed item is left to the process that took it; longer than any send takes."""

CLAIMED = 100
"""Items claimed at once, if nothing else is asked for."""


FAR_DAYS = 9
"""Days ahead for which nothing is ever set: a pause or the step of a rare check-in is a week, and a zone may skip a
date."""


def _claim(where: ColumnElement[bool]) -> Prepared:
    """One statement that finds the earliest by the index, leases them and gives them. Two processes never get the same:
    on SQLite one of them writes at a time, on PostgreSQL what another has locked is passed over."""
    key = (DUE.c.platform, DUE.c.chat, DUE.c.kind)
    there = (DUE.c.platform == bindparam("platform_")) & (DUE.c.urgent == bindparam("urgent_")) & where
    free = select(*key).where(there & (DUE.c.free_at <= bindparam("now_"))).order_by(DUE.c.free_at)
    first = free.limit(bindparam("count_")).with_for_update(skip_locked=True)
    lease = update(DUE).where(tuple_(*key).in_(first))
    return Prepared(lease.returning(DUE.c.chat, DUE.c.kind, DUE.c.at, DUE.c.on), "free_at")


CLAIM = _claim(true())
CLAIM_IN_CHAT = _claim(DUE.c.chat == bindparam("chat_"))

COMING = Prepared(
    select(DUE.c.platform, DUE.c.chat, DUE.c.kind, DUE.c.at, DUE.c.on)
    .join(CHAT)
    .where((CHAT.c.person_id == bindparam("person_")) & DUE.c.free_at.is_not(None))
    .order_by(DUE.c.at)
)


def claim(
    connection: Connection,
    now: Instant,
    platform: str,
    chat: str = "",
    *,
    urgent: bool | None = None,
    count: int = CLAIMED,
) -> list[Due]:
    """Leases what is due on a platform, or in one chat of it: `count` items at most, those that waited longest, in
    the order of their moments. What is `urgent`, what is not, or what is first, then the rest."""
    found: list[Due] = []
    for which in (True, False) if urgent is None else (urgent,):
        given = {"platform_": platform, "urgent_": which, "now_": now, "count_": count - len(found)}
        given |= {"free_at": now.add(minutes=LEASE_MINUTES)}
        rows = CLAIM_IN_CHAT.rows(connection, **given, chat_=chat) if chat else CLAIM.rows(connection, **given)
        found += [Due(Chat(platform, id), kind, at, on) for id, kind, at, on in rows]
    return sorted(found, key=lambda due: (due.at, due.kind))


def wake_strays(connection: Connection, now: Instant, platform: str) -> int:
    """What is set for later than anything can be may be taken now. Gives how many items there were."""
    far = (DUE.c.platform == platform) & DUE.c.urgent.is_(False) & (DUE.c.free_at > now.add(hours=24 * FAR_DAYS))
    return connection.execute(update(DUE).where(far).values(free_at=now)).rowcount


def coming(connection: Connection, person: str) -> list[Due]:
    """What is set for a person in all their chats, where it can be sent: the earliest first."""
    rows = COMING.rows(connection, person_=person)
    return [Due(Chat(platform, id), kind, at, on) for platform, id, kind, at, on in rows]


def free(connection: Connection, now: Instant, platform: str) -> int:
    """What somebody has leased may be taken again. Gives how much that is."""
    soon = now.add(minutes=LEASE_MINUTES)
    leased = DUE.c.urgent.in_((False, True)) & DUE.c.free_at.between(now, soon) & (DUE.c.free_at > DUE.c.at)
    return connection.execute(
        update(DUE).where((DUE.c.platform == platform) & leased).values(free_at=DUE.c.at)
    ).rowcount


def next_of(connection: Connection, chat: Chat) -> Instant | None:
    """When something is next to happen in a chat."""
    here = (DUE.c.platform == chat.platform) & (DUE.c.chat == chat.id)
    return connection.execute(select(func.min(DUE.c.free_at)).where(here)).scalar()


def hold(connection: Connection, chat: Chat, held: bool) -> None:
    """Holds what is due in a chat, or lets it come again."""
    here = update(DUE).filter_by(platform=chat.platform, chat=chat.id)
    connection.execute(here.values(free_at=None if held else DUE.c.at))
