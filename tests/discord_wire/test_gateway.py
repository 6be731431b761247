"""The gateway: what breaks off, what is said again, what cannot go on; and what was written meanwhile."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import pytest
from discord_api import DiscordApi, Person

from bot.adapters.discord import gateway
from bot.adapters.discord.gateway import Sessions
from tests.discord_process.process import texts
from tests.discord_wire.conftest import Running
from tests.whole_bot import SEAL

HELP = "What I can do:"


def reasons(bot: Running) -> list[str]:
    """The reasons that were kept."""
    with closing(sqlite3.connect(bot.database_file)) as database:
        rows = database.execute("SELECT person_id, text FROM reason ORDER BY id").fetchall()
        return [SEAL.open(text, person) for person, text in rows]


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


class TestAConnectionThatIsNone:
    async def test_a_gateway_that_never_says_hello(
        self, make_bot: Callable[..., Running], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        bot = make_bot()
        there, silent = bot.api.gateway, []
        with monkeypatch.context() as patched:
            patched.setattr(gateway, "CONNECT_SECONDS", 0.2)
            patched.setattr(there, "opened", silent.append)
            await bot.start()
            await bot.api.until(lambda: len(silent) >= 2)
        assert not there.identifies
        await bot.api.until(lambda: there.is_connected)
        kim = bot.api.user(1001)
        kim.types("/help")
        await bot.api.until(lambda: texts(kim))
        assert "no connection to the gateway" in caplog.text

    async def test_heartbeats_that_nobody_hears(self, make_bot: Callable[..., Running]) -> None:
        bot = make_bot()
        there = bot.api.gateway
        there.heartbeat_interval = 0.1
        bot.discord.client._connection.heartbeat_timeout = 0.3
        await bot.is_there()
        there.acknowledges = False
        await bot.api.until(lambda: there.resumes)
        there.acknowledges = True
        kim = bot.api.user(1001)
        kim.types("/help")
        await bot.api.until(lambda: texts(kim))
        assert len(there.identifies) == 1

    async def test_a_token_that_the_gateway_refuses_once_and_discord_takes(self, bot: Running, kim: Person) -> None:
        bot.api.gateway.close(4004)
        await bot.api.until(lambda: len(bot.api.gateway.identifies) == 2)
        await bot.does(kim, "/help")
        assert HELP in texts(kim)[-1]

    @pytest.mark.parametrize(("code", "words"), [(4014, "privileged intents"), (4013, "intents"), (4011, "sharding")])
    async def test_what_cannot_be_mended_by_waiting_ends_the_bot(self, bot: Running, code: int, words: str) -> None:
        bot.api.gateway.close(code)
        told = await bot.ends()
        assert f"({words}, code {code})" in told
        assert "\n" not in told


class TestTheBudget:
    async def test_the_second_half_of_a_day_is_spread_over_what_is_left_of_it(
        self, make_bot: Callable[..., Running], caplog: pytest.LogCaptureFixture
    ) -> None:
        bot = make_bot()
        bot.api.gateway.start_limit |= {"remaining": 400, "reset_after": 400 * 500}
        begun = time.monotonic()
        await bot.is_there()
        assert time.monotonic() - begun >= 0.5
        assert "400 sessions are left for today; the next in" in caplog.text

    async def test_when_nothing_is_left_it_waits_until_there_is(self, make_bot: Callable[..., Running]) -> None:
        bot = make_bot()
        limit = bot.api.gateway.start_limit
        limit |= {"remaining": 0, "reset_after": 500}
        asyncio.get_running_loop().call_later(0.4, lambda: limit.update(remaining=1000))
        await bot.is_there()
        assert len(bot.api.gateway.identifies) == 1

    async def test_a_connection_that_breaks_again_and_again_uses_one_session(self, bot: Running) -> None:
        there = bot.api.gateway
        for number in range(5):
            there.cut()
            await bot.api.until(lambda number=number: len(there.resumes) > number and there.is_connected)
        assert there.start_limit["remaining"] == 999

    async def test_after_a_hundred_that_broke_off_the_next_one_waits_longer_each_time(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(gateway, "FIRST_PAUSE", 0.1)
        written = [json.dumps([time.time() - number for number in range(100)])]

        async def write(value: str) -> None:
            written.append(value)

        waits = []
        for _ in range(3):
            begun = time.monotonic()
            await Sessions(written[-1], write).begin()
            waits.append(time.monotonic() - begun)
        assert all(wait >= least for wait, least in zip(waits, (0.08, 0.16, 0.32), strict=True)), waits
        assert "100 sessions broke off within an hour; the next in" in caplog.text
        assert len(json.loads(written[-1])) == 103

    async def test_one_that_was_told_to_stop_did_not_break_off(self, bot: Running) -> None:
        for _ in range(3):
            await bot.restart()
        await bot.stop()
        noted = f"discord sessions {bot.api.me['id']}"
        assert json.loads(await bot.store.noted(noted)) == []

    @pytest.mark.parametrize("written", ["", "nonsense", "[1, null]", "{}", "[99999999999]"])
    async def test_what_was_noted_by_nobody(self, written: str) -> None:
        noted = []

        async def write(value: str) -> None:
            noted.append(value)

        await asyncio.wait_for(Sessions(written, write).begin(), 1)
        assert len(json.loads(noted[-1])) == 1
