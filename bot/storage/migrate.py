"""Brings a database to the tables of this version (Alembic), and says what is wrong with one that cannot be."""

from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.exc import DatabaseError

from bot.errors import OperatorError
from bot.storage.engine import open_engine
from bot.storage.url import database_url, shown

__all__ = ("FOLDER", "database_url", "migrate")

FOLDER = Path(__file__).parent / "migrations"


def migrate(url: URL) -> None:
    """Makes or updates the tables. Does nothing, quickly, when they are current.

    Raises:
        OperatorError: the database cannot be opened or written, is none, or is from a newer version.
    """
    if url.get_backend_name() == "sqlite":
        _migrate_file(url)
    else:
        from bot.storage.server_start import migrate_server

        migrate_server(url, lambda connection: bring_up_to_date(connection, shown(url)))


def _migrate_file(url: URL) -> None:
    with suppress(OSError):  # a new file is nobody else's to read; SQLite gives those beside it the same mode
        Path(str(url.database)).touch(mode=0o600)
    engine = open_engine(url, "BEGIN IMMEDIATE")
    try:
        with engine.begin() as connection:
            bring_up_to_date(connection, str(url.database))
    except DatabaseError as error:
        raise OperatorError(
            f"DATABASE_URL: {url.database} cannot be used ({error.orig}); check the file, its folder and the disk"
        ) from error
    finally:
        engine.dispose()


def bring_up_to_date(connection: Connection, name: str) -> None:
    """Makes or updates the tables in the transaction of a connection.

    Raises:
        OperatorError: they are from a newer version.
    """
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
