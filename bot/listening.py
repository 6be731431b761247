"""The bot's own HTTP servers. Of whoever asks something there no log line holds the address, or says that what they
sent was no request."""

import logging

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

SHUTDOWN_SECONDS = 0.5
"""How long a request that is just arriving or being answered is waited for when the bot is told to stop."""

MALFORMED = (HttpProcessingError, web.RequestPayloadError)
"""What whoever sent a request is to blame for. They get their answer, and no operator needs to know."""

_faults = logging.getLogger(f"{__name__}.faults")


def runner(app: web.Application) -> web.AppRunner:
    """Runs an app, which says of a fault only what and where it is."""
    return web.AppRunner(app, access_log=None, logger=_faults, handle_signals=False, shutdown_timeout=SHUTDOWN_SECONDS)


async def body_of(request: web.Request) -> bytes:
    """What was sent.

    Raises:
        HTTPBadRequest: it is cut off, or not what its headers say. Who is gone gets no answer.
        HTTPRequestEntityTooLarge: it is longer than the app takes.
    """
    try:
        return await request.read()
    except (*MALFORMED, ConnectionError):
        raise web.HTTPBadRequest from None


def _is_ours(record: logging.LogRecord) -> bool:
    """Leaves of what aiohttp says only that a request failed by a fault of ours, and that without who sent it."""
    error = record.exc_info[1] if record.exc_info else None
    record.msg, record.args = "a request could not be answered", ()
    return record.levelno >= logging.ERROR and not isinstance(error, MALFORMED)


_faults.addFilter(_is_ours)
