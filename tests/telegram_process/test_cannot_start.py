"""What is wrong is told in one line that names the setting and the cure, with exit code 2."""

import signal
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from telegram_api import BotApi

from tests.telegram_process.conftest import Make
from tests.telegram_process.process import Process
from tests.whole_bot import WORD, free_port

DEBUG = pytest.mark.parametrize("debug", [False, True], ids=["plain", "debug"])

OTHER_TOKEN = "123456:ANOTHER-token_value"  # noqa: S105 - not a real one


async def told(process: Process, *parts: str) -> None:
    """It ends with code 2 and with one line that has these parts; with --debug the details stand before it."""
    process.launch()
    assert await process.ends() == 2
    lines = process.lines if process.debug else [process.err.removesuffix("\n")]
    assert not [part for part in parts if part not in lines[-1]], lines
    assert "\n" not in lines[-1]
    assert ("Traceback" in process.err) == process.debug
    assert process.out == ""


@pytest.fixture
async def page() -> AsyncIterator[str]:
    """A web page that is no Bot API; what is below /none is not found."""

    async def show(request: web.Request) -> web.Response:
        found = not request.path.startswith("/none")
        return web.Response(status=200 if found else 404, text="<html>Welcome</html>", content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", show)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@DEBUG
@pytest.mark.parametrize("token", [f"12:{WORD} {WORD}", ":AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"])
async def test_what_is_no_token(make: Make, debug: bool, token: str) -> None:
    await told(make(debug=debug, token=token), "TELEGRAM_BOT_TOKEN: this is no bot token", "@BotFather")


@DEBUG
async def test_a_token_that_telegram_refuses(make: Make, debug: bool) -> None:
    await told(make(debug=debug, token=OTHER_TOKEN), "TELEGRAM_BOT_TOKEN", "copy it again from @BotFather")


@DEBUG
async def test_a_token_that_is_revoked_while_it_runs(make: Make, api: BotApi, debug: bool) -> None:
    process = make(debug=debug)
    await process.start()
    api.revoke()
    api.cut_connections()
    assert await process.ends() == 2
    named = [line for line in process.lines if "TELEGRAM_BOT_TOKEN" in line and "OperatorError" not in line]
    assert named == process.lines[-1:]
    assert "copy it again from @BotFather" in named[0]


@DEBUG
async def test_nothing_listens_at_the_address_of_the_bot_api(make: Make, debug: bool) -> None:
    process = make(debug=debug, environment={"TELEGRAM_API_URL": f"http://127.0.0.1:{free_port()}"})
    process.launch()
    line = await process.says_line("TELEGRAM_API_URL", times=2)
    assert "no connection to the Bot API" in line
    assert all("trying again in" in line for line in process.lines)
    await process.is_stopped()
    process.check_it_was_clean()


@pytest.mark.parametrize("path", ["", "/none"], ids=["found", "not-found"])
async def test_a_web_page_in_place_of_the_bot_api(make: Make, page: str, path: str) -> None:
    process = make(environment={"TELEGRAM_API_URL": page + path})
    process.launch()
    line = await process.says_line("TELEGRAM_API_URL")
    assert line.startswith("WARNING Telegram: ")
    assert "in place of an answer of the Bot API" in line
    assert "see TELEGRAM_API_URL; trying again in" in line
    await process.is_stopped(signal.SIGINT)
    process.check_it_was_clean()


async def test_the_port_of_the_webhook_is_taken(make: Make) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = make(webhook=True, port=taken.getsockname()[1])
        await told(process, "TELEGRAM_WEBHOOK_LISTEN", f"127.0.0.1:{process.port}", "name a free address")


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:70000"])
async def test_what_is_no_address_to_listen_on(make: Make, address: str) -> None:
    process = make(webhook=True, environment={"TELEGRAM_WEBHOOK_LISTEN": address})
    await told(process, "TELEGRAM_WEBHOOK_LISTEN", "like 127.0.0.1:8443")


async def test_an_address_to_listen_on_that_is_of_another_machine(make: Make) -> None:
    process = make(webhook=True, environment={"TELEGRAM_WEBHOOK_LISTEN": "192.0.2.1:8443"})
    await told(process, "TELEGRAM_WEBHOOK_LISTEN", "192.0.2.1:8443", "name a free address")


async def test_a_second_one_on_the_same_database_waits_for_the_first(make: Make, api: BotApi) -> None:
    first = make()
    await first.start()
    second = make("second", environment={"DATABASE_URL": first.settings()["DATABASE_URL"]})
    second.launch()
    assert str(first.file) in await second.says_line("DATABASE_URL: another Holdfast is at work on")
    assert len(api.calls("getMe")) == 1
    await first.is_stopped()
    await second.says_line("Holdfast is on Telegram")
    assert sum("DATABASE_URL" in line for line in second.lines) == 1
    await second.is_stopped()
    second.check_it_was_clean()
