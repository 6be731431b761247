"""As much as can be kept is kept, and of what is more the person is told."""

import pytest

from bot.flow import LONGEST_ANSWER
from bot.storage import letters, reasons


@pytest.fixture(autouse=True)
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "MOST", 2)
    monkeypatch.setattr(reasons, "MOST", 2)


async def writes(does, person, number: int, fate: str) -> None:
    await does(person, "/write", f"> letter {number}", fate)


@pytest.mark.parametrize("fate", ["Keep it here", "Show it to me tomorrow"])
async def test_a_letter_for_which_there_is_no_room_can_still_be_burned(person, does, fate):
    await person.joins()
    for number in range(2):
        await writes(does, person, number, "Keep it here")
        assert person.sees("urge/letter_kept")
    await writes(does, person, 3, fate)
    assert person.keys == ["limits/letters", "urge/letter"]
    await does(person, "Burn it")
    assert person.sees("urge/letter_burned")
    await person.says("/letters")
    assert "2" in person.text
    assert "letter 1" in person.text


async def test_after_one_is_burned_there_is_room(person, does):
    await person.joins()
    for number in range(2):
        await writes(does, person, number, "Keep it here")
    await does(person, "/letters", "Burn this one", "/write", "> letter 9", "Keep it here")
    assert person.sees("urge/letter_kept")


async def test_so_it_is_with_reasons(person, does):
    await person.joins()
    for number in range(2):
        await does(person, "/reason", f"> reason {number}")
        assert person.sees("urge/reason_kept")
    await does(person, "/reason", "> one more")
    assert person.keys == ["limits/reasons", "urge/my_reason"]
    await does(person, "/reasons", "Remove it", "/reason", "> one more")
    assert person.sees("urge/reason_kept")


async def test_a_letter_grows_to_its_longest_and_no_further(person, does):
    page = "so it goes on " * 250
    await does(person, "/write", f"> {page}")
    for _ in range(LONGEST_ANSWER // len(page) - 1):
        await person.says(page)
        assert person.keys == ["urge/letter"]
    await person.says(page)
    assert person.keys == ["limits/letter"]
    assert "Keep it here" in person.buttons
    await person.says("short")
    assert person.keys in (["urge/letter"], ["limits/letter"])
    await person.taps("Keep it here")
    assert person.sees("urge/letter_kept")


async def test_a_card_drawn_ten_thousand_times_leaves_a_run_of_the_same_size(person, does, tables, monkeypatch):
    from bot import engine

    monkeypatch.setattr(engine, "SEEN", 5)
    await does(person, "/urge", "I feel lonely", *["Another reason"] * 5)
    five = len(tables()["chat"])
    await does(person, *["Another reason"] * 30)
    assert len(tables()["chat"]) < five + 200
