"""By webhook a tap and a message of one chat come at once, and either may arrive first. What was done first is
answered first all the same, and what does not arrive holds up nobody for long."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import permutations

import pytest
from telegram_api import Person

from bot.adapters.telegram import order
from bot.adapters.telegram.order import Order
from tests.telegram_adapter.conftest import Running, by_webhook, shown, texts

AN_HOUR = 3600.0
MENU, HELP, READ = "What do you need?", "What I can do:", "What hurts most"


@pytest.fixture
async def bot(make_bot: Callable[..., Running]) -> Running:
    made = make_bot(**by_webhook())
    await made.start()
    await made.api.until(lambda: made.api.webhook["url"])
    return made


def answers(kim: Person) -> list[str]:
    """What each message of the bot begins with."""
    return [next(words for words in (MENU, HELP, READ) if text.startswith(words)) for text in texts(kim)]


class TestBothAtOnce:
    async def test_the_tap_arrives_last(self, bot: Running, kim: Person) -> None:
        await bot.does(kim, "/menu")
        bot.api.slow_deliveries["callback_query"] = 0.05
        kim.taps(kim.messages[-1], "Read something")
        kim.says("/help")
        await bot.quiet()
        assert answers(kim) == [MENU, READ, HELP]

    async def test_the_text_arrives_last(self, bot: Running, kim: Person) -> None:
        await bot.does(kim, "/menu")
        menu = kim.messages[-1]
        bot.api.slow_deliveries["message"] = 0.05
        kim.says("/help")
        kim.taps(menu, "Read something")
        await bot.quiet()
        assert answers(kim) == [MENU, HELP, READ]

    @pytest.mark.parametrize("number", [5, 1_900_000_000])
    async def test_also_when_numbers_count_on_from_anywhere(self, bot: Running, kim: Person, number: int) -> None:
        await bot.does(kim, "/menu")
        bot.api.skip_a_week(number)
        await bot.does(kim, "/menu")
        bot.api.slow_deliveries["callback_query"] = 0.05
        kim.taps(kim.messages[-1], "Read something")
        kim.says("/help")
        await bot.quiet()
        assert answers(kim) == [MENU, MENU, READ, HELP]

    async def test_what_comes_much_later_is_answered_then(
        self, bot: Running, kim: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(order, "PATIENCE", 0.01)
        await bot.does(kim, "/menu")
        bot.api.slow_deliveries["callback_query"] = 0.3
        kim.taps(kim.messages[-1], "Read something")
        kim.says("/help")
        await bot.api.until(lambda: len(shown(kim)) == 3)
        await bot.quiet()
        assert answers(kim) == [MENU, HELP, READ]
        assert {status for _, status in bot.api.deliveries} == {200}


class TestWhatIsInOrder:
    @pytest.fixture(autouse=True)
    def endless(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who waits would wait for good."""
        monkeypatch.setattr(order, "PATIENCE", AN_HOUR)

    async def test_it_never_waits(self, bot: Running, kim: Person) -> None:
        await bot.does(kim, "/menu", "Read something", "/help")
        await bot.restart()
        await bot.does(kim, "/menu", "Read something")
        assert answers(kim) == [MENU, READ, HELP, MENU, READ]

    async def test_what_comes_once_more_does_not_wait_either(self, bot: Running, kim: Person) -> None:
        number = kim.says("/menu")
        await bot.does(kim, "/help")
        bot.api.redeliver(number)
        await bot.api.until(lambda: bot.api.deliveries[-1] == (number, 200) and len(bot.api.deliveries) == 3)
        await bot.does(kim, "/help")


async def passed(*arrivals: int, gives_up: Sequence[int] = ()) -> list[int]:
    """Which updates pass after the one with the number 10, and in which order. One that `gives_up` does not stay."""
    numbers, through = Order(), list[int]()

    async def arrives(number: int) -> None:
        await numbers.turn(number)
        through.append(number)

    await arrives(10)
    tasks = [(number, asyncio.create_task(arrives(number))) for number in arrivals]
    await asyncio.sleep(0)
    for number, task in tasks:
        if number in gives_up:
            task.cancel()
    await asyncio.gather(*(task for _, task in tasks), return_exceptions=True)
    return through[1:]


class TestManyAtOnce:
    @pytest.mark.parametrize("arrivals", list(permutations((11, 12, 13, 14))))
    async def test_they_pass_in_order(self, arrivals: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(order, "PATIENCE", AN_HOUR)
        assert await passed(*arrivals) == [11, 12, 13, 14]

    @pytest.mark.parametrize("arrivals", list(permutations((12, 14, 15, 99))))
    async def test_they_do_so_without_those_that_are_lost(
        self, arrivals: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(order, "PATIENCE", 0.01)
        assert await passed(*arrivals) == [12, 14, 15, 99]

    async def test_one_whose_connection_is_cut_holds_up_no_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(order, "PATIENCE", 0.01)
        assert await passed(14, 13, 12, gives_up=[12, 13]) == [14]
        assert await passed(13, 12, 11, gives_up=[12]) == [11, 13]

    async def test_one_that_comes_twice_at_once_passes_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(order, "PATIENCE", AN_HOUR)
        assert await passed(12, 12, 11) == [11, 12, 12]
