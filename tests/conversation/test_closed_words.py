"""The key to what somebody wrote is not there: they are told so, and nothing is lost."""

import json

import pytest

from bot.storage.keys import new_key
from bot.testing import KEY, Bench, Person

WORDS = "I still have your blue jumper"


@pytest.fixture
async def closed(bench: Bench, person: Person, does) -> Person:
    """Somebody whose letter and reason cannot be opened any more."""
    await person.joins()
    await bench.restart_with(KEY)
    await does(person, "/write", f"> {WORDS}", "Keep it here", "/reason", f"> {WORDS}")
    await bench.restart_with(new_key())
    return person


async def test_a_letter_that_cannot_be_opened_is_named(closed: Person, bench: Bench) -> None:
    await closed.says("/letters")
    assert closed.sees("letters/sealed")
    assert WORDS not in closed.text
    await bench.restart_with(KEY)
    await closed.says("/letters")
    assert WORDS in closed.text


async def test_a_reason_that_cannot_be_opened_is_named_and_does_not_come_up_at_night(closed: Person) -> None:
    await closed.says("/reasons")
    assert closed.sees("reasons_own/sealed")
    await closed.says("/urge")
    await closed.taps("I feel lonely")
    assert not closed.sees("urge/own_reason")
    assert closed.sees("reasons/")


async def test_a_copy_says_what_it_lacks(closed: Person) -> None:
    await closed.says("/export")
    page, data = (file.content.decode() for file in closed.files)
    assert page.count("can&#x27;t be opened at the moment") == 2
    kept = json.loads(data)
    assert [row["text"] for part in ("letters", "reasons") for row in kept[part]] == [None, None]
