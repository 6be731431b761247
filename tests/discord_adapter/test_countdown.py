"""The wait: one message that counts down where the person is, and what becomes of it elsewhere."""

import pytest

from tests.discord_adapter.conftest import labels, last, press, private

WAIT = ("/urge", "I feel lonely", "Wait with me")
OVER = "That was the wait"


def footer(message) -> str:
    return message.content.splitlines()[-1]


async def counted(bench, wait) -> list[str]:
    await bench.tick()
    left = [footer(wait)]
    for _ in range(9):
        await bench.jump(minutes=1)
        left.append(footer(wait))
    return left


DOWN = [f"*{minutes} minutes left*" for minutes in range(10, 1, -1)] + ["*Less than a minute left*"]


async def test_in_private_messages_the_wait_is_one_message_that_counts_down(discord, person, does):
    await does(person, *WAIT)
    wait, before = last(discord, person), len(private(discord, person))
    assert await counted(discord, wait) == DOWN
    assert len(private(discord, person)) == before
    assert [picture["filename"] for picture in wait.attachments] == ["wave.png"]
    await discord.jump(minutes=1)
    assert OVER in last(discord, person).content
    assert "left" not in footer(wait)
    assert labels(wait) == []


async def test_in_a_server_too_where_nobody_else_sees_it(server, ann, bob, does):
    await does(ann, *WAIT)
    wait, before = last(server, ann), len(server.seen(ann.chat))
    assert await counted(server, wait) == DOWN
    assert len(server.seen(ann.chat)) == before
    assert [picture["filename"] for picture in wait.attachments] == ["wave.png"]
    assert wait.is_ephemeral
    await server.jump(minutes=1)
    assert OVER in last(server, ann).content
    assert last(server, ann).is_ephemeral
    assert "left" not in footer(wait)


async def test_the_picture_is_not_sent_again_with_every_minute(discord, person, does):
    await does(person, *WAIT)
    await discord.forward(minutes=6)
    wait = last(discord, person)
    (picture,) = wait.attachments
    await discord.tick()
    await discord.jump(minutes=1)
    assert footer(wait) == "*3 minutes left*"
    assert [kept["id"] for kept in wait.attachments] == [picture["id"]]


async def test_a_wait_that_was_left_stops_counting(discord, person, does):
    await does(person, *WAIT)
    wait = last(discord, person)
    await discord.tick()
    await does(person, "That's enough waiting")
    await discord.jump(minutes=1)
    assert "left" not in footer(wait)
    assert labels(wait) == []


async def test_after_a_restart_it_counts_on_in_private_messages(discord, person, does):
    await does(person, *WAIT)
    wait = last(discord, person)
    await discord.restart()
    assert await counted(discord, wait) == DOWN


@pytest.mark.parametrize("how", ["the token is dead", "the bot was restarted"])
async def test_over_where_nothing_can_be_shown_any_more_its_buttons_lead_on(server, ann, bob, does, how):
    await does(ann, *WAIT)
    wait, before = last(server, ann), len(server.seen(ann.chat))
    if how == "the bot was restarted":
        await server.restart()
    await server.jump(minutes=16)
    assert len(server.seen(ann.chat)) == before
    await press(server, ann, "That's enough waiting", on=wait)
    assert "Write it here instead" in labels(last(server, ann))
    assert last(server, ann).is_ephemeral


@pytest.mark.parametrize("how", ["the token is dead", "the bot was restarted"])
async def test_over_after_that_the_end_comes_to_private_messages_if_there_are_any(server, ann, bob, does, how):
    server.write(ann.chat, "/menu")
    await server.settled()
    await does(ann, *WAIT)
    if how == "the bot was restarted":
        await server.restart()
    await server.jump(minutes=16)
    assert OVER in private(server, ann)[-1].content
    assert "Go on in private" not in labels(private(server, ann)[-1])


async def test_who_goes_private_in_a_wait_is_found_there_when_it_is_over(server, ann, bob, does):
    await does(ann, *WAIT)
    await press(server, ann, "Go on in private")
    await server.jump(minutes=10)
    assert OVER in private(server, ann)[-1].content
