"""A check-in comes exactly once a local date, whatever the clocks do."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from whenever import Date, Instant, Time, TimeZoneNotFoundError, get_tzpath

from bot.calendar import local_date, next_occasion, zones

FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2041, 1, 1, tzinfo=UTC)
STEP = timedelta(days=10)
"""Shorter than the time between any two transitions; Morocco's are about 30 days apart."""


@cache
def clock_of(zone: str) -> ZoneInfo:
    """The standard library's clock, from the same files as that of `whenever`."""
    places = [Path(folder, zone) for folder in get_tzpath() if Path(folder, zone).is_file()]
    with (places[0] if places else shipped(zone)).open("rb") as file:
        return ZoneInfo.from_file(file, zone)


def shipped(zone: str) -> Traversable:
    """The file of a zone in the package tzdata, which the bot brings along."""
    return files("tzdata.zoneinfo").joinpath(*zone.split("/"))


@cache
def transitions(zone: str) -> tuple[datetime, ...]:
    """Every second at which the clocks of a zone are changed, found by halving."""
    clock, found, moment = clock_of(zone), [], FIRST

    def offset(at: datetime) -> timedelta | None:
        return at.astimezone(clock).utcoffset()

    while moment < LAST:
        low, high = moment, moment + STEP
        if offset(low) != offset(high):
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            found.append(high)
        moment += STEP
    return tuple(found)


def walls_around(zone: str, moment: datetime) -> set[time]:
    """Wall times a transition may hit: those just before it and behind it, half-way, and around midnight."""
    clock = clock_of(zone)
    before, behind = (moment - timedelta(minutes=1)).astimezone(clock), moment.astimezone(clock)
    near = {before.time(), behind.time(), (before + timedelta(minutes=31)).time()}
    near.add((behind.replace(tzinfo=None) - timedelta(minutes=15)).time())
    return {wall.replace(tzinfo=None, second=0, fold=0) for wall in near} | {time(0), time(23, 59)}


def occasions(zone: str, wall: Time, after: Instant, number: int) -> Iterator[tuple[Instant, Date]]:
    for _ in range(number):
        found = next_occasion(after, zone, wall)
        assert found.at > after
        yield found.at, found.on
        after = found.at


def by_the_standard_library(zone: str, wall: time, on: date) -> datetime:
    """With fold=0: the first of two, and in a gap the offset from before it, which is RFC 5545."""
    return datetime.combine(on, wall, clock_of(zone)).astimezone(UTC)


def at(zone: str, wall: str, after: Instant) -> tuple[str, str]:
    """The next occasion: its date, and what the clock shows then."""
    found = next_occasion(after, zone, Time(wall))
    return str(found.on), found.at.to_tz(zone).format_iso().split("[")[0]


@pytest.mark.parametrize("area", sorted({zone.split("/")[0] for zone in zones()}))
def test_around_every_change_of_clocks_there_is_one_occasion_a_date(area: str) -> None:
    for zone in sorted(zone for zone in zones() if zone.startswith(f"{area}/")):
        for moment in transitions(zone):
            for wall in walls_around(zone, moment):
                start = Instant(moment - timedelta(days=2))
                found = list(occasions(zone, Time(wall), start, 4))
                dates = [on.to_stdlib() for _, on in found]
                assert dates == [dates[0] + timedelta(days=number) for number in range(4)], (zone, wall, moment)
                for instant, on in found:
                    expected = by_the_standard_library(zone, wall, on.to_stdlib())
                    assert instant.to_stdlib() == expected, (zone, wall, on)


@pytest.mark.parametrize("area", sorted({zone.split("/")[0] for zone in zones()}))
def test_a_second_within_the_minute_moves_an_occasion_by_that_second_and_no_more(area: str) -> None:
    for zone in sorted(zone for zone in zones() if zone.startswith(f"{area}/")):
        for moment in transitions(zone):
            start = Instant(moment - timedelta(days=2))
            for wall in walls_around(zone, moment):
                plain = {on: at for at, on in occasions(zone, Time(wall), start, 4)}
                for second in (1, 59):
                    found = {on: at for at, on in occasions(zone, Time(wall).replace(second=second), start, 4)}
                    both = plain.keys() & found.keys()
                    assert len(both) >= 3, (zone, wall, moment)
                    for on in both:
                        assert found[on] == plain[on].add(seconds=second), (zone, wall, on)


def test_clocks_are_those_the_bot_brings_along_and_not_older_ones_of_the_machine() -> None:
    """Canada's west stopped changing its clocks in 2026; a machine from 2025 does not know."""
    older = []
    for zone in sorted(zones()):
        with shipped(zone).open("rb") as file:
            clock = ZoneInfo.from_file(file)
        for month in range(1, 13):
            noon = datetime(2027, month, 15, 12, tzinfo=UTC)
            shown = Instant(noon).to_tz(zone).offset.total("seconds")
            if timedelta(seconds=shown) != noon.astimezone(clock).utcoffset():
                older.append(zone)
                break
    assert not older


def test_there_were_transitions_to_look_at() -> None:
    found = {zone: len(transitions(zone)) for zone in zones()}
    assert found["Europe/Berlin"] == 42
    assert found["Asia/Tokyo"] == 0
    assert found["Africa/Casablanca"] > 10
    assert sum(found.values()) > 3_000


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Africa/Cairo", "America/Santiago", "Asia/Kathmandu", "Etc/UTC"])
def test_a_year_has_as_many_occasions_as_dates(zone: str) -> None:
    wall, after = Time(2, 30), Instant.from_utc(2025, 12, 31, 12)
    days = [on for _, on in occasions(zone, wall, after, 365) if on.year == 2026]
    assert (len(days), len(set(days))) == (365, 365) if days[-1].day == 31 else (364, 364)


@pytest.mark.parametrize(
    ("zone", "wall", "on", "shown"),
    [
        ("Africa/Cairo", "00:00", "2026-04-24", "2026-04-24T01:00:00+03:00"),
        ("Asia/Beirut", "00:00", "2026-03-29", "2026-03-29T01:00:00+03:00"),
        ("America/Santiago", "00:30", "2026-09-06", "2026-09-06T01:30:00-03:00"),
        ("Europe/Berlin", "02:30", "2026-03-29", "2026-03-29T03:30:00+02:00"),
        ("Europe/Berlin", "02:30", "2026-10-25", "2026-10-25T02:30:00+02:00"),
        ("Europe/Berlin", "02:00", "2026-10-25", "2026-10-25T02:00:00+02:00"),
        ("Europe/Berlin", "03:00", "2026-10-25", "2026-10-25T03:00:00+01:00"),
        ("America/Nuuk", "23:30", "2026-03-28", "2026-03-29T00:30:00-01:00"),
        ("America/Nuuk", "23:30", "2026-10-24", "2026-10-24T23:30:00-01:00"),
        ("Australia/Lord_Howe", "02:15", "2026-10-04", "2026-10-04T02:45:00+11:00"),
        ("Australia/Lord_Howe", "01:45", "2026-04-05", "2026-04-05T01:45:00+11:00"),
        ("Asia/Kathmandu", "08:00", "2026-04-05", "2026-04-05T08:00:00+05:45"),
        ("Pacific/Kiritimati", "08:00", "2026-04-05", "2026-04-05T08:00:00+14:00"),
        ("Africa/Casablanca", "02:30", "2026-03-22", "2026-03-22T03:30:00+01:00"),
    ],
)
def test_named_changes_of_clocks(zone: str, wall: str, on: str, shown: str) -> None:
    evening_before = Date(on).subtract(days=1).at(Time(23, 59)).assume_tz(zone).to_instant()
    assert at(zone, wall, evening_before) == (on, shown)


@pytest.mark.parametrize(
    ("zone", "before", "skipped", "behind"),
    [
        ("Pacific/Apia", "2011-12-29", "2011-12-30", "2011-12-31"),
        ("Pacific/Fakaofo", "2011-12-29", "2011-12-30", "2011-12-31"),
        ("Pacific/Kwajalein", "1993-08-20", "1993-08-21", "1993-08-22"),
    ],
)
@pytest.mark.parametrize("wall", ["00:00", "08:00", "12:00", "23:59"])
def test_a_date_a_zone_skips_has_no_occasion(zone: str, before: str, skipped: str, behind: str, wall: str) -> None:
    start = Date(before).subtract(days=1).at(Time(12)).assume_tz(zone).to_instant()
    dates = [str(on) for _, on in occasions(zone, Time(wall), start, 5)]
    assert skipped not in dates
    assert dates[dates.index(before) + 1] == behind


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Santiago", "Asia/Tokyo"])
def test_the_moment_itself_is_not_the_next_one(zone: str) -> None:
    first = next_occasion(Instant.from_utc(2026, 5, 1), zone, Time(8))
    assert next_occasion(first.at, zone, Time(8)).on == first.on.add(days=1)
    assert next_occasion(first.at.subtract(nanoseconds=1), zone, Time(8)) == first


def test_after_the_first_of_two_the_second_is_not_another_occasion() -> None:
    first = Instant.from_utc(2026, 10, 25, 0, 30)
    assert next_occasion(first, "Europe/Berlin", Time(2, 30)).on == Date(2026, 10, 26)


def test_an_evening_that_was_pushed_over_midnight_is_still_to_come_just_after_midnight() -> None:
    """In Nuuk half past eleven is skipped on that day; it comes half an hour into the next date."""
    after_midnight = Instant.from_utc(2026, 3, 29, 1, 10)
    assert at("America/Nuuk", "23:30", after_midnight) == ("2026-03-28", "2026-03-29T00:30:00-01:00")


def test_between_the_first_and_the_second_the_date_is_done() -> None:
    between = Instant.from_utc(2026, 10, 25, 1, 0)
    assert next_occasion(between, "Europe/Berlin", Time(2, 30)).on == Date(2026, 10, 26)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "America", "../etc/passwd", "x" * 300])
def test_a_zone_that_is_none_is_named_as_such(zone: str) -> None:
    with pytest.raises(TimeZoneNotFoundError):
        next_occasion(Instant.from_utc(2026, 5, 1), zone, Time(8))


@pytest.mark.parametrize(
    ("zone", "date"), [("", "2026-03-02"), ("Pacific/Kiritimati", "2026-03-02"), ("Pacific/Honolulu", "2026-03-01")]
)
def test_the_date_is_that_of_the_wall(zone: str, date: str) -> None:
    assert str(local_date(Instant.from_utc(2026, 3, 2, 9), zone)) == date
