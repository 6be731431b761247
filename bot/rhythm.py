"""When check-ins come: at a second of one's own, every day as long as there is a sign of the person, and less and less
often without one. Pure."""

from collections.abc import Mapping, Sequence
from zlib import crc32

from whenever import Date, Instant, Time

from bot.calendar import local_date, next_occasion
from bot.changes import Came, Change, DropDue, Seen, SetDue, Sooner
from bot.records import Person

KINDS = ("morning", "evening")
"""The check-ins a person sets a time for."""

DAILY, THIRD_DAYS, WEEKLY = 7, 4, 4
"""How many in a row come every day, every third day and every week without a sign of the person. The numbers and why:
docs/decisions/due.md."""

GOODBYE = DAILY + THIRD_DAYS + WEEKLY
"""After so many without a sign the next one says goodbye."""

SILENT = GOODBYE + 1
"""The goodbye was said: nothing comes until the person wants it back."""


def days_between(ignored: int) -> int:
    """Days from one check-in to the next, after so many in a row without a sign."""
    if ignored < DAILY:
        return 1
    return 3 if ignored < DAILY + THIRD_DAYS else 7


def second(seed: str, kind: str) -> int:
    """The second of its minute, 0 to 59, at which a person's check-in of a kind comes, always the same: so a minute
    that many have chosen is spread evenly."""
    return crc32(f"{seed} {kind}".encode()) % 60


def first_kind(times: Mapping[str, str]) -> str:
    """The one that comes first on a day; by it the days are counted. Empty without any."""
    return min((kind for kind in KINDS if times.get(kind)), key=lambda kind: times[kind], default="")


def occasion(kind: str, wall: str, zone: str, after: Instant, seed: str, first: Date | None = None) -> SetDue:
    """The next check-in of a kind, later than `after` and not before the date `first`."""
    found = next_occasion(after, zone, Time(wall).replace(second=second(seed, kind)), first)
    return SetDue(kind, found.at, found.on)


def schedule(times: Mapping[str, str], zone: str, after: Instant, seed: str) -> Sequence[SetDue | DropDue]:
    """The next moment of each kind that has a time; kinds without one are taken off. As long as the zone is not known,
    what is set stays as it is."""
    changes: list[SetDue | DropDue] = []
    for kind in KINDS:
        if not times.get(kind):
            changes.append(DropDue((kind,)))
        elif zone:
            changes.append(occasion(kind, times[kind], zone, after, seed))
    return changes


def noticed(person: Person, zone: str, now: Instant) -> Sequence[Change]:
    """A sign of the person, the first one on its date or not: check-ins that have become rare come every day again,
    from the next one on. Who was said goodbye to has let them go, and decides by themselves when they come back."""
    today = local_date(now, zone)
    return (*((Came(today),) if person.seen_on not in (None, today) else ()), *_daily_again(person, zone, now))


def _daily_again(person: Person, zone: str, now: Instant) -> Sequence[Change]:
    if not 0 < person.ignored < SILENT:
        return ()
    if person.ignored < DAILY or not zone or (person.paused_until and person.paused_until > now):
        return (Seen(),)
    times = times_of(person)
    nexts = (occasion(kind, times[kind], zone, now, person.id) for kind in KINDS if times[kind])
    return (Seen(), *(Sooner(due.kind, due.at, due.on) for due in nexts))


def times_of(person: Person) -> Mapping[str, str]:
    """The wall times of a person's check-ins, by kind."""
    return {"morning": person.morning, "evening": person.evening}


def is_resting(person: Person) -> bool:
    """Whether the goodbye was said, and no word since that they shall come back."""
    return person.ignored >= SILENT
