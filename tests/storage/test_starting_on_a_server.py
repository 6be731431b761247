"""Tables are made on a PostgreSQL server, once, or it is said in one line what the operator must mend."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from postgres import PASSWORD, Server, execute, fetch, free_port
from sqlalchemy import Connection, make_url
from whenever import Date, Instant

from bot.errors import OperatorError
from bot.messages import Chat
from bot.records import Due
from bot.settings import Settings
from bot.storage.migrate import FOLDER, database_url, migrate
from bot.storage.models import METADATA
from bot.storage.room import open_room
from bot.storage.server_start import migrate_server
from bot.storage.store import SqlStore

HEAD = max(FOLDER.glob("versions/[0-9]*.py")).name.split("_")[0]


@pytest.fixture
def port_that_says_nothing() -> Iterator[int]:
    """Whoever connects waits for a word in vain."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield int(listening.getsockname()[1])


def refused(setting: str, *said: str) -> None:
    with pytest.raises(OperatorError) as caught:
        migrate(database_url(setting))
    message = str(caught.value)
    assert message.startswith("DATABASE_URL: ")
    assert "\n" not in message
    assert ";" in message, "the cure"
    assert PASSWORD not in message
    assert PASSWORD.replace(" ", "%20") not in message
    for part in said:
        assert part in message


async def test_the_tables_are_those_of_the_models(server_database: str) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, METADATA))

    async with open_room(database_url(server_database)) as room:
        assert await room.read(differences) == []


def test_foreign_keys_delete_what_belongs_to_a_person(server_database: str) -> None:
    keys = sum(len(table.foreign_key_constraints) for table in METADATA.sorted_tables)
    there = fetch(server_database, "SELECT confdeltype::text FROM pg_constraint WHERE contype = 'f'")
    assert there == [("c",)] * keys


def test_starts_at_the_same_moment_make_the_tables_once(postgres_server: Server) -> None:
    url = postgres_server.database()
    script = "import sys; from bot.storage.migrate import *; migrate(database_url(sys.argv[1]))"
    running = [
        subprocess.Popen([sys.executable, "-c", script, url], stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    assert [process.communicate(timeout=40)[1] for process in running] == [""] * 4
    assert [process.returncode for process in running] == [0] * 4
    assert fetch(url, "SELECT version_num FROM alembic_version") == [(HEAD,)]
    postgres_server.drop(url)


async def test_tables_of_an_older_version_are_brought_up_to_date(postgres_server: Server) -> None:
    setting = postgres_server.database()
    url = database_url(setting)

    def first_version(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")

    migrate_server(url, first_version)
    for statement in (
        "INSERT INTO person VALUES ('p', 0, true, '', '', '', '', '', '', '', '', '', false, NULL, NULL)",
        "INSERT INTO chat (platform, id, person_id) VALUES ('test', '7', 'p')",
        "INSERT INTO due (platform, chat, kind, at, \"on\") VALUES ('test', '7', 'wait', 5, '2026-03-02')",
    ):
        execute(setting, statement)
    migrate(url)
    async with open_room(url) as room:
        at = Instant.from_timestamp(5, unit="millisecond")
        found = await SqlStore(room).claim(at, "test")
    assert found == [Due(Chat("test", "7"), "wait", at, Date(2026, 3, 2))]
    assert fetch(setting, "SELECT urgent FROM due") == [(True,)]
    postgres_server.drop(setting)


@pytest.mark.parametrize("scheme", ["postgresql+asyncpg", "postgresql", "postgres"])
async def test_the_schemes_that_hosters_write_all_work(scheme: str, server_database: str) -> None:
    setting = server_database.replace("postgresql+asyncpg", scheme) + "?sslmode=prefer&connect_timeout=10"
    migrate(database_url(setting))
    async with open_room(database_url(setting)) as room:
        assert not (await SqlStore(room).load(Chat("test", "me"))).met


def test_a_second_start_keeps_what_was_written(server_database: str) -> None:
    execute(server_database, "INSERT INTO kept VALUES ('a', 'b')")
    migrate(database_url(server_database))
    assert fetch(server_database, "SELECT * FROM kept") == [("a", "b")]


def test_a_host_that_is_not_known_is_named() -> None:
    refused("postgresql://me:hunter2@nowhere.invalid/holdfast", "'nowhere.invalid'", "me:***@")


def test_a_port_where_nobody_listens_is_named() -> None:
    port = free_port()
    refused(f"postgresql://me@127.0.0.1:{port}/holdfast", f"127.0.0.1:{port}", "start it")


def test_a_wrong_password_is_not_repeated(postgres_server: Server) -> None:
    refused(postgres_server.url(password="wrong"), "does not let us in", "postgres:***@")  # noqa: S106


def test_a_database_that_is_not_there_is_named(postgres_server: Server) -> None:
    refused(postgres_server.url("nothing_here"), "'nothing_here'", "createdb")


def test_a_server_that_does_not_answer_is_named(port_that_says_nothing: int) -> None:
    refused(f"postgresql://me@127.0.0.1:{port_that_says_nothing}/holdfast", "did not answer")


def test_a_user_who_may_not_make_tables_is_told_what_to_ask_for(postgres_server: Server) -> None:
    url = postgres_server.database()
    execute(url, "CREATE ROLE guest LOGIN PASSWORD 'guest'")
    guest = make_url(url).set(username="guest", password="guest")  # noqa: S106
    refused(
        guest.render_as_string(hide_password=False),
        "permission denied",
        "GRANT CREATE, USAGE ON SCHEMA public TO guest",
    )
    postgres_server.drop(url)
    execute(postgres_server.url(), "DROP ROLE guest")


def test_tables_from_the_future_are_left_alone(server_database: str) -> None:
    execute(server_database, "UPDATE alembic_version SET version_num = '9999'")
    refused(server_database, "newer Holdfast", "9999", HEAD, "update Holdfast")


def test_tables_of_another_program_are_left_alone(postgres_server: Server) -> None:
    url = postgres_server.database()
    execute(url, "CREATE TABLE person (name TEXT)")
    refused(url, '"person" already exists')
    assert fetch(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [("person",)]
    postgres_server.drop(url)


def test_the_password_is_a_secret() -> None:
    secrets = Settings(database_url="postgresql://me:hunter%402@host/holdfast", _env_file=None).secrets  # type: ignore[call-arg]
    assert {"hunter%402", "hunter@2"} <= set(secrets)


def test_the_command_says_it_in_one_line_without_a_traceback(postgres_server: Server) -> None:
    url = postgres_server.url("nothing_here")
    done = subprocess.run(
        [sys.executable, "-m", "bot"],
        env={**os.environ, "DATABASE_URL": url},
        input="",
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("DATABASE_URL: there is no database 'nothing_here'")
    assert done.stderr.count("\n") == 1
    assert PASSWORD not in done.stderr
