"""What people wrote while the bot was away is answered, in order, and with a word about the wait."""

import time

from telegram_api import BotApi

from tests.telegram_process.conftest import Make
from tests.telegram_process.process import shown
from tests.whole_bot import WORD, said

PEOPLE, REASONS = 20, 7
TWO_DAYS = 2 * 24 * 3600


async def test_after_two_days_everybody_gets_their_answers_in_order(make: Make, api: BotApi) -> None:
    bot = make()
    people = [api.user(1001 + number) for number in range(PEOPLE)]
    for number in range(REASONS):
        for person in people:
            at = int(time.time()) - TWO_DAYS + number
            person.says("/reason", at=at)
            person.says(f"{WORD} number {number} of {person.id}", at=at)
    in_danger = api.user(2001)
    in_danger.says("I want to kill myself", at=int(time.time()) - TWO_DAYS)
    for person in people:
        person.says("/reasons", at=int(time.time()) - 3600)
    await bot.start()
    late, each = said("common/late"), [said("urge/my_reason"), said("urge/reason_kept"), said("urge/bye")]
    wanted = [late, *REASONS * each]
    await bot.until(lambda: all(len(person.chat.from_bot) > len(wanted) for person in people))
    await bot.until(lambda: in_danger.chat.from_bot)
    for person in people:
        *answers, last = shown(api, person.id)
        assert answers == wanted
        assert f"reason 1 of {REASONS}" in last
        kept = [text for text in bot.words("reason") if text.endswith(f" of {person.id}")]
        assert kept == [f"{WORD} number {number} of {person.id}" for number in range(REASONS)]
    assert late not in shown(api, in_danger.id)
    assert not api.violations
    await bot.is_stopped()
    bot.check_it_was_clean()
