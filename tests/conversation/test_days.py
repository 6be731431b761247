"""Days of no contact: the total stays, the stretch is a detail."""

import pytest


async def test_the_days_count_from_consent(person, bench):
    await person.joins()
    await person.says("/days")
    assert "**1 day**" in person.text
    await bench.forward(days=4)
    await person.says("/days")
    assert "**5 days**" in person.text
    assert "stretch: 5 days" in person.text


@pytest.mark.parametrize("typed", ["12", "12 days", "12 days ago", " 12 "])
async def test_the_first_day_is_set_by_a_number_of_days(person, bench, does, typed):
    await person.joins()
    await does(person, "/days", "Change the first day", f"> {typed}")
    assert person.keys == ["days/set"]
    assert "**12 days**" in person.text
    await bench.forward(days=1)
    await person.says("/days")
    assert "**13 days**" in person.text


async def test_in_touch_yesterday_takes_one_day_of_those_counted(person, does):
    await person.joins()
    await does(person, "/days since", "> 12", "/days since", "Yesterday")
    assert "**11 days**" in person.text


async def test_in_touch_today_does_not_count_today(person, does):
    await person.joins()
    await does(person, "/days since", "Today")
    assert "**0 days**" in person.text


async def test_it_can_stay_as_it_is(person, does):
    await person.joins()
    await does(person, "/days since", "> 12", "/days since", "Leave it as it is")
    assert person.keys == ["days/kept"]
    await person.says("/days")
    assert "**12 days**" in person.text


@pytest.mark.parametrize(
    "typed",
    ["a while", "soon", "999999", "9" * 100, "9" * 5000, "²", "½", "🙂", "2026-03-01", "2-3 days", "3 weeks", "2.5"],
)
async def test_what_is_unclear_is_asked_again(person, does, typed):
    await person.joins()
    await does(person, "/days since", f"> {typed}")
    assert person.keys == ["days/unclear"]
    assert person.buttons == ["Today", "Yesterday", "Leave it as it is"]
    await person.says("12")
    assert person.keys == ["days/set"]


async def test_a_slip_costs_one_day_and_the_stretch_begins_again(person, bench, does):
    await person.joins()
    await bench.forward(days=9)
    await does(person, "/days", "I did text them", "Yes, today", "/days")
    assert "**9 days**" in person.text
    assert "stretch: 0 days" in person.text
    await bench.forward(days=3)
    await person.says("/days")
    assert "**12 days**" in person.text
    assert "stretch: 3 days" in person.text


async def test_two_slips_on_one_date_count_once(person, bench, does):
    await person.joins()
    await bench.forward(days=9)
    await does(person, "/slipped", "Yes, today", "/slipped", "Yes, today", "/write", "Rather not", "I sent it", "/days")
    assert "**9 days**" in person.text


async def test_slips_on_two_dates_count_twice(person, bench, does):
    await person.joins()
    await bench.forward(days=9)
    await does(person, "/slipped", "Yes, today")
    await bench.forward(days=1)
    await does(person, "/slipped", "Yes, today", "/days")
    assert "**9 days**" in person.text
    assert "stretch: 0 days" in person.text


async def test_a_slip_on_the_first_day_takes_nothing_away(person, does):
    await person.joins()
    await does(person, "/slipped", "Yes, today")
    assert "Nothing is taken away" in person.text
    await person.says("/days")
    assert "**0 days**" in person.text


async def test_not_having_written_is_no_slip(person, does):
    await person.joins()
    await does(person, "/slipped", "No", "/days")
    assert "**1 day**" in person.text


async def test_the_day_is_the_one_on_their_clock(bench, person, does, turns_on):
    await turns_on(person, evening="20:30", city="Auckland")
    await does(person, "/days since", "> 5")
    await bench.forward(hours=8)  # 10:00 UTC: still Monday in London, 23:00 in Auckland
    await person.says("/days")
    assert "**5 days**" in person.text
    await bench.forward(hours=2)
    person.look_away()
    await person.says("/days")
    assert "**6 days**" in person.text
