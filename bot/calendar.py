"""Wall time, zone and date → the next moment. Pure.

The rules are those of RFC 5545 (3.3.5): a wall time that a clock skips moves forward by the gap, of one that comes
twice the first counts. A local date has exactly one moment; a date that a zone skips has none.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from whenever import Date, Instant, SkippedTime, Time, TimeDelta, TimeZoneNotFoundError, reset_tzpath

reset_tzpath(())  # the pinned tzdata and never the machine's, which may be years old

WALL_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:\s?h)?(?:\s?[:.h ]?\s?(?P<minute>\d{2}))?\s?(?:(?P<half>[ap])\.?\s?m\.?)?", re.IGNORECASE
)
LONGEST_TIME = 60
"""Characters of a text in which a time is looked for."""

NO_HALVES: Mapping[str, str] = {}


ON_TIME = TimeDelta(minutes=5)
"""What comes so late has waited for its turn; what comes later was overtaken by a downtime."""

DAY_BEGINS, NIGHT_BEGINS = Time(6), Time(22)
"""Nothing is caught up with at night, unless a person's own time lies there."""

OWN_HOURS = TimeDelta(hours=1)
"""How long after a time of their own a person is awake, whatever the hour."""


@dataclass(frozen=True, slots=True, order=True)
class Occasion:
    """A moment and the local date it belongs to (which it may overshoot where a clock skips midnight)."""

    at: Instant
    on: Date


@cache
def zones() -> frozenset[str]:
    """The zone names a person may have: those of tzdata's zone.tab, so no folders, links or fixed offsets."""
    rows = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8").splitlines()
    return frozenset(row.split("\t")[2] for row in rows if row and not row.startswith("#"))


@lru_cache(maxsize=2048)
def is_zone(name: str) -> bool:
    """Whether clocks can be read there. A name that was one may have left the database with a new release."""
    try:
        Instant.from_timestamp(0).to_tz(name)
    except TimeZoneNotFoundError:
        return False
    return True


def next_occasion(after: Instant, zone: str, wall: Time, first: Date | None = None) -> Occasion:
    """The first occasion later than `after` on which clocks in `zone` come to `wall`, on no date before `first`.

    Raises:
        whenever.TimeZoneNotFoundError: the zone is not in the database.
    """
    day = after.to_tz(zone).date().subtract(days=1)
    day = max(day, first) if first is not None else day
    while True:
        if _exists(day, zone):
            moment = day.at(wall).assume_tz(zone, disambiguation="compatible").to_instant()
            if moment > after:
                return Occasion(moment, day)
        day = day.add(days=1)


def _exists(day: Date, zone: str) -> bool:
    try:
        day.at(Time(12)).assume_tz(zone, disambiguation="raise")
    except SkippedTime:
        return False
    return True


def is_day(now: Instant, zone: str) -> bool:
    """Whether it is neither evening late nor night there. Without a zone: in UTC."""
    return DAY_BEGINS <= now.to_tz(zone or "UTC").time() < NIGHT_BEGINS


def latest(at: Instant, zone: str, late: TimeDelta) -> Instant:
    """Until when something that was to come `at` a moment may still come: `late` afterwards, but neither on another
    local date nor at night. Who has chosen an hour of the night is awake for the hour behind it. A delay of a few
    minutes is none.

    Raises:
        whenever.TimeZoneNotFoundError: the zone is not in the database.
    """
    own = at.to_tz(zone)
    midnight = own.date().add(days=1).at(Time(0)).assume_tz(zone, disambiguation="compatible").to_instant()
    night = own.date().at(NIGHT_BEGINS).assume_tz(zone, disambiguation="compatible").to_instant()
    awake = max(night, at + OWN_HOURS) if is_day(at, zone) else at + OWN_HOURS
    return max(min(at + late, midnight, awake), at + ON_TIME)


def local_date(now: Instant, zone: str) -> Date:
    """The date a calendar on the wall shows. Without a zone: the date in UTC."""
    return now.to_tz(zone or "UTC").date()


def wall_time(text: str, around: Collection[str] = (), halves: Mapping[str, str] = NO_HALVES) -> Time | None:
    """Reads "8", "8:30", "8.30 pm" or "20h15". None if it is no time of day.

    Words `around` it do not change it; `halves` are words for a half of the day, each with its "a" or "p". They count
    before "am", which is a word of another kind in German ("8 am Abend").
    """
    words = [word for word in text.lower().rstrip("?. ").split() if word not in around]
    said = [halves[word] for word in words if word in halves]
    digits = " ".join(word for word in words if word not in halves)
    match = WALL_TIME.fullmatch(digits) if len(text) <= LONGEST_TIME and len(said) < 2 else None
    if match is None:
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = (match["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half or (said and 1 <= hour <= 12):
        hour = hour % 12 + (12 if (said[0] if said else half) == "p" else 0)
    return Time(hour, minute) if hour < 24 and minute < 60 else None
