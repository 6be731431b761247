"""Updates that nobody can read, and strange ones: each is handled once or left out, and none holds up another."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import aiohttp
import pytest
from telegram_api import Person

from tests.telegram_adapter.conftest import Running, by_webhook, shown, texts

WORDS = "I still have your blue jumper"
DANGER = "I want to kill myself"
LINES = "A person can be with you"
SENDER = {"id": 1001, "is_bot": False, "first_name": "Kim"}
CHANNEL = {"id": -100_7, "type": "channel", "title": "News"}
CHAT = {"id": 1001, "type": "private", "first_name": "Kim"}

UNREADABLE: dict[str, dict[str, Any]] = {
    "a message without anything": {"message": {"broken": True, "text": WORDS}},
    "a message of the year 30000000": {"message": {"message_id": 9, "date": 10**15, "chat": CHAT, "text": WORDS}},
    "a message whose date is a word": {"message": {"message_id": 9, "date": "today", "chat": CHAT, "text": WORDS}},
    "a message whose chat is a number": {"message": {"message_id": 9, "date": 1, "chat": 1001, "text": WORDS}},
    "a message that is a list": {"message": [WORDS]},
    "a tap without anything": {"callback_query": {"data": WORDS}},
    "a tap of nobody": {"callback_query": {"id": "1", "chat_instance": "1", "data": WORDS}},
    "a member without a chat": {"my_chat_member": {"from": SENDER, "date": 1}},
    "an inline query of nobody": {"inline_query": {"id": "1", "query": WORDS, "offset": ""}},
}


def message(**more: Any) -> dict[str, Any]:
    return {"message": {"message_id": 5_000, "date": 1_772_416_800, "chat": CHAT, "from": SENDER, **more}}


STRANGE: dict[str, dict[str, Any]] = {
    "a kind that is not known": {"telepathy": {"from": SENDER, "thought": WORDS}},
    "a kind that was not asked for": {"channel_post": {"message_id": 1, "date": 1, "chat": CHANNEL, "text": WORDS}},
    "nothing at all": {},
    "a message of a kind that is not known": message(hologram={"file_id": "1"}),
    "a service message": message(message_auto_delete_timer_changed={"message_auto_delete_time": 86_400}),
    "a channel post in place of a message": message(chat=CHANNEL, text=WORDS),
    "a chat of a kind that is not known": message(chat={"id": 77, "type": "dream"}, text="/help"),
    "another bot": message(**{"from": {**SENDER, "is_bot": True}}, text="/help"),
    "only a slash in a group": message(chat={"id": -100_8, "type": "supergroup", "title": "G"}, text="/ "),
    "a member of a status that is not known": {
        "my_chat_member": {
            "chat": {"id": -100_8, "type": "supergroup", "title": "G"},
            "from": SENDER,
            "date": 1,
            "old_chat_member": {"user": SENDER, "status": "member"},
            "new_chat_member": {"user": SENDER, "status": "enlightened"},
        }
    },
}
"""Valid, and of no meaning here."""

DANGER_IN: dict[str, dict[str, Any]] = {
    "the text of a message that cannot be read as a whole": message(text=DANGER, reply_to_message=[5]),
    "the caption of one": message(caption=DANGER, photo=[{"width": "wide"}]),
    "the title of a checklist": message(checklist={"title": DANGER, "tasks": [{"id": 1, "text": "Water"}]}),
    "a line of one": message(checklist={"title": "Today", "tasks": [{"id": 1, "text": DANGER}]}),
    "a line of one that was changed": {
        "edited_message": message(checklist={"title": "Today", "tasks": [{"id": 1, "text": DANGER}]})["message"]
    },
    "the caption of a kind that is not known": message(caption=DANGER, hologram={"file_id": "1"}),
    "a text that was changed, and cannot be read as a whole": {
        "edited_message": message(text=DANGER, reply_to_message=[5])["message"]
    },
}


def bot_lines(caplog: pytest.LogCaptureFixture) -> str:
    """What an operator can read: python-telegram-bot's own lines are not shown (bot/logs.py)."""
    return "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot."))


async def test_an_unreadable_update_is_left_out_and_all_others_are_answered(
    make_bot: Callable[..., Running], caplog: pytest.LogCaptureFixture
) -> None:
    bot = make_bot()
    kim = bot.api.user(1001, "Kim")
    kim.says("/help")
    odd = [bot.api.push(update, odd=True) for update in UNREADABLE.values()]
    kim.says("/menu")
    await bot.start()
    await bot.api.until(lambda: len(shown(kim)) == 2)
    await bot.quiet()
    assert [text.split("\n")[0] for text in texts(kim)] == ["What I can do:", "What do you need?"]
    lines = bot_lines(caplog)
    assert WORDS not in lines
    assert all(str(number) in lines for number in odd)


@pytest.mark.parametrize("update", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_an_unreadable_update_does_not_come_again(bot: Running, kim: Person, update: dict[str, Any]) -> None:
    bot.api.push(update, odd=True)
    await bot.api.until(lambda: not bot.api.pending)
    await bot.does(kim, "/help")
    assert not bot.running.done()


@pytest.mark.parametrize("update", STRANGE.values(), ids=STRANGE.keys())
async def test_a_strange_update_is_passed_over(
    bot: Running, kim: Person, update: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    bot.api.push(update, odd=True)
    await bot.does(kim, "/help")
    assert len(shown(kim)) == 1
    assert len(bot.api.calls("sendMessage")) == 1
    assert WORDS not in bot_lines(caplog)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


class TestStillUnderstood:
    @pytest.mark.parametrize("update", DANGER_IN.values(), ids=DANGER_IN.keys())
    async def test_words_of_danger_bring_the_lines(self, bot: Running, kim: Person, update: dict[str, Any]) -> None:
        kim.chat.refusal = None
        bot.api.push(update, odd=True)
        await bot.api.until(lambda: shown(kim))
        assert LINES in texts(kim)[0]

    async def test_fields_that_are_not_known(self, bot: Running, kim: Person) -> None:
        kim.chat.refusal = None
        bot.api.push(message(text="/help", mood="blue", chat={**CHAT, "aura": {"colour": 1}}), odd=True)
        await bot.api.until(lambda: shown(kim))

    async def test_a_message_without_a_sender(self, bot: Running, kim: Person) -> None:
        kim.chat.refusal = None
        update = message(text="/help")
        del update["message"]["from"]
        bot.api.push(update)
        await bot.api.until(lambda: shown(kim))

    async def test_ids_as_large_as_they_may_become(self, bot: Running) -> None:
        lee = bot.api.user(2**52 - 1, "Lee")
        bot.api.skip_a_week(2**31 - 3)
        await bot.does(lee, "/menu", "Read something")
        assert "What hurts most" in texts(lee)[-1]

    async def test_a_tap_on_a_message_that_is_too_old_to_come_along(self, bot: Running, kim: Person) -> None:
        await bot.does(kim, "/menu")
        kim.taps(kim.messages[-1], "Read something", inaccessible=True)
        await bot.api.until(lambda: len(shown(kim)) == 2)
        assert "What hurts most" in texts(kim)[-1]

    async def test_a_tap_without_a_message_or_data(self, bot: Running, kim: Person) -> None:
        kim.forges(None)
        await bot.api.until(lambda: bot.api.callbacks[-1].answer is not None)
        await bot.does(kim, "/help")
        assert "What I can do:" in texts(kim)[-1]


class TestTheirNumbers:
    async def test_a_hundred_at_once(self, make_bot: Callable[..., Running]) -> None:
        bot = make_bot()
        people = [bot.api.user(2000 + number) for number in range(50)]
        for command in ("/menu", "/help"):
            for user in people:
                user.says(command)
        await bot.start()
        await bot.api.until(lambda: all(len(shown(user)) == 2 for user in people), 20)
        await bot.quiet()
        for user in people:
            assert [text.split("\n")[0] for text in texts(user)] == ["What do you need?", "What I can do:"]

    @pytest.mark.parametrize("words", ["/help", "I want to die"])
    async def test_the_same_twice_in_an_answer_is_answered_once(self, bot: Running, kim: Person, words: str) -> None:
        kim.chat.refusal = None
        bot.api.push(message(text=words), times=2)
        await bot.api.until(lambda: shown(kim))
        await bot.quiet()
        once = len(shown(kim))
        await bot.does(kim, "/lines")
        assert len(set(texts(kim)[:once])) == once

    async def test_the_same_again_is_not_answered_again(self, bot: Running, kim: Person) -> None:
        number = kim.says("/help")
        await bot.api.until(lambda: shown(kim))
        await bot.quiet()
        bot.api.redeliver(number)
        await bot.does(kim, "/menu")
        await bot.restart()
        bot.api.redeliver(number)
        await bot.does(kim, "/menu")
        assert [text.split("\n")[0] for text in texts(kim)] == ["What I can do:", *["What do you need?"] * 2]

    @pytest.mark.parametrize("number", [5, 699_999_000, 699_999_995, 1_900_000_000])
    async def test_after_a_quiet_week_they_count_on_from_anywhere(self, bot: Running, kim: Person, number: int) -> None:
        await bot.does(kim, "/menu")
        bot.api.skip_a_week(number)
        await bot.does(kim, "/help", "/menu", "/help")
        assert len(shown(kim)) == 4

    async def test_after_a_quiet_week_without_a_connection(self, bot: Running, kim: Person) -> None:
        await bot.does(kim, "/menu")
        await bot.api.stop_listening()
        bot.api.skip_a_week(5)
        await bot.api.listen_again()
        await bot.does(kim, "/help")
        assert len(shown(kim)) == 2


class TestTheWebhook:
    @pytest.fixture
    async def bot(self, make_bot: Callable[..., Running]) -> Running:
        made = make_bot(**by_webhook())
        await made.start()
        await made.api.until(lambda: made.api.webhook["url"])
        return made

    @pytest.mark.parametrize("update", DANGER_IN.values(), ids=DANGER_IN.keys())
    async def test_words_of_danger_bring_the_lines(self, bot: Running, kim: Person, update: dict[str, Any]) -> None:
        kim.chat.refusal = None
        bot.api.push(update, odd=True)
        await bot.api.until(lambda: shown(kim))
        assert LINES in texts(kim)[0]

    async def test_the_same_again_is_confirmed_only_when_it_is_written_down(self, bot: Running, kim: Person) -> None:
        await bot.does(kim, "/menu")
        headers = {"X-Telegram-Bot-Api-Secret-Token": "s3cret"}
        with closing(sqlite3.connect(bot.database_file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            kim.says("/help")
            (update,) = bot.api.pending
            async with aiohttp.ClientSession() as http:
                posts = [
                    asyncio.create_task(http.post(bot.options.webhook_url, json=update, headers=headers))
                    for _ in range(2)
                ]
                assert await asyncio.wait(posts, timeout=0.3) == (set(), set(posts))
                other.execute("ROLLBACK")
                assert [(await post).status for post in posts] == [200, 200]
        await bot.quiet()
        assert len(shown(kim)) == 2

    async def test_an_unreadable_update_is_taken_once(
        self, bot: Running, kim: Person, caplog: pytest.LogCaptureFixture
    ) -> None:
        odd = [bot.api.push(update, odd=True) for update in UNREADABLE.values() if update.get("message") != [WORDS]]
        await bot.does(kim, "/help")
        await bot.api.until(lambda: not bot.api.pending)
        assert sorted(bot.api.deliveries)[: len(odd)] == [(number, 200) for number in odd]
        assert WORDS not in bot_lines(caplog)
        assert all(str(number) in bot_lines(caplog) for number in odd)

    @pytest.mark.parametrize(
        ("body", "secret", "status"),
        [
            (b"{", "s3cret", 400),
            (b"", "s3cret", 400),
            (b"[]", "s3cret", 400),
            (b"5", "s3cret", 400),
            (b"null", "s3cret", 400),
            (b"{}", "s3cret", 400),
            (b'{"update_id": "5"}', "s3cret", 400),
            (b'{"update_id": true}', "s3cret", 400),
            (b"\xff\xfe", "s3cret", 400),
            (b'{"update_id": 5}', "s3cret", 200),
            (b'{"update_id": 5, "message": {"broken": true}}', "s3cret", 200),
            (b'{"update_id": 5}', "", 403),
            (b'{"update_id": 5}', "s3cre", 403),
            (b'{"update_id": 5}', "s\xc3\xa9cret".encode("latin-1").decode("latin-1"), 403),
        ],
    )
    async def test_what_anybody_may_post(
        self, bot: Running, kim: Person, body: bytes, secret: str, status: int
    ) -> None:
        headers = {"Content-Type": "application/json"}
        headers |= {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        async with (
            aiohttp.ClientSession() as http,
            http.post(bot.options.webhook_url, data=body, headers=headers) as it,
        ):
            assert it.status == status
        await bot.does(kim, "/help")
