"""The tables of the models, for statements."""

from sqlalchemy import Table
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


def upsert(into: Table, *columns: str, sets: tuple[str, ...] = ()) -> Prepared:
    """Inserts a row of these columns; if its key is there, sets some of them, or none."""
    statement = sqlite.insert(into)
    keys = [column.name for column in into.primary_key.columns]
    if sets:
        new = {name: statement.excluded[name] for name in sets}
        return Prepared(statement.on_conflict_do_update(index_elements=keys, set_=new), *columns)
    return Prepared(statement.on_conflict_do_nothing(index_elements=keys), *columns)
