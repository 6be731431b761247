"""Many at once, on one file: nothing is lost, nothing is half done, and what was promised is on disk."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from databases import ON_A_FILE, is_file, rows
from sqlalchemy import URL, Connection, text, update
from sqlalchemy.exc import IntegrityError
from whenever import Date, Instant

from bot.changes import AddLetter, AddReason, AddSlip, SaveArticle, SetPerson
from bot.messages import Chat, Reply
from bot.ports import StorageDown
from bot.records import Known, Person, Work
from bot.storage.database import Database
from bot.storage.room import Room, open_room
from bot.storage.store import SqlStore
from bot.storage.tables import PERSON

NOW = Instant.from_utc(2026, 3, 2, 2)
ME = Chat("test", "me")
TASKS, TIMES = 30, 20


class UnknownChange:
    """What no storage knows."""


def work(known: Known | Person, *changes: Any, replies: tuple[Reply, ...] = (), chat: Chat = ME) -> Work:
    person = known.person if isinstance(known, Known) else known
    return Work(chat, person, NOW, changes, replies)


async def met(store: SqlStore, chat: Chat = ME) -> Known:
    await store.commit(Work(chat, (await store.load(chat)).person, NOW, (SetPerson({"adult": True}),)))
    return await store.load(chat)


async def test_thirty_tasks_that_read_and_write_twenty_times_lose_nothing(store: SqlStore) -> None:
    await met(store)

    async def one(task: int) -> None:
        for number in range(TIMES):
            known = await store.load(ME)
            await store.commit(work(known, SaveArticle(f"{task} {number} after {len(known.saved)}")))

    await asyncio.gather(*(one(task) for task in range(TASKS)))
    saved = {article.split(" after ")[0] for article in (await store.load(ME)).saved}
    assert saved == {f"{task} {number}" for task in range(TASKS) for number in range(TIMES)}


async def test_slips_one_by_one_from_thirty_tasks_are_all_there(store: SqlStore) -> None:
    await met(store)
    first = Date(2026, 1, 1)

    async def one(task: int) -> None:
        for number in range(TIMES):
            known = await store.load(ME)
            await store.commit(work(known, AddSlip(first.add(days=task * TIMES + number))))

    await asyncio.gather(*(one(task) for task in range(TASKS)))
    assert len((await store.load(ME)).slips) == TASKS * TIMES


@ON_A_FILE
async def test_a_read_and_a_write_in_one_unit_never_meet_another(database: Room, store: SqlStore) -> None:
    me = (await met(store)).person

    def count_up(connection: Connection) -> None:
        value = connection.execute(text("SELECT hope FROM person")).scalar_one()
        connection.execute(update(PERSON).where(PERSON.c.id == me.id).values(hope=str(int(value or 0) + 1)))

    async def one() -> None:
        for _ in range(TIMES):
            await database.write(count_up)

    await asyncio.gather(*(one() for _ in range(TASKS)))
    assert (await store.load(ME)).person.hope == str(TASKS * TIMES)


@ON_A_FILE
async def test_nobody_else_can_write_once_a_unit_has_begun_to_read(database: Room, url: URL) -> None:
    """Else what it read may be old by the time it writes."""
    other = sqlite3.connect(str(url.database), timeout=0, isolation_level=None, check_same_thread=False)

    def read_first(connection: Connection) -> None:
        connection.execute(text("SELECT hope FROM person")).all()
        other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StorageDown, match="locked"):
        await database.write(read_first)
    other.close()


async def test_a_first_message_sent_twice_at_once_makes_one_person(store: SqlStore, url: URL) -> None:
    await asyncio.gather(*(store.commit(work(Person(), SetPerson({"adult": True}))) for _ in range(20)))
    assert rows(url, "SELECT count(*) FROM chat") == [(1,)]
    assert rows(url, "SELECT count(*) FROM person") == [(1,)]


async def test_of_two_first_messages_at_once_neither_is_lost(store: SqlStore) -> None:
    """Both have made up a person of their own; what both tell belongs to the one that is kept."""
    await asyncio.gather(
        store.commit(work(Person(), AddReason("from the first"))),
        store.commit(work(Person(), AddReason("from the second"))),
    )
    assert {reason.text for reason in (await store.load(ME)).reasons} == {"from the first", "from the second"}


async def test_what_is_written_can_be_read_when_the_write_has_returned(store: SqlStore) -> None:
    for number in range(50):
        known = await store.load(ME)
        await store.commit(work(known, AddReason(str(number))))
        assert len((await store.load(ME)).reasons) == number + 1


async def in_one_group(*units: Any) -> list[Any]:
    """What is asked for at once makes one group."""
    return await asyncio.gather(*units, return_exceptions=True)


@pytest.mark.parametrize(
    "bad",
    [UnknownChange(), SetPerson({"adult": "maybe"}), SetPerson({"no_such_column": 1}), AddReason(None), AddSlip("?")],  # type: ignore[arg-type]
    ids=["unknown type", "wrong value", "no such column", "null", "no date"],
)
async def test_a_unit_that_fails_takes_back_only_itself(bad: Any, store: SqlStore) -> None:
    me = (await met(store)).person
    before, after = store.commit(work(me, AddReason("before"))), store.commit(work(me, AddReason("after")))
    failing = store.commit(work(me, AddReason("with the bad one"), bad))
    done = await in_one_group(before, failing, after)
    assert [isinstance(one, Exception) for one in done] == [False, True, False]
    kept = [reason.text for reason in (await store.load(ME)).reasons]
    assert (sorted(kept, reverse=True) if store.shared else kept) == ["before", "after"]  # units go at once there


async def test_a_unit_that_fails_by_our_fault_is_not_called_a_lost_database(store: SqlStore) -> None:
    me = (await met(store)).person
    with pytest.raises(TypeError, match="no storage for"):
        await store.commit(work(me, UnknownChange()))


@ON_A_FILE
async def test_a_full_disk_takes_back_the_group_and_the_next_one_is_fine(database: Room, store: SqlStore) -> None:
    me = (await met(store)).person
    pages = await database.write(lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    await limit(database, pages + 2)
    big = store.commit(work(me, AddLetter("x" * 1_000_000)))
    small = store.commit(work(me, AddReason("small")))
    done = await in_one_group(small, big)
    assert isinstance(done[1], StorageDown)
    kept = [] if isinstance(done[0], StorageDown) else ["small"]
    assert [reason.text for reason in (await store.load(ME)).reasons] == kept
    await limit(database, 1_000_000)
    await store.commit(work(me, AddReason("there is room again")))
    assert [reason.text for reason in (await store.load(ME)).reasons] == [*kept, "there is room again"]
    assert await store.letters(me) == []


async def limit(database: Room, pages: int) -> None:
    await database.write(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={pages}").scalar_one())


@ON_A_FILE
async def test_a_file_that_another_process_holds_is_a_lost_database_until_it_lets_go(
    url: URL,
) -> None:
    database = Database(url, patience=0.05)
    store = SqlStore(database)
    me = (await met(store)).person
    other = sqlite3.connect(str(url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageDown):
        await store.commit(work(me, AddReason("held off")))
    assert (await store.load(ME)).reasons == ()
    other.execute("COMMIT")
    other.close()
    await store.commit(work(me, AddReason("let in")))
    assert [reason.text for reason in (await store.load(ME)).reasons] == ["let in"]
    database.close()


@ON_A_FILE
async def test_the_loop_goes_on_while_another_process_holds_the_file(store: SqlStore, url: URL) -> None:
    me = (await met(store)).person
    other = sqlite3.connect(str(url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.ensure_future(store.commit(work(me, AddReason("waits"))))
    await asyncio.sleep(0.05)
    assert (await store.load(ME)).reasons == ()
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    await waiting
    assert [reason.text for reason in (await store.load(ME)).reasons] == ["waits"]


async def test_a_waiting_writer_that_gives_up_leaves_the_others_alone(store: SqlStore) -> None:
    me = (await met(store)).person
    given_up = asyncio.ensure_future(store.commit(work(me, AddReason("given up"))))
    other = asyncio.ensure_future(store.commit(work(me, AddReason("waited"))))
    await asyncio.sleep(0)
    given_up.cancel()
    await other
    assert "waited" in {reason.text for reason in (await store.load(ME)).reasons}


@ON_A_FILE
def test_a_loop_that_is_closed_early_does_not_take_the_writer_with_it(url: URL) -> None:
    """Ctrl-C ends a loop while something is still written for it; what comes after must be written."""
    database = Database(url)
    other = sqlite3.connect(str(url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def leave_early() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(database.write(lambda _connection: None), 0.05)

    asyncio.run(leave_early())
    other.execute("COMMIT")
    other.close()
    assert asyncio.run(asyncio.wait_for(database.write(lambda _connection: "written"), 2)) == "written"
    database.close()


@pytest.mark.parametrize("way", ["read", "write"])
async def test_a_database_that_was_closed_is_a_lost_one(way: str, url: URL) -> None:
    async with open_room(url) as closed:
        pass
    call: Callable[..., Any] = getattr(closed, way)
    with pytest.raises(StorageDown):
        await asyncio.wait_for(call(lambda _connection: None), 2)


async def test_closing_finishes_what_waits(url: URL) -> None:
    async with open_room(url) as first:
        store = SqlStore(first)
        me = (await met(store)).person
        waiting = [asyncio.ensure_future(store.commit(work(me, SaveArticle(str(number))))) for number in range(300)]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    assert rows(url, "SELECT count(*) FROM saved") == [(300,)]


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)],
)
@ON_A_FILE
async def test_what_keeps_the_data_safe_is_set_on_every_connection(pragma: str, value: Any, database: Room) -> None:
    def ask(connection: Connection) -> Any:
        return connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()

    assert (await database.write(ask), await database.read(ask)) == (value, value)


async def test_a_row_that_belongs_to_nobody_is_refused(database: Room) -> None:
    def orphan(connection: Connection) -> None:
        connection.execute(text("INSERT INTO slip (person_id, \"on\") VALUES ('nobody', '2026-01-01')"))

    with pytest.raises(IntegrityError):
        await database.write(orphan)


KILLED = """
import asyncio, os, signal, sys
from sqlalchemy import make_url
from sqlalchemy.exc import IntegrityError
from whenever import Instant
from bot.messages import Chat, Reply
from bot.changes import AddReason
from bot.records import Work
from bot.storage.room import open_room
from bot.storage.store import SqlStore
from bot.storage.tables import PERSON

async def once(number):
    async with open_room(make_url(sys.argv[1])) as room:
        store = SqlStore(room)
        chat = Chat("test", "me")
        known = await store.load(chat)
        assert len(known.reasons) == number
        reply = Reply(f"answer {number}")
        await store.commit(Work(chat, known.person, Instant.now(), (AddReason(str(number)),), (reply,)))
        os.kill(os.getpid(), signal.SIGKILL)

for number in range(20):
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(once(number))
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else "lived")
"""


async def test_what_was_committed_is_there_after_kill_9_twenty_times(url: URL, database: Room) -> None:
    command = [sys.executable, "-c", KILLED, url.render_as_string(False)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=50, check=True)
    assert done.stdout.split() == ["9"] * 20, done.stderr
    store = SqlStore(database)
    assert [reason.text for reason in (await store.load(ME)).reasons] == [str(number) for number in range(20)]
    left = await store.unsent("test", by=Instant.now().add(hours=1))
    assert [queued.reply.text for queued in left] == [f"answer {number}" for number in range(20)]
    assert not is_file(url) or rows(url, "PRAGMA integrity_check") == [("ok",)]


COUNTING = """
import asyncio, sys
from sqlalchemy import make_url, text
from bot.storage.room import open_room

def count_up(connection):
    for_update = "" if connection.dialect.name == "sqlite" else " FOR UPDATE"
    value = connection.execute(text("SELECT hope FROM person" + for_update)).scalar_one()
    connection.execute(text("UPDATE person SET hope = :value"), {"value": str(int(value or 0) + 1)})

async def main():
    async with open_room(make_url(sys.argv[1])) as room:
        print("ready", flush=True)
        sys.stdin.readline()
        async def one():
            for _ in range(100):
                await room.write(count_up)
        await asyncio.gather(*(one() for _ in range(3)))

asyncio.run(main())
"""


async def test_two_processes_that_write_at_once_lose_nothing(url: URL, store: SqlStore) -> None:
    await met(store)
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-c", COUNTING, url.render_as_string(False))
    running = [await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe) for _ in range(2)]
    for process in running:
        assert process.stdout
        assert await process.stdout.readline() == b"ready\n"
    done = await asyncio.gather(*(process.communicate(b"go\n") for process in running))
    assert [errors for _, errors in done] == [b"", b""]
    assert (await store.load(ME)).person.hope == "600"
