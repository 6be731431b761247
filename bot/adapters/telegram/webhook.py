"""The webhook: Telegram posts updates, and each is taken in when it is its turn, and answered with 200 when it is
durable."""

import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Forbidden

from bot.adapters.telegram.calls import Calls
from bot.adapters.telegram.intake import Intake
from bot.adapters.telegram.reading import ALLOWED_UPDATES
from bot.adapters.telegram.updates import is_update, read_update
from bot.errors import OperatorError
from bot.listening import body_of, runner

HEADER = "X-Telegram-Bot-Api-Secret-Token"

JSON = "application/json"
"""What Telegram posts, and nothing else is read."""

LARGEST = 1_000_000
"""Bytes of one update; the largest ones have some ten thousand."""

CONNECTIONS = 40
"""Updates Telegram may post at once, its default (core.telegram.org/bots/api#setwebhook)."""


@asynccontextmanager
async def listen(
    bot: Bot, calls: Calls, intake: Intake, url: str, at: tuple[str, int], secret: str
) -> AsyncIterator[None]:
    """Listens on `at` for what comes for the path of `url`, and tells Telegram to post there.

    Raises:
        OperatorError: the address is taken, or is none of this machine; or Telegram refuses the `url`.
    """
    app = web.Application(client_max_size=LARGEST)
    app.router.add_post(urlsplit(url).path or "/", _receiver(bot, intake, secret))
    running = runner(app)
    await running.setup()
    try:
        try:
            await web.TCPSite(running, *at).start()
        except OSError as error:
            where = f"{at[0]}:{at[1]}"
            cure = "name a free address of this machine"
            raise OperatorError(
                f"TELEGRAM_WEBHOOK_LISTEN: cannot listen on {where} ({error.strerror}); {cure}"
            ) from error
        await _announce(bot, calls, url, secret)
        yield
    finally:
        await running.cleanup()


async def _announce(bot: Bot, calls: Calls, url: str, secret: str) -> None:
    try:
        await calls.insist(
            lambda: bot.set_webhook(
                url,
                secret_token=secret,
                allowed_updates=ALLOWED_UPDATES,
                max_connections=CONNECTIONS,
                drop_pending_updates=False,
            )
        )
    except (BadRequest, Forbidden) as error:
        raise OperatorError(f"TELEGRAM_WEBHOOK_URL: Telegram refuses it ({error.message}); correct it") from None


def _receiver(bot: Bot, intake: Intake, secret: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    order = intake.order()

    async def receive(request: web.Request) -> web.StreamResponse:
        given = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, secret.encode()):
            return web.Response(status=403)
        if request.content_type != JSON:
            return web.Response(status=415)
        try:
            raw = json.loads(await body_of(request))
        except (ValueError, RecursionError):
            return web.Response(status=400)
        if not is_update(raw):
            return web.Response(status=400)
        await order.turn(raw["update_id"])
        await intake.take_in([read_update(raw, bot)])
        return web.Response()

    return receive
