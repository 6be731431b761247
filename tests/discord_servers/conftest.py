"""A server on the Discord that simcord keeps in memory, with the real adapter and discord.py on it."""

import contextlib
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import pytest
import simcord
from discord import Message, PermissionOverwrite, Permissions
from simcord._clock import Clock as BackendClock
from simcord.actors import MemberActor
from simcord.backend.models import Overwrite
from simcord.builders import ChannelHandle
from simcord.enums import OverwriteType
from simcord.results import InteractionResult
from whenever import Instant

import handlers
from bot.adapters.discord import PLATFORM
from bot.adapters.discord.client import HoldfastClient
from bot.adapters.discord.commands import Commands
from bot.adapters.discord.intake import Intake
from bot.adapters.discord.messenger import DiscordMessenger
from bot.adapters.discord.servers import ServerSettings
from bot.adapters.discord.setup import Setup
from bot.adapters.discord.threads import Threads
from bot.conversation import Conversation
from bot.library import Library
from bot.outbox import Outbox
from bot.ports import StorageDown
from bot.records import Server
from bot.storage.database import Database
from bot.storage.migrate import database_url, migrate
from bot.storage.servers import SqlServers
from bot.storage.store import SqlStore
from bot.testing import HandClock, content

START = Instant.from_utc(2026, 3, 2, 8)
"""A Monday morning in Lisbon, where the clocks show UTC in winter."""


class Clock(BackendClock):
    """The clock of the test, for simcord."""

    def __init__(self, hand: HandClock) -> None:
        super().__init__()
        self._hand = hand

    def now(self) -> datetime:
        """The present moment."""
        return self._hand.now().to_stdlib()


class UsedServers(SqlServers):
    """The settings of servers as the bot reaches them: while `down`, it does not."""

    down = False

    def __getattribute__(self, name: str) -> Any:
        if name in ("down", "__class__") or name.startswith("_") or not self.down:
            return super().__getattribute__(name)

        async def fail(*_arguments: object) -> None:
            raise StorageDown("no database")

        return fail


class Town:
    """One server with a text channel, somebody who manages it, and two members; and the bot."""

    def __init__(self, folder: Path, migrated: Path, library: Library | None = None) -> None:
        self.library = library or content()
        self.clock = HandClock(START)
        self._file = folder / "holdfast.db"
        self._file.write_bytes(migrated.read_bytes())
        self._simulated = simcord.run(HoldfastClient())
        self.env = self._simulated._env
        self.env.backend.clock = Clock(self.clock)
        self.guild = self.env.create_guild("Here")
        self.general = self.guild.create_text_channel("general")
        self.quiet = self.guild.create_text_channel("quiet")
        managing = self.guild.create_role("managing", permissions=Permissions(manage_guild=True))
        self.admin = self.guild.add_member(self.env.create_user("ada"), roles=[managing])
        self.ben = self.guild.add_member(self.env.create_user("ben"))
        self.cleo = self.guild.add_member(self.env.create_user("cleo"))
        self._open()

    def _open(self) -> None:
        url = database_url(f"sqlite:///{self._file}")
        migrate(url)
        self.database = Database(url)
        self.store, self.servers = SqlStore(self.database), SqlServers(self.database)
        self.used = UsedServers(self.database)

    def _build(self, client: HoldfastClient) -> None:
        """As bot/adapters/discord/run.py does."""
        messenger = DiscordMessenger(client, self.library, self.clock, self.store)
        outbox = Outbox(self.store, {PLATFORM: messenger}, self.clock)
        conversation = Conversation(self.library, handlers.ROUTES, self.store, outbox, self.clock)
        self.settings = ServerSettings(self.used)
        self.threads = Threads(client, self.settings, self.library, self.clock)
        client.servers, client.setup = self.settings, Setup(self.settings, self.library, self.clock)
        client.intake = Intake(client, messenger, conversation, outbox, self.store, self.settings)

    async def __aenter__(self) -> Self:
        """Lets the bot come online. simcord wants to be left in the context it was entered in, so tests do both."""
        self._build(self.env.bot)  # type: ignore[arg-type]
        await self._simulated.__aenter__()
        await self._begin()
        return self

    async def _begin(self) -> None:
        """What is done once the bot is attached: the tree of commands keeps the client's HTTP of that moment."""
        client = self.env.bot
        assert isinstance(client, HoldfastClient)
        assert client.setup is not None
        self.commands = Commands(client, self.library)
        self.commands.add_command(client.setup.group())
        await self.commands.send_changed("", _forget)
        with contextlib.suppress(StorageDown):
            await self.settings.read()

    async def restart(self, *, down: bool = False) -> None:
        """Stops the process and starts another on the same file, which it may not reach."""
        self.database.close()
        self._open()
        self.used.down = down
        client = HoldfastClient()
        self._build(client)
        await self.env.restart_bot(client)
        await self._begin()

    async def __aexit__(self, *error: Any) -> None:
        """Stops everything. What the bot did wrong fails the test."""
        await self._simulated.__aexit__(*error)
        self.database.close()

    async def set_up(self, what: str, **options: Any) -> str:
        """/setup, called in #general. Gives what the admin sees, which nobody else does."""
        return seen(await self.admin.slash(self.general, f"setup {what}", **options))

    async def press(self, shown: InteractionResult, label: str) -> str:
        """The admin presses a button below an answer, which another one takes the place of."""
        assert shown.response is not None
        assert (await self.admin.click(shown.response, label=label)).acknowledged
        return seen(shown)

    async def choose(self, *channels: ChannelHandle) -> str:
        """The admin chooses where the bot may be used."""
        shown = await self.admin.slash(self.general, "setup channels")
        assert shown.response is not None
        await self.admin.select(shown.response, channels)
        return seen(shown)

    async def kept(self) -> Server:
        """What is set."""
        return await self.servers.server(self.guild.id)

    async def at(self, moment: Instant) -> None:
        """It is that late, and the bot looks for what is due."""
        self.clock.move_to(moment)
        await self.threads.tick()
        await self.env.settle()

    def forbid(self, channel: ChannelHandle, *permissions: str) -> None:
        """Takes permissions in a channel away from the bot; without any, gives all back."""
        bot = self.env.backend.bot_user.id
        _, denied = PermissionOverwrite(**dict.fromkeys(permissions, False)).pair()
        self.env.backend.set_overwrite(channel.id, Overwrite(bot, OverwriteType.MEMBER, 0, denied.value))

    def let(self, who: MemberActor) -> None:
        """Lets somebody call /setup who does not manage the server, as other admins can decide."""
        command = self.env.backend.find_command("setup", None)
        self.guild.set_command_permissions(int(command["id"]), {who: True})


def seen(result: InteractionResult) -> str:
    """The one answer, which only who asked sees."""
    assert result.response is not None
    assert result.response.ephemeral
    assert not result.followups
    return result.response.content


def said(name: str, **values: str) -> str:
    """A text of content/."""
    return content().words("").reply(f"discord/{name}", values).text


def posts(channel: ChannelHandle) -> list[Message]:
    """What the bot has posted for everybody in a channel."""
    return [message for message in channel.history() if message.components and not message.flags.ephemeral]


async def _forget(_digest: str) -> None:
    """Nothing is kept."""


@pytest.fixture
def town(folder: Path, migrated: Path) -> Town:
    return Town(folder, migrated)
