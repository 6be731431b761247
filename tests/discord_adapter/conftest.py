"""The bot on Discord, driven step by step: in private messages, and in a server with others around."""

import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from discord_bench import DiscordBench
from discord_server import ServerBench
from discord_witness import cells
from simcord.backend.models import Interaction, Message

from bot.adapters.discord import places
from bot.testing import Person


@pytest.fixture
async def discord(folder: Path, migrated: Path) -> AsyncIterator[DiscordBench]:
    """The bot, and private messages."""
    shutil.copy(migrated, folder)
    bench = DiscordBench(folder)
    await bench.run()
    yield bench
    await bench.aclose()


@pytest.fixture
def person(discord: DiscordBench) -> Person:
    """Somebody who writes to the bot."""
    return discord.person()


@pytest.fixture
async def server(folder: Path, migrated: Path) -> AsyncIterator[ServerBench]:
    """The bot in a server. Nobody there has private messages with it."""
    shutil.copy(migrated, folder)
    bench = ServerBench(folder, strangers=True)
    yield bench
    await bench.aclose()


@pytest.fixture
async def ann(server: ServerBench) -> Person:
    """Somebody in the server."""
    made = server.person("ann")
    await server.run()
    return made


@pytest.fixture
async def bob(server: ServerBench, ann: Person) -> AsyncIterator[Person]:
    """Somebody else there. Of what Ann says and is told they see nothing, in no test."""
    made = server.person("bob")
    yield made
    assert not [message for message in server.backend.messages[server.channel.id].values() if not message.is_ephemeral]


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not answered at once is acknowledged very soon."""
    monkeypatch.setattr(places, "ACKNOWLEDGED_WITHIN", 0.01)


def last(bench: DiscordBench, person: Person) -> Message:
    """The newest message that somebody sees."""
    return bench.seen(person.chat)[-1]


def private(bench: DiscordBench, person: Person) -> list[Message]:
    """What the bot wrote in somebody's private messages."""
    channel = bench.backend.dm_channels.get(int(person.chat.id))
    return [message for message in bench.seen(person.chat) if message.channel_id == channel]


def labels(message: Message) -> list[str]:
    """The labels of a message's buttons."""
    return [cell["label"] for cell in cells(message) if "label" in cell]


def rows(message: Message) -> list[list[str]]:
    """The labels as they stand."""
    return [[cell["label"] for cell in row["components"] if "label" in cell] for row in message.components]


def id_of(message: Message, label: str) -> str:
    """The custom_id behind a label."""
    (found,) = [cell["custom_id"] for cell in cells(message) if cell.get("label") == label]
    return str(found)


async def press(bench: DiscordBench, person: Person, label: str, on: Message | None = None) -> Interaction:
    """Presses a button of a message, by default the newest, and waits for the answer."""
    message = on or last(bench, person)
    made = bench.press(int(person.chat.id), message, id_of(message, label))
    await bench.settled()
    return made


async def fill_in(bench: DiscordBench, person: Person, text: str) -> Interaction:
    """Opens the form of the newest message and sends it."""
    opened = await press(bench, person, "Write it here")
    made = bench.fill_in(person.chat, opened, text)
    await bench.settled()
    return made


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program holds the database, so that nothing can be written."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
