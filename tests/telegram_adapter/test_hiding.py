"""On Telegram the last messages are deleted, the person's too, with one call."""

from telegram_api import Fault

from tests.telegram_adapter.conftest import texts

NEUTRAL = "No reminders right now."


def all_texts(phone) -> list[str]:
    return [message.text or message.caption or "" for message in phone.messages]


async def test_nothing_is_left_but_one_neutral_message(telegram, person, phone, does):
    await does(person, "/start", "I'm 18 or over, that's fine", "/urge", "I feel lonely", "> he lives in Elm Street")
    assert phone.chat.reply_keyboard
    assert len(phone.messages) > 6
    await person.says("/hide")
    assert all_texts(phone) == [NEUTRAL]
    assert phone.messages[0].buttons == []
    assert phone.chat.reply_keyboard is None
    assert len(telegram.api.calls("deleteMessages")) == 1


async def test_pictures_and_what_the_person_sent_go_too(telegram, person, phone, does):
    phone.sends("voice")
    phone.sends("photo", caption="this is us")
    await telegram.settled()
    await does(person, "/urge", "I feel lonely", "Wait with me")
    await telegram.forward(minutes=7)
    assert any(message.photo for message in phone.messages if message.from_bot)
    await does(person, "/hide")
    assert all_texts(phone) == [NEUTRAL]


async def test_an_edit_and_a_reply_do_not_bring_anything_back(telegram, person, phone, does):
    await does(person, "/urge", "I feel lonely", "Wait with me", "/hide")
    await telegram.forward(minutes=3)
    await telegram.tick()
    assert all_texts(phone) == [NEUTRAL]


async def test_the_last_hundred_go(telegram, person, phone, does):
    for _ in range(60):
        await person.says("/menu")
    await person.says("/hide")
    assert len(phone.messages) == 22
    assert all_texts(phone)[-1] == NEUTRAL
    assert len(telegram.api.calls("deleteMessages")) == 1


async def test_what_is_older_than_two_days_stays_and_keeps_nothing_else_there(telegram, person, phone, does):
    await does(person, "/menu")
    telegram.clock.move_to(telegram.clock.now().add(hours=49))
    await does(person, "/help", "/hide")
    assert [text.split("\n")[0] for text in all_texts(phone)] == ["/menu", "What do you need?", NEUTRAL]


async def test_a_button_of_an_old_message_is_tapped(telegram, person, phone, does):
    """How old that message is, nobody says. One that cannot be deleted keeps the others there: they go one by one."""
    await does(person, "/menu")
    await telegram.restart()
    telegram.clock.move_to(telegram.clock.now().add(hours=49))
    await does(person, "/help", "Hide this")
    assert [text.split("\n")[0] for text in all_texts(phone)] == ["/menu", "What do you need?", NEUTRAL]


async def test_after_a_restart_the_screen_with_the_button_goes(telegram, person, phone, does):
    await does(person, "/menu")
    await telegram.restart()
    await person.taps("Hide this")
    assert all_texts(phone) == ["/menu", NEUTRAL]


async def test_other_peoples_chats_stay(telegram, person, phone, does):
    other = telegram.person("other")
    await does(other, "/menu")
    await does(person, "/menu", "/hide")
    assert len(telegram.user(other.chat).messages) == 2


async def test_that_it_cannot_be_done_holds_up_nothing(telegram, person, phone, does):
    await does(person, "/menu")
    telegram.api.fault("deleteMessages", Fault.SERVER_ERROR, times=3)
    telegram.api.fault("deleteMessage", Fault.SERVER_ERROR, times=9)
    await person.says("/hide")
    assert texts(phone)[-1] == NEUTRAL
    telegram.api.clear_faults()
