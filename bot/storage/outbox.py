"""Messages on their way out. Statements on one connection."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from bot.messages import Chat, Reply
from bot.ports import Queued, Work
from bot.storage.codec import reply_from_json, reply_to_json
from bot.storage.prepared import Prepared
from bot.storage.tables import OUTBOX

POST = Prepared(insert(OUTBOX), *(column.name for column in OUTBOX.c if column.name != "id"))
NEW = {"parts": 0, "attempts": 0, "not_before": None, "dead_at": None, "error": ""}
CROSS_OUT = Prepared(delete(OUTBOX).where(OUTBOX.c.id == bindparam("id_")))


def post(connection: Connection, work: Work, reply: Reply) -> Queued:
    """Writes down a message of a unit of work."""
    message = Queued(work.chat, reply, written_at=work.now)
    row = {"platform": work.chat.platform, "chat": work.chat.id, "written_at": work.now, "nonce": message.nonce}
    row |= {"kind": "", "on": None, "leased_until": None}
    return replace(message, id=POST.new_id(connection, **NEW, **row, body=reply_to_json(reply)))


def unsent(connection: Connection, platform: str, chat: str) -> Sequence[Row[Any]]:
    """What is written down but not known to be sent, in order."""
    query = select(OUTBOX).where(OUTBOX.c.platform == platform).order_by(OUTBOX.c.id)
    if chat:
        query = query.where(OUTBOX.c.chat == chat)
    return connection.execute(query).all()


def read(row: Row[Any]) -> Queued | None:
    """The message of a row, if it can be read."""
    reply = reply_from_json(row.body)
    return None if reply is None else Queued(Chat(row.platform, row.chat), reply, row.id, row.nonce, row.written_at)


def cross_out(connection: Connection, id: int) -> None:
    """A message has left."""
    CROSS_OUT.run(connection, id_=id)


def drop(connection: Connection, chat: Chat) -> None:
    """Nothing is on its way to a chat any more."""
    connection.execute(delete(OUTBOX).filter_by(platform=chat.platform, chat=chat.id))
