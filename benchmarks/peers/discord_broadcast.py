"""A broadcast with discord.py as it comes: all sends are gathered. A command is answered meanwhile."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

CHANNELS, AT = json.loads(Path(sys.argv[1]).read_text())[: int(sys.argv[2])], float(sys.argv[3])
Route.BASE = os.environ["DISCORD_API_URL"]


class Bot(discord.Client):
    """One command, and a broadcast."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.none())
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        """Before the first connection."""
        data: dict[str, Any] = await self.http.request(Route("GET", "/gateway/bot"))
        DiscordWebSocket.DEFAULT_GATEWAY = URL(data["url"])
        await self.tree.sync()
        self.broadcasting = asyncio.create_task(self.broadcast())

    async def broadcast(self) -> None:
        """Everybody, at the moment that was given."""
        await asyncio.sleep(AT - time.time())
        await asyncio.gather(*(self.check_in(int(channel)) for channel in CHANNELS))

    async def check_in(self, channel: int) -> None:
        """One message of the broadcast."""
        try:
            await self.get_partial_messageable(channel).send("Good morning. How are you today?", view=view())
        except discord.HTTPException as error:
            print(f"lost: {error}", file=sys.stderr)


def view() -> discord.ui.View:
    """A button."""
    shown = discord.ui.View(timeout=None)
    shown.add_item(discord.ui.Button(label="I feel lonely", custom_id="lonely"))
    return shown


bot = Bot()


@bot.tree.command(name="urge", description="I want to text them")
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
async def urge(interaction: discord.Interaction) -> None:
    """Answers the command."""
    await interaction.response.send_message("What is it, right now?", view=view())


if __name__ == "__main__":
    bot.run(os.environ["DISCORD_BOT_TOKEN"], log_handler=None)
