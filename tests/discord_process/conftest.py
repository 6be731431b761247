"""The Discord of the tests, and the bot as a process in front of it. Whatever a test is about: at its end nothing that
was printed may hold a secret or a word of somebody, and no database what an interaction is answered with."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from discord_api import Channel, DiscordApi, Person

from tests.discord_process.process import Process

Make = Callable[..., Process]


@pytest.fixture
async def api() -> AsyncIterator[DiscordApi]:
    async with DiscordApi() as running:
        yield running


@pytest.fixture
async def make(api: DiscordApi, tmp_path: Path) -> AsyncIterator[Make]:
    made: list[Process] = []

    def one(name: str = "bot", **how: Any) -> Process:
        made.append(Process(api, tmp_path / name, **how))
        return made[-1]

    yield one
    for process in made:
        await process.is_killed()
        process.check_nothing_leaked()
        process.check_no_interaction_is_kept()
    assert not api.violations


@pytest.fixture
def kim(api: DiscordApi) -> Person:
    return api.user(1001, "Kim")


@pytest.fixture
def lou(api: DiscordApi) -> Person:
    return api.user(1002, "Lou")


@pytest.fixture
def general(api: DiscordApi, kim: Person, lou: Person) -> Channel:
    """A channel of a server in which both are."""
    return api.guild(5001, "Friends", kim, lou).channel()
