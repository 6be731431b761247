"""What every test may use: a bench with the whole bot on a fresh database, and somebody to talk to it."""

import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.testing import Bench, Person

Does = Callable[..., Awaitable[None]]

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
