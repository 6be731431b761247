"""People who block the bot, leave, delete the chat, and come back."""

import pytest
from telegram_api import Fault

from bot.testing import content

MORNING = content().words("").decks["checkins"]


@pytest.fixture
async def checked_in(telegram, person, does):
    """Somebody in London with a check-in at 7:30; it is two in the morning of a Monday."""
    await person.joins()
    await does(person, "/checkins", "In the morning", "7:30", "> London", "Yes", "Only the question")
    return person


def sends(telegram) -> int:
    return len(telegram.api.calls("sendMessage"))


async def test_nothing_is_sent_to_somebody_who_has_blocked_the_bot(telegram, checked_in, phone):
    phone.blocks()
    await telegram.settled()
    before = sends(telegram)
    await telegram.forward(days=3)
    assert sends(telegram) == before


async def test_a_block_nobody_told_of_is_noticed_once_and_not_tried_again(telegram, checked_in, phone):
    phone.deletes_account()
    before = sends(telegram)
    await telegram.forward(days=4)
    assert sends(telegram) == before + 1


@pytest.mark.parametrize("way", ["unblocks", "writes"])
async def test_who_comes_back_gets_the_next_checkin_and_none_of_the_old_ones(telegram, checked_in, phone, way):
    if way == "unblocks":
        phone.blocks()
        await telegram.settled()
    else:
        telegram.api.fault("sendMessage", Fault.FORBIDDEN)
    await telegram.forward(days=5)
    before = len(phone.messages)
    if way == "unblocks":
        phone.returns()
    else:
        phone.says("/days")
    await telegram.settled()
    if way == "writes":
        before = len(phone.messages)
    await telegram.tick()
    assert len(phone.messages) == before
    await telegram.forward(days=1)
    assert len(phone.messages) == before + 1
    assert checked_in.keys[-1] in MORNING


async def test_the_letter_for_tomorrow_waits_for_the_return(telegram, checked_in, phone, does):
    await does(checked_in, "/write", "> dear you", "Show it to me tomorrow")
    phone.blocks()
    await telegram.settled()
    await telegram.forward(days=5)
    before = len(phone.messages)
    phone.returns()
    await telegram.settled()
    await telegram.tick()
    assert phone.messages[before:] == []  # it is night
    await telegram.forward(hours=8)
    assert ["put aside" in (message.text or "") for message in phone.messages[before:]] == [False, True]


async def test_the_open_question_is_still_there(telegram, person, phone, does):
    await person.joins()
    await does(person, "/checkins", "In the morning")
    phone.blocks()
    await telegram.settled()
    phone.returns()
    await telegram.settled()
    await does(person, "7:30")
    assert person.keys == ["checkins/zone"]


async def test_an_answer_to_somebody_who_has_just_left_is_not_kept_for_later(telegram, person, phone, does):
    await does(person, "/menu")
    phone.says("/help")
    phone.blocks()
    await telegram.settled()
    phone.returns()
    await telegram.settled()
    await telegram.restart()
    assert [message.text for message in phone.chat.from_bot][1:] == []


async def test_a_wait_is_not_counted_down_for_somebody_who_has_left(telegram, person, phone, does):
    await does(person, "/urge", "I feel lonely", "Wait with me")
    await telegram.tick()
    phone.blocks()
    await telegram.settled()
    await telegram.jump(minutes=2)
    assert telegram.api.calls("editMessageText") == []


async def test_start_after_deleting_everything_begins_from_the_start(telegram, person, phone, does):
    await person.joins()
    await does(person, "/delete", "Delete everything")
    for message in phone.messages:
        phone.deletes(message)
    await does(person, "/start")
    assert person.keys == ["welcome/hello"]
