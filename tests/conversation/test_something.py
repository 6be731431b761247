"""Something small to do: for the hour, indoors or out, none twice while others are left."""

import pytest

from bot.library import Words
from bot.testing import Person, content

WORDS: Words = content().words("en")
CARDS = {WORDS.texts[key].text: WORDS.texts[key] for key in WORDS.decks["fresh"]}
DAY = (2026, 3, 2, 12)
ANOTHER, REFUSED = "Another", "Not for me"
PLACES = ("Indoors", "Out of the house")
FREE = "One that's free"


def card(person: Person) -> str:
    """The text of the card that was just seen."""
    (shown,) = [text for text in CARDS if text in person.text]
    return shown


def all_are(cards: list[str], name: str, value: str) -> bool:
    return all(value in CARDS[text].attributes.get(name, ()) for text in cards)


async def drawn(person: Person, number: int) -> list[str]:
    """So many cards, one after the other."""
    cards = [card(person)]
    while len(cards) < number:
        await person.taps(ANOTHER)
        cards.append(card(person))
    return cards


@pytest.fixture
async def by_day(bench_at, turns_on) -> Person:
    """Somebody in London, at noon."""
    person = bench_at(*DAY).person()
    await turns_on(person, evening="20:30")
    return person


@pytest.fixture
async def by_night(person: Person, turns_on) -> Person:
    """Somebody in London, at two in the morning."""
    await turns_on(person, evening="20:30")
    return person


async def test_one_thing_comes_with_how_long_it_takes(by_day):
    await by_day.says("/something")
    assert by_day.keys == ["something/card"]
    assert f"About {CARDS[card(by_day)].attributes['minutes'][0]} minutes" in by_day.text
    assert by_day.buttons == [ANOTHER, REFUSED, *PLACES, FREE, "Menu"]


@pytest.mark.parametrize("typed", ["give me something to do", "Distract me", "I need something to do with my hands"])
async def test_it_can_be_asked_for_in_words(person, typed):
    await person.joins()
    await person.says(typed)
    assert person.keys == ["something/card"]


async def test_it_can_be_asked_for_in_the_middle_of_the_walk_and_leads_back(person, does):
    await does(person, "/urge", "I feel lonely", "> give me something to do")
    assert person.sees("something/card")
    await person.taps("Back to where we were")
    assert person.sees("reasons/")


@pytest.mark.parametrize(
    "path",
    [
        ("/read",),
        ("/menu",),
        ("/write", "Rather not", "It has passed", "Not now"),
    ],
)
async def test_it_is_where_somebody_would_look_for_it(person, does, path):
    await does(person, *path, "Something small to do")
    assert person.keys == ["something/card"]


async def test_it_is_among_the_commands(person):
    assert "something" in dict(WORDS.menu)
    await person.says("/help")
    assert "/something" in person.text


async def test_no_card_comes_twice_while_one_is_left(by_day):
    await by_day.says("/something")
    cards = await drawn(by_day, len(CARDS))
    assert set(cards) == CARDS.keys()
    await by_day.taps(ANOTHER)
    assert card(by_day) == cards[0]


async def test_what_was_shown_is_remembered_over_a_restart(by_day):
    await by_day.says("/something")
    cards = await drawn(by_day, len(CARDS) - 3)
    await by_day.bench.restart()
    await by_day.says("/something")
    assert set(await drawn(by_day, 3)) == CARDS.keys() - set(cards)


async def test_not_everybody_gets_the_same_first(bench_at):
    bench = bench_at(*DAY)
    first = set()
    for number in range(8):
        person = bench.person(f"p{number}")
        await person.says("/something")
        first.add(card(person))
    assert len(first) > 1


@pytest.mark.parametrize(("label", "place"), [(PLACES[0], "in"), (PLACES[1], "out")])
async def test_a_place_can_be_asked_for_and_stays(by_day, does, label, place):
    await does(by_day, "/something", label)
    assert by_day.buttons == [ANOTHER, REFUSED, *(other for other in PLACES if other != label), FREE, "Menu"]
    assert all_are(await drawn(by_day, 20), "where", place)


async def test_one_that_is_free_can_be_asked_for_and_stays_so_in_either_place(by_day, does):
    await does(by_day, "/something", FREE)
    assert FREE not in by_day.buttons
    assert all_are(await drawn(by_day, 10), "free", "yes")
    await by_day.taps("Out of the house")
    outside = await drawn(by_day, 10)
    assert all_are(outside, "free", "yes")
    assert all_are(outside, "where", "out")


async def test_at_night_it_is_one_for_the_night(by_night):
    await by_night.says("/something")
    assert by_night.buttons == [ANOTHER, REFUSED, FREE, "Menu"]
    assert all_are(await drawn(by_night, 20), "night", "yes")


@pytest.mark.parametrize("asked", ["/something out", "/something in", "/something out free"])
async def test_a_button_of_the_day_gives_one_for_the_night_at_night(by_night, asked):
    await by_night.says(asked)
    assert all_are(await drawn(by_night, 10), "night", "yes")


async def test_the_night_is_where_the_person_is(bench_at, turns_on):
    person = bench_at(*DAY).person()
    await turns_on(person, evening="20:30", city="Auckland")
    await person.says("/something")
    assert all_are(await drawn(person, 20), "night", "yes")


async def test_while_nobody_knows_the_hour_it_is_one_for_the_night_until_a_place_is_asked_for(bench_at, does):
    person = bench_at(*DAY).person()
    await person.joins()
    await person.says("/something")
    assert all_are(await drawn(person, 10), "night", "yes")
    await does(person, "Out of the house")
    assert all_are(await drawn(person, 10), "where", "out")


@pytest.mark.parametrize("argument", ["nonsense", "in out free", "OUT", "🙂", "x" * 3000])
async def test_whatever_stands_behind_it_something_comes(by_day, argument):
    await by_day.says(f"/something {argument}")
    assert card(by_day)


async def test_it_works_without_the_database(person, bench):
    bench.lose_the_database()
    await person.says("/something")
    assert card(person)
    await person.taps(ANOTHER)
    assert card(person)
