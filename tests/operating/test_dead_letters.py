"""What was given up: seen, tried again, thrown away, on a database a bot may be using."""

import asyncio
import sqlite3
from contextlib import closing

import pytest
from databases import ON_A_FILE
from sqlalchemy import URL
from typer.testing import CliRunner, Result
from whenever import Instant

from bot import operating
from bot.errors import OperatorError
from bot.status import look
from bot.storage.database import Database
from bot.storage.dead import dead_letters, drop_old
from bot.storage.room import Room
from bot.storage.seal import PLAIN
from tests.operating.conftest import NOW, WORD, Rows, ago, ahead


@pytest.fixture(autouse=True)
def setting(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))


async def run(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, operating.dead, arguments)


async def says(*arguments: str) -> list[str]:
    """The lines of a command that does well."""
    done = await run(*arguments)
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout.splitlines()


async def refuses(*arguments: str) -> str:
    error = (await run(*arguments)).exception
    assert isinstance(error, OperatorError)
    return str(error)


async def ids(database: Room) -> list[int]:
    return [each.id for each in await database.read(dead_letters)]


async def test_they_are_listed_without_what_they_say_and_whom_they_are_for(rows: Rows) -> None:
    error = "Bad Request:\nchat 1000001 not found"
    await rows.outbox("telegram", kind="morning", dead_at=ago(hours=15), attempts=9, error=error)
    await rows.outbox("discord", dead_at=ago(minutes=4), attempts=12, error="502 Bad Gateway")
    await rows.outbox("telegram", attempts=3, error="on its way")
    assert await says("list") == [
        "ID  Platform  Kind     Given up (UTC)    Tries  Error",
        "2   discord   answer   2026-03-02 09:01  12     502 Bad Gateway",
        "1   telegram  morning  2026-03-01 18:05  9      Bad Request: chat … not found",
    ]


async def test_the_chats_are_listed_for_who_asks(rows: Rows, database: Room) -> None:
    await rows.outbox("telegram", dead_at=NOW, attempts=1, error="chat 1000001 not found")
    (letter,) = await database.read(dead_letters)
    assert await says("list", "--chats") == [
        "ID  Platform  Chat     Kind    Given up (UTC)    Tries  Error",
        f"1   telegram  {letter.chat}  answer  2026-03-02 09:05  1      chat 1000001 not found",
    ]


async def test_a_long_error_is_cut(rows: Rows) -> None:
    await rows.outbox("telegram", dead_at=NOW, error="no " * 1000)
    assert len((await says("list"))[1]) < 250


async def test_there_are_none() -> None:
    assert await says("list") == ["Nothing was given up."]
    assert await says("retry", "--all") == ["Put back: 0"]
    assert await says("drop", "--all") == ["Thrown away: 0"]


async def test_what_is_put_back_is_as_if_it_had_never_been_tried(rows: Rows, database: Room) -> None:
    first = await rows.outbox(
        "telegram", attempts=9, not_before=ahead(hours=1), leased_until=ahead(hours=1), dead_at=NOW, error="no"
    )
    second = await rows.outbox("telegram", attempts=9, dead_at=NOW)
    assert await says("retry", str(first)) == ["Put back: 1"]
    assert await ids(database) == [second]
    waiting = (await look(database, NOW)).platforms["telegram"].waiting
    assert (waiting.answers, waiting.retrying, waiting.dead) == (1, 0, 1)
    (row,) = await rows.of_outbox(first)
    assert (row.leased_until, row.error) == (None, "")
    assert abs((row.not_before - Instant.now()).total("seconds")) < 60


async def test_all_are_put_back_and_what_is_on_its_way_is_left_alone(rows: Rows, database: Room) -> None:
    alive = await rows.outbox("telegram", attempts=3, not_before=ahead(hours=1))
    await rows.outbox("telegram", attempts=9, dead_at=NOW)
    await rows.outbox("discord", attempts=9, dead_at=NOW)
    assert await says("retry", "--all") == ["Put back: 2"]
    assert await ids(database) == []
    (row,) = await rows.of_outbox(alive)
    assert (row.attempts, row.not_before) == (3, ahead(hours=1))


@ON_A_FILE
async def test_what_is_thrown_away_is_not_in_the_files_any_more(rows: Rows, database: Room, url: URL) -> None:
    dropped = await rows.outbox("telegram", dead_at=NOW)
    kept = await rows.outbox("telegram", dead_at=NOW, body='{"text": "kept"}')
    assert await says("drop", str(dropped)) == ["Thrown away: 1"]
    assert await ids(database) == [kept]
    for file in (url.database, f"{url.database}-wal"):
        with open(str(file), "rb") as opened:  # noqa: ASYNC230, PTH123
            assert WORD.encode() not in opened.read()


async def test_all_are_thrown_away_and_what_is_on_its_way_stays(rows: Rows, database: Room) -> None:
    await rows.outbox("telegram", dead_at=NOW)
    await rows.outbox("telegram", dead_at=NOW)
    await rows.outbox("telegram", attempts=1)
    assert await says("drop", "--all") == ["Thrown away: 2"]
    assert (await look(database, NOW)).platforms["telegram"].waiting.answers == 1


@pytest.mark.parametrize("command", ["retry", "drop"])
async def test_of_ids_of_which_one_is_wrong_none_is_touched(command: str, rows: Rows, database: Room) -> None:
    gone = await rows.outbox("telegram", dead_at=NOW)
    alive = await rows.outbox("telegram")
    said = await refuses(command, str(gone), str(alive), "77")
    assert said == f"nothing was given up with the id {alive}, 77; see them with: holdfast dead list"
    assert await ids(database) == [gone]


@pytest.mark.parametrize("command", ["retry", "drop"])
@pytest.mark.parametrize("arguments", [(), ("1", "--all")], ids=["neither", "both"])
async def test_ids_or_all(command: str, arguments: tuple[str, ...], rows: Rows, database: Room) -> None:
    gone = await rows.outbox("telegram", dead_at=NOW)
    assert (await refuses(command, *arguments)).startswith(f"holdfast dead {command}: give either ids,")
    assert await ids(database) == [gone]


async def test_what_is_no_id_is_refused() -> None:
    done = await run("drop", "all")
    assert (done.exit_code, done.stdout) == (2, "")


@ON_A_FILE
async def test_a_database_that_somebody_else_keeps_writing_to_is_named(
    url: URL, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rows.outbox("telegram", dead_at=NOW)
    monkeypatch.setattr(Database.__init__, "__defaults__", (0.05, PLAIN))
    with closing(sqlite3.connect(str(url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = await refuses("retry", "--all")
    assert said.startswith(f"DATABASE_URL: {url.database} cannot be used (database is locked); try again")


async def test_what_is_dead_for_seven_days_is_thrown_away(rows: Rows, database: Room) -> None:
    await rows.outbox("telegram", dead_at=ago(hours=7 * 24, seconds=1))
    young = await rows.outbox("telegram", dead_at=ago(hours=7 * 24))
    alive = await rows.outbox("telegram", ago(hours=30 * 24))
    assert await database.write(lambda connection: drop_old(connection, NOW)) == 1
    assert await ids(database) == [young]
    assert len(await rows.of_outbox(alive)) == 1
