"""SIGTERM and SIGINT: it ends soon and quietly, and what was begun is finished, now or after the next start."""

import signal

import pytest
from discord_api import Channel, DiscordApi, Fault, Person

from tests.discord_process.conftest import Make
from tests.discord_process.process import act, texts
from tests.whole_bot import WORD

BOTH = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
DEV = {"PYTHONDEVMODE": "1"}
"""Python says what was left open."""


@BOTH
async def test_while_nothing_happens(make: Make, api: DiscordApi, number: signal.Signals) -> None:
    bot = make(real=True, environment=DEV)
    await bot.start()
    await bot.is_stopped(number)
    await api.until(lambda: not api.gateway.sessions)
    check_it_left_nothing(bot.err)


async def test_a_send_that_is_slow_is_waited_for(make: Make, api: DiscordApi, kim: Person, general: Channel) -> None:
    bot = make(real=True, environment=DEV, debug=True)
    await bot.start()
    api.fault("POST", "/channels/*", Fault.SLOW, seconds=0.5)
    api.fault("POST", "/interactions/*", Fault.SLOW, seconds=0.5)
    kim.types(f"/read {WORD}")
    await bot.until(lambda: texts(kim))
    act(api.user(1002), "/menu", general)
    await bot.until(lambda: general.from_bot)
    await bot.is_stopped()
    assert not bot.rows("SELECT * FROM outbox")
    check_it_left_nothing(bot.err)


async def test_a_send_that_hangs_is_made_again_and_shown_once(make: Make, api: DiscordApi, kim: Person) -> None:
    bot = make(real=True, environment=DEV)
    await bot.start()
    api.fault("POST", "/channels/*", Fault.SLOW, seconds=60)
    kim.types("/reason")
    await bot.until(lambda: texts(kim))
    kim.types(f"the {WORD} sky")
    await bot.is_stopped()
    check_it_left_nothing(bot.err)
    await bot.start()
    await bot.until(lambda: len(texts(kim)) == 3)
    assert bot.words("reason") == [f"the {WORD} sky"]
    await bot.is_stopped()
    assert len(texts(kim)) == 3


async def test_while_the_gateway_is_away(make: Make, api: DiscordApi) -> None:
    bot = make(real=True, environment=DEV)
    await bot.start()
    await api.stop_listening()
    await bot.says_line("no connection to the gateway")
    await bot.is_stopped()
    check_it_left_nothing(bot.err)


def check_it_left_nothing(printed: str) -> None:
    """No trace of something that was not brought to its end. asyncio's own words about a slow machine are none."""
    wrong = ("Traceback", "destroyed", "never retrieved", "never awaited", "Unclosed", "ResourceWarning", "ignored")
    assert not [sign for sign in wrong if sign in printed], printed
