"""What goes wrong for longer: one chat or one method must not hold up the others, and nothing is lost meanwhile."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial

import pytest
from telegram_api import Fault, Person

from bot.adapters.telegram import PLATFORM, intake, transport
from bot.adapters.telegram.calls import FEW
from bot.messages import Chat
from bot.scheduler import Ticker
from bot.storage.database import Database
from tests.telegram_adapter.conftest import Running, shown, texts

AN_HOUR = 3600
DANGER = "I want to kill myself"
LINES = "A person can be with you"


@pytest.fixture
def lee(bot: Running) -> Person:
    return bot.api.user(1002, "Lee")


async def answers(bot: Running, user: Person, text: str, words: str) -> None:
    """Somebody writes, and the next message of the bot has these words."""
    before = len(shown(user))
    user.says(text)
    await bot.api.until(lambda: words in texts(user)[before])


class TestAnOutage:
    @pytest.mark.parametrize("method", ["sendMessage", "getUpdates", "*"])
    async def test_what_was_written_meanwhile_is_answered_once_and_in_order(
        self, bot: Running, kim: Person, method: str
    ) -> None:
        for status in (500, 502, 503, 504):
            bot.api.fault(method, Fault.SERVER_ERROR, status=status)
            bot.api.fault(method, Fault.CUT_BEFORE)
        kim.says("/help")
        kim.says("/menu")
        await bot.api.until(lambda: not bot.api.faults_waiting)
        await bot.quiet()
        assert [text.split("\n")[0] for text in texts(kim)] == ["What I can do:", "What do you need?"]

    async def test_a_closed_port_is_waited_for(self, bot: Running, kim: Person) -> None:
        await bot.api.stop_listening()
        kim.says("/help")
        await asyncio.sleep(0.1)
        await bot.api.listen_again()
        await bot.api.until(lambda: shown(kim))
        await bot.quiet()
        assert len(shown(kim)) == 1

    async def test_a_connection_cut_while_an_answer_is_on_its_way(self, bot: Running, kim: Person) -> None:
        bot.api.fault("sendMessage", Fault.SLOW, seconds=60)
        kim.says("/help")
        await bot.api.until(lambda: bot.api.calls("sendMessage"))
        bot.api.cut_connections()
        await bot.quiet()
        assert len(shown(kim)) in (1, 2)

    async def test_an_answer_that_does_not_come_is_asked_for_again(
        self, make_bot: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transport, "READ_SECONDS", 0.2)
        bot = make_bot()
        kim = bot.api.user(1001, "Kim")
        bot.api.fault("sendMessage", Fault.SLOW, seconds=60)
        await bot.start()
        kim.says("/help")
        await bot.api.until(lambda: len(bot.api.calls("sendMessage")) == 2)
        await bot.quiet()
        assert texts(kim) in ([texts(kim)[0]], [texts(kim)[0]] * 2)

    @pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409, 413, 429])
    @pytest.mark.parametrize("method", ["sendMessage", "getUpdates", "getMe"])
    async def test_the_page_of_a_proxy_says_nothing_about_a_chat_or_the_token(
        self, make_bot: Callable[..., Running], method: str, status: int
    ) -> None:
        bot = make_bot()
        kim = bot.api.user(1001, "Kim")
        bot.api.fault(method, Fault.HTML, status=status, times=2)
        await bot.start()
        kim.says("/help")
        await bot.api.until(lambda: shown(kim))
        await bot.quiet()
        assert len(shown(kim)) == 1
        assert not (await bot.store.load(Chat(PLATFORM, "1001"))).gone

    async def test_lines_that_wait_are_shown_after_a_restart(self, bot: Running, kim: Person) -> None:
        bot.api.fault("sendMessage", Fault.SERVER_ERROR, times=100_000)
        kim.says(DANGER)
        await bot.api.until(lambda: bot.api.calls("sendMessage"))
        await bot.stop()
        assert texts(kim) == []
        bot.api.clear_faults()
        await bot.restart()
        await bot.api.until(lambda: shown(kim))
        await bot.quiet()
        assert [LINES in text for text in texts(kim)] == [True]

    async def test_danger_in_a_group_is_answered_when_it_is_over(self, bot: Running, kim: Person) -> None:
        group = bot.api.group(-100_5)
        bot.api.fault("sendMessage", Fault.SERVER_ERROR, chat=group.chat.id, times=FEW + 2)
        group.says(kim, f"/urge {DANGER}")
        await bot.api.until(lambda: group.chat.from_bot)
        assert "112" in group.chat.last.text

    async def test_what_was_sent_while_nothing_could_be_noted_is_not_sent_again(
        self, make_bot: Callable[..., Running], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr("bot.testing.Database", partial(Database, patience=0.05))
        bot = make_bot()
        kim = bot.api.user(1001, "Kim")
        await bot.start()
        bot.api.fault("sendMessage", Fault.SLOW, seconds=0.2)
        kim.says("/help")
        await bot.api.until(lambda: bot.api.calls("sendMessage"))
        with closing(sqlite3.connect(bot.database_file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await bot.api.until(lambda: "could not be crossed out" in caplog.text)
        await bot.wait()
        await bot.restart()
        await bot.does(kim, "/menu")
        assert [text.split("\n")[0] for text in texts(kim)] == ["What I can do:", "What do you need?"]


class TestTooManyRequests:
    async def test_one_chat_waits_alone_and_its_answers_come_in_order(
        self, bot: Running, kim: Person, lee: Person
    ) -> None:
        bot.api.fault("sendMessage", Fault.TOO_MANY, chat=kim.id, retry_after=AN_HOUR)
        kim.says("/help")
        kim.says("/menu")
        await answers(bot, lee, "/help", "What I can do:")
        await bot.api.until(lambda: not bot.api.pending and not bot.api.faults_waiting)
        assert texts(kim) == []
        async with asyncio.timeout(5):
            while not any(queued.not_before for queued in await bot.store.unsent(PLATFORM)):  # noqa: ASYNC110
                await asyncio.sleep(0.002)
        bot.clock.move_to(bot.clock.now().add(seconds=AN_HOUR))
        await bot.restart()
        await bot.api.until(lambda: len(shown(kim)) == 2)
        await bot.quiet()
        assert [text.split("\n")[0] for text in texts(kim)] == ["What I can do:", "What do you need?"]

    async def test_it_waits_for_as_long_as_is_asked_for(self, bot: Running, kim: Person) -> None:
        bot.api.fault("sendMessage", Fault.TOO_MANY, retry_after=0.3)
        kim.says("/help")
        await bot.api.until(lambda: shown(kim))
        first, second = bot.api.calls("sendMessage")
        assert second.at - first.at >= 0.3

    @pytest.mark.parametrize("method", ["sendMessage", "editMessageText"])
    async def test_who_waits_does_not_hold_up_what_is_due_elsewhere(
        self, bot: Running, kim: Person, lee: Person, method: str
    ) -> None:
        await bot.wants_check_ins(lee)
        await bot.wants_check_ins(kim)
        await bot.does(kim, "/urge", "I feel lonely", "Wait with me")
        await bot.wait()
        bot.api.fault(method, Fault.TOO_MANY, chat=kim.id, retry_after=AN_HOUR)
        ticker = Ticker()
        for tick in bot.ticks:
            ticker.every(0.05, tick)
        try:
            bot.clock.move_to(bot.clock.now().add(minutes=11 if method == "sendMessage" else 2))
            await bot.api.until(lambda: not bot.api.faults_waiting)
            before = len(shown(lee))
            bot.clock.move_to(bot.clock.now().add(hours=6))
            await bot.api.until(lambda: len(shown(lee)) > before)
        finally:
            ticker.stop()

    async def test_who_waits_does_not_hold_up_the_countdown_of_another(
        self, bot: Running, kim: Person, lee: Person
    ) -> None:
        for user in (kim, lee):
            await bot.does(user, "/urge", "I feel lonely", "Wait with me")
        await bot.wait()
        bot.api.fault("editMessageText", Fault.TOO_MANY, chat=kim.id, retry_after=AN_HOUR)
        async with asyncio.timeout(5):
            await bot.wait(minutes=1)
            await bot.wait(minutes=1)
        assert "8 minutes left" in texts(lee)[-1]

    async def test_two_chats_whose_countdowns_are_refused_hold_what_comes_unasked(
        self, bot: Running, kim: Person, lee: Person
    ) -> None:
        pat = bot.api.user(1003, "Pat")
        await bot.wants_check_ins(pat)
        for user in (kim, lee):
            await bot.does(user, "/urge", "I feel lonely", "Wait with me")
        await bot.wait()
        for user in (kim, lee):
            bot.api.fault("editMessageText", Fault.TOO_MANY, chat=user.id, retry_after=1)
        await bot.wait(minutes=1)
        asked = bot.api.calls("editMessageText")[-1].at
        await bot.wait(hours=8)
        (sent,) = [call.at for call in bot.api.calls("sendMessage") if call.params["chat_id"] == pat.id][-1:]
        assert sent - asked >= 1


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.SLOW])
class TestWhatMayFail:
    """Nothing that only looks nice holds up an answer, however long it takes."""

    async def test_a_tap_is_answered(self, bot: Running, kim: Person, fault: Fault) -> None:
        await bot.does(kim, "/menu")
        bot.api.fault("answerCallbackQuery", fault, retry_after=AN_HOUR, seconds=AN_HOUR)
        await bot.does(kim, "Read something")
        assert "What hurts most" in texts(kim)[-1]
        await bot.api.until(lambda: not bot.api.faults_waiting)

    async def test_an_answer_comes_without_a_sign_that_it_comes(
        self, bot: Running, kim: Person, fault: Fault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(intake, "TYPING_AFTER", 0.01)
        bot.api.fault("sendMessage", Fault.SLOW, seconds=0.1)
        bot.api.fault("sendChatAction", fault, retry_after=AN_HOUR, seconds=AN_HOUR)
        await answers(bot, kim, "/help", "What I can do:")
        await answers(bot, kim, "/menu", "What do you need?")

    async def test_an_answer_comes_after_an_inline_query(self, bot: Running, kim: Person, fault: Fault) -> None:
        bot.api.fault("answerInlineQuery", fault, retry_after=AN_HOUR, seconds=AN_HOUR)
        kim.asks_inline("help")
        await answers(bot, kim, "/help", "What I can do:")
        await bot.api.until(lambda: not bot.api.faults_waiting)

    @pytest.mark.parametrize("method", ["getMyCommands", "setMyCommands", "getMyDescription", "setMyShortDescription"])
    async def test_a_profile_can_wait(self, make_bot: Callable[..., Running], fault: Fault, method: str) -> None:
        bot = make_bot()
        bot.api.fault(method, fault, retry_after=AN_HOUR, seconds=AN_HOUR)
        await bot.start()
        await answers(bot, bot.api.user(1001, "Kim"), "/help", "What I can do:")
        await bot.api.until(lambda: not bot.api.faults_waiting)

    async def test_a_group_waits_alone(self, bot: Running, kim: Person, fault: Fault) -> None:
        group = bot.api.group(-100_5)
        bot.api.fault("sendMessage", fault, chat=group.chat.id, retry_after=AN_HOUR, seconds=AN_HOUR)
        group.says(kim, "/urge")
        await bot.api.until(lambda: not bot.api.faults_waiting)
        await answers(bot, kim, "/help", "What I can do:")
