"""How the bot is found and begun: its menu and profile, the button below the chat, links that lead into it."""

import pytest

from bot.adapters.telegram.profile import introduce
from bot.testing import content

WORDS = content().words("").texts


async def introduced(telegram):
    await introduce(telegram.telegram.bot, telegram.telegram.calls, content())


async def test_menu_and_profile_come_from_the_content(telegram):
    await introduced(telegram)
    commands = {scope: [name for name, _ in each] for scope, each in telegram.api.commands.items()}
    assert commands["all_private_chats"][:2] == ["urge", "they_wrote"]
    assert commands["all_group_chats"] == ["urge"]
    assert telegram.api.description[""] == WORDS["telegram/description"].text
    assert telegram.api.short_description[""] == WORDS["telegram/about"].text


async def test_they_are_set_once_and_again_only_if_they_changed(telegram):
    await introduced(telegram)
    for _ in range(2):
        await introduced(telegram)
    languages = len(content().languages)
    calls = [len(telegram.api.calls(method)) for method in ("setMyCommands", "setMyDescription")]
    assert calls == [2 * languages, languages]
    telegram.api.short_description[""] = "something older"
    await introduced(telegram)
    assert len(telegram.api.calls("setMyShortDescription")) == languages + 1
    assert telegram.api.short_description[""] == WORDS["telegram/about"].text


BUTTON = "I want to text them"


async def test_the_emergency_button_stays_below_the_chat_and_can_be_hidden(telegram, person, phone, does):
    await person.joins()
    assert phone.chat.reply_keyboard == [[BUTTON]]
    assert phone.chat.reply_keyboard.is_persistent
    await does(person, "/menu", "/settings")
    await telegram.restart()
    assert phone.chat.reply_keyboard == [[BUTTON]]
    await does(person, "/nobutton")
    assert phone.chat.reply_keyboard is None
    await does(person, "/button")
    assert phone.chat.reply_keyboard == [[BUTTON]]


@pytest.mark.parametrize(
    "path",
    [
        (),
        ("/checkins", "In the morning"),
        ("/settings", "Country"),
        ("/write",),
        ("/write", "> dear you"),
        ("/reason",),
        ("/days since",),
        ("/delete",),
        ("/urge", "I feel lonely", "Wait with me"),
    ],
)
async def test_it_starts_the_walk_from_anywhere(telegram, person, phone, does, path):
    await person.joins()
    await does(person, *path)
    phone.taps_reply_keyboard(BUTTON)
    await telegram.settled()
    assert phone.chat.last.text.startswith(WORDS["urge/name_it"].text[:30])


async def test_it_starts_the_walk_without_the_database_and_after_a_restart(telegram, person, phone):
    await person.joins()
    telegram.lose_the_database()
    await telegram.run()
    phone.taps_reply_keyboard(BUTTON)
    await telegram.settled()
    assert phone.chat.last.text.startswith(WORDS["urge/name_it"].text[:30])


async def test_start_brings_the_button_back_after_the_history_was_deleted(telegram, person, phone, does):
    await person.joins()
    await does(person, "/settings", "Country")
    for message in phone.messages:
        phone.deletes(message)
    assert phone.chat.reply_keyboard is None
    await does(person, "/start")
    assert phone.chat.reply_keyboard == [[BUTTON]]
    assert phone.chat.last.text.startswith("Which country are you in?")


SLUG = sorted(content().words("").articles)[0]


@pytest.mark.parametrize("met", [False, True])
@pytest.mark.parametrize(
    ("payload", "key"),
    [
        ("urge", "urge/name_it"),
        ("not_safe", "safety/which"),
        ("read-no-such-thing", "reading/gone"),
        ("link-A1b2C3", "linking/unknown"),
        (f"read-{SLUG}", "reading/excerpt"),
    ],
)
async def test_a_link_leads_there_at_once(telegram, person, met, payload, key):
    if met:
        await person.joins()
    await person.says(f"/start {payload}")
    assert person.keys == [key]


@pytest.mark.parametrize("payload", ["", "nothing-we-know", "-", "read", "__", "x" * 64])
async def test_any_other_link_says_hello(telegram, person, payload):
    await person.says(f"/start {payload}")
    assert person.keys in (["welcome/hello"], ["reading/gone"])
    assert (person.keys == ["reading/gone"]) == (payload == "read")


@pytest.mark.parametrize(
    ("payload", "key"),
    [
        ("urge", "urge/name_it"),
        ("read-nights-and-looking-them-up", "reading/excerpt"),
        ("read-before-you-write-first", "reading/gone"),  # what was told cannot be read, so nothing helps with contact
    ],
)
async def test_a_link_works_without_the_database(telegram, person, payload, key):
    telegram.lose_the_database()
    await person.says(f"/start {payload}")
    assert person.keys == [key]


async def test_nobody_is_welcomed_without_the_database(telegram, person):
    telegram.lose_the_database()
    await person.says("/start")
    assert person.keys == ["common/down"]


async def test_after_a_link_the_hello_still_comes(telegram, person, does):
    await does(person, "/start urge", "I feel lonely", "/cancel", "/start")
    assert person.keys == ["welcome/hello"]
