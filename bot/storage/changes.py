"""What each change does to the tables, inside the unit of work."""

from dataclasses import replace
from functools import lru_cache, singledispatch

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from bot.calendar import local_date
from bot.changes import (
    AcceptLink,
    AddLetter,
    AddReason,
    AddSlip,
    AskLink,
    Came,
    DropDue,
    DropLetter,
    DropLink,
    DropReason,
    Forget,
    Join,
    LetterShown,
    MarkShown,
    Part,
    Reach,
    SaveArticle,
    SaveRun,
    Scrub,
    Seen,
    SetDue,
    SetHome,
    SetPerson,
    Sooner,
    Unanswered,
)
from bot.ports import Full
from bot.records import CHECKIN_KINDS, NOTICE, UNASKED, Due, Queued, Work
from bot.storage import homes, links, outbox
from bot.storage.alone import THIS_CHAT, alone, there
from bot.storage.codec import run_to_json
from bot.storage.inbox import empty, handle
from bot.storage.models import PersonRow
from bot.storage.prepared import Prepared
from bot.storage.seal import seal_of
from bot.storage.tables import CHAT, DELIVERED, DUE, KEPT, LETTER, PERSON, REASON, SAVED, SHOWN, SLIP, upsert

OWN_REASON = (REASON.c.id == bindparam("id_")) & (REASON.c.person_id == bindparam("person_"))
OWN_LETTER = (LETTER.c.id == bindparam("id_")) & (LETTER.c.person_id == bindparam("person_"))
OWN_ARTICLE = (SAVED.c.article == bindparam("article_")) & (SAVED.c.person_id == bindparam("person_"))

ADD_PERSON = Prepared(insert(PERSON), *PERSON.c.keys())
ADD_CHAT = Prepared(insert(CHAT), "platform", "id", "person_id", "gone", "address")
FIND = Prepared(update(CHAT).where(THIS_CHAT & (CHAT.c.address != bindparam("before_"))), "address")
SET_RUN = Prepared(update(CHAT).where(THIS_CHAT), "run", "run_at")
TAKE_OFF = Prepared(delete(DUE).where(homes.THIS_DUE & (DUE.c.at == bindparam("at_"))))
DELIVER = upsert(DELIVERED, "person_id", "kind", "on", "due_at", "sent_at")
COUNT = Prepared(update(PERSON).where(PERSON.c.id == bindparam("person_")).values(ignored=PERSON.c.ignored + 1))
ADD_SLIP = upsert(SLIP, "person_id", "on")
ADD_REASON = Prepared(insert(REASON), "person_id", "text")
DROP_REASON = Prepared(delete(REASON).where(OWN_REASON))
ADD_LETTER = Prepared(insert(LETTER), "person_id", "text", "written_at", "tomorrow", "chat")
SHOW_LETTER = Prepared(update(LETTER).where(OWN_LETTER), "tomorrow")
DROP_LETTER = Prepared(delete(LETTER).where(OWN_LETTER))
SAVE_ARTICLE = upsert(SAVED, "person_id", "article", "saved_at", sets=("saved_at",))
DROP_ARTICLE = Prepared(delete(SAVED).where(OWN_ARTICLE))
MARK_SHOWN = upsert(SHOWN, "person_id", "card", "at", sets=("at",))
REBUILD = upsert(KEPT, "name", "value", sets=("value",))
TO_REBUILD = "to rebuild"
"""What is noted while the files may hold shreds of what was deleted."""

LETTERS, REASONS = 500, 100
"""How many letters and reasons of a person are kept at most."""

COUNT_LETTERS = Prepared(select(func.count()).select_from(LETTER).where(LETTER.c.person_id == bindparam("person_")))
COUNT_REASONS = Prepared(select(func.count()).select_from(REASON).where(REASON.c.person_id == bindparam("person_")))
FORGET = Prepared(delete(PERSON).where(PERSON.c.id == bindparam("person_")))


def do(connection: Connection, work: Work) -> list[Queued]:
    """Does a unit of work. Gives its messages, none if they were delivered before."""
    owner = alone(connection, work.chat)
    if work.receipt is not None and not handle(connection, work.receipt, work.now):
        return []
    if work.answers is not None and not still_stands(connection, work, work.answers):
        return []
    work = meet(connection, work, owner)
    if work.address:
        FIND.run(connection, **_here(work), address=work.address, before_=work.address)
    wanted = work.answers is None or not work.replies or is_first(connection, work, work.answers)
    for change in work.changes:
        if wanted or not isinstance(change, Unanswered):
            apply(change, connection, work)
    return [outbox.post(connection, work, reply) for reply in work.replies] if wanted else []


def meet(connection: Connection, work: Work, owner: str) -> Work:
    """Makes the person and the chat on their first message. Gives the work for whoever the chat belongs to."""
    if owner:
        return work if owner == work.person.id else replace(work, person=replace(work.person, id=owner))
    fresh = PersonRow(id=work.person.id, met_at=work.now, seen_on=local_date(work.now, ""))
    ADD_PERSON.run(connection, **fresh.model_dump())
    ADD_CHAT.run(
        connection, platform=work.chat.platform, id=work.chat.id, person_id=work.person.id, gone=False, address=""
    )
    return work


def still_stands(connection: Connection, work: Work, due: Due) -> bool:
    """Takes off a due item. False if it was moved or taken off meanwhile: then nothing is to be done for it."""
    return bool(TAKE_OFF.run(connection, **_here(work), kind_=due.kind, at_=due.at).rowcount > 0)


def is_first(connection: Connection, work: Work, due: Due) -> bool:
    """Whether nothing of the kind was delivered to the person on that date."""
    if due.kind not in (*UNASKED, NOTICE):
        return True
    row = {"kind": outbox.delivered_as(due.kind), "on": due.on, "due_at": due.at, "sent_at": None}
    return bool(DELIVER.run(connection, person_id=work.person.id, **row).rowcount > 0)


def _here(work: Work) -> dict[str, str]:
    return there(work.chat)


def _sealed(connection: Connection, work: Work, words: str) -> str:
    return seal_of(connection).close(words, work.person.id)


@singledispatch
def apply(change: object, connection: Connection, work: Work) -> None:
    """Makes one change.

    Raises:
        TypeError: nobody knows how.
    """
    raise TypeError(f"no storage for {change!r}")


@lru_cache
def _setting(columns: tuple[str, ...]) -> Prepared:
    return Prepared(
        update(PERSON).where(PERSON.c.id == bindparam("person_")), *(PERSON.c[name].name for name in columns)
    )


def _check_room(connection: Connection, work: Work, count: Prepared, most: int, key: str) -> None:
    """Raises:
    Full: the person keeps as many as can be kept.
    """
    if count.rows(connection, person_=work.person.id)[0][0] >= most:
        raise Full(key)


@apply.register
def _(change: SetPerson, connection: Connection, work: Work) -> None:
    _setting(tuple(change.fields)).run(connection, person_=work.person.id, **change.fields)


@apply.register
def _(change: SaveRun, connection: Connection, work: Work) -> None:
    run = run_to_json(change.run)
    kept = seal_of(connection).close(run, str(work.chat)) if run else None
    SET_RUN.run(connection, **_here(work), run=kept, run_at=work.now)


@apply.register
def _(change: AddSlip, connection: Connection, work: Work) -> None:
    ADD_SLIP.run(connection, person_id=work.person.id, on=change.on)


@apply.register
def _(change: AddReason, connection: Connection, work: Work) -> None:
    _check_room(connection, work, COUNT_REASONS, REASONS, "limits/reasons")
    ADD_REASON.run(connection, person_id=work.person.id, text=_sealed(connection, work, change.text))


@apply.register
def _(change: DropReason, connection: Connection, work: Work) -> None:
    DROP_REASON.run(connection, id_=change.id, person_=work.person.id)


@apply.register
def _(change: AddLetter, connection: Connection, work: Work) -> None:
    _check_room(connection, work, COUNT_LETTERS, LETTERS, "limits/letters")
    chat = str(work.chat) if change.tomorrow else ""
    row = {
        "text": _sealed(connection, work, change.text),
        "written_at": work.now,
        "tomorrow": change.tomorrow,
        "chat": chat,
    }
    ADD_LETTER.run(connection, person_id=work.person.id, **row)


@apply.register
def _(change: LetterShown, connection: Connection, work: Work) -> None:
    SHOW_LETTER.run(connection, id_=change.id, person_=work.person.id, tomorrow=False)


@apply.register
def _(change: DropLetter, connection: Connection, work: Work) -> None:
    DROP_LETTER.run(connection, id_=change.id, person_=work.person.id)


@apply.register
def _(change: SaveArticle, connection: Connection, work: Work) -> None:
    if change.saved:
        SAVE_ARTICLE.run(connection, person_id=work.person.id, article=change.id, saved_at=work.now)
    else:
        DROP_ARTICLE.run(connection, person_=work.person.id, article_=change.id)


@apply.register
def _(change: MarkShown, connection: Connection, work: Work) -> None:
    MARK_SHOWN.run(connection, person_id=work.person.id, card=change.key, at=work.now)


@apply.register
def _(change: SetDue, connection: Connection, work: Work) -> None:
    if change.kind in CHECKIN_KINDS:
        homes.set_checkin(connection, work, change)
    else:
        homes.set_due(connection, work.chat, change)


@apply.register
def _(change: Sooner, connection: Connection, work: Work) -> None:
    homes.bring_forward(connection, work, change)


@apply.register
def _(_change: Unanswered, connection: Connection, work: Work) -> None:
    COUNT.run(connection, person_=work.person.id)


@apply.register
def _(_change: Seen, connection: Connection, work: Work) -> None:
    _setting(("ignored",)).run(connection, person_=work.person.id, ignored=0)


@apply.register
def _(change: Came, connection: Connection, work: Work) -> None:
    _setting(("seen_on",)).run(connection, person_=work.person.id, seen_on=change.on)


@apply.register
def _(change: DropDue, connection: Connection, work: Work) -> None:
    homes.drop_due(connection, work, change)


@apply.register
def _(_change: Reach, _connection: Connection, _work: Work) -> None:
    """Nothing in the tables: the platform looks after it."""


@apply.register
def _(change: SetHome, connection: Connection, work: Work) -> None:
    homes.set_home(connection, work, change.chat)


@apply.register
def _(change: AskLink, connection: Connection, work: Work) -> None:
    links.ask(connection, work, change)


@apply.register
def _(change: AcceptLink, connection: Connection, work: Work) -> None:
    links.accept(connection, work, change)


@apply.register
def _(change: DropLink, connection: Connection, _work: Work) -> None:
    links.drop(connection, change)


@apply.register
def _(change: Join, connection: Connection, work: Work) -> None:
    links.join(connection, work, change)


@apply.register
def _(change: Part, connection: Connection, work: Work) -> None:
    links.part(connection, work, change)


@apply.register
def _(_change: Scrub, _connection: Connection, _work: Work) -> None:
    """Nothing in the tables: the files are scrubbed after the commit."""


@apply.register
def _(change: Forget, connection: Connection, work: Work) -> None:
    for chat in homes.chats_among(connection, work.person.id, change.chats):
        empty(connection, chat, change.asked if chat == work.chat else None)
    FORGET.run(connection, person_=work.person.id)
    if work.person.seen_on is not None:  # somebody new has left nothing
        note_rebuild(connection)


def note_rebuild(connection: Connection) -> None:
    """Something was deleted of which the files may still hold shreds."""
    REBUILD.run(connection, name=TO_REBUILD, value=TO_REBUILD)
