"""Both platforms in one process, and what an operator is told who has made a mistake."""

import signal
from collections.abc import AsyncIterator

import pytest
from discord_api import DiscordApi, Person
from telegram_api import BotApi

from tests.discord_process.conftest import Make
from tests.discord_process.process import Process, texts
from tests.whole_bot import WORD, free_port

DEBUG = pytest.mark.parametrize("debug", [False, True], ids=["plain", "debug"])

OTHER = "TEST.another.token_value"
OTHER_ON_TELEGRAM = "123456:ANOTHER-token_value"


@pytest.fixture
async def telegram() -> AsyncIterator[BotApi]:
    async with BotApi() as running:
        yield running


def both(telegram: BotApi, token: str = "") -> dict[str, str]:
    """The settings of Telegram."""
    return {"TELEGRAM_BOT_TOKEN": token or telegram.token, "TELEGRAM_API_URL": telegram.url}


async def told(process: Process, *parts: str) -> None:
    """It ends with code 2 and with one line that has these parts; with --debug the details stand before it."""
    process.launch()
    assert await process.ends() == 2
    named = [line for line in process.lines if parts[0] in line and "OperatorError" not in line]
    assert named == process.lines[-1:], process.err
    assert not [part for part in parts if part not in named[0]], named
    assert ("Traceback" in process.err) == process.debug
    assert process.out == ""


async def test_both_in_one_process(make: Make, kim: Person, telegram: BotApi) -> None:
    bot, lou = make(environment=both(telegram)), telegram.user(1002)
    await bot.start()
    await bot.until(lambda: telegram.calls("getUpdates"))
    kim.types("/reason")
    lou.says("/reason")
    await bot.until(lambda: texts(kim) and lou.chat.from_bot)
    kim.types(f"the {WORD} sky")
    lou.says(f"the {WORD} sea")
    await bot.until(lambda: len(texts(kim)) == 3 and len(lou.chat.from_bot) == 3)
    await bot.is_stopped()
    assert sorted(bot.words("reason")) == [f"the {WORD} sea", f"the {WORD} sky"]
    assert telegram.token not in bot.err
    bot.check_it_was_clean()


@DEBUG
async def test_a_token_that_discord_refuses(make: Make, debug: bool) -> None:
    await told(make(debug=debug, token=OTHER), "DISCORD_BOT_TOKEN", "copy it again from the Bot page")


@pytest.mark.parametrize("token", [f"a {WORD}", "tökén"])
async def test_what_is_no_token(make: Make, token: str) -> None:
    await told(make(token=token), "DISCORD_BOT_TOKEN: this is no bot token")


async def test_discord_refuses_and_telegram_does_not(make: Make, telegram: BotApi) -> None:
    await told(make(token=OTHER, environment=both(telegram)), "DISCORD_BOT_TOKEN", "refuses this token")


async def test_telegram_refuses_and_discord_does_not(make: Make, telegram: BotApi) -> None:
    bot = make(environment=both(telegram, OTHER_ON_TELEGRAM))
    await told(bot, "TELEGRAM_BOT_TOKEN", "copy it again from @BotFather")
    assert OTHER_ON_TELEGRAM not in bot.err


@DEBUG
@pytest.mark.parametrize("how", ["cut", "op 9"])
async def test_a_token_that_is_reset_while_it_runs(make: Make, api: DiscordApi, debug: bool, how: str) -> None:
    bot = make(debug=debug)
    await bot.start()
    api.revoke()
    api.gateway.cut() if how == "cut" else api.gateway.invalidate()
    assert await bot.ends() == 2
    assert "DISCORD_BOT_TOKEN: Discord refuses this token" in bot.lines[-1]
    assert ("Traceback" in bot.err) == debug


async def test_nothing_listens_at_the_address_of_discord(make: Make) -> None:
    bot = make(environment={"DISCORD_API_URL": f"http://127.0.0.1:{free_port()}"})
    bot.launch()
    line = await bot.says_line("see DISCORD_API_URL", times=2)
    assert "no connection" in line
    assert "trying again in" in line
    await bot.is_stopped(signal.SIGINT)
    bot.check_it_was_clean()
