"""Brings a database to the tables of this version (Alembic), and says what is wrong with one that cannot be."""

from pathlib import Path

from sqlalchemy import URL, Connection, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError

from bot.errors import OperatorError
from bot.storage.engine import open_engine

FOLDER = Path(__file__).parent / "migrations"
EXAMPLE = "sqlite:///data/holdfast.db"


def database_url(setting: str) -> URL:
    """The URL of DATABASE_URL, with the folder of the file made.

    Raises:
        OperatorError: no URL, not SQLite, or a folder that cannot be made.
    """
    try:
        url = make_url(setting)
    except (ArgumentError, ValueError) as error:
        raise OperatorError(f"DATABASE_URL: {setting!r} is no database URL; write {EXAMPLE}") from error
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() != "sqlite" or url.host or not url.database or url.database == ":memory:":
        raise OperatorError(f"DATABASE_URL: {shown!r} is no SQLite file, and only those work so far; write {EXAMPLE}")
    folder = Path(url.database).parent
    try:
        file = Path(url.database).expanduser()
        folder = file.parent
        folder.mkdir(parents=True, exist_ok=True)
    except RuntimeError as error:
        raise OperatorError(f"DATABASE_URL: {url.database} is in nobody's home; write {EXAMPLE}") from error
    except OSError as error:
        raise OperatorError(
            f"DATABASE_URL: the folder {folder} cannot be made ({error.strerror}); make it writable or name another"
        ) from error
    return url.set(drivername="sqlite", database=str(file))


def migrate(url: URL) -> None:
    """Makes or updates the tables. Does nothing, quickly, when they are current.

    Raises:
        OperatorError: the file cannot be opened or written, is no database, or is from a newer version.
    """
    engine = open_engine(url, "BEGIN IMMEDIATE")
    try:
        with engine.begin() as connection:
            _migrate(connection, str(url.database))
    except DatabaseError as error:
        raise OperatorError(
            f"DATABASE_URL: {url.database} cannot be used ({error.orig}); check the file, its folder and the disk"
        ) from error
    finally:
        engine.dispose()


def _migrate(connection: Connection, name: str) -> None:
    known = sorted(path.name.split("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))
    current = _current(connection)
    if current == known[-1]:
        return
    if current is not None and current not in known:
        raise OperatorError(
            f"DATABASE_URL: {name} was written by a newer Holdfast (tables {current}, here {known[-1]}); "
            "update Holdfast or name another database"
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
