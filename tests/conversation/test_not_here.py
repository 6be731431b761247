"""Somebody who was not here for a year is told, wherever they are, and keeps everything with a tap."""

import pytest
from whenever import Date

from bot.keeping import NOTED, Housekeeping
from bot.testing import Bench, Person
from tests.conftest import Does


async def a_year_later(bench: Bench) -> None:
    """A year passes; the bot was there on each of the last days."""
    bench.clock.move_to(bench.clock.now().add(hours=24 * 370))
    await bench.store.note(NOTED, "2027-02-20..2027-03-06")
    await Housekeeping(bench.store, bench.clock).look()
    await bench.forward(days=1)


async def a_month_later(bench: Bench) -> None:
    """Since the notice; the bot was there all the time."""
    bench.clock.move_to(bench.clock.now().add(hours=24 * 31))
    await bench.store.note(NOTED, "2027-03-25..2027-04-07")
    await Housekeeping(bench.store, bench.clock).look()


async def test_it_comes_and_its_button_keeps_everything(bench: Bench, person: Person) -> None:
    await person.joins()
    person.look_away()
    await a_year_later(bench)
    assert person.keys == ["privacy/notice"]
    assert {"Keep it", "Give me a copy", "Delete it now"} <= set(person.buttons)
    await person.taps("Keep it")
    assert person.sees("privacy/stays")
    assert (await bench.store.load(person.chat)).person.seen_on == Date(2027, 3, 8)


async def test_a_look_at_it_tells_nobody_what_it_is_about(bench: Bench, person: Person) -> None:
    await person.joins()
    person.look_away()
    await a_year_later(bench)
    assert person.text
    for word in (" ex", "them", "break", "letter", "reason", "holdfast", "urge"):
        assert word not in person.text.casefold()


QUIET = {
    "fear": ("/settings", "An order, a no, or fear", "I'm afraid of them", "Go on", "Nothing more"),
    "the setting": ("/settings", "Quiet notifications", "On", "Nothing more"),
}


@pytest.mark.parametrize("told", QUIET.values(), ids=QUIET)
async def test_whose_phone_may_be_seen_gets_a_note_that_says_nothing_and_opening_it_keeps_everything(
    bench: Bench, person: Person, does: Does, told: tuple[str, ...]
) -> None:
    await person.joins()
    await does(person, *told)
    person.look_away()
    await a_year_later(bench)
    assert person.text == "A small note for today."
    assert person.buttons == ["Open"]
    await person.taps("Open")
    assert person.keys == ["privacy/opened"]
    assert {"Give me a copy", "Delete everything"} <= set(person.buttons)
    assert (await bench.store.load(person.chat)).person.seen_on == Date(2027, 3, 8)
    await a_month_later(bench)
    assert (await bench.store.load(person.chat)).met


async def test_who_does_not_open_it_is_deleted_as_anybody_else(bench: Bench, person: Person, does: Does) -> None:
    await person.joins()
    await does(person, *QUIET["fear"])
    await a_year_later(bench)
    await a_month_later(bench)
    assert not (await bench.store.load(person.chat)).met
    await person.taps("Open")
    assert person.keys == ["privacy/nothing"]


async def test_who_turned_everything_off_is_told_all_the_same(bench: Bench, person: Person) -> None:
    await person.joins()
    await person.says("/stop")
    person.look_away()
    await a_year_later(bench)
    assert person.keys == ["privacy/notice"]
