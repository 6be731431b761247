"""At which second a check-in comes, until when it still makes sense, and how far apart they lie."""

from collections import Counter
from datetime import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whenever import Date, Instant, Time, TimeDelta

from bot.calendar import ON_TIME, latest, local_date, next_occasion, zones
from bot.rhythm import GOODBYE, KINDS, SILENT, days_between, first_kind, occasion, second

PEOPLE = [f"{number:032x}" for number in range(6_000)]
THREE_HOURS = TimeDelta(hours=3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_crowded_minute_is_spread_evenly(kind: str) -> None:
    seconds = Counter(second(person, kind) for person in PEOPLE)
    assert set(seconds) == set(range(60))
    assert max(seconds.values()) < 150
    assert min(seconds.values()) > 60


def test_a_second_is_a_persons_own_and_each_kind_has_another() -> None:
    assert [second(person, "morning") for person in PEOPLE] == [second(person, "morning") for person in PEOPLE]
    same = sum(second(person, "morning") == second(person, "evening") for person in PEOPLE)
    assert same < len(PEOPLE) / 30


@given(
    person=st.uuids(),
    zone=st.sampled_from(sorted(zones())),
    wall=st.times(),
    after=st.integers(26_297_280, 37_333_000),
)
def test_it_comes_in_the_minute_that_was_asked_for(person: UUID, zone: str, wall: time, after: int) -> None:
    asked, start = Time(wall.hour, wall.minute), Instant.from_timestamp(60 * after).subtract(milliseconds=1)
    found, plain = occasion("morning", str(asked), zone, start, person.hex), next_occasion(start, zone, asked)
    assert found.on == plain.on
    assert 0 <= (found.at - plain.at).total("seconds") < 60


@pytest.mark.parametrize(
    ("wall", "until"),
    [
        ("07:30", "10:30"),
        ("06:00", "09:00"),
        ("19:30", "22:00"),
        ("21:30", "22:30"),
        ("22:00", "23:00"),
        ("23:30", "00:00"),
        ("23:58", "00:03"),
        ("00:00", "01:00"),
        ("03:00", "04:00"),
        ("05:59", "06:59"),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu", "Pacific/Kiritimati", "America/St_Johns"])
def test_until_when_it_still_makes_sense(zone: str, wall: str, until: str) -> None:
    at = Date(2026, 5, 5).at(Time(wall)).assume_tz(zone).to_instant()
    assert latest(at, zone, THREE_HOURS).to_tz(zone).time() == Time(until)


@given(
    zone=st.sampled_from(sorted(zones())),
    at=st.integers(1_577_836_800, 2_240_000_000),
    hours=st.floats(0, 24),
)
def test_it_never_makes_sense_on_another_date(zone: str, at: int, hours: float) -> None:
    moment = Instant.from_timestamp(at)
    until = latest(moment, zone, TimeDelta(hours=hours))
    assert moment + ON_TIME <= until <= moment + max(TimeDelta(hours=hours), ON_TIME)
    last = until.subtract(milliseconds=1)
    assert local_date(last, zone) == local_date(moment, zone) or until == moment + ON_TIME


def test_the_steps_grow_and_end() -> None:
    steps = [days_between(ignored) for ignored in range(SILENT)]
    assert steps == sorted(steps)
    assert set(steps) == {1, 3, 7}
    assert sum(steps[1:GOODBYE]) < 60


@pytest.mark.parametrize(
    ("times", "first"),
    [
        ({"morning": "07:30", "evening": "20:30"}, "morning"),
        ({"morning": "07:30", "evening": ""}, "morning"),
        ({"morning": "", "evening": "20:30"}, "evening"),
        ({"morning": "07:30", "evening": "00:30"}, "evening"),
        ({"morning": "", "evening": ""}, ""),
    ],
)
def test_which_comes_first_on_a_day(times: dict[str, str], first: str) -> None:
    assert first_kind(times) == first


@pytest.mark.parametrize(
    ("first", "on"),
    [("2026-03-01", "2026-03-03"), ("2026-03-03", "2026-03-03"), ("2026-03-05", "2026-03-05")],
)
def test_an_occasion_can_be_asked_for_from_a_date_on(first: str, on: str) -> None:
    found = next_occasion(Instant.from_utc(2026, 3, 2, 8), "Europe/Berlin", Time(8), Date(first))
    assert found.on == Date(on)


def test_a_first_date_that_a_zone_skips_gives_the_one_behind_it() -> None:
    found = next_occasion(Instant.from_utc(2011, 12, 29), "Pacific/Apia", Time(8), Date(2011, 12, 30))
    assert found.on == Date(2011, 12, 31)
