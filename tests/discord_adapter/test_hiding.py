"""On Discord the bot's own private messages are deleted, and what only the person sees among others says nothing."""

from tests.discord_adapter.conftest import labels, last, press, private

NEUTRAL = "No reminders right now."


async def test_private_messages_of_the_bot_are_gone(discord, person, does):
    await does(person, "/start", "I'm 18 or over, that's fine", "Not now", "/urge", "I feel lonely")
    assert len(private(discord, person)) > 3
    await press(discord, person, "Wait with me")
    await person.says("/menu")
    await press(discord, person, "Hide this")
    await gone(discord)
    assert [message.content for message in private(discord, person)] == [NEUTRAL]
    assert labels(last(discord, person)) == []


async def test_so_they_are_when_it_is_typed(discord, person, does):
    await does(person, "/menu", "/help", "/hide")
    await gone(discord)
    assert [message.content for message in private(discord, person)] == [NEUTRAL]


async def test_after_a_restart(discord, person, does):
    await does(person, "/menu", "/help")
    await discord.restart()
    await does(person, "/hide")
    await gone(discord)
    assert [message.content for message in private(discord, person)] == [NEUTRAL]


async def test_others_keep_theirs(discord, person, does):
    other = discord.person("other")
    await does(other, "/menu")
    await does(person, "/menu", "/hide")
    await gone(discord)
    assert len(private(discord, other)) == 1


async def test_what_only_the_person_sees_in_a_server_says_nothing(server, ann, bob, does):
    await does(ann, "/start", "I'm 18 or over, that's fine", "Not now", "/not_safe", "I'm afraid of them")
    await does(bob, "/help")
    await press(server, ann, "Hide this")
    await gone(server)
    assert {message.content for message in server.seen(ann.chat)} == {NEUTRAL}
    assert not any(message.components for message in server.seen(ann.chat))
    assert all(message.is_ephemeral for message in server.seen(ann.chat))
    assert server.seen(bob.chat)[-1].content != NEUTRAL


async def test_a_countdown_does_not_bring_it_back(server, ann, does):
    await does(ann, "/urge", "I feel lonely", "Wait with me", "/hide")
    await server.forward(minutes=3)
    await server.tick()
    assert {message.content for message in server.seen(ann.chat)} == {NEUTRAL}


async def test_what_is_too_old_to_be_changed_holds_up_nothing(server, ann, does):
    await does(ann, "/menu")
    server.clock.move_to(server.clock.now().add(minutes=20))
    await does(ann, "/hide")
    assert last(server, ann).content == NEUTRAL
    assert server.seen(ann.chat)[0].content != NEUTRAL


async def gone(bench) -> None:
    """Waits for what goes on by itself: one request for each message."""
    await bench.inside(bench.settled())
