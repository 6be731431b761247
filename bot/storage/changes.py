"""What each change does to the tables. Plain statements on one connection, inside the unit of work."""

from dataclasses import replace
from functools import singledispatch
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.changes import (
    AddLetter,
    AddReason,
    AddSlip,
    DropDue,
    DropLetter,
    DropReason,
    Forget,
    LetterShown,
    MarkShown,
    SaveArticle,
    SaveRun,
    Scrub,
    SetDue,
    SetPerson,
)
from bot.ports import UNASKED, Due, Work
from bot.storage.codec import reply_to_json, run_to_json
from bot.storage.inbox import handle
from bot.storage.models import PersonRow
from bot.storage.tables import CHAT, DELIVERED, DUE, LETTER, OUTBOX, PERSON, REASON, SAVED, SHOWN, SLIP, upsert


def do(connection: Connection, work: Work) -> list[int]:
    """Does a unit of work. Gives the outbox ids of its messages, none if they were delivered before."""
    if work.receipt is not None and not handle(connection, work.receipt):
        return []
    if work.answers is not None and not still_stands(connection, work, work.answers):
        return []
    work = meet(connection, work)
    wanted = work.answers is None or is_first(connection, work, work.answers)
    for change in work.changes:
        apply(change, connection, work)
    return [_post(connection, work, reply_to_json(reply)) for reply in work.replies] if wanted else []


def meet(connection: Connection, work: Work) -> Work:
    """Makes the person and the chat on their first message. Gives the work for whoever the chat belongs to."""
    here = (CHAT.c.platform == work.chat.platform) & (CHAT.c.id == work.chat.id)
    owner = connection.execute(select(CHAT.c.person_id).where(here)).scalar()
    if owner is not None:
        return work if owner == work.person.id else replace(work, person=replace(work.person, id=owner))
    connection.execute(insert(PERSON).values(PersonRow(id=work.person.id, met_at=work.now).model_dump()))
    connection.execute(insert(CHAT).values(platform=work.chat.platform, id=work.chat.id, person_id=work.person.id))
    return work


def still_stands(connection: Connection, work: Work, due: Due) -> bool:
    """Takes off a due item. False if it was moved or taken off meanwhile: then nothing is to be done for it."""
    return connection.execute(delete(DUE).where(_due_at(work, due.kind) & (DUE.c.at == due.at))).rowcount > 0


def is_first(connection: Connection, work: Work, due: Due) -> bool:
    """Whether nothing of the kind was delivered to the person on that date."""
    if due.kind not in UNASKED:
        return True
    kind = "morning" if due.kind == "followup" else due.kind
    row = {"person_id": work.person.id, "kind": kind, "on": due.on}
    return upsert(connection, DELIVERED, row, ())


def _post(connection: Connection, work: Work, body: str) -> int:
    row = {"platform": work.chat.platform, "chat": work.chat.id, "body": body, "written_at": work.now}
    return int(connection.execute(insert(OUTBOX).values(row).returning(OUTBOX.c.id)).scalar_one())


def _due_at(work: Work, *kinds: str) -> Any:
    return (DUE.c.platform == work.chat.platform) & (DUE.c.chat == work.chat.id) & DUE.c.kind.in_(kinds)


@singledispatch
def apply(change: object, connection: Connection, work: Work) -> None:
    """Makes one change.

    Raises:
        TypeError: nobody knows how.
    """
    raise TypeError(f"no storage for {change!r}")


@apply.register
def _(change: SetPerson, connection: Connection, work: Work) -> None:
    connection.execute(update(PERSON).where(PERSON.c.id == work.person.id).values(dict(change.fields)))


@apply.register
def _(change: SaveRun, connection: Connection, work: Work) -> None:
    here = (CHAT.c.platform == work.chat.platform) & (CHAT.c.id == work.chat.id)
    connection.execute(update(CHAT).where(here).values(run=run_to_json(change.run), run_at=work.now))


@apply.register
def _(change: AddSlip, connection: Connection, work: Work) -> None:
    upsert(connection, SLIP, {"person_id": work.person.id, "on": change.on}, ())


@apply.register
def _(change: AddReason, connection: Connection, work: Work) -> None:
    connection.execute(insert(REASON).values(person_id=work.person.id, text=change.text))


@apply.register
def _(change: DropReason, connection: Connection, work: Work) -> None:
    own = (REASON.c.id == change.id) & (REASON.c.person_id == work.person.id)
    connection.execute(delete(REASON).where(own))


@apply.register
def _(change: AddLetter, connection: Connection, work: Work) -> None:
    row = {"person_id": work.person.id, "text": change.text, "written_at": work.now, "tomorrow": change.tomorrow}
    connection.execute(insert(LETTER).values(row))


@apply.register
def _(change: LetterShown, connection: Connection, work: Work) -> None:
    own = (LETTER.c.id == change.id) & (LETTER.c.person_id == work.person.id)
    connection.execute(update(LETTER).where(own).values(tomorrow=False))


@apply.register
def _(change: DropLetter, connection: Connection, work: Work) -> None:
    own = (LETTER.c.id == change.id) & (LETTER.c.person_id == work.person.id)
    connection.execute(delete(LETTER).where(own))


@apply.register
def _(change: SaveArticle, connection: Connection, work: Work) -> None:
    if change.saved:
        row = {"person_id": work.person.id, "article": change.id, "saved_at": work.now}
        upsert(connection, SAVED, row, ("saved_at",))
    else:
        own = (SAVED.c.article == change.id) & (SAVED.c.person_id == work.person.id)
        connection.execute(delete(SAVED).where(own))


@apply.register
def _(change: MarkShown, connection: Connection, work: Work) -> None:
    upsert(connection, SHOWN, {"person_id": work.person.id, "card": change.key, "at": work.now}, ("at",))


@apply.register
def _(change: SetDue, connection: Connection, work: Work) -> None:
    row = {"platform": work.chat.platform, "chat": work.chat.id, "kind": change.kind}
    row |= {"at": change.at, "on": change.on, "leased_until": None, "held": False}  # type: ignore[dict-item]
    upsert(connection, DUE, row, ("at", "on", "leased_until", "held"))


@apply.register
def _(change: DropDue, connection: Connection, work: Work) -> None:
    connection.execute(delete(DUE).where(_due_at(work, *change.kinds)))


@apply.register
def _(_change: Scrub, _connection: Connection, _work: Work) -> None:
    """Nothing in the tables: the files are scrubbed after the commit."""


@apply.register
def _(_change: Forget, connection: Connection, work: Work) -> None:
    connection.execute(delete(PERSON).where(PERSON.c.id == work.person.id))
