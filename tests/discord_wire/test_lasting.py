"""What goes wrong for longer, and people who cannot be written to: nobody else waits for them, and nothing is lost."""

import asyncio
from collections.abc import Callable

import pytest
from discord_api import Channel, Fault, Person

from bot.scheduler import Ticker
from tests.discord_process.process import act, labels, last, texts
from tests.discord_wire.conftest import Running
from tests.whole_bot import said

AN_HOUR = 3600
MESSAGES = "/channels/*/messages"
HERE, CLOSED = said("common/here"), "your direct messages are closed to me"


async def joins_in(bot: Running, user: Person, where: Channel) -> None:
    """Somebody agrees in a server."""
    await bot.does(user, "/start", "[I'm 18 or over, that's fine]", "[Not now]", where=where)


class TestTooManyRequests:
    async def test_an_emergency_is_answered_while_check_ins_are_held(
        self, bot: Running, kim: Person, lee: Person, general: Channel
    ) -> None:
        third = bot.api.user(1003)
        for user in (lee, third):
            await bot.joins(user)
            await bot.wants_check_ins(user)
        bot.api.fault("POST", MESSAGES, Fault.TOO_MANY, times=2, retry_after=AN_HOUR)
        ticker = Ticker()
        for tick in bot.ticks:
            ticker.every(0.05, tick)
        try:
            bot.clock.move_to(bot.clock.now().add(hours=6))
            await bot.api.until(lambda: not bot.api.faults_waiting)
            for where in (general, None):
                pressed = act(kim, "/urge", where)
                await bot.api.until(lambda where=where: said("urge/name_it") in last(kim, where))
                assert pressed.acknowledged
            kim.types("/help")
            await bot.api.until(lambda: "What I can do" in last(kim))
        finally:
            ticker.stop()

    async def test_a_global_limit_holds_up_no_interaction(self, bot: Running, kim: Person, general: Channel) -> None:
        bot.api.fault("POST", MESSAGES, Fault.TOO_MANY_GLOBAL, retry_after=AN_HOUR)
        kim.types("/help")
        await bot.api.until(lambda: not bot.api.faults_waiting)
        lou = bot.api.user(1003, "Lou")
        bot.api.guild(5001).adds(lou)
        act(lou, "/urge", general)
        await bot.api.until(lambda: said("urge/name_it") in last(lou, general))

    async def test_a_limit_is_kept_for_as_long_as_is_asked_for(self, bot: Running, kim: Person) -> None:
        bot.api.fault("POST", MESSAGES, Fault.TOO_MANY, retry_after=0.3)
        kim.types("/help")
        await bot.api.until(lambda: texts(kim))
        first, second = bot.api.calls("POST", MESSAGES)
        assert second.at - first.at >= 0.3


class TestAnOutage:
    async def test_one_person_waits_alone_and_gets_everything_in_order(
        self, bot: Running, kim: Person, lee: Person
    ) -> None:
        mine = f"/channels/{kim.dm.id}/messages"
        bot.api.fault("POST", mine, Fault.SERVER_ERROR, times=4, status=503)
        kim.types("/help")
        kim.types("/menu")
        lee.types("/help")
        await bot.api.until(lambda: texts(lee))
        await bot.api.until(lambda: len(texts(kim)) == 2)
        assert [text[:6] for text in texts(kim)] == ["What I", "What d"]

    async def test_a_closed_port(self, bot: Running, kim: Person) -> None:
        await bot.does(kim, "hello")
        await bot.api.stop_listening()
        kim.types("/help")
        await asyncio.sleep(0.1)
        await bot.api.listen_again()
        await bot.api.until(lambda: len(texts(kim)) == 2)
        await bot.quiet()
        assert len(texts(kim)) == 2


class TestAtTheStart:
    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", "/users/@me"), ("GET", "/oauth2/*"), ("GET", "/gateway/bot"), ("PUT", "/applications/*")],
    )
    @pytest.mark.parametrize(
        "fault", [Fault.TOO_MANY, Fault.BANNED, Fault.SERVER_ERROR, Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.BAD_JSON]
    )
    async def test_everything_is_there_in_the_end(
        self, make_bot: Callable[..., Running], method: str, path: str, fault: Fault
    ) -> None:
        bot = make_bot()
        bot.api.fault(method, path, fault, retry_after=0.02, status=503)
        await bot.is_there()
        kim = bot.api.user(1001)
        kim.types("/help")
        await bot.api.until(lambda: texts(kim))

    async def test_commands_that_are_refused_are_set_at_the_next_start(self, make_bot: Callable[..., Running]) -> None:
        bot = make_bot()
        bot.api.fault("PUT", "/applications/*", Fault.FORBIDDEN)
        await bot.start()
        await bot.api.until(lambda: not bot.api.faults_waiting and bot.api.gateway.is_connected)
        await bot.restart()
        assert bot.api.command_puts == 1
        await bot.restart()
        assert bot.api.command_puts == 1


class TestClosedPrivateMessages:
    async def test_who_has_them_closed_learns_it_at_once_and_can_try_again(
        self, bot: Running, kim: Person, general: Channel
    ) -> None:
        await joins_in(bot, kim, general)
        kim.closes_dms()
        await bot.wants_check_ins(kim, general)
        assert any(CLOSED in text for text in texts(kim, general))
        assert not texts(kim)
        await bot.wait(hours=6)
        kim.opens_dms()
        await bot.does(kim, "[Try again]", where=general)
        await bot.wait()
        assert HERE in texts(kim)
        await bot.wait(hours=24)
        assert "Later" in labels(kim.dm.last)

    @pytest.mark.parametrize("code", [50007, 50001])
    async def test_a_check_in_that_finds_them_closed_is_held_and_that_is_said_once(
        self, bot: Running, kim: Person, general: Channel, code: int
    ) -> None:
        await joins_in(bot, kim, general)
        await bot.wants_check_ins(kim, general)
        bot.api.fault("POST", MESSAGES, Fault.FORBIDDEN, code=code)
        await bot.wait(hours=6)
        tries = len(bot.api.calls("POST", MESSAGES))
        await bot.wait(hours=24)
        await bot.restart()
        await bot.wait(hours=24)
        assert len(bot.api.calls("POST", MESSAGES)) == tries
        await bot.does(kim, "/urge", where=general)
        assert not any(CLOSED in text for text in texts(kim, general))
        await bot.does(kim, "/read", "/letters", where=general)
        assert sum(CLOSED in text for text in texts(kim, general)) == 1
        await bot.does(kim, "[Try again]", where=general)
        await bot.wait()
        await bot.wait(hours=24)
        assert "Later" in labels(kim.dm.last)

    async def test_who_writes_in_private_has_opened_them(self, bot: Running, kim: Person, general: Channel) -> None:
        await joins_in(bot, kim, general)
        await bot.wants_check_ins(kim, general)
        kim.closes_dms()
        await bot.wait(hours=6)
        kim.opens_dms()
        await bot.does(kim, "/help")
        await bot.wait(hours=24)
        assert "Later" in labels(kim.dm.last)


class TestAnInteractionThatCannotBeAnswered:
    @pytest.mark.parametrize("opened", [True, False])
    async def test_its_answer_comes_in_private_if_that_was_opened(
        self, bot: Running, kim: Person, general: Channel, opened: bool
    ) -> None:
        if opened:
            await bot.does(kim, "hello")
        before = len(texts(kim))
        bot.api.fault("POST", "/interactions/*", Fault.NOT_FOUND, times=3, code=10062, message="Unknown interaction")
        act(kim, "/menu", general)
        await bot.api.until(lambda: bot.api.calls("POST", "/interactions/*"))
        await bot.quiet()
        bot.api.clear_faults()
        assert texts(kim)[before:] == ["What do you need?"] * opened
        assert not general.from_bot

    async def test_one_that_somebody_has_answered_gets_no_second_answer(
        self, bot: Running, kim: Person, general: Channel
    ) -> None:
        bot.api.fault("POST", "/interactions/*", Fault.CUT_AFTER)
        act(kim, "/menu", general)
        await bot.api.until(lambda: len(bot.api.calls("POST", "/interactions/*")) == 2)
        await bot.quiet()
        assert texts(kim, general) == ["What do you need?"]
