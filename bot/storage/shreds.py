"""What SQLite leaves of what was deleted: in the write-ahead log, and in pages between what is there."""

from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine

from bot.storage.engine import OF_THE_DATABASE, raw_connection

REBUILT_AT_ONCE = 32 * 2**20
"""Bytes of a file that is rebuilt while people wait: a quarter of a second."""


def is_large(engine: Engine) -> bool:
    """Whether nobody should wait until the file is rebuilt."""
    return Path(str(engine.url.database)).stat().st_size > REBUILT_AT_ONCE


def rebuild(engine: Engine) -> bool:
    """Copies what is there into fresh pages. SQLite overwrites what it deletes, but when it parts a page or joins two
    it moves rows, and where they were before their bytes stay until that room is needed. False if somebody is writing
    now."""
    try:
        with engine.connect() as connection:
            raw = raw_connection(connection)
            if is_large(engine):  # its copy is too large for the memory, and holds only what stays
                raw.execute("PRAGMA temp_store=FILE")
            raw.execute("VACUUM")
            raw.execute("PRAGMA temp_store=MEMORY")
    except OF_THE_DATABASE:
        return False
    return True


def empty_the_log(engine: Engine) -> bool:
    """Puts the write-ahead log into the database and cuts it off. False if somebody else is reading it now."""
    with suppress(*OF_THE_DATABASE), engine.connect() as connection:
        return not connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
    return False
