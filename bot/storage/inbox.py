"""Incoming messages until they are handled. Plain statements on one connection."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import sqlite
from whenever import Instant

from bot.messages import Receipt
from bot.ports import Received
from bot.storage.tables import INBOX

ONE_MORE = sqlite.insert(INBOX).on_conflict_do_nothing()


def take_in(connection: Connection, received: Sequence[Received], now: Instant) -> list[Received]:
    """Writes down what is not there yet, and gives that."""
    return [message for message in received if connection.execute(ONE_MORE, _row(message, now)).rowcount > 0]


def _row(message: Received, now: Instant) -> dict[str, object]:
    return {"source": message.receipt.source, "id": message.receipt.id, "body": message.body, "received_at": now}


def handle(connection: Connection, receipt: Receipt) -> bool:
    """Notes that a message is handled, and forgets its body. False if it was before."""
    here = (INBOX.c.source == receipt.source) & (INBOX.c.id == receipt.id) & INBOX.c.body.is_not(None)
    return connection.execute(update(INBOX).where(here).values(body=None)).rowcount > 0


def waiting(connection: Connection, source: str) -> list[Received]:
    """What is not handled, in order."""
    query = select(INBOX).where((INBOX.c.source == source) & INBOX.c.body.is_not(None)).order_by(INBOX.c.id)
    return [Received(Receipt(row.source, row.id), row.body) for row in connection.execute(query)]


def forget_handled(connection: Connection, before: Instant) -> int:
    """Drops the numbers of what was handled and came before that moment. Gives how many they were."""
    old = INBOX.c.body.is_(None) & (INBOX.c.received_at < before)
    return connection.execute(delete(INBOX).where(old)).rowcount
