"""Everything that is kept about a person, for themselves. Statements on one connection."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select, tuple_

from bot.messages import Chat, Reply
from bot.records import Letter, Person, Reason
from bot.storage import homes, known, letters, outbox
from bot.storage.seal import Sealed
from bot.storage.tables import (
    CHAT,
    COUNTDOWN,
    DELIVERED,
    DUE,
    INBOX,
    KEPT,
    LEASE,
    LETTER,
    LINK,
    OUTBOX,
    PERSON,
    REASON,
    SAVED,
    SERVER,
    SHOWN,
    SLIP,
)

PARTS: Mapping[str, Table] = {
    "profile": PERSON,
    "chats": CHAT,
    "letters": LETTER,
    "reasons": REASON,
    "slips": SLIP,
    "shelf": SAVED,
    "shown": SHOWN,
    "coming": DUE,
    "delivered": DELIVERED,
    "waiting": OUTBOX,
    "countdowns": COUNTDOWN,
    "codes": LINK,
}
"""What an export has, each part with its table. A new column is in it by itself, a new table must be named here."""

NOBODYS = (INBOX, KEPT, LEASE, SERVER)
"""Tables that hold nothing of a person, once what they said is answered."""

OF_THE_MACHINE: Mapping[Table, frozenset[str]] = {
    DUE: frozenset({"urgent", "free_at"}),
    OUTBOX: frozenset({"id", "nonce", "parts", "leased_until", "not_before"}),
}
"""Columns that say how a row is worked on, and nothing about the person."""

IN_A_CHAT = (DUE, OUTBOX, COUNTDOWN, LINK)
"""Tables that belong to a person through their chats."""

SIDES = (("platform", "chat"), ("other_platform", "other_chat"))
"""Of a code the columns of both chats: where it was asked for, and where it was entered."""


def everything(connection: Connection, person: Person) -> Mapping[str, list[dict[str, Any]]]:
    """All that `Forget` would delete, by part: each row by the names of its columns. What is written down as JSON comes
    as what it is: a run, a reply."""
    mine = tuple(homes.chats(connection, person.id)[0])
    found = {part: _rows(connection, table, _whose(table, person, mine)) for part, table in PARTS.items()}
    here = {chat: known.load(connection, chat) for chat in mine}
    for row in found["chats"]:
        row["run"] = here[Chat(row["platform"], row["id"])].run
    for part in ("waiting", "countdowns"):
        for row in found[part]:
            row["body"] = _reply(connection, row)
    for row in found["codes"]:
        _leave_out_others(row, mine)
    opened = {reason.id: reason for each in here.values() for reason in each.reasons}
    for row in found["reasons"]:
        row["text"] = _words(opened.get(row["id"]))
    written = {letter.id: letter for letter in letters.of(connection, person)}
    for row in found["letters"]:
        row["text"] = _words(written.get(row["id"]))
    return found


def _leave_out_others(code: dict[str, Any], mine: Sequence[Chat]) -> None:
    """Whoever has seen a code learns nothing of the chat it is from, and the other way round: only what is joined is
    one person."""
    for platform, chat in SIDES:
        if Chat(code[platform], code[chat]) not in mine:
            code[platform] = code[chat] = None


def _words(kept: Letter | Reason | None) -> str | None:
    """What somebody wrote; nothing, if the keys at hand do not open it."""
    return None if kept is None or kept.sealed else kept.text


def columns(table: Table) -> list[str]:
    """What an export has of a table."""
    hidden = {"person_id", *OF_THE_MACHINE.get(table, ())}
    return [column.name for column in table.columns if column.name not in hidden]


def _rows(connection: Connection, table: Table, where: ColumnElement[bool]) -> list[dict[str, Any]]:
    query = select(*(table.c[name] for name in columns(table))).where(where).order_by(*table.primary_key.columns)
    return [dict(row) for row in connection.execute(query).mappings()]


def _whose(table: Table, person: Person, mine: Sequence[Chat]) -> ColumnElement[bool]:
    if table is PERSON:
        return table.c.id == person.id
    if table not in IN_A_CHAT:
        return table.c.person_id == person.id
    theirs = [(chat.platform, chat.id) for chat in mine]
    where = tuple_(table.c.platform, table.c.chat).in_(theirs)
    return where | tuple_(table.c.other_platform, table.c.other_chat).in_(theirs) if table is LINK else where


def _reply(connection: Connection, row: Mapping[str, Any]) -> Reply | None:
    """What it says; nothing, if that cannot be opened with the keys at hand."""
    with suppress(Sealed):
        return outbox.reply_of(connection, Chat(row["platform"], row["chat"]), row["body"])
    return None
