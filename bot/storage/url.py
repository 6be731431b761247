"""DATABASE_URL: a SQLite file, or a database of PostgreSQL."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import OperatorError

EXAMPLE = "sqlite:///data/holdfast.db"
EXAMPLES = f"{EXAMPLE} or postgresql+asyncpg://user:password@host/holdfast"
POSTGRESQL = ("postgresql+asyncpg", "postgresql", "postgres")


def database_url(setting: str) -> URL:
    """The URL of DATABASE_URL, with the folder of a file made.

    Raises:
        OperatorError: no URL, neither SQLite nor PostgreSQL, or a folder that cannot be made.
    """
    try:
        url = make_url(setting)
    except (ArgumentError, ValueError) as error:
        said = "this" if "@" in setting else repr(setting)  # it may hold a password
        raise OperatorError(f"DATABASE_URL: {said} is no database URL; write {EXAMPLES}") from error
    if url.drivername in POSTGRESQL:
        return _of_a_server(url)
    if url.get_backend_name() != "sqlite" or url.host or not url.database or url.database == ":memory:":
        raise OperatorError(f"DATABASE_URL: {shown(url)!r} is none that works here; write {EXAMPLES}")
    return _of_a_file(url, url.database)


def shown(url: URL) -> str:
    """A URL without its password."""
    return url.render_as_string(hide_password=True)


def _of_a_server(url: URL) -> URL:
    if not url.database:
        raise OperatorError(f"DATABASE_URL: {shown(url)!r} names no database; write {EXAMPLES}")
    return url.set(drivername=POSTGRESQL[0])


def _of_a_file(url: URL, name: str) -> URL:
    folder = Path(name).parent
    try:
        file = Path(name).expanduser()
        folder = file.parent
        folder.mkdir(parents=True, exist_ok=True)
    except RuntimeError as error:
        raise OperatorError(f"DATABASE_URL: {name} is in nobody's home; write {EXAMPLE}") from error
    except OSError as error:
        raise OperatorError(
            f"DATABASE_URL: the folder {folder} cannot be made ({error.strerror}); make it writable or name another"
        ) from error
    return url.set(drivername="sqlite", database=str(file))
