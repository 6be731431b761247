"""What is set in a server: kept as it was set, found when it is due, gone when it is removed."""

from typing import Any

import pytest
from databases import ON_A_FILE
from sqlalchemy import URL, text
from whenever import Date, Instant

from bot.ports import StorageDown
from bot.records import Server
from bot.storage.room import Room, open_room
from bot.storage.servers import SqlServers
from bot.storage.tables import SERVER

NOW = Instant.from_utc(2026, 3, 2, 8)
LARGEST = 2**63 - 1
FULL = Server(LARGEST, 2, 3, LARGEST - 1, "Europe/Lisbon", "09:00", NOW, Date(2026, 3, 1), (LARGEST, 5))


@pytest.fixture
def servers(database: Room) -> SqlServers:
    return SqlServers(database)


def test_nothing_is_held_about_persons() -> None:
    """A new column belongs here only if nobody can be known by it."""
    place = {"id", "panel_channel", "panel_message", "thread_channel", "channels"}
    assert {column.name for column in SERVER.columns} == place | {"zone", "wall", "next_at", "last_on"}


@pytest.mark.parametrize("server", [FULL, Server(7)])
async def test_what_is_set_comes_back(server: Server, servers: SqlServers) -> None:
    await servers.save(server)
    assert await servers.server(server.id) == server
    assert await servers.servers() == [server]


async def test_of_a_server_that_is_not_known_nothing_is_set(servers: SqlServers) -> None:
    await servers.save(FULL)
    assert await servers.server(7) == Server(7)


async def test_what_is_set_again_takes_the_place_of_what_was(servers: SqlServers) -> None:
    await servers.save(FULL)
    await servers.save(Server(FULL.id, zone="Asia/Tokyo"))
    assert await servers.servers() == [Server(FULL.id, zone="Asia/Tokyo")]


async def test_what_is_removed_is_gone_and_nothing_else(servers: SqlServers) -> None:
    for server in (FULL, Server(7, panel_channel=1)):
        await servers.save(server)
    await servers.remove(FULL.id)
    await servers.remove(4711)
    assert await servers.servers() == [Server(7, panel_channel=1)]


async def test_what_is_due_comes_the_earliest_first(servers: SqlServers) -> None:
    moments = {1: NOW, 2: NOW.subtract(hours=1), 3: NOW.add(milliseconds=1), 4: None}
    for id, moment in moments.items():
        await servers.save(Server(id, next_at=moment))
    assert [server.id for server in await servers.due(NOW)] == [2, 1]


@ON_A_FILE
async def test_it_is_looked_for_by_its_index(database: Room, servers: SqlServers) -> None:
    plan = "EXPLAIN QUERY PLAN SELECT * FROM server WHERE next_at <= 1 ORDER BY next_at, id"
    rows = await database.read(lambda connection: connection.execute(text(plan)).all())
    assert "ix_server_next_at" in str(rows)


@pytest.mark.parametrize("row", ["", "null", "{", "7", '["x"]'])
async def test_channels_that_cannot_be_read_allow_the_bot_everywhere(
    row: str, database: Room, servers: SqlServers
) -> None:
    await servers.save(FULL)

    def spoil(connection: Any) -> None:
        connection.execute(text("UPDATE server SET channels = :row"), {"row": row})

    await database.write(spoil)
    assert (await servers.server(FULL.id)).channels == ()


async def test_without_the_database_nothing_is_known(url: URL) -> None:
    async with open_room(url) as closed:
        servers = SqlServers(closed)
    for call in (servers.servers(), servers.server(7), servers.due(NOW), servers.save(FULL), servers.remove(7)):
        with pytest.raises(StorageDown):
            await call
