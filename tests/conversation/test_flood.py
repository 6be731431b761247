"""Who does too much at once is told so, and holds up nobody. What is urgent is always met."""

import pytest

from bot.flood import AT_ONCE
from bot.testing import Bench

pytestmark = pytest.mark.parametrize("make_bench", ["telegram", "discord", "server"], indirect=True)

LOST = ("/urge", "I feel lonely", "Wait with me")
MET = {
    "/urge": "urge/name_it",
    "/URGE": "urge/name_it",
    "/start urge": "urge/name_it",
    "/start not_safe": "safety/which",
    "/not_safe": "safety/which",
    "/safe": "safety/safe",
    "/lines": "helplines/which_country",
    "/lines Ireland": "helplines/here",
    "/write": "urge/write",
    "/hide": "hide/neutral",
    "/meant": "safety/self_harm",
    "urge": "urge/name_it",
    "I want to text them": "urge/name_it",
    "I want to text him": "urge/name_it",
    "I want to kill myself": "safety/self_harm",
    "i can't live without her": "safety/unclear",
}


@pytest.fixture(autouse=True)
def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench is as strict as the bot."""
    monkeypatch.setattr(Bench, "at_once", AT_ONCE)


@pytest.fixture
async def flooding(person):
    """Somebody who has done as much as may be done at once."""
    for _ in range(AT_ONCE):
        await person.says("/menu")
        assert person.keys == ["common/menu"]
    return person


async def test_it_is_said_once_a_minute_and_once_more_when_something_is_taken_in_again(bench, flooding):
    await flooding.says("/menu")
    assert flooding.keys == ["limits/too_many"]
    assert flooding.buttons[0] == "I want to text them"
    for _ in range(5):
        await flooding.says("/menu")
        assert flooding.keys == []
    await bench.forward(minutes=1)
    await flooding.says("/menu")
    assert flooding.keys == ["limits/left_out", "common/menu"]
    await flooding.says("/menu")
    assert flooding.keys == ["common/menu"]


async def test_what_was_said_at_once_is_not_said_again(bench, flooding):
    await flooding.says("/menu")
    await bench.forward(minutes=1)
    await flooding.says("/menu")
    assert flooding.keys == ["common/menu"]


async def test_one_more_is_taken_in_each_second(bench, flooding):
    await flooding.says("/menu")
    bench.clock.move_to(bench.clock.now().add(seconds=3))
    for keys in (["common/menu"], ["common/menu"], ["common/menu"], []):
        await flooding.says("/menu")
        assert flooding.keys == keys


async def test_after_a_long_rest_it_is_as_much_as_before(bench, flooding):
    await bench.forward(days=3)
    for _ in range(AT_ONCE):
        await flooding.says("/menu")
        assert flooding.keys == ["common/menu"]
    await flooding.says("/menu")
    assert flooding.keys == ["limits/too_many"]


async def test_it_is_no_matter_to_anybody_else(bench, flooding):
    other = bench.person("other")
    await flooding.says("/menu")
    await other.says("/menu")
    assert other.keys == ["common/menu"]


@pytest.mark.parametrize("words", MET)
async def test_what_is_urgent_is_always_met(flooding, words):
    await flooding.says("/menu")
    for _ in range(3):
        await flooding.says(words)
        assert flooding.keys == [MET[words]]


async def test_the_walk_is_never_too_much(flooding, does):
    for _ in range(5):
        await does(flooding, *LOST, "Write it here instead")
        assert flooding.sees("urge/write")


async def test_buttons_of_other_flows_are_left_out(person, does, bench):
    await does(person, "/start")
    button = person.button("I'm 18 or over, that's fine")
    for _ in range(AT_ONCE - 1):
        await person.says("/help")
    await person.presses(button)
    assert person.keys == ["limits/too_many"]
    bench.clock.move_to(bench.clock.now().add(seconds=2))
    await person.presses(button)
    assert person.sees("welcome/agreed")


async def test_a_letter_holds_what_was_taken_in_and_the_rest_is_owned_up_to(request, bench, person, does, tables):
    if request.node.callspec.params["make_bench"] == "server":
        pytest.skip("there the letter is a form, which is never too much")
    await does(person, "/write")
    told = []
    for number in range(AT_ONCE + 4):
        await person.says(f"line {number:02}.")
        told += person.keys
    kept = tables()["chat"]
    taken = [number for number in range(AT_ONCE + 4) if f"line {number:02}." in kept]
    assert taken == list(range(AT_ONCE - 1))
    assert told.count("limits/too_many") == 1
    await bench.forward(minutes=1)
    await person.says("the end.")
    assert person.keys == ["limits/left_out", "urge/letter"]


async def test_without_the_database_it_is_just_the_same(bench, person):
    bench.lose_the_database()
    for _ in range(AT_ONCE):
        await person.says("/help")
    await person.says("/help")
    assert person.keys == ["limits/too_many"]
    await person.says("/urge")
    assert person.keys == ["urge/name_it"]
