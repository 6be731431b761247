"""The tables of the models, for statements."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite
from sqlmodel import SQLModel

from bot.storage import models
from bot.storage.prepared import Prepared


def _table(model: type[SQLModel]) -> Table:
    return models.METADATA.tables[str(model.__tablename__)]


PERSON, CHAT, SLIP = _table(models.PersonRow), _table(models.ChatRow), _table(models.SlipRow)
REASON, LETTER, SAVED = _table(models.ReasonRow), _table(models.LetterRow), _table(models.SavedRow)
SHOWN, DUE, DELIVERED = _table(models.ShownRow), _table(models.DueRow), _table(models.DeliveredRow)
OUTBOX, INBOX = _table(models.OutboxRow), _table(models.InboxRow)
COUNTDOWN, KEPT, LINK, LEASE = (
    _table(models.CountdownRow),
    _table(models.KeptRow),
    _table(models.LinkRow),
    _table(models.LeaseRow),
)
SERVER = _table(models.ServerRow)


def insert_into(connection: Connection, table: Table) -> Any:
    """An insert that knows what to do `on_conflict`: each database has its own."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else _postgresql(table)


def prepared_insert(table: Table, *columns: str, then: Callable[[Any], Any]) -> Prepared:
    """An insert of these columns; `then` says what to do on a conflict."""
    return Prepared(then(sqlite.insert(table)), *columns, postgresql=lambda: then(_postgresql(table)))


def _postgresql(table: Table) -> Any:
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def upsert(into: Table, *columns: str, sets: tuple[str, ...] = ()) -> Prepared:
    """Inserts a row of these columns; if its key is there, sets some of them, or none."""
    keys = [column.name for column in into.primary_key.columns]

    def then(statement: Any) -> Any:
        if not sets:
            return statement.on_conflict_do_nothing(index_elements=keys)
        new = {name: statement.excluded[name] for name in sets}
        return statement.on_conflict_do_update(index_elements=keys, set_=new)

    return prepared_insert(into, *columns, then=then)
