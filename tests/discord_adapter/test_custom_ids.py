"""What a custom_id may hold: nothing in it is believed, and everything is answered."""

import pytest
from discord_witness import cells

from bot.adapters.discord.custom_id import CustomId
from bot.messages import TOKEN_BYTES
from tests.discord_adapter.conftest import labels, last, press, private

ME = 80351110224678912
ODD = [
    "",
    "x",
    "h0b:80351110224678912:urge:name_it:lonely",
    "h2b:80351110224678912:urge:name_it:lonely",
    "h1z:80351110224678912:urge:name_it:lonely",
    "h1b:80351110224678912:",
    "h1b:80351110224678912:no:such:token",
    "h1b:80351110224678912:urge:no_such_step:x",
    "h1b:80351110224678912:/nonsense",
    "h1b:80351110224678912:💔" + "x" * 60,
    "h1b.99:80351110224678912:urge:name_it:lonely",
    "h1b:-1:urge:name_it:lonely",
    "h1w:80351110224678912:",
    "h1w:80351110224678912:urge:name_it:lonely",
    "h1m:80351110224678912:urge:write:",
    "h1s:80351110224678912:",
    "h1p:80351110224678912:nonsense",
]


@pytest.mark.parametrize("custom_id", ODD)
async def test_whatever_is_pressed_is_answered(discord, person, does, custom_id):
    await does(person, "/urge", "I feel lonely")
    before = len(private(discord, person))
    made = discord.press(int(person.chat.id), last(discord, person), custom_id)
    await discord.settled()
    assert made.responded
    assert made.modal or len(private(discord, person)) > before or "Wait with me" in labels(last(discord, person))


@pytest.mark.parametrize("custom_id", ODD)
async def test_so_it_is_in_a_server(server, ann, bob, does, custom_id):
    await does(ann, "/urge", "I feel lonely")
    made = server.press(int(ann.chat.id), last(server, ann), custom_id)
    await server.settled()
    assert made.responded
    assert made.modal or labels(last(server, ann))


@pytest.mark.parametrize("values", [["urge:name_it:lonely"], ["nonsense"], ["/delete everything"]])
async def test_a_choice_that_was_never_there_does_no_more_than_a_button(discord, person, does, values):
    await does(person, "/urge")
    made = discord.press(int(person.chat.id), last(discord, person), f"h1s:{person.chat.id}:", values)
    await discord.settled()
    assert made.responded
    assert labels(last(discord, person))


@pytest.mark.parametrize("kind", ["b", "w", "p", "m"])
async def test_what_belongs_to_somebody_else_changes_nothing(discord, person, does, kind):
    await does(person, "/urge", "I feel lonely")
    card = last(discord, person)
    discord.press(int(person.chat.id), card, f"h1{kind}:{ME + 1}:urge:name_it:angry")
    await discord.settled()
    assert "belongs to somebody else" in last(discord, person).content
    assert labels(last(discord, person)) == ["I want to text them"]
    await press(discord, person, "I want to text them")
    assert "I feel lonely" in labels(last(discord, person))


async def test_what_belongs_to_everybody_begins_a_conversation_of_ones_own(server, ann):
    me = server.backend.bot_user.id
    shown = server.backend.create_message(server.channel.id, me, "a message that everybody sees")
    for somebody in (ann, server.person("bob")):
        server.press(int(somebody.chat.id), shown, "h1b:0:/urge")
        await server.settled()
        assert somebody.keys == ["urge/name_it"]
        answer = last(server, somebody)
        assert answer.is_ephemeral
        assert all(f":{somebody.chat.id}:" in cell["custom_id"] for cell in cells(answer))
    assert shown.content == "a message that everybody sees"


async def test_an_interaction_that_comes_twice_is_answered_once(discord, person, does):
    await does(person, "/urge")
    await press(discord, person, "I feel lonely")
    before = discord.screen(person.chat)
    discord.backend.emit("INTERACTION_CREATE", discord.again)
    await discord.settled()
    assert discord.screen(person.chat) == before


async def test_it_is_not_even_after_a_restart(discord, person, does):
    await does(person, "/reason", "> You slept badly", "/urge")
    await press(discord, person, "I feel lonely")
    again = discord.again
    await discord.restart()
    before = discord.screen(person.chat)
    discord.backend.emit("INTERACTION_CREATE", again)
    await discord.settled()
    assert discord.screen(person.chat) == before


async def test_a_private_message_that_comes_twice_is_answered_once(discord, person, does):
    await person.joins()
    before = len(private(discord, person))
    message = discord.write(person.chat, "/menu")
    discord.backend.announce_message_create(message)
    await discord.settled()
    assert len(private(discord, person)) == before + 1


@pytest.mark.parametrize("kind", ["b", "w", "m", "p", "s"])
def test_the_longest_fits(kind):
    longest = CustomId(kind, 2**64 - 1, "x" * TOKEN_BYTES).to_text(24)
    assert len(longest) <= 100
    read = CustomId.read(longest)
    assert read is not None
    assert (read.kind, read.owner, read.token) == (kind, 2**64 - 1, "x" * TOKEN_BYTES)
