"""A unit of work, done in the tables: who it is, what changes, what is said."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, update

from bot.calendar import local_date
from bot.changes import (
    AcceptLink,
    AddLetter,
    AddReason,
    AddSlip,
    AppLanguage,
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
    Receive,
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
from bot.records import NOTICE, UNASKED, Due, Queued, Work
from bot.storage import forgetting, homes, letters, links, outbox, reasons
from bot.storage.alone import THIS_CHAT, alone, there
from bot.storage.codec import run_to_json
from bot.storage.inbox import handle
from bot.storage.models import PersonRow
from bot.storage.prepared import Prepared
from bot.storage.seal import seal_of
from bot.storage.tables import CHAT, DELIVERED, DUE, PERSON, SAVED, SHOWN, SLIP, upsert

OWN_ARTICLE = (SAVED.c.article == bindparam("article_")) & (SAVED.c.person_id == bindparam("person_"))

ADD_PERSON = Prepared(insert(PERSON), *PERSON.c.keys())
ADD_CHAT = Prepared(insert(CHAT), "platform", "id", "person_id", "gone", "address", "language")
FIND = Prepared(update(CHAT).where(THIS_CHAT & (CHAT.c.address != bindparam("before_"))), "address")
TAKE_OFF = Prepared(delete(DUE).where(homes.THIS_DUE & (DUE.c.at == bindparam("at_"))))
DELIVER = upsert(DELIVERED, "person_id", "kind", "on", "due_at", "sent_at")
SET_RUN = Prepared(update(CHAT).where(THIS_CHAT), "run", "run_at")
SET_LANGUAGE = Prepared(update(CHAT).where(THIS_CHAT), "language")
COUNT = Prepared(update(PERSON).where(PERSON.c.id == bindparam("person_")).values(ignored=PERSON.c.ignored + 1))
ADD_SLIP = upsert(SLIP, "person_id", "on")
SAVE_ARTICLE = upsert(SAVED, "person_id", "article", "saved_at", sets=("saved_at",))
DROP_ARTICLE = Prepared(delete(SAVED).where(OWN_ARTICLE))
CARD = ("person_id", "card", "at", "page", "received")
MARK_SHOWN = upsert(SHOWN, *CARD, sets=("at", "page"))
RECEIVE = upsert(SHOWN, *CARD, sets=("received",))


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
            apply(connection, work, change)
    return [outbox.post(connection, work, reply) for reply in work.replies] if wanted else []


def meet(connection: Connection, work: Work, owner: str) -> Work:
    """Makes the person and the chat on their first message. Gives the work for whoever the chat belongs to."""
    if owner:
        return work if owner == work.person.id else replace(work, person=replace(work.person, id=owner))
    fresh = PersonRow(id=work.person.id, met_at=work.now, seen_on=local_date(work.now, ""))
    ADD_PERSON.run(connection, **fresh.model_dump())
    where = {"platform": work.chat.platform, "id": work.chat.id, "address": "", "language": ""}
    ADD_CHAT.run(connection, **where, person_id=work.person.id, gone=False)
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


def apply(connection: Connection, work: Work, change: object) -> None:
    """Makes one change.

    Raises:
        TypeError: nobody knows how.
    """
    make = MADE_BY.get(type(change))
    if make is None:
        raise TypeError(f"no storage for {change!r}")
    make(connection, work, change)


@lru_cache
def _setting(columns: tuple[str, ...]) -> Prepared:
    return Prepared(
        update(PERSON).where(PERSON.c.id == bindparam("person_")), *(PERSON.c[name].name for name in columns)
    )


def set_person(connection: Connection, work: Work, change: SetPerson) -> None:
    """Sets fields of the person."""
    _setting(tuple(change.fields)).run(connection, person_=work.person.id, **change.fields)


def save_run(connection: Connection, work: Work, change: SaveRun) -> None:
    """Keeps where the chat is in a conversation, sealed."""
    run = run_to_json(change.run)
    kept = seal_of(connection).close(run, str(work.chat)) if run else None
    SET_RUN.run(connection, **_here(work), run=kept, run_at=work.now)


def add_slip(connection: Connection, work: Work, change: AddSlip) -> None:
    """Notes that the person wrote to their ex on a date."""
    ADD_SLIP.run(connection, person_id=work.person.id, on=change.on)


def save_article(connection: Connection, work: Work, change: SaveArticle) -> None:
    """Puts an article on the person's shelf, or takes it off."""
    if change.saved:
        SAVE_ARTICLE.run(connection, person_id=work.person.id, article=change.id, saved_at=work.now)
    else:
        DROP_ARTICLE.run(connection, person_=work.person.id, article_=change.id)


def mark_shown(connection: Connection, work: Work, change: MarkShown) -> None:
    """Notes when a card was shown, and which page of it."""
    row = {"card": change.key, "at": work.now, "page": change.page, "received": ""}
    MARK_SHOWN.run(connection, person_id=work.person.id, **row)


def receive(connection: Connection, work: Work, change: Receive) -> None:
    """Notes how a card was received."""
    row = {"card": change.key, "at": work.now, "page": 0, "received": change.received}
    RECEIVE.run(connection, person_id=work.person.id, **row)


def unanswered(connection: Connection, work: Work, _change: Unanswered) -> None:
    """Counts a check-in without a sign of the person."""
    COUNT.run(connection, person_=work.person.id)


def seen(connection: Connection, work: Work, _change: Seen) -> None:
    """Begins to count anew."""
    _setting(("ignored",)).run(connection, person_=work.person.id, ignored=0)


def came(connection: Connection, work: Work, change: Came) -> None:
    """Notes the date on which the person did something last."""
    _setting(("seen_on",)).run(connection, person_=work.person.id, seen_on=change.on)


def app_language(connection: Connection, work: Work, change: AppLanguage) -> None:
    """Notes the language of the app in which the chat is."""
    SET_LANGUAGE.run(connection, **_here(work), language=change.language)


def not_here(_connection: Connection, _work: Work, _change: Reach | Scrub) -> None:
    """Nothing in the tables: the platform looks after the way to the person, and the files are scrubbed after the
    commit."""


MADE_BY: Mapping[type[object], Callable[[Connection, Work, Any], None]] = {
    SetPerson: set_person,
    SaveRun: save_run,
    AddSlip: add_slip,
    SaveArticle: save_article,
    MarkShown: mark_shown,
    Receive: receive,
    Unanswered: unanswered,
    Seen: seen,
    Came: came,
    AppLanguage: app_language,
    Reach: not_here,
    Scrub: not_here,
    AddReason: reasons.add,
    DropReason: reasons.drop,
    AddLetter: letters.add,
    LetterShown: letters.shown,
    DropLetter: letters.drop,
    SetDue: homes.set_due,
    Sooner: homes.bring_forward,
    DropDue: homes.drop_due,
    SetHome: homes.set_home,
    AskLink: links.ask,
    AcceptLink: links.accept,
    DropLink: links.drop,
    Join: links.join,
    Part: links.part,
    Forget: forgetting.forget,
}
"""Who makes which change."""
