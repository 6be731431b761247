"""How delivery stands, in numbers: for an operator who asks whether it is going out. Statements on one connection.

Everything is counted by an index or in one pass over a table, in about two seconds at a million people; no statement
reads what anybody wrote, and none gives an id.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, func, or_, select, type_coerce
from whenever import Instant

from bot.records import URGENT
from bot.rhythm import DAILY
from bot.storage.due import LEASE_MINUTES
from bot.storage.tables import CHAT, DELIVERED, DUE, OUTBOX, PERSON

LATE_SECONDS = 300
"""What left more than this after it was due was late."""

LATELY_SECONDS = 10
"""For so long back is counted how many leave in a second."""

NEWEST = 2000
"""Of so many that left last is looked up which platform they went to; more than leave within `LATELY_SECONDS`."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is due on a platform. What is taken up is some process's for now and not counted as due; `oldest` is of
    both. At `last_taken` one took something up, as far as that is still under way."""

    now: int
    oldest: Instant | None
    taken_up: int
    last_taken: Instant | None


@dataclass(frozen=True, slots=True)
class Coming:
    """What becomes due on a platform in the next hour, in the next 24 hours, and when the next one does."""

    next_hour: int
    next_day: int
    next: Instant | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is written down on a platform and has not left. What comes by itself are `broadcasts`, all else, and the
    emergency walk, are `answers`. What is `retrying` is among them: it has failed before, a bot looks after it up to
    `retried_until`, and nobody sends it before `next_try` if the platform has said so. What is dead is not."""

    answers: int = 0
    broadcasts: int = 0
    oldest: Instant | None = None
    retrying: int = 0
    retried_until: Instant | None = None
    next_try: Instant | None = None
    dead: int = 0


@dataclass(frozen=True, slots=True)
class Leaving:
    """The check-ins that left last on a platform: the newest one, and how many a second in the last ten seconds."""

    last: Instant | None = None
    a_second: float = 0.0


@dataclass(frozen=True, slots=True)
class Sent:
    """The check-ins of the last 24 hours on all platforms, how many of them were late, and how late in seconds half of
    them and 99 of 100 were at most."""

    all: int
    late: int
    p50_seconds: int | None
    p99_seconds: int | None


@dataclass(frozen=True, slots=True)
class People:
    """The people, each once, however many chats they have. To who is backed off check-ins come less often, or not at
    all, since they have ignored them."""

    all: int
    paused: int
    backed_off: int


@dataclass(frozen=True, slots=True)
class Chats:
    """The chats of a platform; to those that are gone nothing can be written."""

    all: int
    gone: int


def chats(connection: Connection) -> Mapping[str, Chats]:
    """How many chats there are, by platform."""
    gone = func.count().filter(CHAT.c.gone)
    query = select(CHAT.c.platform, func.count(), gone).group_by(CHAT.c.platform).order_by(CHAT.c.platform.desc())
    return {platform: Chats(all_, gone_) for platform, all_, gone_ in connection.execute(query)}


def people(connection: Connection, now: Instant) -> People:
    """How many people there are."""
    paused = func.count().filter(PERSON.c.paused_until > now)
    backed_off = func.count().filter(PERSON.c.ignored >= DAILY)
    return People(*connection.execute(select(func.count(), paused, backed_off).select_from(PERSON)).one())


def due(connection: Connection, platform: str, now: Instant) -> Due:
    """What is due on a platform."""
    leased = select(func.count(), func.min(DUE.c.at), func.max(DUE.c.free_at)).where(_on(platform), *_taken_up(now))
    taken_up, since, until = connection.execute(leased).one()
    free = _first(connection, platform, DUE.c.free_at <= now)
    oldest = min(filter(None, (since, free)), default=None)
    last_taken = until and until.subtract(minutes=LEASE_MINUTES)
    return Due(_number(connection, _on(platform), DUE.c.free_at <= now), oldest, taken_up, last_taken)


def coming(connection: Connection, platform: str, now: Instant) -> Coming:
    """What becomes due on a platform."""
    taken_up = _number(connection, _on(platform), *_taken_up(now))

    def until(moment: Instant) -> int:
        return _number(connection, _on(platform), DUE.c.free_at > now, DUE.c.free_at <= moment) - taken_up

    first = _first(connection, platform, DUE.c.free_at > now, DUE.c.free_at <= DUE.c.at)
    return Coming(until(now.add(hours=1)), until(now.add(hours=24)), first)


def _on(platform: str) -> ColumnElement[bool]:
    """On a platform, urgent or not: so the index is used to its end."""
    return (DUE.c.platform == platform) & DUE.c.urgent.in_((False, True))


def _taken_up(now: Instant) -> Sequence[ColumnElement[bool]]:
    return (DUE.c.free_at > now, DUE.c.free_at <= now.add(minutes=LEASE_MINUTES), DUE.c.free_at > DUE.c.at)


def _number(connection: Connection, *where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(DUE).where(*where)).scalar_one())


def _first(connection: Connection, platform: str, *where: ColumnElement[bool]) -> Instant | None:
    """The earliest moment from which one may be taken: the first entry of the index, for what is urgent and what is
    not."""
    found = []
    for urgent in (False, True):
        here = (DUE.c.platform == platform) & (DUE.c.urgent == urgent)
        query = select(DUE.c.free_at).where(here, *where).order_by(DUE.c.free_at).limit(1)
        found.append(connection.execute(query).scalar())
    return min(filter(None, found), default=None)


def waiting(connection: Connection) -> Mapping[str, Waiting]:
    """What is on its way out, by platform."""
    alive, by_itself = OUTBOX.c.dead_at.is_(None), (OUTBOX.c.kind != "") & OUTBOX.c.kind.not_in(URGENT)
    again = alive & (OUTBOX.c.error != "")
    query = select(
        OUTBOX.c.platform,
        func.count().filter(alive & ~by_itself),
        func.count().filter(alive & by_itself),
        func.min(OUTBOX.c.written_at).filter(alive),
        func.count().filter(again),
        func.max(OUTBOX.c.leased_until).filter(again),
        func.min(OUTBOX.c.not_before).filter(again),
        func.count().filter(~alive),
    ).group_by(OUTBOX.c.platform)
    return {platform: Waiting(*figures) for platform, *figures in connection.execute(query)}


def leaving(connection: Connection, now: Instant) -> Mapping[str, Leaving]:
    """What left last, by platform. A person with chats on several is written to on the one they chose."""
    sent = DELIVERED.c.sent_at.is_not(None) & (DELIVERED.c.sent_at <= now)
    newest = select(DELIVERED.c.person_id, DELIVERED.c.sent_at).where(sent)
    last = newest.order_by(DELIVERED.c.sent_at.desc()).limit(NEWEST).subquery()
    home = or_(PERSON.c.home == "", PERSON.c.home == CHAT.c.platform + ":" + CHAT.c.id)
    lately = last.c.sent_at > now.subtract(seconds=LATELY_SECONDS)
    query = (
        select(
            CHAT.c.platform,
            func.max(last.c.sent_at),
            func.count().filter(lately),
            func.min(last.c.sent_at).filter(lately),
        )
        .select_from(last)
        .join(PERSON, PERSON.c.id == last.c.person_id)
        .join(CHAT, CHAT.c.person_id == PERSON.c.id)
        .where(home)
        .group_by(CHAT.c.platform)
    )
    return {
        platform: Leaving(newest, _a_second(many, first, now))
        for platform, newest, many, first in connection.execute(query)
    }


def _a_second(many: int, first: Instant | None, now: Instant) -> float:
    if first is None:
        return 0.0
    return round(many / max(1.0, (now - first).total("seconds")), 1)


def sent(connection: Connection, now: Instant) -> Sent:
    """What left in the last 24 hours."""
    late = type_coerce(DELIVERED.c.sent_at, BigInteger) - type_coerce(DELIVERED.c.due_at, BigInteger)
    seconds = (late // 1000).label("seconds")
    lately = (DELIVERED.c.sent_at > now.subtract(hours=24)) & (DELIVERED.c.sent_at <= now)
    query = select(seconds, func.count()).where(lately).group_by("seconds")
    return of_seconds([(seconds, many) for seconds, many in connection.execute(query)])


def of_seconds(counted: Iterable[Sequence[Any]]) -> Sent:
    """The summary of what left so many whole seconds after it was due (None: it was due at no moment), how often."""
    rows = list(counted)
    known = sorted((max(0, seconds), many) for seconds, many in rows if seconds is not None)
    late = sum(many for seconds, many in known if seconds >= LATE_SECONDS)
    return Sent(sum(many for _, many in rows), late, _quantile(known, 0.50), _quantile(known, 0.99))


def _quantile(counted: Sequence[tuple[int, int]], share: float) -> int | None:
    left = share * sum(many for _, many in counted)
    for seconds, many in counted:
        left -= many
        if left <= 0:
            return seconds
    return None
