"""The real program, and a database for it that nobody else uses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    started = Program(tmp_path)
    yield started
    started.ends()
