"""Only one program gets a bot's updates: what an operator sees who has started two, or has left a webhook behind."""

from telegram_api import BotApi

from tests.telegram_process.conftest import Make
from tests.whole_bot import WORD


async def test_the_second_one_takes_over_when_the_first_one_ends(make: Make, api: BotApi) -> None:
    first, second, kim = make("first"), make("second"), api.user(1001)
    await first.start()
    await second.start()
    for bot in (first, second):
        line = await bot.says_line("TELEGRAM_BOT_TOKEN")
        assert line.startswith("WARNING Telegram: another program gets this bot's updates")
        assert "Trying again in" in line
    assert (first.code, second.code) == (None, None)
    await first.is_stopped()
    kim.says("/reason")
    await second.until(lambda: len(kim.chat.from_bot) == 1)
    kim.says(f"the {WORD} sky")
    await second.until(lambda: len(kim.chat.from_bot) == 3)
    assert second.words("reason") == [f"the {WORD} sky"]
    for bot in (first, second):
        bot.check_it_was_clean()
        assert all("TELEGRAM_BOT_TOKEN" in line for line in bot.lines if line.startswith("WARNING"))


async def test_long_polling_takes_a_webhook_away_and_drops_nothing(make: Make, api: BotApi) -> None:
    bot, kim = make(webhook=True), api.user(1001)
    await bot.start()
    kim.says("/reason")
    await bot.until(lambda: kim.chat.from_bot)
    await bot.is_killed()
    kim.says(f"the {WORD} sky")
    bot.webhook = False
    assert api.webhook["url"]
    await bot.start()
    await bot.until(lambda: len(kim.chat.from_bot) >= 3)
    assert bot.words("reason") == [f"the {WORD} sky"]
    assert not api.webhook["url"]
    assert not api.violations
    bot.check_it_was_clean()
