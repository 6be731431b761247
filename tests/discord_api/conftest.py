"""The Discord of the tests and a bare client of discord.py in front of it, as it comes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import discord
import pytest
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord_api import DiscordApi

INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


class Client(discord.Client):
    """Notes what it hears. `commands` are registered before it connects."""

    def __init__(self, intents: discord.Intents = INTENTS) -> None:
        super().__init__(intents=intents, guild_ready_timeout=0.05)
        self.tree = app_commands.CommandTree(
            self,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        self.heard: list[discord.Message] = []
        self.edited: list[str] = []
        self.deleted: list[int] = []
        self.seen: list[discord.Interaction] = []
        self.left: list[discord.Guild] = []
        self.resumes = 0

    async def setup_hook(self) -> None:
        if self.tree.get_commands():
            await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Without the five seconds before a second identify."""

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        self.edited.append(payload.data["content"])

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        self.deleted.append(payload.message_id)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.seen.append(interaction)

    async def on_resumed(self) -> None:
        self.resumes += 1

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.left.append(guild)


Start = Callable[[Client], Awaitable[Client]]


@pytest.fixture
async def api(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordApi]:
    async with DiscordApi() as running:
        monkeypatch.setattr(Route, "BASE", running.url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(running.gateway_url))
        yield running


@pytest.fixture
async def start(api: DiscordApi) -> AsyncIterator[Start]:
    running: list[tuple[Client, asyncio.Task[None]]] = []

    async def begin(client: Client) -> Client:
        running.append((client, asyncio.create_task(client.start(api.token))))
        await api.until(lambda: client.is_ready() or running[-1][1].done())
        return client

    yield begin
    for client, task in running:
        await client.close()
        await asyncio.gather(task, return_exceptions=True)
