"""Messages on their way out. Statements on one connection."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, or_, select, update
from whenever import Instant

from bot.messages import Chat, Reply
from bot.ports import URGENT, Queued, Work
from bot.storage.codec import reply_from_json, reply_to_json
from bot.storage.prepared import Prepared
from bot.storage.tables import CHAT, DELIVERED, OUTBOX

LEASE_SECONDS = 60
"""How long a message is left to the process that has written it down or goes on trying to send it."""

AT_ONCE = 500
"""Messages that are taken up at once."""

THIS = OUTBOX.c.id == bindparam("id_")
POST = Prepared(insert(OUTBOX), *(column.name for column in OUTBOX.c if column.name != "id"))
NEW = {"parts": 0, "attempts": 0, "not_before": None, "dead_at": None, "error": ""}
CROSS_OUT = Prepared(delete(OUTBOX).where(THIS))
STANDS = Prepared(
    select(OUTBOX.c.id).where(THIS & (OUTBOX.c.nonce == bindparam("nonce_")) & OUTBOX.c.dead_at.is_(None))
)
PUT_OFF = Prepared(update(OUTBOX).where(THIS), "parts", "attempts", "leased_until", "not_before", "error")
GIVE_UP = Prepared(update(OUTBOX).where(THIS), "parts", "attempts", "leased_until", "dead_at", "error")
OWNER = select(CHAT.c.person_id).where((CHAT.c.platform == bindparam("platform_")) & (CHAT.c.id == bindparam("chat_")))
LEFT = Prepared(
    update(DELIVERED).where(
        (DELIVERED.c.person_id == OWNER.scalar_subquery())
        & (DELIVERED.c.kind == bindparam("kind_"))
        & (DELIVERED.c.on == bindparam("on_"))
    ),
    "sent_at",
)


def post(connection: Connection, work: Work, reply: Reply) -> Queued:
    """Writes down a message of a unit of work. It is this process's to send."""
    message = Queued(work.chat, reply, written_at=work.now)
    if due := work.answers:
        message = replace(message, kind=due.kind, on=due.on, due_at=due.at)
    row = {"platform": work.chat.platform, "chat": work.chat.id, "written_at": work.now, "nonce": message.nonce}
    row |= {"kind": message.kind, "on": message.on, "leased_until": work.now.add(seconds=LEASE_SECONDS)}
    return replace(message, id=POST.new_id(connection, **NEW, **row, body=reply_to_json(reply)))


def unsent(connection: Connection, platform: str, chat: str, by: Instant | None) -> Sequence[Row[Any]]:
    """What is written down but not known to be sent, in order: all of it, or what is nobody's to send by a moment."""
    wanted = (OUTBOX.c.platform == platform) & OUTBOX.c.dead_at.is_(None)
    if chat:
        wanted &= OUTBOX.c.chat == chat
    if by is not None:
        wanted &= or_(OUTBOX.c.leased_until.is_(None), OUTBOX.c.leased_until <= by)
    return connection.execute(select(OUTBOX).where(wanted).order_by(OUTBOX.c.id).limit(AT_ONCE)).all()


def left_behind(connection: Connection, chat: Chat) -> Sequence[Row[Any]]:
    """Answers in a chat that nobody has tried to send yet; none, if one is being tried again."""
    here = (OUTBOX.c.platform == chat.platform) & (OUTBOX.c.chat == chat.id) & OUTBOX.c.dead_at.is_(None)
    answers = here & or_(OUTBOX.c.kind == "", OUTBOX.c.kind.in_(URGENT))
    rows = connection.execute(select(OUTBOX).where(answers).order_by(OUTBOX.c.id)).all()
    return () if any(row.attempts for row in rows) else rows


def read(row: Row[Any]) -> Queued | None:
    """The message of a row, if it can be read."""
    reply = reply_from_json(row.body)
    if reply is None:
        return None
    return Queued(
        Chat(row.platform, row.chat),
        reply,
        row.id,
        row.nonce,
        row.written_at,
        row.kind,
        row.on,
        parts=row.parts,
        attempts=row.attempts,
        not_before=row.not_before,
    )


def stands(connection: Connection, message: Queued) -> bool:
    """Whether a message is still to be sent."""
    return bool(STANDS.rows(connection, id_=message.id, nonce_=message.nonce))


def sent(connection: Connection, message: Queued, now: Instant) -> None:
    """A message has left."""
    CROSS_OUT.run(connection, id_=message.id)
    if message.kind:
        there = {"platform_": message.chat.platform, "chat_": message.chat.id}
        LEFT.run(connection, **there, kind_=delivered_as(message.kind), on_=message.on, sent_at=now)


def delivered_as(kind: str) -> str:
    """A follow-up takes the place of that morning's check-in."""
    return "morning" if kind == "followup" else kind


def put_off(connection: Connection, message: Queued, now: Instant, reason: str) -> None:
    """An attempt has failed. Whoever has made it makes the next, and what stands behind it in its chat is theirs."""
    until = max(now, message.not_before or now).add(seconds=LEASE_SECONDS)
    known = {"parts": message.parts, "attempts": message.attempts, "not_before": message.not_before}
    PUT_OFF.run(connection, id_=message.id, **known, leased_until=until, error=reason)
    mine = (OUTBOX.c.leased_until > now) & (OUTBOX.c.leased_until < until)
    behind = update(OUTBOX).filter_by(platform=message.chat.platform, chat=message.chat.id).where(mine)
    connection.execute(behind.values(leased_until=until))


def give_up(connection: Connection, message: Queued, now: Instant, reason: str) -> None:
    """A message is a dead letter now."""
    known = {"parts": message.parts, "attempts": message.attempts, "leased_until": None}
    GIVE_UP.run(connection, id_=message.id, **known, dead_at=now, error=reason)


def cross_out(connection: Connection, id: int) -> None:
    """A message is not to be sent any more."""
    CROSS_OUT.run(connection, id_=id)


def drop(connection: Connection, chat: Chat) -> None:
    """Nothing is on its way to a chat any more."""
    connection.execute(delete(OUTBOX).filter_by(platform=chat.platform, chat=chat.id))
