"""Log lines, without what must not be in them."""

import logging
import sys
from collections.abc import Iterable

from bot.signs import one_line, visible

CHATTY = (
    "telegram",
    "aiohttp",
    "asyncio",
    "alembic",
    "apscheduler",
    "discord",
    "filelock",
    "httpx",
    "httpcore",
    "markdown_it",
    "tzlocal",
)
"""Libraries whose debug lines hold people's words or the token, or say nothing an operator can use."""

HIDDEN = "[hidden]"

_secrets: list[str] = []


def hide(text: str) -> str:
    """A text without the secrets that `set_up` was told."""
    for secret in _secrets:
        text = text.replace(secret, HIDDEN)
    return text


class Redacted(logging.Formatter):
    """Formats a line, its traceback included, and takes the secrets out of it. What others have sent may stand in an
    error: it makes no second line, and a terminal does not obey it."""

    def format(self, record: logging.LogRecord) -> str:
        """One log line."""
        return visible(hide(super().format(record)))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """The line without its traceback."""
        record.message = one_line(record.message.strip())
        return super().formatMessage(record)


def keep_secret(secrets: Iterable[str]) -> None:
    """No log line shows these from now on."""
    _secrets[:] = sorted({*_secrets, *filter(None, secrets)}, key=len, reverse=True)


def set_up(level: int, secrets: Iterable[str] = ()) -> None:
    """Sends log lines of this level and above to standard error. No secret is shown from now on."""
    keep_secret(secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redacted("%(asctime)s %(levelname)s %(message)s", datefmt="%Y-%m-%d %H:%M:%S"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    for name in ("telegram", "discord"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of every tick during a long broadcast
