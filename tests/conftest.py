"""What every test may use: a bench with the whole bot on a fresh database, and somebody to talk to it."""

import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import postgres
import pytest
from hypothesis import HealthCheck, settings

from bot.storage.migrate import database_url, migrate
from bot.testing import Bench, Person

Does = Callable[..., Awaitable[None]]

settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.register_profile(
    "fuzz", max_examples=500, deadline=None, print_blob=True, suppress_health_check=(HealthCheck.too_slow,)
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
"""The same examples each time, so that what fails fails for everybody; `make fuzz` looks for others."""

MEMORY = Path("/dev/shm")  # noqa: S108
"""A disk in memory, where there is one: thousands of durable answers are waited for in this folder."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where a bench keeps its database."""
    if not os.access(MEMORY, os.W_OK):
        yield tmp_path
        return
    with TemporaryDirectory(prefix="holdfast-test-", dir=MEMORY) as name:
        yield Path(name)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh database, made once: a copy of it is made sooner."""
    folder = tmp_path_factory.mktemp("migrated")
    with Bench(folder) as bench:
        return bench.database_file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL that runs for all tests."""
    if not postgres.AVAILABLE:
        pytest.skip("pgserver has no wheel for this machine and this Python")
    with postgres.Server() as running:
        yield running


@pytest.fixture(scope="session")
def template(postgres_server: postgres.Server) -> str:
    """The name of a fresh database there, of which copies are made."""
    url = database_url(postgres_server.database())
    migrate(url)
    return str(url.database)


@pytest.fixture
def server_database(postgres_server: postgres.Server, template: str) -> Iterator[str]:
    """DATABASE_URL of a fresh database there."""
    url = postgres_server.database(template)
    yield url
    postgres_server.drop(url)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(tmp_path) as running:
        yield running


@pytest.fixture
def person(bench: Bench) -> Person:
    return bench.person()


@pytest.fixture
def does() -> Does:
    """Does several things in a row: "/commands" and "> texts" are typed, everything else is the label of a button."""

    async def act(person: Person, *steps: str) -> None:
        for step in steps:
            if step.startswith(("/", "> ")):
                await person.says(step.removeprefix("> "))
            else:
                await person.taps(step)

    return act
