"""The bench of discord_bench, with people who meet the bot in a server."""

import asyncio
from collections import defaultdict
from pathlib import Path

from discord_bench import LOCALE, DiscordBench
from discord_witness import cells
from simcord.backend.models import Message
from simcord.builders import UserHandle
from whenever import Instant

from bot.adapters.discord import OPTIONS, PLATFORM
from bot.messages import Chat, Incoming
from bot.testing import MONDAY_NIGHT, Person

LONGEST_FORM = 4_000
"""Characters that somebody can write in a form."""


class ServerBench(DiscordBench):
    """The same in a channel of a server, where others are around: people call commands, press what only they see, and
    write in forms. Only what cannot be said there, they write in private messages. These are open already, unless
    `strangers` have never been there."""

    def __init__(self, folder: Path, *, start: Instant = MONDAY_NIGHT, strangers: bool = False) -> None:
        super().__init__(folder, start=start)
        self.strangers = strangers
        self._hands: defaultdict[Chat, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.guild = self.env.create_guild()
        self.channel = self.guild.create_text_channel("general")

    def person(self, name: str = "me", platform: str = "") -> Person:
        """Somebody in the server."""
        made = super().person(name, platform)
        if made.chat.platform == PLATFORM and int(made.chat.id) not in self.backend.get_guild(self.guild.id).members:
            self.guild.add_member(UserHandle(self.env, self.backend.users[int(made.chat.id)]))
        return made

    async def receive(self, incoming: Incoming) -> None:
        """Calls a command, taps, or fills in a form, and waits until the bot has nothing more to do."""
        await self.run()
        self.locales[int(incoming.chat.id)] = incoming.language or LOCALE
        if not self.strangers:
            self.discord.addresses.note(incoming.chat, self.backend.get_dm_channel(int(incoming.chat.id)).id)
        async with self._hands[incoming.chat]:
            await self._do(incoming.chat, incoming.text, incoming.token)
        await self.settled()

    async def _do(self, chat: Chat, text: str, token: str) -> None:
        command, _, words = text.removeprefix("/").partition(" ")
        if token:
            self.tap(chat, token)
        elif text.startswith("/") and self.commands.get_command(command) is not None:
            if words and command not in OPTIONS:
                self.tap(chat, text)
            else:
                self.call(chat, command, words.strip(), channel=self.channel.id)
        elif text.strip()[:1] not in ("", "/") and len(text) <= LONGEST_FORM and (way := self.way_to_write(chat)):
            opened = self.press(int(chat.id), *way)
            await self.settled()
            self.fill_in(chat, opened, text)
        else:
            self.write(chat, text)

    def way_to_write(self, chat: Chat) -> tuple[Message, str] | None:
        """The newest button that opens a form."""
        found = ((message, cell["custom_id"]) for message in reversed(self.seen(chat)) for cell in cells(message))
        return next(((message, custom_id) for message, custom_id in found if custom_id.startswith("h1w:")), None)
