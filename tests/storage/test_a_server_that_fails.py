"""PostgreSQL is stopped, hangs, or throws us out: what cannot be done is said soon, and it goes on by itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from postgres import AVAILABLE, Server, execute
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import IntegrityError
from whenever import Instant

from bot.changes import AddReason
from bot.messages import Chat
from bot.ports import StorageDown
from bot.records import Work
from bot.storage.migrate import database_url, migrate
from bot.storage.postgres import Postgres
from bot.storage.store import SqlStore
from bot.storage.tables import REASON

NOW = Instant.from_utc(2026, 3, 2, 8)
ME = Chat("test", "me")


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """One that may be stopped."""
    if not AVAILABLE:
        pytest.skip("pgserver has no wheel for this machine and this Python")
    with Server() as running:
        yield running


@pytest.fixture
async def room(own_server: Server) -> AsyncIterator[Postgres]:
    url = database_url(own_server.database())
    migrate(url)
    opened = Postgres(url, patience=1, connections=3)
    yield opened
    await opened.close()


@pytest.fixture
def store(room: Postgres) -> SqlStore:
    return SqlStore(room)


async def keeps(store: SqlStore, reason: str) -> None:
    await store.commit(Work(ME, (await store.load(ME)).person, NOW, (AddReason(reason),)))


async def reasons(store: SqlStore) -> list[str]:
    return [reason.text for reason in (await store.load(ME)).reasons]


@pytest.mark.parametrize("how", ["fast", "immediate"])
async def test_one_that_is_stopped_is_a_lost_database_until_it_is_back(
    how: str, store: SqlStore, own_server: Server
) -> None:
    await keeps(store, "before")
    own_server.stop(how)
    with pytest.raises(StorageDown):
        await keeps(store, "meanwhile")
    with pytest.raises(StorageDown):
        await store.load(ME)
    own_server.start()
    await keeps(store, "after")
    assert await reasons(store) == ["before", "after"]


async def test_one_that_was_stopped_and_is_back_before_anybody_asks_was_never_away(
    store: SqlStore, own_server: Server
) -> None:
    await asyncio.gather(*(keeps(store, "before") for _ in range(3)))
    own_server.stop("fast")
    own_server.start()
    await asyncio.sleep(0)
    await keeps(store, "after")
    assert (await reasons(store))[-1] == "after"


async def test_one_that_hangs_is_given_up_in_time_and_works_again_when_it_goes_on(
    store: SqlStore, own_server: Server
) -> None:
    await asyncio.gather(*(keeps(store, "before") for _ in range(3)))
    own_server.hang()
    try:
        began = time.monotonic()
        held = [store.load(ME), *(store.keep(f"meanwhile {number}", "x") for number in range(9))]
        done = await asyncio.gather(*held, return_exceptions=True)
        assert all(isinstance(error, StorageDown) for error in done)
        assert time.monotonic() - began < 5
    finally:
        own_server.wake()
    await keeps(store, "after")
    assert (await reasons(store))[-1] == "after"


async def test_who_gives_up_on_one_that_hangs_is_not_kept(store: SqlStore, own_server: Server) -> None:
    """An answer waits two seconds for what is known, and goes on without."""
    await store.load(ME)
    own_server.hang()
    try:
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await store.load(ME)
        assert time.monotonic() - began < 0.9
    finally:
        own_server.wake()
    assert not (await store.load(ME)).met


async def test_connections_that_were_ended_are_left_for_new_ones(
    store: SqlStore, room: Postgres, own_server: Server
) -> None:
    await keeps(store, "before")
    mine = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast'"
    execute(own_server.url(), mine)
    await keeps(store, "after")
    assert await reasons(store) == ["before", "after"]


async def test_a_connection_that_is_ended_in_the_middle_is_a_lost_database(store: SqlStore, room: Postgres) -> None:
    def leave(connection: Connection) -> None:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(StorageDown):
        await room.write(leave)
    await keeps(store, "after")


async def test_when_all_connections_are_in_use_others_wait_and_then_give_up(store: SqlStore, room: Postgres) -> None:
    def sleep(connection: Connection) -> None:
        connection.execute(text("SELECT pg_sleep(1.5)"))

    busy = [asyncio.ensure_future(room.write(sleep, long=True)) for _ in range(3)]
    await asyncio.sleep(0.1)
    with pytest.raises(StorageDown):
        await store.load(ME)
    await asyncio.gather(*busy)
    await keeps(store, "after")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda connection: connection.execute(insert(REASON).values(person_id="nobody", text="x")),
        lambda connection: connection.execute(text("SELECT 1 / 0")),
        lambda connection: connection.execute(text("SELECT nonsense FROM")),
        lambda connection: connection.execute(insert(REASON).values(person_id="nobody", text=7)),
        lambda connection: connection.execute(insert(REASON).values(person_id="nobody", text="\x00")),
    ],
    ids=["refers to nothing", "divides by zero", "is no SQL", "is no text", "has a zero"],
)
async def test_a_wrong_unit_is_no_lost_database(wrong: Any, room: Postgres) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        await room.write(wrong)
    assert not isinstance(caught.value, StorageDown)


async def test_a_row_that_is_there_already_is_the_units_own_fault(store: SqlStore, room: Postgres) -> None:
    await store.keep("name", "value")
    with pytest.raises(IntegrityError):
        await room.write(lambda connection: connection.execute(text("INSERT INTO kept VALUES ('name', 'other')")))
    assert await store.keep("name", "other") == "value"
