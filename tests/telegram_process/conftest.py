"""The Telegram of the tests, and the bot as a process in front of it. Whatever a test is about: at its end nothing
that was printed may hold a secret or a word of somebody."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from telegram_api import BotApi

from tests.telegram_process.process import Process

Make = Callable[..., Process]


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as running:
        yield running


@pytest.fixture
async def make(api: BotApi, tmp_path: Path) -> AsyncIterator[Make]:
    made: list[Process] = []

    def one(name: str = "bot", **how: Any) -> Process:
        made.append(Process(api, tmp_path / name, **how))
        return made[-1]

    yield one
    for process in made:
        await process.is_killed()
        process.check_nothing_leaked()
