"""One process at a time works on a SQLite database: two would handle the same updates and send the same messages.
On PostgreSQL they share the work."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from filelock import FileLock, Timeout
from sqlalchemy import URL

from bot.errors import OperatorError

log = logging.getLogger(__name__)

ASK_AGAIN_SECONDS = 1.0


@asynccontextmanager
async def only_one(url: URL) -> AsyncIterator[None]:
    """Waits until no other bot is at work on this database. The lock goes with the process, however that ends.

    Raises:
        OperatorError: beside the database nothing can be written.
    """
    if url.get_backend_name() != "sqlite":
        yield
        return
    lock = FileLock(f"{url.database}.lock")
    told = False
    while True:
        try:
            lock.acquire(timeout=0)
            break
        except Timeout:
            if not told:
                log.warning("DATABASE_URL: another Holdfast is at work on %s; this one waits for it", url.database)
                told = True
        except OSError as error:
            raise _unwritable(url, error) from error
        await asyncio.sleep(ASK_AGAIN_SECONDS)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def nobody_at_work(url: URL) -> Iterator[None]:
    """No bot is at work on this database, and none begins before this is left.

    Raises:
        OperatorError: one is, or beside the database nothing can be written.
    """
    try:
        with FileLock(f"{url.database}.lock").acquire(timeout=0):
            yield
    except Timeout as error:
        raise OperatorError(f"DATABASE_URL: a Holdfast is at work on {url.database}; stop it first") from error
    except OSError as error:
        raise _unwritable(url, error) from error


def _unwritable(url: URL, error: OSError) -> OperatorError:
    return OperatorError(
        f"DATABASE_URL: {url.database}.lock cannot be made ({error.strerror}); make its folder writable"
    )
