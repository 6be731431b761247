"""Buttons that were never there do no more than those that were."""

import pytest

from bot.messages import Incoming


async def presses(person, token: str) -> None:
    person.look_away()
    await person.bench.receive(Incoming(person.chat, token=token))


@pytest.mark.parametrize("carried", ["x" * 49, "missing:" + "x" * 41, "\u202e" * 16, "lonely\n", "🙂" * 12])
async def test_what_a_button_carries_along_must_be_an_answer_to_that_question(person, carried):
    await presses(person, f"urge:again:now:{carried}"[:64])
    assert person.keys == ["urge/how_now"]
    tokens = [button.token for button in person.replies[0].buttons]
    assert {token.partition(":passed")[2] for token in tokens if ":passed" in token} <= {"", ":missing"}
    await person.taps("Still there")
    assert person.sees("exercises/")


async def test_what_it_may_carry_it_carries(person):
    await presses(person, "urge:again:now:lonely")
    assert any(button.token.endswith(":lonely") for button in person.replies[0].buttons)


@pytest.mark.parametrize(
    "token", ["/read \ud800", "/lines \x00\x1b[2J", "/letters burn \u202e1", "urge:name_it:lonely\x00"]
)
async def test_signs_that_no_keyboard_types_do_no_harm(person, token):
    await presses(person, token)
    assert person.keys
    assert not person.sees("common/failed")
