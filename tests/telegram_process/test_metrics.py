"""Metrics of the whole bot, and `holdfast status` beside it."""

import json
import socket
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE

import aiohttp
import pytest
from telegram_api import BotApi

from tests.telegram_process.conftest import Make
from tests.telegram_process.process import Process
from tests.telegram_process.test_cannot_start import told
from tests.whole_bot import ROOT, WORD, free_port


async def get(listen: str, path: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"http://{listen}{path}") as answer:
        assert answer.status == 200
        return await answer.text()


async def status(process: Process) -> dict[str, object]:
    """What `holdfast status --json` says beside a bot."""
    command = (sys.executable, "-m", "bot", "status", "--json")
    asked = await create_subprocess_exec(*command, cwd=ROOT, env=process.settings(), stdout=PIPE, stderr=PIPE)
    out, err = await asked.communicate()
    assert (asked.returncode, err) == (0, b"")
    assert WORD not in out.decode()
    return json.loads(out)["platforms"]["telegram"]["chats"]  # type: ignore[no-any-return]


async def test_a_bot_that_runs_is_looked_at_from_both_sides(make: Make, api: BotApi) -> None:
    listen = f"127.0.0.1:{free_port()}"
    process = make(environment={"METRICS_LISTEN": listen})
    await process.start()
    assert await get(listen, "/healthz") == "ok\n"
    api.user(7_000_001).says(f"/start {WORD}")
    await process.until(lambda: api.calls("sendMessage"))
    await process.until(lambda: process.rows("SELECT 1 FROM chat"))
    assert await status(process) == {"all": 1, "gone": 0}
    metrics = await get(listen, "/metrics")
    assert 'holdfast_due{platform="telegram"} 0.0' in metrics
    assert 'platform="discord"' not in metrics
    assert "process_resident_memory_bytes" in metrics
    assert WORD not in metrics
    assert "7000001" not in metrics
    await process.is_stopped()
    process.check_it_was_clean()
    with pytest.raises(aiohttp.ClientConnectionError):
        await get(listen, "/healthz")


async def test_without_the_setting_nobody_listens(make: Make) -> None:
    process = make(environment={"METRICS_LISTEN": ""})
    await process.start()
    await process.is_stopped()
    process.check_it_was_clean()


async def test_the_port_of_the_metrics_is_taken(make: Make) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        await told(make(environment={"METRICS_LISTEN": listen}), "METRICS_LISTEN", listen, "name a free address")


@pytest.mark.parametrize("listen", ["nonsense", "9464", ":9464", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:-1"])
async def test_what_is_no_address_to_listen_on(make: Make, listen: str) -> None:
    process = make(environment={"METRICS_LISTEN": listen})
    await told(process, "METRICS_LISTEN", "like 127.0.0.1:9464", "or leave it empty")
