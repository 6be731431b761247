"""Check-ins nobody answers: less and less often, then one goodbye. A sign of the person brings the daily ones back."""

import pytest

from bot.messages import Incoming
from bot.testing import Bench, Person, content

DECK = content().words("en").decks["checkins"]
A_WEEK_OF_DAYS = [0, 1, 2, 3, 4, 5, 6]
THEN_EVERY_THIRD = [9, 12, 15, 18]
THEN_ONCE_A_WEEK = [25, 32, 39, 46]
GOODBYE = 53
BACK = "Turn on again"


async def days(bench: Bench, person: Person, number: int) -> list[tuple[str, ...]]:
    """What comes in each of so many days, from two in the morning on. Nobody answers."""
    seen = []
    for _ in range(number):
        person.look_away()
        await bench.forward(days=1)
        seen.append(tuple("card" if key in DECK else key for key in person.keys))
    person.look_away()
    return seen


def some(seen: list[tuple[str, ...]]) -> list[int]:
    """The days on which something came."""
    return [day for day, keys in enumerate(seen) if keys]


@pytest.fixture
async def rare(person: Person, bench: Bench, turns_on) -> Person:
    """Somebody who has not answered for ten days: they come every third day, next in two."""
    await turns_on(person, morning="7:30")
    await days(bench, person, 10)
    return person


@pytest.fixture
async def left_alone(person: Person, bench: Bench, turns_on) -> Person:
    """Somebody who was said goodbye to."""
    await turns_on(person, morning="7:30")
    await days(bench, person, GOODBYE)
    await bench.forward(days=1)
    assert person.keys == ["checkins/goodbye"]
    return person


async def test_less_and_less_often_then_one_goodbye_and_nothing_more(person, bench, turns_on):
    await turns_on(person, morning="7:30")
    seen = await days(bench, person, 80)
    assert some(seen) == [*A_WEEK_OF_DAYS, *THEN_EVERY_THIRD, *THEN_ONCE_A_WEEK, GOODBYE]
    assert seen[GOODBYE] == ("checkins/goodbye",)
    assert {keys for day, keys in enumerate(seen) if keys and day != GOODBYE} == {("card",)}


async def test_morning_and_evening_back_off_together(person, bench, turns_on):
    await turns_on(person, morning="7:30", evening="20:30")
    seen = await days(bench, person, 80)
    assert some(seen) == [*A_WEEK_OF_DAYS, *THEN_EVERY_THIRD, *THEN_ONCE_A_WEEK, GOODBYE]
    assert seen[GOODBYE] == ("checkins/goodbye",)
    assert {keys for day, keys in enumerate(seen) if keys and day != GOODBYE} == {("card", "card")}


async def test_an_evening_that_lies_before_the_morning_backs_off_with_it(person, bench, turns_on):
    await turns_on(person, morning="7:30", evening="0:30", city="Accra")
    await bench.forward(hours=22)
    seen = await days(bench, person, 80)
    assert some(seen) == [*A_WEEK_OF_DAYS, *THEN_EVERY_THIRD, *THEN_ONCE_A_WEEK, GOODBYE]
    assert seen[GOODBYE] == ("checkins/goodbye",)
    assert {keys for day, keys in enumerate(seen) if keys and day != GOODBYE} == {("card", "card")}


async def test_the_goodbye_says_how_to_come_back(left_alone):
    assert "/checkins" in left_alone.text
    assert left_alone.buttons == [BACK, "Menu"]


SIGNS = {
    "an answer": lambda person: person.presses(person.bench.messenger.shown[person.chat][-1].buttons[0]),
    "a word": lambda person: person.says("hello"),
    "the menu": lambda person: person.says("/menu"),
    "the urge": lambda person: person.says("/urge"),
    "turned on again": lambda person: person.says("/checkins on"),
}


@pytest.mark.parametrize("sign", SIGNS)
async def test_any_sign_brings_the_daily_ones_back(sign, rare, bench):
    await SIGNS[sign](rare)
    assert some(await days(bench, rare, 10)) == [*A_WEEK_OF_DAYS, 9]


@pytest.mark.parametrize("sign", [{"wordless": True}, {"text": "what I had written", "edited": True}])
async def test_a_picture_and_an_edited_text_are_signs_as_well(sign, rare, bench):
    await bench.conversation.receive(Incoming(rare.chat, **sign))
    assert some(await days(bench, rare, 10)) == [*A_WEEK_OF_DAYS, 9]


async def test_words_of_danger_pause_them_and_then_they_come_every_day(rare, bench):
    await rare.says("I want to kill myself")
    assert some(await days(bench, rare, 18)) == [7, 8, 9, 10, 11, 12, 13, 16]


async def test_a_sign_on_a_day_without_one_does_not_bring_one_at_once(rare, bench):
    await bench.forward(hours=8)
    await rare.says("hello")
    rare.look_away()
    await bench.forward(hours=16)
    assert rare.keys == []


async def test_with_an_answer_a_day_they_never_become_rare(person, bench, turns_on):
    await turns_on(person, morning="7:30")
    for _ in range(20):
        assert some(await days(bench, person, 1)) == [0]
        await SIGNS["an answer"](person)


async def test_who_answers_every_fifth_keeps_the_daily_ones(person, bench, turns_on):
    await turns_on(person, morning="7:30")
    for _ in range(6):
        assert some(await days(bench, person, 5)) == [0, 1, 2, 3, 4]
        await person.says("/menu")


class TestStatus:
    """/checkins tells what is going on, without blame."""

    async def test_it_says_that_they_came_every_third_day(self, rare):
        await rare.says("/checkins")
        assert rare.keys == ["checkins/status"]
        assert "every third day" in rare.text
        await rare.says("/checkins")
        assert "every third day" not in rare.text

    async def test_it_says_that_they_came_once_a_week(self, person, bench, turns_on):
        await turns_on(person, morning="7:30")
        await days(bench, person, 27)
        await person.says("/checkins")
        assert "once a week" in person.text

    async def test_it_says_nothing_of_it_to_who_was_away_for_three_days(self, person, bench, turns_on):
        await turns_on(person, morning="7:30")
        await days(bench, person, 3)
        await person.says("/checkins")
        assert "quiet" not in person.text

    async def test_after_the_goodbye_it_says_that_they_rest(self, left_alone):
        await left_alone.says("/checkins")
        assert left_alone.keys == ["checkins/status_resting"]
        assert "Morning: 07:30" in left_alone.text


class TestAfterTheGoodbye:
    """They have let them go: only they bring them back."""

    @pytest.mark.parametrize("steps", [(BACK,), ("/checkins on",), ("/checkins", BACK)])
    async def test_one_tap_brings_them_back_at_the_times_there_were(self, left_alone, bench, does, steps):
        await does(left_alone, *steps)
        assert left_alone.keys == ["checkins/resumed"]
        assert "Morning: 07:30" in left_alone.text
        assert some(await days(bench, left_alone, 10)) == [*A_WEEK_OF_DAYS, 9]

    async def test_setting_them_up_again_brings_them_back(self, left_alone, bench, does):
        setup = ("/checkins change", "In the morning", "10:00", "> London", "Yes", "Only the question")
        await does(left_alone, *setup)
        assert some(await days(bench, left_alone, 10)) == [*A_WEEK_OF_DAYS, 9]

    @pytest.mark.parametrize("steps", [("/menu",), ("> hello",), ("/checkins", "Menu"), ("/checkins pause",)])
    async def test_anything_else_does_not(self, left_alone, bench, does, steps):
        await does(left_alone, *steps)
        assert some(await days(bench, left_alone, 15)) == []

    async def test_an_answer_to_an_old_one_does_not(self, left_alone, bench):
        await left_alone.presses(bench.messenger.shown[left_alone.chat][-2].buttons[0])
        assert left_alone.keys[0].startswith("checkins/answer_")
        assert some(await days(bench, left_alone, 15)) == []

    async def test_an_urge_is_not_asked_about_the_next_morning(self, left_alone, bench, does):
        await does(left_alone, "/urge", "I feel lonely", "Write it here instead", "Rather not", "It has passed")
        assert some(await days(bench, left_alone, 5)) == []

    async def test_words_of_danger_do_not_bring_them_back_after_a_week(self, left_alone, bench):
        await left_alone.says("I want to kill myself")
        assert some(await days(bench, left_alone, 20)) == []

    async def test_one_that_is_put_off_comes_once(self, left_alone, bench):
        await left_alone.taps("Later")
        assert some(await days(bench, left_alone, 15)) == [0]

    async def test_a_letter_for_tomorrow_comes(self, left_alone, bench, does):
        await does(left_alone, "/write", "> still here", "Show it to me tomorrow")
        seen = await days(bench, left_alone, 5)
        assert [keys for keys in seen if keys] == [("letters/aside",)]

    async def test_stopping_them_is_possible_and_setting_them_up_begins_anew(self, left_alone, bench, does):
        await does(left_alone, "/stop", "/checkins")
        assert left_alone.keys == ["checkins/when"]
        await does(left_alone, "In the morning", "7:30", "> London", "Yes", "Only the question")
        assert some(await days(bench, left_alone, 10)) == [*A_WEEK_OF_DAYS, 9]


async def test_the_emergency_walk_answers_without_a_database_and_nothing_is_counted(rare, bench):
    bench.lose_the_database()
    await rare.says("/urge")
    assert rare.sees("urge/name_it")
