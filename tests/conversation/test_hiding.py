"""One tap, and nothing tells what the bot is for."""

import asyncio
from contextlib import suppress

import pytest

from bot import retries


async def test_something_neutral_takes_the_place_of_what_was_shown(bench, person, does):
    await does(person, "/menu", "Hide this")
    assert person.keys == ["hide/neutral"]
    assert person.text == "No reminders right now."
    assert person.buttons == []
    assert bench.messenger.hidden[person.chat] == 1


@pytest.mark.parametrize(
    "steps", [(), ("/start",), ("/urge", "I feel lonely"), ("/write", "> Dear you"), ("/not_safe",)]
)
@pytest.mark.parametrize("words", ["/hide", "/hide now", "/HIDE"])
async def test_wherever_one_is(bench, person, does, steps, words):
    await does(person, *steps)
    await person.says(words)
    assert person.keys == ["hide/neutral"]
    assert person.buttons == []
    assert person.chat in bench.messenger.hidden


FEAR = ("/settings", "An order, a no, or fear", "I'm afraid of them")
AFRAID = {
    "safety/which": ("/not_safe",),
    "safety/abuse": ("/not_safe", "I'm afraid of them"),
    "safety/remembered": ("/not_safe", "I'm afraid of them", "Remember this about them"),
    "welcome/fear": FEAR,
    "they_wrote/fear": ("/they_wrote", "It frightens me"),
    "practical/fear": (*FEAR, "/practical"),
    "urge/sent_fear": (*FEAR, "Go on", "Nothing more", "/slipped", "Yes, today", "I don't know"),
}
"""Screens that would frighten somebody who looks over a shoulder, or whom one is afraid of."""


@pytest.mark.parametrize(("key", "way"), AFRAID.items(), ids=AFRAID)
async def test_from_what_is_said_to_somebody_who_is_afraid(bench, person, does, key, way):
    await person.joins()
    before = len(bench.messenger.shown[person.chat])
    await does(person, *way)
    assert person.keys[-1] == key
    assert "Hide this" in [button.label for button in person.replies[-1].buttons]
    await person.taps("Hide this")
    assert person.keys == ["hide/neutral"]
    assert bench.messenger.hidden[person.chat] > before


async def test_whoever_takes_the_phone_and_types_is_not_shown_the_lines(person, does):
    await does(person, "/not_safe", "I'm afraid of them")
    await person.says("hello?")
    assert person.sees("safety/still_here")
    await does(person, "/hide", "> hello?")
    assert not person.sees("safety/still_here")


async def test_without_the_database(bench, person, does):
    await does(person, "/urge", "I feel lonely")
    bench.lose_the_database()
    await person.says("/hide")
    assert person.keys == ["hide/neutral"]
    assert bench.messenger.hidden[person.chat] == 2


async def test_a_wait_says_nothing_more_by_itself_and_can_be_taken_up_again(bench, person, does):
    await does(person, "/urge", "I feel lonely", "Wait with me", "/hide")
    before = len(bench.messenger.shown[person.chat])
    await bench.forward(minutes=30)
    assert len(bench.messenger.shown[person.chat]) == before
    await person.says("/resume")
    assert person.sees("urge/wait")


async def test_a_letter_is_still_there(person, does):
    await does(person, "/write", "> Dear you", "/hide", "/resume", "Keep it here", "/letters")
    assert "Dear you" in person.text


async def test_it_makes_nobody_known(person, tables):
    await person.says("/hide")
    assert person.keys == ["hide/neutral"]
    assert tables()["person"] == "[]"
    assert tables()["outbox"] == "[]"


async def test_a_minor_can_do_it_too(person, does):
    await does(person, "/start", "I'm under 18", "/hide")
    assert person.keys == ["hide/neutral"]


async def test_hidden_twice_is_hidden(person, does):
    await does(person, "/menu", "/hide", "/hide")
    assert person.keys == ["hide/neutral"]


async def test_what_could_not_be_sent_before_does_not_come_after(bench, person, does, monkeypatch):
    monkeypatch.setattr(retries, "FIRST_PAUSE", 0.1)
    await does(person, "/menu")
    bench.messenger.broken = True
    with suppress(ConnectionError):
        await person.says("/urge")
    bench.messenger.broken = False
    await person.says("/hide")
    await asyncio.sleep(0.3)
    assert person.keys == ["hide/neutral"]
    await bench.restart()
    assert person.keys == ["hide/neutral"]
