"""What the admins of servers have set."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select, true
from whenever import Instant

from bot.records import Server
from bot.storage.room import Room
from bot.storage.tables import SERVER, upsert

COLUMNS = tuple(column.name for column in SERVER.columns)
SAVE = upsert(SERVER, *COLUMNS, sets=COLUMNS[1:])


class SqlServers:
    """Reads and writes in one `Room`."""

    def __init__(self, database: Room) -> None:
        self._database = database

    async def server(self, id: int) -> Server:
        """What is set in a server."""
        return next(iter(await self._read(SERVER.c.id == id)), Server(id))

    async def servers(self) -> Sequence[Server]:
        """All servers in which something is set."""
        return await self._read(true())

    async def save(self, server: Server) -> None:
        """Makes that durable, in place of what was set."""
        row = {name: getattr(server, name) for name in COLUMNS} | {"channels": json.dumps(server.channels)}
        await self._database.write(lambda connection: SAVE.run(connection, **row).rowcount)

    async def remove(self, id: int) -> None:
        """From now on nothing is set in a server."""
        that = delete(SERVER).where(SERVER.c.id == id)
        await self._database.write(lambda connection: connection.execute(that).rowcount)

    async def due(self, now: Instant) -> Sequence[Server]:
        """Servers in which a thread is due by `now`, the earliest first."""
        return await self._read(SERVER.c.next_at <= now)

    async def _read(self, where: ColumnElement[bool]) -> list[Server]:
        query = select(SERVER).where(where).order_by(SERVER.c.next_at, SERVER.c.id)

        def rows(connection: Connection) -> Sequence[Row[Any]]:
            return connection.execute(query).all()

        return [_server(row) for row in await self._database.read(rows)]


def _server(row: Row[Any]) -> Server:
    return Server(**{**row._asdict(), "channels": _channels(row.channels)})


def _channels(text: str) -> tuple[int, ...]:
    """The channels of a JSON list. One that cannot be read allows the bot everywhere."""
    try:
        return tuple(map(int, json.loads(text)))
    except (TypeError, ValueError):
        return ()
