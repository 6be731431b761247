"""Neither a secret nor a word of a person is ever printed, whatever happens. `make` looks at the end of every test;
here is everything that can go wrong, and what was printed is there at all."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from telegram_api import BotApi, Fault

from tests.telegram_process.conftest import Make
from tests.whole_bot import WORD

SECRET = "one-secret_of-ours"  # noqa: S105 - of a test
PAGE = f"Bad Request: can't parse entities: Unsupported start tag {WORD}"


def spoil(file: Path, value: str) -> None:
    """Puts a time into the database that is none: whoever reads it, fails, and quotes it."""
    with closing(sqlite3.connect(file, timeout=10)) as database, database:
        database.execute("UPDATE person SET adult = 1, zone = 'Europe/Berlin', morning = ?", (value,))


@pytest.mark.parametrize("debug", [False, True], ids=["plain", "debug"])
async def test_whatever_happens(make: Make, api: BotApi, debug: bool) -> None:
    webhook = {"TELEGRAM_WEBHOOK_SECRET": SECRET} if debug else {}
    bot, kim = make(real=True, debug=debug, webhook=debug, environment=webhook), api.user(1001)
    await bot.start()
    command_line = bot.command_line()
    assert "bot" in command_line
    assert not [secret for secret in (api.token, api.token.split(":")[1], SECRET) if secret in command_line]

    async def answered(says: str) -> None:
        before = len(kim.chat.from_bot)
        kim.says(says)
        await bot.until(lambda: len(kim.chat.from_bot) > before and not api.pending)

    await answered(f"what a {WORD} day")
    await answered(f"/read {WORD}")
    await answered("/reason")
    await answered(f"the {WORD} sky")
    await answered("/reasons")
    faults = (
        (Fault.TOO_MANY, {}),
        (Fault.SERVER_ERROR, {"description": f"Internal Server Error. {WORD} {api.token}"}),
        (Fault.SERVER_ERROR, {"status": 502}),
        (Fault.HTML, {}),
        (Fault.BAD_JSON, {}),
        (Fault.CUT_BEFORE, {}),
        (Fault.CUT_AFTER, {}),
        (Fault.CANT_PARSE, {"description": PAGE}),
        (Fault.UNAUTHORIZED, {"description": f"Unauthorized {quote(api.token, safe='')}"}),
    )
    others = [api.user(2001 + number) for number in range(len(faults))]
    for other, (fault, more) in zip(others, faults, strict=True):
        api.fault("sendMessage", fault, chat=other.id, **more)
        other.says(f"/help {WORD}")
    await bot.until(lambda: not api.faults_waiting and all(other.chat.from_bot for other in others))
    api.fault("sendMessage", Fault.BAD_REQUEST, times=2, description=f"Bad Request: {WORD}")
    kim.says("/reasons")
    await bot.says_line("is given up")
    api.fault("sendMessage", Fault.FORBIDDEN, description=f"Forbidden: {WORD}")
    kim.says("/reasons")
    await bot.says_line("cannot be written to")
    for number, value in enumerate((api.token, quote(api.token, safe=""), api.token.split(":")[1]), 1):
        spoil(bot.file, value)
        await answered("/checkins on")
        await bot.says_line("what came in could not be handled", times=number)
    await bot.says_line("ValueError", times=3)
    await bot.is_stopped()
    assert "never retrieved" not in bot.err
