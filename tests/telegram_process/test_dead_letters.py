"""What was given up is tried again by a bot that runs, when its operator says so."""

import sqlite3
import sys
import time
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from contextlib import closing

from telegram_api import BotApi

from bot.messages import Reply
from bot.storage.codec import reply_to_json
from tests.telegram_process.conftest import Make
from tests.telegram_process.process import Process, shown
from tests.whole_bot import ROOT, WORD

KIM = 7_000_001


async def holdfast(process: Process, *arguments: str) -> str:
    """What a command says beside the bot."""
    command = (sys.executable, "-m", "bot", *arguments)
    asked = await create_subprocess_exec(*command, cwd=ROOT, env=process.settings(), stdout=PIPE, stderr=PIPE)
    out, err = await asked.communicate()
    assert (asked.returncode, err) == (0, b"")
    assert WORD not in out.decode()
    return out.decode()


def give_up(process: Process, text: str) -> None:
    """Leaves a message in the database as the outbox does that gives it up."""
    now = int(time.time() * 1000)
    row = ("telegram", str(KIM), reply_to_json(Reply(text)), now, "a nonce", 10, now, "Bad Gateway")
    with closing(sqlite3.connect(process.file)) as database:
        database.execute(
            "INSERT INTO outbox (platform, chat, body, written_at, nonce, attempts, dead_at, error)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        database.commit()


async def test_it_is_shown_once_and_what_was_thrown_away_is_not(make: Make, api: BotApi) -> None:
    process = make()
    await process.start()
    api.user(KIM).says("/start")
    await process.until(lambda: shown(api, KIM))
    await process.until(lambda: process.rows("SELECT 1 FROM chat"))
    give_up(process, f"{WORD} again")
    give_up(process, f"{WORD} never")
    listed = (await holdfast(process, "dead", "list")).splitlines()[1:]
    never, again = (line.split()[0] for line in listed)
    assert await holdfast(process, "dead", "drop", never) == "Thrown away: 1\n"
    assert await holdfast(process, "dead", "retry", again) == "Put back: 1\n"
    await process.until(lambda: f"{WORD} again" in shown(api, KIM))
    await process.until(lambda: not process.rows("SELECT 1 FROM outbox"))
    await process.is_stopped()
    assert [text for text in shown(api, KIM) if WORD in text] == [f"{WORD} again"]
    process.check_it_was_clean()
