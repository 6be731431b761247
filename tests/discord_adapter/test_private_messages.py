"""What only private messages can hold: pictures, stickers, changes, and messages of nobody."""

import pytest
from simcord.backend.models import MessageSticker, Poll, PollAnswer

from tests.discord_adapter.conftest import last, private

DANGER = "I want to kill myself"
STICKER = MessageSticker(1, "wave", 1, 1)


async def written(discord, person, text="", **more):
    person.look_away()
    message = discord.write(person.chat, text, **more)
    await discord.settled()
    return message


def a_file(discord, person):
    channel = discord.backend.get_dm_channel(int(person.chat.id)).id
    return discord.backend.store_attachments(channel, [("screenshot.png", b"png")])


async def test_a_picture_is_answered_as_what_is_not_read(discord, person, does):
    await does(person, "/urge")
    await written(discord, person, attachments=a_file(discord, person))
    assert person.keys == ["common/wordless", "urge/name_it"]


async def test_so_is_a_sticker(discord, person, does):
    await does(person, "/urge")
    await written(discord, person, stickers=[STICKER])
    assert person.keys == ["common/wordless", "urge/name_it"]


async def test_words_below_a_picture_are_read_as_typed(discord, person, does):
    await does(person, "/write")
    await written(discord, person, "the blue jumper", attachments=a_file(discord, person), stickers=[STICKER])
    assert person.keys == ["common/unseen", "urge/letter"]


async def test_danger_from_somebody_is_heard_in_the_words_below_a_picture(discord, person):
    await person.joins()
    await written(discord, person, "he is outside my door", attachments=a_file(discord, person))
    assert person.keys == ["safety/which"]


async def test_danger_is_heard_in_the_words_below_a_picture(discord, person, does):
    await person.joins()
    await written(discord, person, DANGER, attachments=a_file(discord, person))
    assert person.keys == ["safety/self_harm"]


async def test_danger_is_heard_in_a_message_that_was_changed(discord, person, does):
    await person.joins()
    message = await written(discord, person, "hello")
    person.look_away()
    with discord.env._bot_scope():
        discord.backend.edit_message(message.channel_id, message.id, {"content": DANGER})
    await discord.settled()
    assert person.keys == ["safety/self_harm"]


async def test_any_other_change_is_left_alone(discord, person, does):
    await person.joins()
    message = await written(discord, person, "/urge")
    person.look_away()
    before = len(private(discord, person))
    discord.backend.edit_message(message.channel_id, message.id, {"content": "/menu"})
    await discord.settled()
    assert len(private(discord, person)) == before


async def test_our_own_changes_and_messages_are_not_heard(discord, person, does):
    await does(person, "/urge", "I feel lonely", "Another reason")
    before = len(private(discord, person))
    shown = last(discord, person)
    discord.backend.edit_message(shown.channel_id, shown.id, {"content": DANGER})
    discord.backend.create_message(shown.channel_id, discord.backend.bot_user.id, DANGER)
    await discord.settled()
    assert len(private(discord, person)) == before + 1
    assert not person.sees("safety/self_harm")


@pytest.mark.parametrize("kind", [6, 7])
async def test_what_discord_says_of_itself_is_not_answered(discord, person, does, kind):
    await person.joins()
    before = len(private(discord, person))
    await written(discord, person, "pinned", type=kind)
    assert len(private(discord, person)) == before


async def test_a_reply_is_read_like_any_message(discord, person, does):
    await does(person, "/urge")
    shown = last(discord, person)
    reference = {"message_id": str(shown.id), "channel_id": str(shown.channel_id), "type": 0}
    await written(discord, person, "I feel lonely", type=19, reference=reference)
    assert person.sees("reasons/")


async def test_what_is_written_in_a_server_is_not_heard(server, ann):
    await ann.joins()
    before = server.screen(ann.chat)
    server.backend.create_message(server.channel.id, int(ann.chat.id), DANGER)
    await server.settled()
    assert server.screen(ann.chat) == before


async def test_a_command_called_in_private_messages_is_answered_there_for_good(discord, person):
    discord.call(person.chat, "urge")
    await discord.settled()
    assert person.keys == ["urge/name_it"]
    assert not last(discord, person).is_ephemeral


TOMORROW = "2026-03-03T02:00:00+00:00"
POLLS = [Poll(DANGER, [PollAnswer(1, "yes")], TOMORROW), Poll("What now?", [PollAnswer(1, DANGER)], TOMORROW)]


@pytest.mark.parametrize("poll", POLLS, ids=["the question", "an answer"])
async def test_danger_is_heard_in_a_poll(discord, person, poll):
    await person.joins()
    await written(discord, person, poll=poll)
    assert person.keys == ["safety/self_harm"]


async def test_danger_is_heard_in_what_is_passed_on(discord, person):
    await person.joins()
    said = {"content": DANGER, "type": 0, "timestamp": TOMORROW, "edited_timestamp": None, "flags": 0}
    lists = {name: [] for name in ("embeds", "attachments", "mentions", "mention_roles", "components", "sticker_items")}
    reference = {"type": 1, "channel_id": "1", "message_id": "1"}
    await written(discord, person, snapshots=[{"message": {**said, **lists}}], reference=reference)
    assert person.keys == ["safety/self_harm"]
