"""What is known about a chat and its person: two queries, since each costs a visit more than what it reads."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Select,
    Text,
    bindparam,
    case,
    cast,
    null,
    select,
    union_all,
)
from sqlalchemy import literal_column as literal
from whenever import Date, Instant

from bot.engine import Run
from bot.messages import Chat
from bot.records import Known, Person, Reason
from bot.storage.alone import THIS_CHAT, there
from bot.storage.codec import run_from_json
from bot.storage.homes import home_among
from bot.storage.prepared import Prepared
from bot.storage.seal import Sealed, seal_of
from bot.storage.tables import CHAT, PERSON, REASON, SAVED, SHOWN, SLIP

PERSON_FIELDS = [PERSON.c[field.name] for field in fields(Person)]
CHAT_FIELDS = (CHAT.c.run, CHAT.c.run_at, CHAT.c.gone, CHAT.c.language.label("app_language"))
CHAT_AND_PERSON = Prepared(select(*CHAT_FIELDS, *PERSON_FIELDS).join(PERSON).where(THIS_CHAT))
NOTHING: ColumnElement[Any] = null()


def _part(
    one: Column[Any],
    other: ColumnElement[Any] = NOTHING,
    number: ColumnElement[Any] = NOTHING,
    page: ColumnElement[Any] = NOTHING,
) -> Select[Any]:
    """What is a person's in a table: two texts and two numbers of each row, and whose part of it all that is."""
    table = one.table
    columns: tuple[ColumnElement[Any], ...] = (
        literal(f"'{table.name}'"),
        cast(one, Text),
        cast(other, Text),
        cast(number, BigInteger),
        cast(page, BigInteger),
    )
    return select(*columns).select_from(table).where(table.c.person_id == bindparam("person_"))


THE_REST = Prepared(
    union_all(
        _part(REASON.c.text, number=REASON.c.id),
        _part(SLIP.c.on),
        _part(SAVED.c.article),
        _part(SHOWN.c.card, SHOWN.c.received, SHOWN.c.at, SHOWN.c.page),
        _part(CHAT.c.platform, CHAT.c.id, case((CHAT.c.gone, 1), else_=0)),
    )
)


def load(connection: Connection, chat: Chat) -> Known:
    """Everything a message in a chat needs to be answered."""
    found = CHAT_AND_PERSON.rows(connection, **there(chat))
    if not found:
        return Known(Person())
    run, run_at, gone, language, *row = found[0]
    person = Person(*row)
    parts = defaultdict(list)
    for part, *row in THE_REST.rows(connection, person_=person.id):
        parts[part].append(row)
    reasons = sorted(parts["reason"], key=_number)
    mine = {Chat(platform, id): bool(is_gone) for platform, id, is_gone, _ in sorted(parts["chat"])}
    return Known(
        person=person,
        met=True,
        gone=gone,
        language=language,
        run=_run(connection, chat, run),
        run_at=run_at,
        reasons=tuple(_reason(connection, person.id, id, text) for text, _, id, _ in reasons),
        slips=tuple(sorted(Date(on) for on, *_ in parts["slip"])),
        saved=tuple(sorted(article for article, *_ in parts["saved"])),
        shown={card: Instant.from_timestamp(at, unit="millisecond") for card, _, at, _ in parts["shown"]},
        pages={card: page for card, *_, page in parts["shown"] if page},
        received={card: received for card, received, *_ in parts["shown"] if received},
        others={other: is_gone for other, is_gone in mine.items() if other != chat},
        home=home_among(connection, person.id, mine, person.home),
    )


def _number(part: Sequence[Any]) -> int:
    return int(part[2])


def _run(connection: Connection, chat: Chat, kept: str | None) -> Run | None:
    """Where somebody is in a conversation. If the keys do not open that, they begin again."""
    try:
        return run_from_json(seal_of(connection).open(kept, str(chat)) if kept else None)
    except Sealed:
        return None


def _reason(connection: Connection, person: str, id: int, kept: str) -> Reason:
    try:
        return Reason(id, seal_of(connection).open(kept, person))
    except Sealed:
        return Reason(id, "", sealed=True)
