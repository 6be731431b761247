"""A flood of one person on Discord: each interaction is seen to, few are answered."""

import pytest
from discord_witness import cells

from bot.flood import AT_ONCE
from bot.testing import Bench
from tests.discord_adapter.conftest import fill_in, last, private


@pytest.fixture(autouse=True)
def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench is as strict as the bot."""
    monkeypatch.setattr(Bench, "at_once", AT_ONCE)


async def test_all_of_it_is_acknowledged(server, ann):
    for _ in range(AT_ONCE + 40):
        server.call(ann.chat, "menu", channel=server.channel.id)
    await server.settled()
    assert all(interaction.responded for interaction in server.interactions)
    assert ann.keys.count("common/menu") == AT_ONCE
    assert ann.keys.count("limits/too_many") == 1
    assert all(message.is_ephemeral for message in server.seen(ann.chat))


async def test_a_form_that_is_too_much_is_given_back(server, ann, does):
    await does(ann, "/start", "I'm 18 or over, that's fine", "Not now", "/settings", "Country")
    for _ in range(AT_ONCE):
        server.call(ann.chat, "help", channel=server.channel.id)
    await server.settled()
    ann.look_away()
    (way,) = [cell["custom_id"] for cell in cells(last_with_form(server, ann)) if cell["custom_id"].startswith("h1w")]
    server.clock.move_to(server.clock.now().add(seconds=1.5))
    opened = server.press(int(ann.chat.id), last_with_form(server, ann), way)
    await server.settled()
    server.fill_in(ann.chat, opened, "Ireland, <@80351110224678912>")
    await server.settled()
    assert ann.keys == ["limits/too_many"]
    assert ann.replies[0].quote == "Ireland, <@80351110224678912>"


def last_with_form(server, person):
    """The newest message with a way to write."""
    return next(
        message
        for message in reversed(server.seen(person.chat))
        if any(cell["custom_id"].startswith("h1w") for cell in cells(message))
    )


async def test_a_letter_in_a_form_is_never_too_much(server, ann, does):
    await does(ann, "/write")
    shown = last(server, ann)
    for _ in range(AT_ONCE + 5):
        server.call(ann.chat, "menu", channel=server.channel.id)
    await server.settled()
    (way,) = [cell["custom_id"] for cell in cells(shown) if cell["custom_id"].startswith("h1w")]
    opened = server.press(int(ann.chat.id), shown, way)
    await server.settled()
    server.fill_in(ann.chat, opened, "Dear you")
    await server.settled()
    assert ann.sees("urge/letter")


async def test_private_messages_are_told_there(discord, person):
    for _ in range(AT_ONCE + 10):
        discord.write(person.chat, "/menu")
    await discord.settled()
    assert person.keys == ["common/menu"] * AT_ONCE + ["limits/too_many"]
    assert private(discord, person)[-1].content.startswith("That's a lot at once")


async def test_words_of_danger_are_met_in_a_form_too(server, ann, does):
    await does(ann, "/write")
    for _ in range(AT_ONCE + 5):
        server.call(ann.chat, "menu", channel=server.channel.id)
    await server.settled()
    await does(ann, "/write")
    await fill_in(server, ann, "I want to kill myself")
    assert ann.sees("safety/self_harm")
