"""Wall time, zone and date → the next moment. Pure.

The rules are those of RFC 5545 (3.3.5): a wall time that a clock skips moves forward by the gap, of one that comes
twice the first counts. A local date has exactly one moment; a date that a zone skips has none.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from whenever import Date, Instant, SkippedTime, Time, reset_tzpath

reset_tzpath(())  # the pinned tzdata and never the machine's, which may be years old

WALL_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:\s?h)?(?:\s?[:.h ]?\s?(?P<minute>\d{2}))?\s?(?:(?P<half>[ap])\.?\s?m\.?)?", re.IGNORECASE
)
WORDS_AROUND = frozenset(
    [
        "it",
        "is",
        "its",
        "it's",
        "at",
        "here",
        "now",
        "about",
        "o'clock",
        "oclock",
        "um",
        "es",
        "ist",
        "hier",
        "jetzt",
        "uhr",
        "son",
        "las",
        "a",
        "la",
        "aqui",
        "aquí",
    ]
)
"""Words that may stand around a time and do not change it."""

LONGEST_TIME = 60
"""Characters of a text in which a time is looked for."""


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


def next_occasion(after: Instant, zone: str, wall: Time) -> Occasion:
    """The first occasion later than `after` on which clocks in `zone` come to `wall`.

    Raises:
        whenever.TimeZoneNotFoundError: the zone is not in the database.
    """
    day = after.to_tz(zone).date().subtract(days=1)
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


def local_date(now: Instant, zone: str) -> Date:
    """The date a calendar on the wall shows. Without a zone: the date in UTC."""
    return now.to_tz(zone or "UTC").date()


def wall_time(text: str) -> Time | None:
    """Reads "8", "8:30", "8.30 pm", "20h15" or "at 7am". None if it is no time of day."""
    words = [word for word in text.lower().rstrip("?. ").split() if word not in WORDS_AROUND]
    match = WALL_TIME.fullmatch(" ".join(words)) if len(text) <= LONGEST_TIME else None
    if match is None:
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    return Time(hour, minute) if hour < 24 and minute < 60 else None
