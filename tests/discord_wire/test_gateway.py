"""The gateway: what breaks off, what is said again, what cannot go on; and what was written meanwhile."""

import sqlite3
from contextlib import closing

import pytest
from discord_api import DiscordApi, Person

from tests.discord_process.process import texts
from tests.discord_wire.conftest import Running

HELP = "What I can do:"


def reasons(bot: Running) -> list[str]:
    """The reasons that were kept."""
    with closing(sqlite3.connect(bot.database_file)) as database:
        return [text for (text,) in database.execute("SELECT text FROM reason ORDER BY id")]


async def breaks_off(api: DiscordApi, how: str) -> None:
    """The connection ends in one way or another."""
    there = api.gateway
    match how:
        case "cut":
            there.cut()
        case "op 7":
            there.reconnect()
        case "op 9, true":
            there.invalidate(resumable=True)
        case "op 9, false":
            there.invalidate()
        case "resume refused":
            there.refuses_resume = True
            there.cut()
        case _:
            there.close(int(how))


RESUMED = ("cut", "op 7", "op 9, true", "4000", "4001", "4008")
BEGUN_ANEW = ("op 9, false", "resume refused", "4007", "4009")


class TestAConnectionThatBreaks:
    @pytest.mark.parametrize("how", RESUMED)
    async def test_the_session_is_resumed_and_nothing_is_handled_twice(
        self, bot: Running, kim: Person, how: str
    ) -> None:
        await bot.does(kim, "hello", "/reason")
        there = bot.api.gateway
        await breaks_off(bot.api, how)
        written = kim.types("The sky is enough")
        await bot.api.until(lambda: there.resumes and there.is_connected)
        await bot.api.until(lambda: reasons(bot))
        bot.api.redeliver(written)
        await bot.does(kim, "/help")
        assert reasons(bot) == ["The sky is enough"]
        assert len(there.identifies) == 1
        assert HELP in texts(kim)[-1]

    @pytest.mark.parametrize("how", BEGUN_ANEW)
    async def test_a_new_one_begins_and_what_was_written_meanwhile_is_answered_once(
        self, bot: Running, kim: Person, lee: Person, how: str
    ) -> None:
        await bot.does(lee, "hello")
        await bot.does(kim, "hello", "/reason")
        there = bot.api.gateway
        bot.api.fault("GET", "/gateway/bot", "late", seconds=0.2)
        await breaks_off(bot.api, how)
        await bot.api.until(lambda: not there.is_connected)
        kim.types("The sky is enough")
        lee.types("what can you do?")
        there.forget()
        there.refuses_resume = False
        await bot.api.until(lambda: len(there.identifies) == 2 and reasons(bot))
        await bot.api.until(lambda: len(texts(lee)) == 2)
        await bot.does(kim, "/help")
        assert reasons(bot) == ["The sky is enough"]
        assert len(texts(lee)) == 2
