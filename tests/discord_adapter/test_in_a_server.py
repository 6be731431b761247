"""In a server, where others are around: commands, answers only the person sees, and forms."""

import pytest

from bot.testing import content
from tests.discord_adapter.conftest import fill_in, id_of, labels, last, press, private

JOIN = ("/start", "I'm 18 or over, that's fine", "Not now")
WORDS = "I still have your blue jumper"
CLOSED = {"status": 403, "code": 50007, "message": "Cannot send messages to this user", "times": None}


@pytest.fixture(autouse=True)
def around(bob):
    """Somebody else is around, and sees nothing of all this."""


async def test_the_whole_walk_by_buttons(server, ann, bob, does):
    await does(ann, "/urge", "I feel lonely", "Another reason", "Wait with me")
    assert ann.sees("urge/wait")
    await server.forward(minutes=10)
    assert ann.sees("urge/write_offer")
    await does(ann, "Write it here instead", f"> {WORDS}", "Keep it here", "It has passed")
    assert ann.sees("urge/passed")
    assert all(message.is_ephemeral for message in server.seen(ann.chat))
    assert server.seen(bob.chat) == []
    assert private(server, ann) == []


async def test_the_walk_never_loads_forever_nor_says_a_thing_twice(server, ann, does):
    await does(ann, "/urge", "I feel lonely", "Wait with me")
    texts = [message.content for message in server.seen(ann.chat)]
    assert len(texts) == len(set(texts))
    assert not [interaction for interaction in server.interactions if interaction.loading]


async def test_the_welcome(server, ann, does):
    await ann.says("/start")
    hello = last(server, ann)
    assert hello.is_ephemeral
    assert "I'm **Holdfast**" in hello.content
    assert "Go on in private" in labels(hello)
    await does(ann, "I'm 18 or over, that's fine", "Ask me", "Skip", "Skip", "Skip", "Skip", "> Ireland")
    assert ann.sees("welcome/done")


async def test_asking_for_checkins_opens_private_messages(server, ann, does):
    await does(ann, *JOIN, "/checkins", "In the morning", "7:30", "> London", "Yes", "Only the question")
    assert ann.sees("checkins/on")
    (here,) = private(server, ann)
    assert here.content.startswith(content().words("").texts["common/here"].text)
    ann.look_away()
    await server.forward(days=1)
    assert ann.keys
    question = private(server, ann)[-1]
    assert question.content.startswith(ann.replies[-1].text)
    await press(server, ann, labels(question)[0], on=question)
    assert last(server, ann).channel_id == question.channel_id


async def test_with_closed_private_messages_asking_for_checkins_says_so(server, ann, does):
    server.env.inject_error("POST", "/channels/*/messages", **CLOSED)
    await does(ann, *JOIN, "/checkins", "In the morning", "7:30", "> London", "Yes", "Only the question")
    assert ann.sees("common/closed")
    ann.look_away()
    await server.forward(days=2)
    assert ann.keys == []


async def test_words_of_danger_in_a_form_bring_the_lines_and_are_given_back_to_the_person_alone(server, ann, bob, does):
    await does(ann, *JOIN, "/write")
    await fill_in(server, ann, "Dear you, I want to kill myself")
    assert ann.keys[-1] == "safety/self_harm"
    assert ann.replies[-1].quote.startswith("Dear you")
    assert last(server, ann).visible_to(int(ann.chat.id))
    assert not last(server, ann).visible_to(int(bob.chat.id))


async def test_the_crisis_lines_of_a_country(server, ann, does):
    await ann.says("/lines Ireland")
    assert ann.keys == ["helplines/here"]
    assert "116 123" in last(server, ann).content


async def test_reading(server, ann, does):
    await does(ann, *JOIN, "/read missing them")
    assert ann.sees("reading/found")
    title = next(button.label for button in ann.replies[-1].buttons)
    await ann.taps(title)
    assert last(server, ann).is_ephemeral
    await ann.taps("Read on")
    assert "2 of" in last(server, ann).content


async def test_letters_are_seen_by_nobody_else(server, ann, bob, does):
    await does(ann, *JOIN, "/write", f"> {WORDS}", "Keep it here", "/letters")
    assert WORDS in last(server, ann).content
    await does(bob, "/letters")
    assert WORDS not in str(server.seen(bob.chat))


async def test_deleting_everything(server, ann, does):
    await does(ann, *JOIN, "/reason", f"> {WORDS}", "/delete", "Delete everything")
    assert ann.sees("privacy/deleted")
    await does(ann, "/urge", "I feel lonely")
    assert WORDS not in last(server, ann).content


async def test_what_somebody_else_presses_changes_nothing(server, ann, bob, does):
    await does(ann, *JOIN, "/reason", f"> {WORDS}", "/delete")
    asked = last(server, ann)
    seen = server.screen(ann.chat)
    for label in labels(asked):
        server.press(int(bob.chat.id), asked, id_of(asked, label))
        await server.settled()
    (first, *_) = server.seen(bob.chat)
    assert first.content == content().words("").texts["discord/not_yours"].text
    assert server.screen(ann.chat) == seen
    assert WORDS not in str(server.seen(bob.chat))
    await does(ann, "/urge", "I feel lonely")
    assert WORDS.replace(" ", "") in last(server, ann).content.replace(" ", "")


async def test_the_form_of_somebody_else_changes_nothing(server, ann, bob, does):
    await does(ann, *JOIN, "/reason")
    opened = await press(server, ann, "Write it here")
    server.fill_in(bob.chat, opened, WORDS)
    await server.settled()
    assert "belongs to somebody else" in last(server, bob).content
    await does(ann, "/urge", "I feel lonely")
    assert WORDS not in last(server, ann).content


async def test_going_on_in_private_takes_the_question_there(server, ann, does):
    await does(ann, "/urge", "I feel lonely")
    card = last(server, ann)
    await press(server, ann, "Go on in private")
    (there,) = private(server, ann)
    assert there.content == card.content
    assert not there.is_ephemeral
    assert labels(there) == [label for label in labels(card) if label != "Go on in private"]
    said = [message for message in server.seen(ann.chat) if message.channel_id == server.channel.id][-1]
    assert f"/channels/@me/{there.channel_id}" in said.content
    await ann.taps("Wait with me")
    assert last(server, ann).channel_id == there.channel_id


async def test_going_on_in_private_without_a_question_shows_what_there_is(server, ann, does):
    await does(ann, *JOIN)
    await press(server, ann, "Go on in private")
    assert "I want to text them" in labels(private(server, ann)[-1])


async def test_with_closed_private_messages_going_there_says_so_and_leads_on(server, ann, does):
    server.env.inject_error("POST", "/channels/*/messages", **CLOSED)
    await does(ann, "/urge", "I feel lonely")
    await press(server, ann, "Go on in private")
    assert "your direct messages are closed to me" in last(server, ann).content
    await press(server, ann, "Back to where we were")
    assert "Wait with me" in labels(last(server, ann))


async def test_a_state_that_replaces_another_stays_hidden(server, ann, does):
    await does(ann, "/urge", "I feel lonely")
    card, before = last(server, ann), len(server.seen(ann.chat))
    text = card.content
    await does(ann, "Another reason")
    assert len(server.seen(ann.chat)) == before
    assert last(server, ann).content != text
    assert last(server, ann).is_ephemeral


async def test_who_then_writes_in_private_messages_is_answered_there(server, ann, does):
    await does(ann, "/urge", "I feel lonely")
    server.write(ann.chat, "/menu")
    await server.settled()
    (answer,) = private(server, ann)
    assert answer.content.startswith(ann.replies[-1].text)
    await does(ann, "/urge")
    assert last(server, ann).is_ephemeral


async def test_files_go_to_private_messages_and_that_is_said(server, ann, does):
    await does(ann, *JOIN, "/reason", "> my garden")
    await ann.says("/export")
    there = private(server, ann)[-1]
    assert [file["filename"].rpartition(".")[2] for file in there.attachments] == ["html", "json"]
    said = last(server, ann)
    assert said.is_ephemeral
    assert not said.attachments
    assert f"/channels/@me/{there.channel_id}" in said.content


async def test_with_closed_private_messages_no_file_is_shown_and_it_says_why(server, ann, does):
    await does(ann, *JOIN, "/reason", "> my garden")
    server.env.inject_error("POST", "/channels/*/messages", **CLOSED)
    server.call(ann.chat, "export", channel=server.channel.id)
    await server.settled()
    assert "your direct messages are closed to me" in last(server, ann).content
    assert not [message for message in server.seen(ann.chat) if message.attachments]
    assert {"Ask again", "Menu"} <= set(labels(last(server, ann)))
