"""What both platforms look for their marked words with: the words that mean danger, a row that cannot be read, and all
that the bot has written down."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

from tests.whole_bot import WORD, WholeBot

DANGER = f"I want to kill myself {WORD}"
UNCLEAR = f"no point anymore without her {WORD}"

TRACES = (WORD, "kill", "safety", "self_harm", "crisis", "no point")
"""What would tell that they were said."""


def kept(bot: WholeBot) -> bytes:
    """Every byte of the database."""
    return b"".join(file.read_bytes() for file in sorted(bot.folder.glob("holdfast.db*")))


def spoil(bot: WholeBot, value: str) -> None:
    """Puts a time into the database that is none: whoever reads it, fails, and quotes it. An empty one mends that."""
    with closing(sqlite3.connect(bot.file, timeout=10, isolation_level=None)) as database:
        database.execute("PRAGMA secure_delete=ON")
        database.execute("UPDATE person SET adult = 1, zone = 'Europe/Berlin', morning = ?", (value,))
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def rows(bot: WholeBot, but: Sequence[str] = ("inbox",)) -> dict[str, list[tuple[object, ...]]]:
    """All rows by table, but for the numbers of what came in."""
    tables = [name for (name,) in bot.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: bot.rows(f'SELECT * FROM "{name}"') for name in tables if name not in but}  # noqa: S608


def check_no_trace(bot: WholeBot, lines: Sequence[str]) -> None:
    """Neither the database nor what was printed meanwhile tells that words of danger were said."""
    for trace in TRACES:
        assert trace.encode() not in kept(bot)
        assert trace not in "\n".join(lines).casefold()
