"""What the Bot API refuses for good: somebody is gone, a message is, a formatting is wrong, the token is."""

import re
from collections.abc import Callable

import pytest
from telegram_api import Fault, Person

from bot.adapters.telegram import PLATFORM
from bot.messages import Chat, Picture, Reply
from bot.records import Queued
from tests.telegram_adapter.conftest import Running, shown, texts

GONE = [
    (403, "Forbidden: bot was blocked by the user"),
    (403, "Forbidden: user is deactivated"),
    (403, "Forbidden: bot can't initiate conversation with a user"),
    (400, "Bad Request: chat not found"),
    (400, "Bad Request: user not found"),
    (400, "Bad Request: PEER_ID_INVALID"),
    (400, "Bad Request: user is deactivated"),
    (400, "Bad Request: have no rights to send a message"),
]
"""All of them mean that there is nobody to write to."""


class TestGone:
    @pytest.mark.parametrize(("status", "description"), GONE)
    async def test_nothing_is_sent_until_the_person_comes_back(
        self, bot: Running, kim: Person, status: int, description: str
    ) -> None:
        await bot.wants_check_ins(kim)
        before = len(shown(kim))
        kind = Fault.FORBIDDEN if status == 403 else Fault.BAD_REQUEST
        bot.api.fault("sendMessage", kind, description=description)
        await bot.wait(hours=6)
        await bot.api.until(lambda: not bot.api.faults_waiting)
        tries = len(bot.api.calls("sendMessage"))
        for _ in range(4):
            await bot.wait(hours=24)
        await bot.restart()
        await bot.api.until(lambda: len(bot.api.calls("getUpdates")) > 1 and bot.ticks)
        await bot.wait(hours=24)
        assert len(bot.api.calls("sendMessage")) == tries
        assert len(shown(kim)) == before
        await bot.does(kim, "/menu")
        await bot.wait(hours=1)
        assert len(shown(kim)) == before + 2  # today's is still in time
        await bot.wait(hours=23)
        assert len(shown(kim)) == before + 3

    async def test_who_blocks_the_bot_while_it_answers_is_left_in_peace(self, bot: Running, kim: Person) -> None:
        await bot.joins(kim)
        bot.api.fault("sendMessage", Fault.SERVER_ERROR, times=2)
        kim.says("/help")
        kim.blocks()
        await bot.quiet()
        tries = len(bot.api.calls("sendMessage"))
        await bot.restart()
        kim.returns()
        await bot.quiet()
        assert len(bot.api.calls("sendMessage")) == tries
        await bot.does(kim, "/menu")
        assert "What do you need?" in texts(kim)[-1]

    async def test_a_deleted_account_gets_one_attempt(self, bot: Running, kim: Person) -> None:
        await bot.wants_check_ins(kim)
        kim.deletes_account()
        tries = len(bot.api.calls("sendMessage"))
        await bot.wait(hours=6)
        for _ in range(3):
            await bot.wait(hours=24)
        assert len(bot.api.calls("sendMessage")) == tries + 1


class TestAMessageThatIsGone:
    async def test_what_must_be_seen_comes_as_a_new_one(self, bot: Running, kim: Person) -> None:
        await bot.does(kim, "/urge", "I feel lonely", "Wait with me")
        kim.deletes(kim.messages[-1])
        await bot.wait(minutes=3)
        assert "Still here." in texts(kim)[-1]

    async def test_a_countdown_comes_not(self, bot: Running, kim: Person) -> None:
        await bot.does(kim, "/urge", "I feel lonely", "Wait with me")
        kim.deletes(kim.messages[-1])
        before = shown(kim)
        await bot.wait(minutes=2)
        assert shown(kim) == before
        await bot.does(kim, "/menu")

    async def test_a_card_that_cannot_be_edited_comes_as_a_new_one(self, bot: Running, kim: Person) -> None:
        await bot.does(kim, "/urge", "I feel lonely")
        bot.api.fault("editMessageText", Fault.BAD_REQUEST, description="Bad Request: message can't be edited")
        before = len(shown(kim))
        await bot.does(kim, "Another reason")
        assert len(shown(kim)) == before + 1


class TestFormatting:
    async def test_what_is_refused_as_plain_text_too_does_not_end_the_conversation(
        self, bot: Running, kim: Person, caplog: pytest.LogCaptureFixture
    ) -> None:
        bot.api.fault("sendMessage", Fault.CANT_PARSE, times=2)
        kim.says("/help")
        await bot.api.until(lambda: not bot.api.faults_waiting)
        await bot.quiet()
        await bot.does(kim, "/menu")
        assert texts(kim) == ["What do you need?"]
        assert [line.getMessage() for line in caplog.records if line.levelname == "ERROR"] == [
            "the text common/help is given up (BadRequest)"
        ]

    async def test_what_words_of_danger_are_met_with_is_named_nowhere(
        self, bot: Running, kim: Person, caplog: pytest.LogCaptureFixture
    ) -> None:
        bot.api.fault("sendMessage", Fault.CANT_PARSE, times=2)
        kim.says("I want to kill myself")
        await bot.api.until(lambda: not bot.api.faults_waiting)
        await bot.quiet()
        assert [line.getMessage() for line in caplog.records if line.levelname == "ERROR"] == [
            "the text of an answer is given up (BadRequest)"
        ]
        assert not [line for line in caplog.messages if "safety" in line]

    async def test_a_picture_that_is_refused_later_is_uploaded_anew(self, bot: Running, kim: Person) -> None:
        await bot.joins(kim)
        chat, wave = Chat(PLATFORM, str(kim.id)), Reply("Now.", picture=Picture("wave.png", "a wave"))
        await bot.messenger.send(Queued(chat, wave))
        bot.api.fault("sendPhoto", Fault.BAD_REQUEST, description="Bad Request: wrong file identifier")
        await bot.messenger.send(Queued(chat, wave))
        assert [bool(message.photo) for message in kim.messages[-2:]] == [True, True]
        assert len(bot.api.calls("sendPhoto")) == 3

    async def test_a_picture_in_the_place_of_a_message_too(self, bot: Running, kim: Person) -> None:
        for user in (kim, bot.api.user(1002, "Lee")):
            await bot.does(user, "/urge", "I feel lonely", "Wait with me")
            if user is not kim:
                bot.api.fault("editMessageMedia", Fault.BAD_REQUEST, description="Bad Request: wrong file identifier")
            before = len(shown(user))
            await bot.wait(minutes=6)
            await bot.quiet()
            assert user.messages[-1].photo
            assert len(shown(user)) == before
        assert len(bot.api.calls("editMessageMedia")) == 3


class TestTheToken:
    @pytest.mark.parametrize("method", ["sendMessage", "getUpdates", "answerCallbackQuery"])
    async def test_it_was_revoked_in_the_middle_of_a_run(
        self, bot: Running, kim: Person, method: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        await bot.does(kim, "/menu")
        before = len(shown(kim))
        bot.api.fault(method, Fault.UNAUTHORIZED)
        bot.api.fault("getMe", Fault.UNAUTHORIZED)
        kim.taps(kim.messages[-1], "Read something")
        told = await bot.ends()
        assert re.fullmatch(r"TELEGRAM_BOT_TOKEN: Telegram refuses this token; [^\n]+", told)
        assert bot.api.token not in told + caplog.text
        await bot.restart()
        await bot.api.until(lambda: len(shown(kim)) > before)
        await bot.quiet()
        assert len(shown(kim)) == before + 1

    @pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.CUT_BEFORE, Fault.TOO_MANY, Fault.HTML])
    async def test_it_is_good_until_telegram_says_that_it_is_not(self, bot: Running, kim: Person, fault: Fault) -> None:
        bot.api.fault("sendMessage", Fault.UNAUTHORIZED, times=3)
        bot.api.fault("getMe", fault)
        await bot.does(kim, "/menu")
        await bot.api.until(lambda: not bot.api.faults_waiting)
        assert len(shown(kim)) == 1
        assert not bot.running.done()


async def test_a_webhook_that_telegram_does_not_take_ends_the_bot(make_bot: Callable[..., Running]) -> None:
    bot = make_bot(webhook_url="http://127.0.0.1:8443/hook", listen=("127.0.0.1", 0), secret="s3cret")  # noqa: S106
    description = "Bad Request: bad webhook: Failed to resolve host: Name or service not known"
    bot.api.fault("setWebhook", Fault.BAD_REQUEST, description=description)
    await bot.start()
    assert re.match(r"TELEGRAM_WEBHOOK_URL: .*failed to resolve host", await bot.ends())


async def test_another_program_with_the_same_token_is_named(
    bot: Running, kim: Person, caplog: pytest.LogCaptureFixture
) -> None:
    bot.api.fault("getUpdates", Fault.CONFLICT, times=2)
    kim.says("/menu")
    await bot.api.until(lambda: not bot.api.faults_waiting)
    await bot.quiet()
    assert len(shown(kim)) == 1
    assert "another program gets this bot's updates" in caplog.text
