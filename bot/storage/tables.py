"""The tables of the models, for statements."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite
from sqlmodel import SQLModel

from bot.storage import models


def _table(model: type[SQLModel]) -> Table:
    return models.METADATA.tables[str(model.__tablename__)]


PERSON, CHAT, SLIP = _table(models.PersonRow), _table(models.ChatRow), _table(models.SlipRow)
REASON, LETTER, SAVED = _table(models.ReasonRow), _table(models.LetterRow), _table(models.SavedRow)
SHOWN, DUE, DELIVERED = _table(models.ShownRow), _table(models.DueRow), _table(models.DeliveredRow)
OUTBOX, INBOX = _table(models.OutboxRow), _table(models.InboxRow)
COUNTDOWN, KEPT = _table(models.CountdownRow), _table(models.KeptRow)


def upsert(connection: Connection, into: Table, row: Mapping[str, Any], columns: tuple[str, ...]) -> bool:
    """Inserts a row; if its key is there, sets `columns` of it. False if nothing was written."""
    statement = sqlite.insert(into).values(row)
    keys = [column.name for column in into.primary_key.columns]
    if columns:
        done = statement.on_conflict_do_update(
            index_elements=keys, set_={name: statement.excluded[name] for name in columns}
        )
    else:
        done = statement.on_conflict_do_nothing(index_elements=keys)
    return connection.execute(done).rowcount > 0
