"""What is answered outside of a conversation, and what is not: groups, channels, inline queries, odd messages."""

import pytest
from telegram_api import Fault
from telegram_api.payloads import FILES, PLAIN, VALUES

DANGER = "I want to die"


@pytest.fixture
def group(telegram):
    return telegram.api.group(-100_77)


def link(message) -> str:
    """Where the only button of a message leads."""
    ((button,),) = message.buttons
    return button.url


@pytest.mark.parametrize(
    ("said", "start"),
    [("/urge", "?start=urge"), ("/urge@holdfast_test_bot", "?start=urge"), ("/read lonely", ""), ("/letters", "")],
)
async def test_a_command_in_a_group_is_answered_with_the_way_to_the_private_chat(telegram, phone, group, said, start):
    group.says(phone, said)
    await telegram.settled()
    (answer,) = group.chat.from_bot
    assert link(answer) == f"https://t.me/holdfast_test_bot{start}"
    assert "between the two of us" in answer.text
    assert answer.reply_to is not None
    assert phone.messages == []


async def test_what_somebody_keeps_is_not_shown_in_a_group(telegram, person, phone, group, does):
    await does(person, "/write", "> my letter", "Keep it here")
    for command in ("/letters", "/days", "/settings", "/menu"):
        group.says(phone, command)
    await telegram.settled()
    assert {message.text for message in group.chat.from_bot} == {group.chat.last.text}
    assert "letter" not in group.chat.last.text


@pytest.mark.parametrize(
    "said",
    [
        "/urge@other_bot",
        "/urge@holdfast_test_bot2",
        f"@holdfast_test_bot2 {DANGER}",
        "/ urge",
        "/",
        "hello",
        "I miss her",
        "urge",
        DANGER,
    ],
)
async def test_talk_of_others_is_none_of_our_business(telegram, phone, group, said):
    group.says(phone, said)
    await telegram.settled()
    assert group.chat.from_bot == []
    assert phone.messages == []


async def test_a_topic_is_answered_in_the_topic(telegram, phone):
    forum = telegram.api.group(-100_78, is_forum=True)
    forum.says(phone, "/urge", 42)
    await telegram.settled()
    assert forum.chat.last.thread_id == 42


@pytest.mark.parametrize("said", [f"/urge {DANGER}", f"@holdfast_test_bot {DANGER}", "/help they are at my door"])
async def test_danger_in_a_group_is_answered_discreetly_with_lines(telegram, phone, group, said):
    group.says(phone, said)
    await telegram.settled()
    (answer,) = group.chat.from_bot
    assert link(answer) == "https://t.me/holdfast_test_bot?start=not_safe"
    assert "112" in answer.text
    assert "findahelpline.com" in answer.text
    assert "*" not in answer.text
    assert "die" not in answer.text
    phone.says("/start not_safe")
    await telegram.settled()
    assert "I might hurt myself" in [button.label for row in phone.chat.last.buttons for button in row]


async def test_a_reply_to_the_bot_in_a_group_is_answered_only_if_it_speaks_of_danger(telegram, phone, group):
    group.says(phone, "/urge")
    await telegram.settled()
    group.says(phone, "thanks", reply_to=group.chat.last)
    await telegram.settled()
    assert len(group.chat.from_bot) == 1
    group.says(phone, DANGER, reply_to=group.chat.last)
    await telegram.settled()
    assert "112" in group.chat.last.text


async def test_a_group_that_has_just_become_a_supergroup_is_answered_there(telegram, phone):
    group = telegram.api.group(-55, kind="group")
    group.says(phone, "/urge")
    new = group.migrates(-100_55)
    await telegram.settled()
    assert link(new.chat.last).endswith("?start=urge")


async def test_coming_and_going_in_groups_is_met_with_silence(telegram, phone, group):
    group.adds_bot()
    group.removes_bot()
    await telegram.settled()
    group.adds_bot()
    for kind in ("new_chat_title", "video_chat_started", "pinned_message", "photo", "poll"):
        group.sends(phone, kind)
    await telegram.settled()
    assert group.chat.from_bot == []
    assert phone.messages == []


async def test_a_group_the_bot_was_removed_from_is_left_alone(telegram, phone, group):
    group.says(phone, "/urge")
    group.removes_bot()
    await telegram.settled()
    assert len(telegram.api.calls("sendMessage")) == 1
    assert group.chat.from_bot == []


async def test_channels_are_not_even_fetched(telegram, person):
    await person.says("/menu")
    telegram.api.channel(-100_9).posts("/urge")
    await telegram.settled()
    assert [set(update) - {"update_id"} for update in telegram.api.withheld] == [{"channel_post"}]
    assert len(telegram.api.calls("sendMessage")) == 1


@pytest.mark.parametrize(("query", "start"), [("", "urge"), ("lonely", "urge"), (DANGER, "not_safe")])
async def test_an_inline_query_is_offered_the_way_to_the_private_chat(telegram, phone, query, start):
    phone.asks_inline(query)
    await telegram.settled()
    (request,) = telegram.api.calls("answerInlineQuery")
    assert request.params["results"] == []
    assert request.params["button"]["start_parameter"] == start


WORDLESS = sorted({*FILES, *PLAIN, "photo", "document"} - {
    "web_app_data", "users_shared", "message_auto_delete_timer_changed", "write_access_allowed",
    "proximity_alert_triggered", "video_chat_started", "video_chat_ended", "forum_topic_created", "forum_topic_closed",
    "forum_topic_reopened", "chat_background_set", "poll",
})  # fmt: skip
SERVICE = sorted({*VALUES, *PLAIN, "pinned_message"} - {*WORDLESS, "poll"})


@pytest.mark.parametrize(
    "words", [{"question": DANGER}, {"options": [{"persistent_id": "0", "text": DANGER, "voter_count": 0}]}]
)
async def test_danger_is_heard_in_a_poll(telegram, person, phone, words):
    await person.joins()
    person.look_away()
    phone.sends("poll", **words)
    await telegram.settled()
    assert person.keys == ["safety/self_harm"]


@pytest.mark.parametrize("kind", WORDLESS)
async def test_what_is_not_read_is_answered_and_the_question_asked_again(telegram, person, phone, does, kind):
    await does(person, "/urge")
    asked = phone.chat.last.text
    before = len(phone.chat.from_bot)
    phone.sends(kind)
    await telegram.settled()
    shown = phone.chat.from_bot[before:]
    assert "I only read words" in shown[0].text
    assert shown[-1].text == asked


@pytest.mark.parametrize("kind", SERVICE)
async def test_service_messages_are_met_with_silence(telegram, person, phone, does, kind):
    await does(person, "/urge")
    before = len(phone.chat.from_bot)
    phone.sends(kind)
    await telegram.settled()
    assert len(phone.chat.from_bot) == before


@pytest.mark.parametrize(
    ("captions", "words"),
    [
        ((None, None, None), ["I only read words"]),
        (("me", "us", None), ["I read your words", "I can't follow free words"]),
    ],
)
async def test_an_album_has_one_answer(telegram, phone, captions, words):
    for caption in captions:
        phone.sends("photo", media_group_id="900", caption=caption)
    await telegram.settled()
    shown = phone.chat.from_bot
    assert [said in message.text for said, message in zip(words, shown, strict=True)] == [True] * len(words)
    phone.sends("photo", media_group_id="901")
    await telegram.settled()
    assert len(phone.chat.from_bot) == len(words) + 1


async def test_danger_in_any_caption_of_an_album_is_heard(telegram, phone):
    for caption in (None, "me", DANGER):
        phone.sends("photo", media_group_id="900", caption=caption)
    await telegram.settled()
    assert len(phone.chat.from_bot) == 2
    assert "A person can be with you" in phone.chat.last.text


@pytest.mark.parametrize("kind", ["photo", "voice", "document"])
async def test_danger_in_a_caption_is_heard(telegram, phone, kind):
    phone.sends(kind, caption=DANGER)
    await telegram.settled()
    assert "A person can be with you" in phone.chat.last.text


async def test_words_below_a_picture_are_read_as_typed(telegram, person, phone, does):
    await does(person, "/write")
    before = len(phone.chat.from_bot)
    phone.sends("photo", caption="the blue jumper")
    await telegram.settled()
    unseen, letter = phone.chat.from_bot[before:]
    assert "isn't kept" in unseen.text
    assert "It's said now" in letter.text
    await does(person, "Keep it here", "/letters")
    assert "the blue jumper" in person.text


async def test_an_edit_is_heard_only_if_it_speaks_of_danger(telegram, person, phone, does):
    await does(person, "/write")
    phone.says("I miss you")
    await telegram.settled()
    mine = next(message for message in phone.messages if message.text == "I miss you")
    before = len(phone.chat.from_bot)
    phone.edits(mine, "I miss you so")
    await telegram.settled()
    assert len(phone.chat.from_bot) == before
    phone.edits(mine, DANGER)
    await telegram.settled()
    assert "A person can be with you" in phone.chat.last.text


BOT = {"id": 5, "is_bot": True, "first_name": "Gifs", "username": "gif_bot"}
ORIGIN = {"type": "hidden_user", "sender_user_name": "Alex", "date": 1_700_000_000}


@pytest.mark.parametrize("fields", [{"via_bot": BOT}, {"forward_origin": ORIGIN}, {"is_from_offline": True}])
async def test_words_that_were_passed_on_are_read_like_any_others(telegram, person, phone, does, fields):
    await does(person, "/write")
    message = {"message_id": 500, "date": 1_772_416_800, "chat": phone.chat.json(), "from": phone.user}
    telegram.api.push({"message": {**message, "text": "Where are you?", **fields}})
    await telegram.settled()
    assert "It's said now" in phone.chat.last.text


async def test_a_reply_to_an_old_message_is_read_like_any_other(telegram, person, phone, does):
    await does(person, "/write")
    phone.says("Where are you?", reply_to=phone.chat.last)
    await telegram.settled()
    assert "It's said now" in phone.chat.last.text


async def test_a_group_that_cannot_be_answered_harms_nobody(telegram, person, phone, group, does):
    telegram.api.fault("sendMessage", Fault.BAD_REQUEST, chat=group.chat.id)
    group.says(phone, "/urge")
    await telegram.settled()
    await does(person, "/menu")
    assert phone.chat.last.text == "What do you need?"
