"""Two chats become one person, and one person becomes several again: each in one transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, Table, case, delete, func, insert, literal, select, update
from whenever import Instant

from bot.changes import AcceptLink, AskLink, DropLink, Join, Part
from bot.messages import Chat
from bot.ports import Outdated
from bot.records import CHECKIN_KINDS, Link, Work
from bot.rhythm import SILENT
from bot.storage.alone import alone
from bot.storage.homes import chats, chats_among, gather, take_off
from bot.storage.models import PersonRow
from bot.storage.seal import Sealed, seal_of
from bot.storage.tables import CHAT, DELIVERED, LETTER, LINK, PERSON, REASON, SAVED, SHOWN, SLIP, insert_into

KEPT_HOURS = 24
"""So many hours after it was asked for, or entered, a code is gone from the table: it leads nowhere then."""

TIMES = ("zone", "morning", "evening", "with_read", "only_read", "paused_until", "ignored")
"""Fields that are one answer: times without their clock would be wrong."""

TOLD = ("language", "side", "ties", "hope", "country", "zone")
"""Fields that stay as this side has told them, or else come from the other one."""

DANGERS = ("order", "no", "fear", "quiet")
STAYS = ("adult", "language", "country")
STAYS_TOLD = ("none", "order", "no")
"""What the chats keep that begin anew. Fear is told of somebody who may have had one of these chats joined: nothing of
it is left there."""


def find(connection: Connection, where: Any, *, hold: bool = False) -> Link | None:
    """The code that fits, if there is one. With `hold` it stays until the transaction ends."""
    query = select(LINK).where(where)
    row = connection.execute(query.with_for_update() if hold else query).first()
    if row is None:
        return None
    joins = Chat(row.other_platform, row.other_chat) if row.other_chat is not None else None
    return Link(Chat(row.platform, row.chat), row.code, row.at, joins)


def asked_by(chat: Chat) -> Any:
    """The code of a chat."""
    return (LINK.c.platform == chat.platform) & (LINK.c.chat == chat.id)


def ask(connection: Connection, work: Work, change: AskLink) -> None:
    """The chat's code is now this one."""
    forget_old(connection, work.now)
    connection.execute(delete(LINK).where(asked_by(work.chat)))
    row = {"platform": work.chat.platform, "chat": work.chat.id, "code": change.code, "at": work.now}
    connection.execute(insert(LINK).values(row))


def forget_old(connection: Connection, now: Instant) -> None:
    """Drops codes that lead nowhere any more."""
    connection.execute(delete(LINK).where(LINK.c.at < now.subtract(hours=KEPT_HOURS)))


def accept(connection: Connection, work: Work, change: AcceptLink) -> None:
    """This chat said yes to a code.

    Raises:
        Outdated: the code is gone, or another chat was first.
    """
    free = (LINK.c.code == change.code) & LINK.c.other_chat.is_(None)
    yes = {"other_platform": work.chat.platform, "other_chat": work.chat.id, "at": work.now}
    if connection.execute(update(LINK).where(free).values(yes)).rowcount == 0:
        raise Outdated


def drop(connection: Connection, _work: Work, change: DropLink) -> None:
    """The code is good for nothing any more."""
    connection.execute(delete(LINK).where(LINK.c.code == change.code))


def join(connection: Connection, work: Work, change: Join) -> None:
    """Whoever accepted this chat's code becomes this chat's person.

    Raises:
        Outdated: the code is gone or nobody has accepted it, they are one person already, or one is a minor; or there
            are letters or reasons that the keys at hand do not open.
    """
    link = find(connection, asked_by(work.chat) & (LINK.c.code == change.code), hold=True)
    other = link.joins if link else None
    theirs = alone(connection, other) if other else ""
    mine = work.person.id
    if other is None or theirs in ("", mine):
        raise Outdated
    here, there = _person(connection, mine), _person(connection, theirs)
    if here.adult is not True or there.adult is False:
        raise Outdated
    _settle_checkins(connection, work.chat, other, here, there)
    connection.execute(update(PERSON).where(PERSON.c.id == mine).values(_merged(here, there)))
    connection.execute(update(CHAT).where(CHAT.c.person_id == theirs).values(person_id=mine))
    for table in (LETTER, REASON):
        _hand_over(connection, table, theirs, mine)
    for table in (SLIP, DELIVERED, SAVED):
        _bring(connection, table, theirs, mine)
    _bring(connection, SHOWN, theirs, mine, latest="at", lasting=("received",))
    connection.execute(delete(PERSON).where(PERSON.c.id == theirs))
    connection.execute(delete(LINK).where(LINK.c.code == change.code))


def part(connection: Connection, work: Work, change: Part) -> None:
    """Everything stays with this chat; the person's other chats begin anew.

    Raises:
        Outdated: there is no other chat, or one that was not there before.
    """
    mine = chats_among(connection, work.person.id, change.chats)
    others = [chat for chat in mine if chat != work.chat]
    if not others:
        raise Outdated
    gather(connection, mine, work.chat, (*CHECKIN_KINDS, "letter"))
    coming = (LETTER.c.person_id == work.person.id) & LETTER.c.tomorrow.is_(True)
    connection.execute(update(LETTER).where(coming).values(chat=str(work.chat)))
    row = _person(connection, work.person.id)
    stays = {name: getattr(row, name) for name in STAYS}
    stays["danger"] = ",".join(danger for danger in row.danger.split(",") if danger in STAYS_TOLD)
    for chat in others:
        fresh = PersonRow(id=uuid4().hex, met_at=work.now, counting_since=change.on, seen_on=row.seen_on, **stays)
        connection.execute(insert(PERSON).values(fresh.model_dump()))
        that = (CHAT.c.platform == chat.platform) & (CHAT.c.id == chat.id)
        connection.execute(update(CHAT).where(that).values(person_id=fresh.id))
    connection.execute(update(PERSON).where(PERSON.c.id == work.person.id).values(home=""))


def _hand_over(connection: Connection, table: Table, theirs: str, mine: str) -> None:
    """Words become another person's, and are sealed as that.

    Raises:
        Outdated: the keys at hand do not open them.
    """
    seal = seal_of(connection)
    for row in connection.execute(select(table.c.id, table.c.text).where(table.c.person_id == theirs)).all():
        try:
            words = seal.close(seal.open(row.text, theirs), mine)
        except Sealed:
            raise Outdated("linking/closed") from None
        connection.execute(update(table).where(table.c.id == row.id).values(person_id=mine, text=words))


def _person(connection: Connection, id: str) -> Row[Any]:
    return connection.execute(select(PERSON).where(PERSON.c.id == id)).one()


def _has_times(row: Row[Any]) -> bool:
    return bool(row.morning or row.evening)


def _gives_times(here: Row[Any], there: Row[Any]) -> bool:
    """Whether the times of this side count: it has some that go on, or the other side has none that do."""
    return _has_times(here) and (here.ignored < SILENT or not _has_times(there) or there.ignored >= SILENT)


def _merged(here: Row[Any], there: Row[Any]) -> dict[str, Any]:
    """The profile of the one person: what this side has told, and what only the other one has."""
    fields = {name: getattr(here, name) or getattr(there, name) for name in TOLD}
    if _has_times(there) and not _gives_times(here, there):
        fields |= {name: getattr(there, name) for name in TIMES}
    dangers = [danger for danger in DANGERS if danger in f"{here.danger},{there.danger}".split(",")]
    fields["danger"] = ",".join(dangers) or here.danger or there.danger
    fields["seen_on"] = max(filter(None, (here.seen_on, there.seen_on)), default=None)
    fields["counting_since"] = min(filter(None, (here.counting_since, there.counting_since)), default=None)
    return fields


def _settle_checkins(connection: Connection, here: Chat, other: Chat, mine: Row[Any], theirs: Row[Any]) -> None:
    """Check-ins go on where they came before; if they were on for both, here, at the times told here."""
    ours, home = chats(connection, mine.id)
    others, their_home = chats(connection, theirs.id)
    if not _has_times(mine) and not _has_times(theirs):
        return
    stays = _gives_times(mine, theirs)
    target = (home or here) if stays else (their_home or other)
    take_off(connection, others if stays else ours, ("morning", "evening"))
    gather(connection, {**ours, **others}, target, CHECKIN_KINDS)
    connection.execute(update(PERSON).where(PERSON.c.id == mine.id).values(home=str(target)))


def _bring(
    connection: Connection, table: Table, theirs: str, mine: str, latest: str = "", lasting: Sequence[str] = ()
) -> None:
    """Gives a person the rows of another one; of two with the same key one stays, the later one if that matters. What
    is `lasting` in the older one stays where the later one has nothing."""
    columns = [column for column in table.columns if column.name != "person_id"]
    rows = select(literal(mine), *columns).where(table.c.person_id == theirs)
    statement = insert_into(connection, table).from_select(["person_id", *(column.name for column in columns)], rows)
    keys = [column.name for column in table.primary_key.columns]
    if latest:
        new, old = statement.excluded, table.c
        is_newer = new[latest] > old[latest]
        rest = [column.name for column in columns if column.name not in keys]
        sets: dict[str, Any] = {name: case((is_newer, new[name]), else_=old[name]) for name in rest}
        for name in lasting:
            sets[name] = func.coalesce(func.nullif(sets[name], ""), case((is_newer, old[name]), else_=new[name]))
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=sets))
    else:
        connection.execute(statement.on_conflict_do_nothing(index_elements=keys))
