"""A flood of one person on Telegram: neither the disk nor anybody else has to do with it."""

import pytest

from bot.adapters.door import MOST
from bot.flood import AT_ONCE
from bot.testing import Bench
from tests.telegram_adapter.conftest import texts

MENU, URGE, LINES = "What do you need?", "You came here first", "I'm glad you said it"


@pytest.fixture(autouse=True)
def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench is as strict as the bot."""
    monkeypatch.setattr(Bench, "at_once", AT_ONCE)


def begins(phone, words: str) -> int:
    """How many messages of the bot begin so."""
    return sum(text.startswith(words) for text in texts(phone))


async def rows(telegram) -> int:
    return len(await telegram.store.newest(telegram.intake.source, 10_000))


async def test_nothing_of_it_is_written_down(telegram, person, phone):
    for _ in range(300):
        phone.says("/menu")
    await telegram.settled()
    assert begins(phone, MENU) == AT_ONCE
    assert begins(phone, "That's a lot at once") == 1
    assert await rows(telegram) == AT_ONCE


async def test_what_is_left_out_does_not_come_again(telegram, person, phone):
    number = [phone.says("/menu") for _ in range(AT_ONCE + 5)][-1]
    await telegram.settled()
    telegram.clock.move_to(telegram.clock.now().add(minutes=5))
    telegram.api.redeliver(number)
    await telegram.settled()
    assert begins(phone, MENU) == AT_ONCE


async def test_taps_that_are_left_out_are_acknowledged(telegram, person, phone, does):
    await person.says("/menu")
    shown = phone.messages[-1]
    for _ in range(60):
        phone.taps(shown, "Read something")
    await telegram.settled()
    assert begins(phone, "What hurts most") == AT_ONCE - 1
    assert not telegram.api.unanswered_callbacks


async def test_whoever_presses_the_emergency_button_again_and_again_has_answers_after_the_last_press(
    telegram, person, phone
):
    for _ in range(400):
        phone.says("/urge")
    last = phone.messages[-1].message_id
    await telegram.settled()
    assert AT_ONCE + MOST <= begins(phone, URGE) <= 200
    after = [message for message in phone.messages if message.from_bot and message.message_id > last]
    assert any((message.text or "").startswith(URGE) for message in after)


async def test_words_of_danger_are_met_behind_any_flood(telegram, person, phone):
    for _ in range(200):
        phone.says("/urge")
    phone.says("I want to kill myself")
    await telegram.settled()
    assert texts(phone)[-1].startswith(LINES)


async def test_a_backlog_of_many_hours_is_no_flood(telegram, person, phone):
    now = telegram.clock.now().timestamp()
    for number in range(90):
        phone.says("/menu", at=now - 3600 + 30 * number)
    await telegram.settled()
    assert begins(phone, MENU) == 90


async def test_dates_that_lie_ahead_gain_nothing(telegram, person, phone):
    now = telegram.clock.now().timestamp()
    for number in range(AT_ONCE + 20):
        phone.says("/menu", at=now + 3600 * number)
    await telegram.settled()
    assert begins(phone, MENU) == AT_ONCE
    telegram.clock.move_to(telegram.clock.now().add(seconds=5))
    phone.says("/menu")
    await telegram.settled()
    assert begins(phone, MENU) == AT_ONCE + 1


async def test_a_flood_in_a_group_is_passed_over_but_words_of_danger_are_heard(telegram, person, phone):
    group = telegram.api.group(-1001)
    for _ in range(AT_ONCE + 30):
        group.says(phone, "/menu")
    group.says(phone, "/menu I want to kill myself")
    await telegram.settled()
    said = [message.text or "" for message in group.chat.messages if message.from_bot]
    assert len(said) == AT_ONCE + 1
    assert "findahelpline.com" in said[-1]
