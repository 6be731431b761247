"""Log lines, without what must not be in them."""

import asyncio
import logging
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any

from bot.errors import OperatorError
from bot.ports import StorageDown
from bot.signs import one_line, visible

log = logging.getLogger(__name__)

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

SPEAKS_OF_US = (OperatorError, StorageDown, OSError, AttributeError, NameError, ImportError)
"""Errors that say something of the machine or of the code. What others say may quote somebody."""

_secrets: list[str] = []


def hide(text: str) -> str:
    """A text without the secrets that `set_up` was told."""
    for secret in _secrets:
        text = text.replace(secret, HIDDEN)
    return text


def named(error: BaseException) -> str:
    """An error by its kind, and what it says if that can be nothing of a person's."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return f"{name}: {error}" if isinstance(error, SPEAKS_OF_US) and str(error) else name


class Redacted(logging.Formatter):
    """Formats a line, and takes the secrets out of it. A traceback tells where it was and which kind of error, not what
    that says: a word that could not be read stands there as it was written. What others have sent may stand in a line:
    it makes no second one, and a terminal does not obey it."""

    def format(self, record: logging.LogRecord) -> str:
        """One log line."""
        record.exc_text = None  # another handler may have left its own there
        return visible(hide(super().format(record)))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """The line without its traceback."""
        record.message = one_line(record.message.strip())
        return super().formatMessage(record)

    def formatException(  # noqa: N802 - the name is logging's
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """The traceback below it."""
        return "\n".join(_traceback(ei[1])) if ei[1] is not None else ""


def _traceback(error: BaseException) -> Iterator[str]:
    """What led to an error first, then itself."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _traceback(before)
        yield "\nThat led to:\n" if error.__cause__ else "\nMeanwhile:\n"
    for each in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from _traceback(each)
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip("\n")
    yield named(error)


def stray(_loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """Logs an error that nobody waited for, without what it is about: asyncio itself would quote that."""
    what = str(context.get("message", "")).partition(" callback ")[0]
    log.error("%s", what, exc_info=context.get("exception"))


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
