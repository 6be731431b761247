"""SIGTERM and SIGINT: it ends soon and quietly, and what was begun is finished, now or after the next start."""

import asyncio
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from telegram_api import BotApi, Fault, Person

from tests.telegram_process.conftest import Make
from tests.whole_bot import WORD, an_hour_on, free_port

SECRET = "one-secret_of-ours"  # noqa: S105 - of a test
BOTH = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])


def labels(person: Person) -> list[str]:
    """Of the buttons below the bot's last message."""
    return [button.label for row in person.chat.last.buttons for button in row]


def make_it_due(file: Path) -> None:
    """Lets everything be due by now, and every wait be over."""
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE due SET at = at - 3600000, free_at = free_at - 3600000")
        runs = database.execute("SELECT platform, id, run FROM chat WHERE run IS NOT NULL").fetchall()
        later = [(an_hour_on(platform, chat, run), platform, chat) for platform, chat, run in runs]
        database.executemany("UPDATE chat SET run = ? WHERE platform = ? AND id = ?", later)


@BOTH
async def test_during_a_long_poll(make: Make, number: signal.Signals) -> None:
    bot = make(real=True)
    await bot.start()
    await bot.is_stopped(number)
    bot.check_it_was_clean()


async def test_before_telegram_has_answered_even_once(make: Make) -> None:
    bot = make(environment={"TELEGRAM_API_URL": f"http://127.0.0.1:{free_port()}"})
    bot.launch()
    await bot.says_line("no connection")
    await bot.is_stopped()
    bot.check_it_was_clean()


async def test_while_it_waits_for_another_one_on_its_database(make: Make) -> None:
    first = make()
    await first.start()
    second = make("second", environment={"DATABASE_URL": first.settings()["DATABASE_URL"]})
    second.launch()
    await second.says_line("this one waits for it")
    await second.is_stopped()
    second.check_it_was_clean()


@BOTH
async def test_a_send_that_is_slow_is_waited_for(make: Make, api: BotApi, number: signal.Signals) -> None:
    bot, kim = make(), api.user(1001)
    await bot.start()
    api.fault("sendMessage", Fault.SLOW, seconds=0.5)
    kim.says(f"/read {WORD}")
    await bot.until(lambda: kim.chat.from_bot)
    await bot.is_stopped(number)
    assert not bot.rows("SELECT * FROM outbox")
    await bot.start()
    kim.says("/reason")
    await bot.until(lambda: len(kim.chat.from_bot) == 2)
    bot.check_it_was_clean()


async def test_a_send_that_hangs_is_made_again_after_the_next_start(make: Make, api: BotApi) -> None:
    bot, kim, lou = make(), api.user(1001), api.user(1002)
    await bot.start()
    api.fault("sendMessage", Fault.SLOW, seconds=60)
    kim.says("/reason")
    await bot.until(lambda: kim.chat.from_bot)
    kim.says(f"the {WORD} sky")
    lou.says("/reason")
    await bot.until(lambda: lou.chat.from_bot)
    await bot.is_stopped()
    await bot.start()
    await bot.until(lambda: len(kim.chat.from_bot) == 4)
    assert kim.chat.from_bot[0].text == kim.chat.from_bot[1].text
    assert bot.words("reason") == [f"the {WORD} sky"]
    assert len(lou.chat.from_bot) == 1
    bot.check_it_was_clean()


async def test_what_is_due_is_just_being_sent(make: Make, api: BotApi) -> None:
    bot, kim = make(), api.user(1001)
    await bot.start()
    kim.says("/urge")
    await bot.until(lambda: kim.chat.last.buttons)
    kim.taps(kim.chat.last, "I miss them")
    await bot.until(lambda: "Wait with me" in labels(kim))
    kim.taps(kim.chat.last, "Wait with me")
    await bot.until(lambda: bot.rows("SELECT * FROM due WHERE kind = 'wait'"))
    await bot.is_stopped()
    make_it_due(bot.file)
    api.fault("*", Fault.SLOW, seconds=60, chat=kim.id, times=2)
    await bot.start()
    before = len(api.requests)
    await bot.until(lambda: [r for r in api.requests[before:] if r.params.get("chat_id") == kim.id])
    await bot.is_stopped()
    bot.check_it_was_clean()


async def test_a_second_signal_while_it_is_ending(make: Make, api: BotApi) -> None:
    bot, kim = make(), api.user(1001)
    await bot.start()
    api.fault("sendMessage", Fault.SLOW, seconds=60)
    kim.says("/reason")
    await bot.until(lambda: kim.chat.from_bot)
    bot.gets(signal.SIGTERM)
    await asyncio.sleep(0.3)
    await bot.is_stopped(signal.SIGINT, seconds=2)
    bot.check_it_was_clean()


async def test_while_the_webhook_gets_an_update(make: Make, api: BotApi) -> None:
    bot, kim = make(webhook=True, environment={"TELEGRAM_WEBHOOK_SECRET": SECRET}), api.user(1001)
    await bot.start()
    _, writer = await asyncio.open_connection("127.0.0.1", bot.port)
    writer.write(b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n")
    writer.write(f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n\r\n{{".encode())
    await writer.drain()
    kim.says("/reason")
    await bot.until(lambda: kim.chat.from_bot)
    await bot.is_stopped()
    writer.close()
    kim.says(f"the {WORD} sky")
    await bot.until(lambda: api.deliveries[-1][1] != 200)
    await bot.start()
    await bot.until(lambda: len(kim.chat.from_bot) == 3)
    assert bot.words("reason") == [f"the {WORD} sky"]
    bot.check_it_was_clean()
