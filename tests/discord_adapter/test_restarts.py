"""The bot stops and starts again: what was pressed, opened, typed or left unsent goes on."""

import pytest

from bot.ports import StorageDown
from tests.discord_adapter.conftest import fill_in, labels, last, press, private

WALK = ("/urge", "I feel lonely", "Another reason", "Wait with me", "That's enough waiting", "Write it here instead")
ASKED = ("/start", "I'm 18 or over, that's fine", "Ask me", "Skip", "Skip", "Skip", "Skip", "> Ireland")
SETUP = (*ASKED, "/checkins", "Both")
WORDS = "I still have your blue jumper"


@pytest.mark.parametrize("steps", [WALK, SETUP], ids=["the walk", "the welcome"])
async def test_buttons_work_after_a_restart_between_any_two_steps(discord, person, does, steps):
    for step in steps:
        await does(person, step)
        keys = person.keys
        await discord.restart()
        assert person.keys == keys
    assert person.keys[-1] == {WALK: "urge/write", SETUP: "checkins/morning_time"}[steps]


@pytest.mark.parametrize("steps", [WALK, SETUP], ids=["the walk", "the welcome"])
async def test_so_do_those_that_only_the_person_sees(server, ann, bob, does, steps):
    for step in steps:
        await does(ann, step)
        await server.restart()
    assert ann.keys[-1] == {WALK: "urge/write", SETUP: "checkins/morning_time"}[steps]
    assert last(server, ann).is_ephemeral


async def test_a_form_opened_before_a_restart_is_read_after_it(discord, person, does):
    await does(person, "/write")
    opened = await press(discord, person, "Write it here")
    await discord.restart()
    person.look_away()
    discord.fill_in(person.chat, opened, WORDS)
    await discord.settled()
    assert person.keys == ["urge/letter"]
    await does(person, "Keep it here", "/letters")
    assert person.replies[0].quote == WORDS


async def test_a_form_of_a_server_opened_before_a_restart_is_read_after_it(server, ann, bob, does):
    await does(ann, "/write")
    opened = await press(server, ann, "Write it here")
    await server.restart()
    ann.look_away()
    server.fill_in(ann.chat, opened, WORDS)
    await server.settled()
    assert ann.keys == ["urge/letter"]


async def test_a_form_for_a_question_that_is_over_gives_back_what_was_written(discord, person, does):
    await person.joins()
    await does(person, "/checkins", "In the morning", "7:30")
    opened = await press(discord, person, "Write it here")
    await does(person, "> Leeds", "Yes", "Only the question")
    person.look_away()
    discord.fill_in(person.chat, opened, WORDS)
    await discord.settled()
    assert person.keys[0] == "common/over_form"
    assert person.replies[0].quote == WORDS


async def test_a_form_for_an_urgent_question_is_taken_in_whenever_it_comes(discord, person, does):
    await does(person, "/write")
    opened = await press(discord, person, "Write it here")
    await does(person, "/urge", "I feel lonely")
    person.look_away()
    discord.fill_in(person.chat, opened, WORDS)
    await discord.settled()
    assert person.keys == ["urge/letter"]


async def test_what_was_written_while_nobody_was_there_is_answered(discord, person, does):
    await person.joins()
    person.look_away()
    discord.backend.subscribers.clear()
    discord.write(person.chat, "/urge")
    await discord.restart()
    assert person.keys == ["urge/name_it"]
    await discord.restart()
    assert person.keys == ["urge/name_it"]


async def test_what_was_left_while_somebody_else_was_answered_is_answered(discord, person, does):
    other = discord.person("other")
    await does(person, "/menu")
    await does(other, "/menu")
    person.look_away()
    feeds, discord.backend.subscribers = discord.backend.subscribers, []
    discord.write(person.chat, "/urge")
    discord.backend.subscribers = feeds
    discord.clock.move_to(discord.clock.now().add(seconds=30))
    await other.says("/menu")
    shown = len(private(discord, other))
    await discord.restart()
    assert person.keys == ["urge/name_it"]
    assert len(private(discord, other)) == shown


async def test_what_was_written_between_two_sessions_is_answered(discord, person, does):
    await does(person, "/menu")
    person.look_away()
    feeds, discord.backend.subscribers = discord.backend.subscribers, []
    discord.write(person.chat, "/urge")
    discord.backend.subscribers = feeds
    with discord.env._bot_scope():
        discord.env.bot.dispatch("connect")
    await discord.settled()
    assert person.keys == ["urge/name_it"]


async def test_an_answer_left_unsent_comes_once(discord, person, does):
    await person.joins()
    discord.messenger.broken = True
    await person.says("/urge")
    discord.messenger.broken = False
    assert person.keys == []
    await discord.restart()
    assert person.keys == ["urge/name_it"]
    shown = len(private(discord, person))
    await discord.restart()
    assert len(private(discord, person)) == shown


@pytest.mark.parametrize("steps", [("/urge",), ("/urge", "I feel lonely", "Wait with me")], ids=["asked", "counting"])
async def test_an_answer_that_stands_there_already_is_not_sent_again(discord, person, does, monkeypatch, steps):
    async def lost(*_arguments):
        raise StorageDown

    await person.joins()
    *before, step = steps
    await does(person, *before)
    monkeypatch.setattr(discord.store, "sent", lost)
    await does(person, step)
    shown = len(private(discord, person))
    assert person.keys
    assert await discord.store.unsent("discord")
    discord.clock.move_to(discord.clock.now().add(minutes=2))
    await discord.restart()
    assert len(private(discord, person)) == shown
    assert not await discord.store.unsent("discord")


async def test_in_a_server_what_could_not_be_shown_is_shown_when_asked_for(server, ann, bob, does):
    server.messenger.broken = True
    await ann.says("/urge")
    server.messenger.broken = False
    await server.restart()
    assert server.seen(ann.chat) == []
    await ann.says("/resume")
    assert "I feel lonely" in labels(last(server, ann))


async def test_the_lines_still_hold_after_a_form_and_a_restart(server, ann, bob, does):
    await does(ann, "/write")
    await fill_in(server, ann, "I want to kill myself")
    await server.restart()
    await does(ann, "I'm safe for now")
    assert ann.sees("safety/safe")


async def test_a_wait_begun_by_commands_and_taps_alone_ends_in_private_messages_after_a_restart(discord, person, does):
    discord.call(person.chat, "urge")
    await discord.settled()
    await does(person, "I feel lonely", "Wait with me")
    await discord.restart()
    person.look_away()
    await discord.forward(minutes=10)
    assert person.sees("urge/write_offer")
