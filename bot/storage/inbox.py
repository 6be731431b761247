"""Incoming messages until they are handled. Statements on one connection."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, null, select
from whenever import Instant

from bot.messages import Receipt
from bot.ports import Received
from bot.storage.tables import INBOX, prepared_insert

COLUMNS = ("source", "id", "body", "received_at", "chat")
TAKE_IN = prepared_insert(INBOX, *COLUMNS, then=lambda new: new.on_conflict_do_nothing())
HANDLE = prepared_insert(
    INBOX,
    *COLUMNS,
    then=lambda new: new.on_conflict_do_update(
        index_elements=["source", "id"], set_={"body": null()}, where=INBOX.c.body.is_not(None)
    ),
)


def take_in(connection: Connection, received: Sequence[Received], now: Instant) -> None:
    """Writes down what is not there yet."""
    for message in received:
        receipt = message.receipt
        TAKE_IN.run(connection, source=receipt.source, id=receipt.id, body=message.body, received_at=now, chat="")


def handle(connection: Connection, receipt: Receipt, now: Instant) -> bool:
    """Notes that a message is handled, and forgets its body. False if it was before.

    One that could not be written down when it came is noted all the same.
    """
    done = HANDLE.run(connection, source=receipt.source, id=receipt.id, body=None, received_at=now, chat="")
    return bool(done.rowcount > 0)


def waiting(connection: Connection, source: str) -> list[Received]:
    """What is not handled, in order."""
    query = select(INBOX).where((INBOX.c.source == source) & INBOX.c.body.is_not(None)).order_by(INBOX.c.id)
    return [Received(Receipt(row.source, row.id), row.body) for row in connection.execute(query)]


def newest(connection: Connection, source: str, count: int) -> list[int]:
    """The numbers of the messages that came last, handled or not, in order."""
    query = select(INBOX.c.id).where(INBOX.c.source == source)
    last = query.order_by(INBOX.c.received_at.desc(), INBOX.c.id.desc()).limit(count)
    return list(reversed(connection.execute(last).scalars().all()))


def forget_handled(connection: Connection, before: Instant) -> int:
    """Drops the numbers of what was handled and came before that moment. Gives how many they were."""
    old = INBOX.c.body.is_(None) & (INBOX.c.received_at < before)
    return connection.execute(delete(INBOX).where(old)).rowcount
