"""The database slow, and gone."""

import asyncio

import pytest
from simcord.backend.models import Message

from bot.adapters.discord import intake, places
from tests.discord_adapter.conftest import fill_in, labels, last, locked, press, private

WORDS = "I still have your blue jumper"


async def until(what) -> None:
    async with asyncio.timeout(10):
        while not what():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


def test_an_answer_is_promised_well_before_discord_gives_up():
    assert places.ACKNOWLEDGED_WITHIN < 2


async def test_a_tap_is_acknowledged_while_the_database_is_slow_and_answered_later(discord, person, does, soon):
    await person.joins()
    await does(person, "/menu")
    menu = last(discord, person)
    with locked(discord.database_file):
        person.look_away()
        made = discord.tap(person.chat, "/urge")
        await until(lambda: made.responded)
        assert made.loading
    await discord.settled()
    assert person.keys == ["urge/name_it"]
    assert last(discord, person).id == made.message_id
    assert menu.id != made.message_id


async def test_so_is_a_command_in_a_server(server, ann, bob, does, soon):
    await ann.joins()
    with locked(server.database_file):
        ann.look_away()
        made = server.call(ann.chat, "urge", channel=server.channel.id)
        await until(lambda: made.responded)
        assert made.loading
        assert made.ephemeral
    await server.settled()
    assert ann.keys == ["urge/name_it"]
    assert last(server, ann).id == made.message_id
    assert last(server, ann).is_ephemeral


async def test_so_is_a_form(server, ann, bob, does, soon):
    await does(ann, "/write")
    opened = await press(server, ann, "Write it here")
    with locked(server.database_file):
        ann.look_away()
        made = server.fill_in(ann.chat, opened, WORDS)
        await until(lambda: made.responded)
    await server.settled()
    assert ann.keys == ["urge/letter"]


async def test_a_form_opens_while_the_database_is_slow(server, ann, bob, does, soon):
    await does(ann, "/write")
    message = last(server, ann)
    with locked(server.database_file):
        server.call(ann.chat, "menu", channel=server.channel.id)
        (write,) = [cell["custom_id"] for row in message.components for cell in row["components"] if "h1w" in str(cell)]
        made = server.press(int(ann.chat.id), message, write)
        await until(lambda: made.modal)
    await server.settled()


async def test_typing_is_shown_only_when_an_answer_takes_long(discord, person, does, monkeypatch):
    def typing() -> list[str]:
        return [request.path for request in discord.env.http_requests if request.path.endswith("/typing")]

    await does(person, "/urge", "I feel lonely", "/menu")
    assert typing() == []
    monkeypatch.setattr(intake, "TYPING_AFTER", 0.01)
    with locked(discord.database_file):
        discord.write(person.chat, "/menu")
        await until(typing)
    await discord.settled()


async def test_the_walk_goes_on_by_taps_alone_when_it_is_gone(discord, person, does):
    await does(person, "/urge")
    discord.lose_the_database()
    await does(person, "I feel lonely", "Wait with me", "That's enough waiting", "No need", "It has passed")
    assert person.keys[0] == "urge/passed"


async def test_so_it_does_in_a_server(server, ann, bob, does):
    server.lose_the_database()
    await does(ann, "/urge", "I feel lonely", "Wait with me", "That's enough waiting", "No need", "It has passed")
    assert ann.keys[0] == "urge/passed"
    assert all(message.is_ephemeral for message in server.seen(ann.chat))


@pytest.mark.parametrize("before", [("/write",), ("/reason",), ("/checkins", "In the morning")], ids=str)
async def test_what_was_written_in_a_form_is_given_back_when_it_is_gone(server, ann, bob, does, before):
    await ann.joins()
    await does(ann, *before)
    opened = await press(server, ann, "Write it here")
    server.lose_the_database()
    await server.run()
    ann.look_away()
    server.fill_in(ann.chat, opened, WORDS)
    await server.settled()
    assert WORDS in str([message.content for message in server.seen(ann.chat)[-3:]])
    assert ann.keys[0] in ("common/down", "common/unwritten")


async def test_words_of_danger_are_met_when_it_is_gone(server, ann, bob, does):
    await does(ann, "/write")
    server.lose_the_database()
    await server.run()
    ann.look_away()
    await fill_in(server, ann, "I want to kill myself")
    assert ann.keys[0] == "safety/self_harm"


async def test_going_private_works_when_it_is_gone(server, ann, bob, does):
    await does(ann, "/urge")
    server.lose_the_database()
    await server.run()
    await press(server, ann, "Go on in private")
    assert "I want to text them" in labels(private(server, ann)[-1])


@pytest.mark.parametrize("danger", ["/urge", "/not_safe", "I want to kill myself", "he is at my door with a knife"])
async def test_who_is_in_danger_waits_for_no_answer_that_it_holds_up(discord, person, does, danger):
    """A letter that cannot be kept is given up after five seconds."""
    await does(person, "/urge", "I feel lonely", "Write it here instead")
    with locked(discord.database_file):
        discord.write(person.chat, WORDS)
        await asyncio.sleep(0.1)
        before = len(from_bot(discord, person))
        discord.write(person.chat, danger)
        async with asyncio.timeout(3):
            await until(lambda: len(from_bot(discord, person)) > before)
    await discord.settled()


def from_bot(discord, person) -> list[Message]:
    return [message for message in private(discord, person) if message.author_id != int(person.chat.id)]
