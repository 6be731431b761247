"""Dead letters: messages that were given up. They stay in the outbox, because they may be tried again, but not for
long, because they hold words. Statements on one connection."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, select, update
from whenever import Instant

from bot.errors import OperatorError
from bot.storage.tables import OUTBOX

KEPT_HOURS = 7 * 24
"""How long a message that was given up is kept."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up, without what it says. An answer has no kind."""

    id: int
    platform: str
    chat: str
    kind: str
    dead_at: Instant
    attempts: int
    error: str


_DEAD = OUTBOX.c.dead_at.is_not(None)
_COLUMNS = [OUTBOX.c[name] for name in DeadLetter.__slots__]


def dead_letters(connection: Connection) -> list[DeadLetter]:
    """What was given up, the newest first."""
    query = select(*_COLUMNS).where(_DEAD).order_by(OUTBOX.c.dead_at.desc(), OUTBOX.c.id.desc())
    return [DeadLetter(*row) for row in connection.execute(query)]


def retry(connection: Connection, ids: Iterable[int] | None, now: Instant) -> int:
    """Puts dead letters back, as if they had just been written: those of the ids, or all. Gives how many. What would
    come at an hour at which it is not welcome any more stays.

    Raises:
        OperatorError: one of the ids is that of none; then all of them stay as they are.
    """
    fresh = {"dead_at": None, "attempts": 0, "written_at": now, "not_before": now, "leased_until": None, "error": ""}
    welcome = OUTBOX.c.not_after.is_(None) | (OUTBOX.c.not_after >= now)
    return connection.execute(update(OUTBOX).where(_chosen(connection, ids) & welcome).values(fresh)).rowcount


def drop(connection: Connection, ids: Iterable[int] | None) -> int:
    """Throws dead letters away: those of the ids, or all. Gives how many.

    Raises:
        OperatorError: one of the ids is that of none; then all of them stay.
    """
    return connection.execute(delete(OUTBOX).where(_chosen(connection, ids))).rowcount


def drop_old(connection: Connection, now: Instant) -> int:
    """Throws away what was given up more than `KEPT_HOURS` ago. Gives how many."""
    return connection.execute(delete(OUTBOX).where(OUTBOX.c.dead_at < now.subtract(hours=KEPT_HOURS))).rowcount


def _chosen(connection: Connection, ids: Iterable[int] | None) -> ColumnElement[bool]:
    if ids is None:
        return _DEAD
    wanted = set(ids)
    chosen = _DEAD & OUTBOX.c.id.in_(wanted)
    missing = wanted - set(connection.execute(select(OUTBOX.c.id).where(chosen)).scalars())
    if missing:
        named = ", ".join(map(str, sorted(missing)))
        raise OperatorError(f"nothing was given up with the id {named}; see them with: holdfast dead list")
    return chosen
