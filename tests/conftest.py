"""What every test may use: a bench with the whole bot on a fresh database, and somebody to talk to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.testing import Bench, Person


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(tmp_path) as running:
        yield running


@pytest.fixture
def person(bench: Bench) -> Person:
    return bench.person()
