"""Days of no contact: a slip takes one day away, never what was before."""

from hypothesis import given
from hypothesis import strategies as st
from whenever import Date

from bot.days import Days, count, stage

FIRST = Date(2026, 1, 1)
dates = st.integers(-40, 400).map(lambda number: FIRST.add(days=number))
slips = st.lists(dates, max_size=12)


def test_the_first_day_counts() -> None:
    assert count(FIRST, (), FIRST) == Days(1, 1)


def test_a_week_counts_seven() -> None:
    assert count(FIRST, (), FIRST.add(days=6)) == Days(7, 7)


def test_a_slip_takes_its_own_day_and_the_stretch_begins_behind_it() -> None:
    assert count(FIRST, [FIRST.add(days=3)], FIRST.add(days=6)) == Days(6, 3)


def test_a_slip_today_leaves_the_days_before() -> None:
    assert count(FIRST, [FIRST.add(days=6)], FIRST.add(days=6)) == Days(6, 0)


def test_a_slip_on_the_only_day_leaves_none() -> None:
    assert count(FIRST, [FIRST], FIRST) == Days(0, 0)


def test_nothing_is_counted_without_a_first_day_or_before_it() -> None:
    assert count(None, [FIRST], FIRST) == count(FIRST, (), FIRST.subtract(days=1)) == Days(0, 0)


def test_a_leap_day_is_a_day() -> None:
    assert count(Date(2028, 2, 28), (), Date(2028, 3, 1)).total == 3


@given(dates, slips, dates)
def test_no_number_is_ever_negative_and_the_stretch_is_part_of_the_total(
    since: Date, slipped: list[Date], today: Date
) -> None:
    found = count(since, slipped, today)
    assert 0 <= found.stretch <= found.total


@given(dates, slips, dates, dates)
def test_a_slip_takes_one_day_at_most(since: Date, slipped: list[Date], today: Date, slip: Date) -> None:
    before, after = count(since, slipped, today), count(since, [*slipped, slip], today)
    lost = since <= slip <= today and slip not in slipped
    assert before.total - after.total == int(lost)


@given(dates, slips, dates, dates)
def test_a_slip_told_twice_is_one(since: Date, slipped: list[Date], today: Date, slip: Date) -> None:
    assert count(since, [*slipped, slip, slip], today) == count(since, [*slipped, slip], today)


@given(dates, slips, dates)
def test_the_order_of_slips_does_not_matter(since: Date, slipped: list[Date], today: Date) -> None:
    assert count(since, reversed(slipped), today) == count(since, sorted(slipped), today)


@given(dates, slips, dates)
def test_the_next_day_adds_one_to_the_total_and_to_the_stretch(since: Date, slipped: list[Date], today: Date) -> None:
    tomorrow = today.add(days=1)
    if since <= today and tomorrow not in slipped:
        before, after = count(since, slipped, today), count(since, slipped, tomorrow)
        assert (after.total, after.stretch) == (before.total + 1, before.stretch + 1)


@given(dates, slips, dates)
def test_slips_outside_the_count_change_nothing(since: Date, slipped: list[Date], today: Date) -> None:
    inside = [slip for slip in slipped if since <= slip <= today]
    assert count(since, slipped, today) == count(since, inside, today)


def test_the_stages_follow_each_other_by_the_first_day() -> None:
    stages = [stage(FIRST, FIRST.add(days=passed)) for passed in range(100)]
    assert stages == ["first"] * 7 + ["weeks"] * 35 + ["later"] * 58


def test_where_nothing_is_counted_there_is_no_stage() -> None:
    assert stage(None, FIRST) == stage(FIRST.add(days=1), FIRST) == ""
