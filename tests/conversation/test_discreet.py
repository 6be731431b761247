"""What comes unasked gives nothing away to somebody who only sees it come."""

import re

import pytest

from bot.messages import Reply
from bot.testing import Bench, Person, content

TEXTS = content().words("en").texts

TELLING = re.compile(
    r"\b(ex|exes|him|her|texts?|texted|messages?|sent|urge|contact|slip|slipped|break-?up|court|afraid|letters?|"
    r"relationship|holdfast)\b|\b(to|about|from) them\b",
    re.IGNORECASE,
)
"""Words that would tell somebody who reads along what this is about."""

NOTE = "A small note for today."
LETTER = "I still have your blue jumper"

QUIET = {
    "fear": ("/settings", "An order, a no, or fear", "I'm afraid of them", "Go on", "Nothing more"),
    "fear told at the lines": ("/not_safe", "I'm afraid of them", "Remember this about them", "I'm safe for now"),
    "the setting": ("/settings", "Quiet notifications", "On", "Nothing more"),
}


async def pushes(bench: Bench, person: Person, *, days: int) -> list[Reply]:
    """What comes by itself in so many days, if nothing is answered."""
    person.look_away()
    await bench.forward(days=days)
    return list(person.replies)


@pytest.fixture(params=QUIET.values(), ids=QUIET)
async def quiet(request: pytest.FixtureRequest, person: Person, does, turns_on) -> Person:
    """Somebody whose phone may be seen, with check-ins at both times."""
    await turns_on(person, morning="7:30", evening="20:30", read=True)
    await does(person, *request.param)
    return person


async def test_every_check_in_says_only_that_it_is_there(quiet, bench):
    came = await pushes(bench, quiet, days=70)
    assert len(came) > 10
    assert {reply.text for reply in came} == {NOTE}
    assert {button.label for reply in came for button in reply.buttons} == {"Open"}


async def test_what_it_is_about_is_behind_the_button(quiet, bench):
    await pushes(bench, quiet, days=1)
    await quiet.taps("Open")
    assert quiet.sees("checkins/")
    assert {"A short read", "Later", "Pause a week", "Stop these"} <= set(quiet.buttons)
    await quiet.taps("Stop these")
    assert await pushes(bench, quiet, days=3) == []


async def test_behind_the_button_is_only_what_a_kettle_could_ask(quiet, bench):
    asked = []
    for _ in range(12):
        await pushes(bench, quiet, days=1)
        await quiet.taps("Open")
        asked += quiet.keys
    assert len(set(asked)) == 12
    assert all("discreet" in TEXTS[key].attributes for key in asked)


async def test_one_that_was_put_off_says_no_more(quiet, bench, does):
    await bench.forward(hours=6)
    await does(quiet, "Open", "Later")
    quiet.look_away()
    await bench.forward(hours=3)
    assert [reply.text for reply in quiet.replies] == [NOTE]


async def test_the_question_after_a_night_says_no_more(quiet, bench, does):
    await does(quiet, "/urge", "I miss them", "/cancel")
    quiet.look_away()
    await bench.forward(hours=6)
    assert [reply.text for reply in quiet.replies] == [NOTE]
    await quiet.taps("Open")
    assert quiet.keys == ["checkins/followup"]
    await does(quiet, "I sent something", "Yes, today")
    await does(quiet, "/urge", "I miss them", "/cancel")
    quiet.look_away()
    await bench.forward(days=1)
    await quiet.taps("Open")
    assert quiet.keys == ["checkins/followup_slipped"]


async def test_the_goodbye_says_no_more_and_is_behind_the_button(quiet, bench):
    await pushes(bench, quiet, days=80)
    await quiet.taps("Open")
    assert quiet.keys == ["checkins/goodbye"]


async def test_a_letter_says_no_more(quiet, bench, does):
    await does(quiet, "/write", f"> {LETTER}", "Show it to me tomorrow", "/cancel")
    came = await pushes(bench, quiet, days=1)
    assert {reply.text for reply in came} == {NOTE}
    opened = []
    for reply in came:
        await quiet.presses(reply.buttons[0])
        opened += quiet.keys
    assert "letters/tomorrow" in opened


async def test_the_ten_minutes_say_no_more(quiet, bench, does):
    await does(quiet, "/urge", "I miss them", "Wait with me")
    quiet.look_away()
    await bench.forward(minutes=9)
    assert quiet.keys == []
    await bench.forward(minutes=1)
    assert [reply.text for reply in quiet.replies] == [NOTE]
    await quiet.taps("Open")
    assert quiet.keys == ["urge/write_offer"]


async def test_it_can_be_turned_off_but_not_while_fear_is_told(person, does, bench, turns_on):
    await turns_on(person, morning="7:30")
    await does(person, *QUIET["the setting"], "/settings")
    assert "Quiet notifications: on" in person.text
    await does(person, "Quiet notifications", "Off")
    assert "Quiet notifications: off" in person.text
    await does(person, "Nothing more", *QUIET["fear"], "/settings", "Quiet notifications", "Off")
    assert "Quiet notifications: on" in person.text


async def test_the_setting_stays_when_a_danger_is_taken_back(person, does):
    await person.joins()
    await does(person, *QUIET["the setting"], *QUIET["fear"])
    await does(person, "/settings", "An order, a no, or fear", "None of these")
    assert "Quiet notifications: on" in person.text


class TestForEverybody:
    """Without any of that, too."""

    async def test_a_letter_shows_none_of_its_words_until_it_is_opened(self, person, bench, does):
        await person.joins()
        await does(person, "/write", f"> {LETTER}", "Show it to me tomorrow", "/cancel")
        (came,) = await pushes(bench, person, days=1)
        assert came.quote == ""
        assert LETTER not in came.text
        assert not TELLING.search(came.text)
        await person.taps("Open")
        assert person.keys == ["letters/tomorrow"]
        assert person.replies[0].quote == LETTER
        await person.taps("Burn it")
        assert person.keys == ["letters/burned"]

    async def test_a_letter_that_was_burned_is_not_opened(self, person, bench, does):
        await person.joins()
        await does(person, "/write", f"> {LETTER}", "Show it to me tomorrow", "/cancel")
        await pushes(bench, person, days=1)
        await does(person, "/letters", "Burn this one", "Open")
        assert person.keys == ["letters/none"]

    async def test_no_check_in_gives_anything_away(self, person, bench, turns_on):
        await turns_on(person, morning="7:30", evening="20:30")
        came = []
        for _ in range(30):
            await person.says("/menu")
            came += await pushes(bench, person, days=1)
        came += await pushes(bench, person, days=80)
        assert came[-1].key == "checkins/goodbye"
        assert len({reply.text for reply in came}) > 40
        assert [reply.text for reply in came if TELLING.search(reply.text)] == []

    async def test_the_question_after_a_night_gives_nothing_away(self, person, bench, does, turns_on):
        await turns_on(person, morning="7:30")
        await does(person, "/urge", "I miss them", "/cancel")
        first = await pushes(bench, person, days=1)
        await does(person, "/urge", "I miss them", "Write it here instead", "Rather not", "I sent it")
        second = await pushes(bench, person, days=1)
        assert [reply.key for reply in (*first, *second)] == ["checkins/followup", "checkins/followup_slipped"]
        assert [reply.text for reply in (*first, *second) if TELLING.search(reply.text)] == []

    async def test_the_ten_minutes_give_nothing_away(self, person, bench, does):
        await does(person, "/urge", "I miss them", "Wait with me")
        person.look_away()
        await bench.forward(minutes=10)
        assert len(person.replies) == 3
        assert [reply.text for reply in person.replies if TELLING.search(reply.text)] == []
