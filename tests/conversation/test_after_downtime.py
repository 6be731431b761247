"""The bot was down. What should have come is caught up with at an hour that fits, and it is one message at most."""

import pytest
from whenever import TimeDelta

from bot.testing import Bench, Person, content

DECK = content().words("en").decks["checkins"]
TEXTS = content().words("en").texts


async def down_until(bench: Bench, person: Person, hour: int, minute: int = 0, *, days: int = 0) -> list[str]:
    """What comes when the bot is started again at that time in London, with "card" for a check-in."""
    person.look_away()
    now = bench.clock.now().to_tz("Europe/London")
    await bench.restart()
    ahead = (hour - now.hour) * 60 + minute - now.minute
    await bench.jump(days=days, minutes=ahead)
    return [card(key) for key in person.keys]


def card(key: str) -> str:
    return "card" if key in DECK else key


def time_of(key: str) -> str:
    """The time of day a check-in asks about; empty: either."""
    return "".join(TEXTS[key].attributes.get("time", ()))


async def comes(bench: Bench, person: Person, **span: int) -> list[str]:
    person.look_away()
    await bench.forward(**span)
    return [card(key) for key in person.keys]


@pytest.mark.parametrize(
    ("wall", "back", "caught_up"),
    [
        ("7:30", (10, 29), True),
        ("7:30", (10, 31), False),
        ("7:30", (23, 0), False),
        ("20:30", (21, 59), True),
        ("20:30", (22, 1), False),
        ("21:30", (22, 29), True),
        ("21:30", (22, 32), False),
        ("22:30", (23, 29), True),
        ("22:30", (23, 32), False),
        ("23:30", (23, 59), True),
        ("3:00", (3, 59), True),
        ("3:00", (4, 2), False),
        ("5:30", (6, 29), True),
        ("5:30", (6, 32), False),
        ("6:00", (8, 59), True),
    ],
)
async def test_a_check_in_is_caught_up_with_for_three_hours_and_not_at_night(
    person, bench, turns_on, wall, back, caught_up
):
    await turns_on(person, **({"morning": wall} if int(wall.split(":")[0]) < 12 else {"evening": wall}))
    assert await down_until(bench, person, *back) == ["card"] * caught_up
    await bench.forward(minutes=5)
    assert len(await comes(bench, person, days=1)) == 1


async def test_it_never_comes_on_another_date(person, bench, turns_on):
    await turns_on(person, evening="23:30")
    assert await down_until(bench, person, 0, 6, days=1) == []
    assert await comes(bench, person, days=1) == ["card"]


async def test_whose_turn_comes_a_moment_after_midnight_gets_it(person, bench, turns_on):
    await turns_on(person, evening="23:59")
    assert await down_until(bench, person, 0, 2, days=1) == ["card"]
    assert await comes(bench, person, days=1) == ["card"]


@pytest.mark.parametrize(("hours", "back", "caught_up"), [(0, (7, 34), 1), (0, (7, 37), 0), (5, (12, 29), 1)])
async def test_for_how_long_is_a_setting(person, bench, turns_on, hours, back, caught_up):
    bench.catch_up = TimeDelta(hours=hours)
    await turns_on(person, morning="7:30")
    assert await down_until(bench, person, *back) == ["card"] * caught_up


class TestOneMessage:
    """However much was missed."""

    async def test_of_morning_and_evening_the_evening_comes(self, person, bench, turns_on):
        await turns_on(person, morning="7:30", evening="20:30")
        assert await down_until(bench, person, 21) == ["card"]
        assert time_of(person.keys[0]) in ("evening", "")
        assert await comes(bench, person, hours=12) == ["card"]
        assert time_of(person.keys[0]) in ("morning", "")
        assert await comes(bench, person, hours=12) == ["card"]

    async def test_of_two_close_to_each_other_the_later_one_comes(self, person, bench, turns_on):
        await turns_on(person, morning="11:00", evening="12:30")
        assert await down_until(bench, person, 13) == ["card"]
        assert time_of(person.keys[0]) in ("evening", "")
        assert await comes(bench, person, days=1) == ["card", "card"]

    async def test_one_that_was_put_off_and_the_evening(self, person, bench, turns_on):
        await turns_on(person, morning="7:30", evening="20:30")
        await bench.forward(hours=16)
        await person.taps("Later")  # at six in the evening, until eight
        assert await down_until(bench, person, 21) == ["card"]
        assert await comes(bench, person, hours=9) == []
        assert await comes(bench, person, days=1) == ["card", "card"]

    async def test_one_that_was_put_off_comes_alone(self, person, bench, turns_on):
        await turns_on(person, morning="7:30")
        await bench.forward(hours=6)
        await person.taps("Later")
        assert await down_until(bench, person, 12) == ["card"]
        assert await comes(bench, person, hours=19) == []

    async def test_the_question_after_a_night_takes_the_place_of_the_check_in(self, person, bench, turns_on, does):
        await turns_on(person, morning="7:30", evening="20:30")
        await does(person, "/urge", "I feel lonely", "/cancel")
        assert await down_until(bench, person, 9) == ["checkins/followup"]
        assert await comes(bench, person, hours=17) == ["card"]

    async def test_a_letter_goes_before_a_check_in(self, person, bench, turns_on, does):
        await turns_on(person, morning="9:30", evening="10:30")
        await does(person, "/write", "> come back as words", "Show it to me tomorrow", "/cancel")
        assert await down_until(bench, person, 11) == ["letters/aside"]
        assert await comes(bench, person, days=1) == ["card", "card"]

    async def test_a_letter_that_was_burned_takes_no_place(self, person, bench, turns_on, does):
        await turns_on(person, morning="9:30")
        await does(
            person, "/write", "> come back as words", "Show it to me tomorrow", "/cancel", "/letters", "Burn this one"
        )
        assert await down_until(bench, person, 11) == ["card"]

    async def test_a_letter_is_kept_and_waits_for_the_morning(self, person, bench, turns_on, does):
        await turns_on(person, morning="7:30")
        await does(person, "/write", "> come back as words", "Show it to me tomorrow", "/cancel")
        assert await down_until(bench, person, 23) == []
        assert await comes(bench, person, hours=12) == ["card", "letters/aside"]

    async def test_a_letter_comes_after_days_as_well(self, person, bench, does):
        await person.joins()
        await does(person, "/write", "> come back as words", "Show it to me tomorrow", "/cancel")
        assert await down_until(bench, person, 15, days=4) == ["letters/aside"]
        assert await comes(bench, person, days=3) == []

    async def test_what_the_person_is_in_the_middle_of_goes_before_a_check_in(self, person, bench, turns_on, does):
        await turns_on(person, morning="7:30")
        await bench.forward(hours=5, minutes=25)
        await does(person, "/urge", "I feel lonely", "Wait with me")
        assert await down_until(bench, person, 9) == ["urge/write_offer"]
        assert await comes(bench, person, days=1) == ["checkins/followup"]

    @pytest.mark.parametrize(("days", "comes_first"), [(1, "checkins/followup"), (2, "card"), (30, "card")])
    async def test_after_days_at_most_one_and_then_as_ever(self, person, bench, turns_on, does, days, comes_first):
        await turns_on(person, morning="7:30", evening="20:30")
        await bench.forward(hours=6)
        await does(person, "Later", "/urge", "I feel lonely", "/cancel")
        assert await down_until(bench, person, 9, days=days) == [comes_first]
        assert await comes(bench, person, hours=13) == ["card"]
        assert await comes(bench, person, days=1) == ["card", "card"]

    async def test_a_downtime_is_not_taken_for_silence(self, person, bench, turns_on):
        await turns_on(person, morning="7:30")
        for _ in range(12):
            assert await down_until(bench, person, 12, days=1) == []
        assert await comes(bench, person, days=1) == ["card"]


async def test_people_at_many_hours_get_one_each_or_none(bench, turns_on):
    """Down for a night and a morning: who has the time that counts gets one, whoever else is there."""
    people = {f"{hour}:15": bench.person(f"at {hour}") for hour in (5, 6, 7, 8, 9, 10)}
    for wall, person in people.items():
        await turns_on(person, morning=wall)
    await bench.restart()
    await bench.jump(hours=8)
    assert {wall: len(person.replies) for wall, person in people.items()} == {
        "5:15": 0, "6:15": 0, "7:15": 1, "8:15": 1, "9:15": 1, "10:15": 0
    }  # fmt: skip
