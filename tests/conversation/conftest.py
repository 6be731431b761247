"""What the conversations share: a few hands for the person, and eyes for what is left in the database."""

import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest
from discord_bench import DiscordBench
from discord_server import ServerBench
from telegram_bench import TelegramBench
from whenever import Instant

from bot.testing import MONDAY_NIGHT, Bench, Person

Does = Callable[..., Awaitable[None]]
MakeBench = Callable[..., Bench]

BENCHES = {"telegram": TelegramBench, "discord": DiscordBench, "server": ServerBench}


@pytest.fixture(params=["core", "telegram", "discord", "server"])
async def make_bench(
    request: pytest.FixtureRequest, folder: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[MakeBench]:
    """Makes a bench: once with nothing between the people and the core, and with each platform. Words are not sealed
    there: else none would be found where none may be."""
    monkeypatch.setattr(Bench, "keys", ())
    async with AsyncExitStack() as stack:

        def make(start: Instant = MONDAY_NIGHT) -> Bench:
            shutil.copy(migrated, folder)
            if request.param == "core":
                return stack.enter_context(Bench(folder, start=start))
            bench = BENCHES[request.param](folder, start=start)
            stack.push_async_callback(bench.aclose)
            return bench

        yield make


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    return make_bench()


@pytest.fixture
def bench_at(make_bench: MakeBench) -> Callable[..., Bench]:
    """Makes a bench whose clock starts at a moment in UTC: `bench_at(2026, 3, 26, 12)`."""
    return lambda *moment: make_bench(Instant.from_utc(*moment))


@pytest.fixture
def turns_on(does: Does) -> Does:
    """Sets up check-ins; with only one of the two times it is that one alone."""

    async def act(
        person: Person, *, morning: str = "", evening: str = "", city: str = "London", read: bool = False
    ) -> None:
        when = "Both" if morning and evening else "In the morning" if morning else "In the evening"
        times = [f"> {time}" for time in (morning, evening) if time]
        read_too = "Yes" if read else "Only the question"
        await person.joins()
        await does(person, "/checkins", when, *times, f"> {city}", "Yes", read_too)
        assert person.sees("checkins/on"), person.text
        person.look_away()

    return act


@pytest.fixture
def tables(bench: Bench) -> Callable[[], dict[str, str]]:
    """Everything that is stored, by table, as one text each."""

    def look() -> dict[str, str]:
        with closing(sqlite3.connect(bench.database_file)) as connection:
            names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: str(connection.execute(f'SELECT * FROM "{name}"').fetchall()) for name in names}  # noqa: S608

    return look


@pytest.fixture
def on_disk(bench: Bench) -> Callable[[], bytes]:
    """Every byte of the database and its journal: also what was written and deleted again."""

    def look() -> bytes:
        return b"".join(file.read_bytes() for file in sorted(bench.database_file.parent.glob("holdfast.db*")))

    return look
