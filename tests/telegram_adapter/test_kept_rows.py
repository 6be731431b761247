"""What another version has left in the database, or a fault of the disk: it must not keep the bot from starting."""

import logging
import re
import sqlite3
from contextlib import closing

import pytest
from telegram_api import Person

from bot.adapters.telegram.reading import Event
from bot.messages import Reply
from bot.storage.codec import reply_to_json
from tests.telegram_adapter.conftest import Running, shown, texts

WORDS = "I still have your blue jumper"

UNREADABLE = {
    11: "{",
    12: "",
    13: "null",
    14: f'["{WORDS}"]',
    15: f'{{"id": 15, "kind": "text", "text": "{WORDS}"}}',
    16: f'{{"id": 16, "kind": "text", "chat": 1001, "text": "{WORDS}", "mood": "blue"}}',
    17: f'{{"id": 17, "kind": "dream", "chat": 1001, "text": "{WORDS}"}}',
    18: f'{{"id": 18, "kind": "text", "chat": "1001", "text": "{WORDS}"}}',
    19: f'{{"id": 19, "kind": "text", "chat": 1001, "text": ["{WORDS}"]}}',
    20: f'{{"id": null, "kind": "text", "chat": 1001, "text": "{WORDS}"}}',
}
"""Updates by their number."""


def leave(bot: Running) -> None:
    """Leaves all that in the inbox, something like it in the outbox, and behind each something that can be read."""
    source = f"telegram:{bot.api.me['id']}"
    updates = {**UNREADABLE, 21: Event(21, "text", 1001, "/help", 5).to_json()}
    messages = {901: f'{{"text": "{WORDS}"}}', 902: reply_to_json(Reply("Good morning."))}
    with closing(sqlite3.connect(bot.database_file)) as database, database:
        database.executemany(
            "INSERT INTO inbox (source, id, body, received_at) VALUES (?, ?, ?, 0)",
            [(source, *row) for row in updates.items()],
        )
        database.executemany(
            "INSERT INTO outbox (id, platform, chat, body, written_at) VALUES (?, 'telegram', '1001', ?, 0)",
            messages.items(),
        )


async def test_a_start_with_rows_that_nobody_can_read(
    bot: Running, kim: Person, caplog: pytest.LogCaptureFixture
) -> None:
    await bot.does(kim, "/menu")
    await bot.stop()
    leave(bot)
    await bot.restart()
    await bot.api.until(lambda: len(shown(kim)) == 3)
    await bot.quiet()
    assert [text.split("\n")[0] for text in texts(kim)] == ["What do you need?", "Good morning.", "What I can do:"]
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert [next(iter(re.findall(r"\d+", line))) for line in told] == ["901", *map(str, UNREADABLE)]
    assert WORDS not in caplog.text
    await bot.restart()
    await bot.does(kim, "/menu")
    assert len([record for record in caplog.records if record.levelno >= logging.ERROR]) == len(told)
    assert len(shown(kim)) == 4


@pytest.mark.parametrize(
    ("refused", "steps", "answer"),
    [
        ("UPDATE ON person", ("/settings", "Country", "> Ireland"), "Something went wrong on my side"),
        ("INSERT ON reason", ("/reason", f"> {WORDS}"), "I can't reach my notes right now, so that isn't noted yet."),
    ],
)
async def test_what_the_database_refuses_is_answered_and_not_tried_again(
    bot: Running, kim: Person, caplog: pytest.LogCaptureFixture, refused: str, steps: tuple[str, ...], answer: str
) -> None:
    await bot.joins(kim)
    await bot.does(kim, *steps[:-1])
    with closing(sqlite3.connect(bot.database_file)) as database, database:
        database.execute(f"CREATE TRIGGER no BEFORE {refused} BEGIN SELECT RAISE(ABORT, 'no'); END")
    told = len(shown(kim))
    await bot.does(kim, steps[-1])
    assert texts(kim)[told].startswith(answer)
    before = shown(kim)
    await bot.restart()
    await bot.does(kim, "/menu")
    assert shown(kim)[: len(before)] == before
    assert texts(kim)[len(before) :] == ["What do you need?"]
    with closing(sqlite3.connect(bot.database_file)) as database, database:
        assert database.execute("SELECT count(*) FROM inbox WHERE body IS NOT NULL").fetchone() == (0,)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == [
        "what came in could not be handled"
    ]
