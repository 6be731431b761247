"""Incoming messages until they are handled. Statements on one connection."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, delete, func, null, select, true, update
from whenever import Instant

from bot.messages import Chat, Receipt
from bot.records import Received
from bot.storage.seal import Seal, Sealed, owner_of, seal_of
from bot.storage.tables import INBOX, prepared_insert

COLUMNS = ("source", "id", "body", "received_at", "chat")
TAKE_IN = prepared_insert(INBOX, *COLUMNS, then=lambda new: new.on_conflict_do_nothing())
HANDLE = prepared_insert(
    INBOX,
    *COLUMNS,
    then=lambda new: new.on_conflict_do_update(
        index_elements=["source", "id"], set_={"body": null(), "chat": ""}, where=INBOX.c.body.is_not(None)
    ),
)


def take_in(connection: Connection, received: Sequence[Received], now: Instant) -> None:
    """Writes down what is not there yet."""
    seal = seal_of(connection)
    for message in received:
        receipt = message.receipt
        body = seal.close(message.body, _owner(receipt))
        row = {"source": receipt.source, "id": receipt.id, "body": body, "chat": message.chat}
        TAKE_IN.run(connection, **row, received_at=now)


def handle(connection: Connection, receipt: Receipt, now: Instant) -> bool:
    """Notes that a message is handled, and forgets its body and whose it was. False if it was before.

    One that could not be written down when it came is noted all the same.
    """
    done = HANDLE.run(connection, source=receipt.source, id=receipt.id, body=None, received_at=now, chat="")
    return bool(done.rowcount > 0)


def empty(connection: Connection, chat: Chat, before: Receipt | None) -> None:
    """Forgets what came in a chat, but for what came with a receipt or after it. It counts as handled."""
    there = (INBOX.c.chat == chat.id) & INBOX.c.source.startswith(f"{chat.platform}:") & INBOX.c.body.is_not(None)
    if before is not None:
        there &= (INBOX.c.source != before.source) | (INBOX.c.id < before.id)
    connection.execute(update(INBOX).where(there).values(body=None, chat=""))


def waiting(connection: Connection, source: str, by: Instant | None) -> list[Received]:
    """What is not handled, in order: all, or what has come by a moment."""
    return _waiting(connection, source, INBOX.c.received_at <= by if by is not None else true())


def before(connection: Connection, receipt: Receipt, chat: str) -> list[Received] | None:
    """What came in a chat before a message and is not handled. None if the message itself is handled."""
    this = INBOX.c.id == receipt.id
    body = connection.execute(select(INBOX.c.body).where(this & (INBOX.c.source == receipt.source))).first()
    if body is not None and body[0] is None:
        return None
    return _waiting(connection, receipt.source, (INBOX.c.chat == chat) & (INBOX.c.id < receipt.id))


def _waiting(connection: Connection, source: str, where: ColumnElement[bool]) -> list[Received]:
    there = (INBOX.c.source == source) & INBOX.c.body.is_not(None) & where
    rows = connection.execute(select(INBOX).where(there).order_by(INBOX.c.id))
    opened = (_open(seal_of(connection), Receipt(row.source, row.id), row.body, row.chat) for row in rows)
    return [received for received in opened if received is not None]


def _open(seal: Seal, receipt: Receipt, body: str, chat: str) -> Received | None:
    """A message that waits. One that cannot be opened with the keys at hand stays for those who can."""
    try:
        return Received(receipt, seal.open(body, _owner(receipt)), chat)
    except Sealed:
        return None


def _owner(receipt: Receipt) -> str:
    return owner_of(receipt.source, str(receipt.id))


def arrived(connection: Connection, source: str, first: int, last: int) -> int:
    """How many of these numbers have come in."""
    these = (INBOX.c.source == source) & INBOX.c.id.between(first, last)
    return int(connection.execute(select(func.count()).select_from(INBOX).where(these)).scalar_one())


def newest(connection: Connection, source: str, count: int) -> list[int]:
    """The numbers of the messages that came last, handled or not, in order."""
    query = select(INBOX.c.id).where(INBOX.c.source == source)
    last = query.order_by(INBOX.c.received_at.desc(), INBOX.c.id.desc()).limit(count)
    return list(reversed(connection.execute(last).scalars().all()))


def forget_waiting(connection: Connection, before: Instant) -> None:
    """Drops what came before that moment and could not be handled since."""
    connection.execute(delete(INBOX).where(INBOX.c.received_at < before))


def forget_handled(connection: Connection, before: Instant) -> int:
    """Drops the numbers of what was handled and came before that moment. Gives how many they were."""
    old = INBOX.c.body.is_(None) & (INBOX.c.received_at < before)
    return connection.execute(delete(INBOX).where(old)).rowcount
