"""Messages on their way out. Statements on one connection."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, insert, or_, select, update
from whenever import Instant

from bot.calendar import local_date
from bot.messages import Chat, Reply
from bot.records import NOTICE, URGENT, Queued, Work, new_nonce
from bot.storage.codec import reply_from_json, reply_to_json
from bot.storage.prepared import Prepared
from bot.storage.seal import Sealed, seal_of
from bot.storage.tables import CHAT, DELIVERED, OUTBOX

LEASE_SECONDS = 60
"""How long a message is left to the process that has written it down or goes on trying to send it."""

DELIVERED_KEPT_DAYS, NOTICE_KEPT_DAYS = 30, 180
"""How long it is known what came unasked on a date, and how late: far longer than a date may come again. Of a notice it
is known until what it says has happened."""

UNTRIED_SECONDS = 5
"""After so long an answer that nobody has tried to send may be somebody's who is gone; the chat's turn tells."""

AT_ONCE = 500
"""Messages that are taken up at once."""

THIS = OUTBOX.c.id == bindparam("id_")
ANSWER = or_(OUTBOX.c.kind == "", OUTBOX.c.kind.in_(URGENT))
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
    due, nonce = work.answers, new_nonce()
    kind, on, due_at = (due.kind, due.on, due.at) if due else ("", None, None)
    id = POST.new_id(
        connection,
        platform=work.chat.platform,
        chat=work.chat.id,
        body=body_of(connection, work.chat, reply),
        written_at=work.now,
        nonce=nonce,
        kind=kind,
        on=on,
        due_at=due_at,
        leased_until=work.now.add(seconds=LEASE_SECONDS),
        not_after=work.not_after,
        **NEW,
    )
    return Queued(work.chat, reply, id, nonce, work.now, kind, on, due_at, not_after=work.not_after)


def unsent(
    connection: Connection,
    platform: str,
    chat: str,
    by: Instant | None,
    untried_since: Instant | None = None,
    after: int = 0,
) -> tuple[list[Queued | int], int]:
    """What is written down but not known to be sent, in order: all of it, or what is nobody's to send by a moment, and
    answers that nobody has tried to send since another. So many at once, the first ones `after` a number. Gives them
    as `read` does, and the number after which there may be more."""
    wanted = (OUTBOX.c.platform == platform) & OUTBOX.c.dead_at.is_(None) & (OUTBOX.c.id > after)
    if chat:
        wanted &= OUTBOX.c.chat == chat
    if by is not None:
        nobodys = OUTBOX.c.leased_until.is_(None) | (OUTBOX.c.leased_until <= by)
        if untried_since is not None:
            untried = ANSWER & (OUTBOX.c.attempts == 0) & (OUTBOX.c.written_at <= untried_since)
            nobodys |= untried & ~_behind_one_that_is_tried_again(by)
        wanted &= nobodys
    rows = connection.execute(select(OUTBOX).where(wanted).order_by(OUTBOX.c.id).limit(AT_ONCE)).all()
    return read(connection, rows), rows[-1].id if len(rows) == AT_ONCE else 0


def _behind_one_that_is_tried_again(by: Instant) -> ColumnElement[bool]:
    """Whether somebody has a message of the same chat that was written before: what stands behind it is theirs."""
    first = OUTBOX.alias()
    same = (first.c.platform == OUTBOX.c.platform) & (first.c.chat == OUTBOX.c.chat) & (first.c.id < OUTBOX.c.id)
    tried = (first.c.attempts > 0) | first.c.not_before.is_not(None)
    return select(first.c.id).where(same & tried & first.c.dead_at.is_(None) & (first.c.leased_until > by)).exists()


def left_behind(connection: Connection, chat: Chat) -> list[Queued | int]:
    """Answers in a chat that nobody has tried to send yet; none, if one is being tried again."""
    here = (OUTBOX.c.platform == chat.platform) & (OUTBOX.c.chat == chat.id) & OUTBOX.c.dead_at.is_(None)
    rows = connection.execute(select(OUTBOX).where(here & ANSWER).order_by(OUTBOX.c.id)).all()
    return [] if any(row.attempts for row in rows) else read(connection, rows)


def body_of(connection: Connection, chat: Chat, reply: Reply) -> str:
    """A reply as it is written down: sealed."""
    return seal_of(connection).close(reply_to_json(reply), str(chat))


def reply_of(connection: Connection, chat: Chat, body: str) -> Reply | None:
    """The reply that is written down, if it can be read.

    Raises:
        Sealed: not with the keys at hand.
    """
    return reply_from_json(seal_of(connection).open(body, str(chat)))


def read(connection: Connection, rows: Sequence[Row[Any]]) -> list[Queued | int]:
    """The messages of rows. Of one that nobody can read there is only the number; one that cannot be opened with the
    keys at hand stays for those who can, and is not there."""
    found: list[Queued | int] = []
    for row in rows:
        with suppress(Sealed):
            found.append(_read(connection, row) or row.id)
    return found


def _read(connection: Connection, row: Row[Any]) -> Queued | None:
    reply = reply_of(connection, Chat(row.platform, row.chat), row.body)
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
        row.due_at,
        row.parts,
        row.attempts,
        row.not_before,
        row.not_after,
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


def forget_delivered(connection: Connection, now: Instant) -> None:
    """Drops the notes of what came unasked long ago, or was to come and never left."""
    old = (DELIVERED.c.kind != NOTICE) & _was_due_before(now.subtract(hours=24 * DELIVERED_KEPT_DAYS))
    old |= _was_due_before(now.subtract(hours=24 * NOTICE_KEPT_DAYS))
    connection.execute(delete(DELIVERED).where(old))


def _was_due_before(moment: Instant) -> ColumnElement[bool]:
    never_left = DELIVERED.c.sent_at.is_(None) & (DELIVERED.c.on < local_date(moment, ""))
    return (DELIVERED.c.sent_at < moment) | never_left


def forget_waiting(connection: Connection, before: Instant) -> None:
    """Drops what was written down before that moment and could not be sent since: nobody waits for it any more."""
    connection.execute(delete(OUTBOX).where(OUTBOX.c.written_at < before))


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


def let_go(connection: Connection, ids: Sequence[int]) -> None:
    """Messages are nobody's to send from now on."""
    mine = OUTBOX.c.id.in_(ids) & OUTBOX.c.dead_at.is_(None)
    connection.execute(update(OUTBOX).where(mine).values(leased_until=None))


def free_unasked(connection: Connection, platform: str) -> None:
    """What comes unasked is nobody's to send from now on: who has written it down is gone."""
    theirs = (OUTBOX.c.platform == platform) & ~ANSWER & OUTBOX.c.dead_at.is_(None)
    connection.execute(update(OUTBOX).where(theirs).values(leased_until=None))


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
