"""What admins are told, as screens."""

from collections.abc import Sequence

import discord
from discord import ButtonStyle
from discord.ui import Button, View
from whenever import Instant

from bot.adapters.discord.reading import SETUP
from bot.adapters.discord.screens import Screen
from bot.adapters.discord.servers import THREADING, Room, lacking
from bot.library import Words
from bot.places import zone_city
from bot.records import Server


class SetupWords:
    """The texts of /setup."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def text(self, name: str, **values: str) -> str:
        """A text with its variables filled in."""
        return self._words.text(f"discord/{name}", values)

    def say(self, name: str, **values: str) -> Screen:
        """A text, and nothing to press."""
        return Screen(self.text(name, **values))

    def ask(self, name: str, view: View) -> Screen:
        """A text with its buttons, below what is in the view already."""
        for target, label in self._words.texts[f"discord/{name}"].buttons:
            view.add_item(Button(label=label, style=ButtonStyle.secondary, custom_id=f"{SETUP}:{target}"))
        view.stop()  # what is pressed comes to us by its custom_id: discord.py need not remember the view
        return Screen(self.text(name), view)

    def named(self, permissions: Sequence[str]) -> str:
        """Permissions as Discord calls them."""
        return self._words.listed([f"**{self.text(f'permission_{name}')}**" for name in permissions])

    def missing(self, channel: Room, permissions: Sequence[str]) -> Screen:
        """What the bot lacks in a channel."""
        return self.say("setup_missing", channel=channel.mention, permissions=self.named(permissions))

    def begun(self, server: Server) -> Screen:
        """When and where a thread begins each day."""
        return self.say("setup_thread", **self._thread(server))

    def shown(self, guild: discord.Guild, server: Server) -> Screen:
        """Everything that is set."""
        has_panel = guild.get_channel_or_thread(server.panel_channel) is not None
        return self.say(
            "setup_show",
            panel=f"<#{server.panel_channel}>" if has_panel else self.text("setup_show_none"),
            thread=self._thread_shown(guild, server),
            channels=mentions(server.channels) or self.text("setup_show_everywhere"),
        )

    def _thread_shown(self, guild: discord.Guild, server: Server) -> str:
        if not server.thread_channel:
            return self.text("setup_show_none")
        if server.next_at is not None:
            return self.text("setup_show_thread", **self._thread(server))
        channel = guild.get_channel(server.thread_channel)
        names = lacking(channel, THREADING) if isinstance(channel, discord.TextChannel) else ()
        why = self.named(names) if names else self.text("setup_show_gone")
        return self.text("setup_show_stopped", channel=f"<#{server.thread_channel}>", permissions=why)

    def _thread(self, server: Server) -> dict[str, str]:
        return {
            "channel": f"<#{server.thread_channel}>",
            "time": server.wall,
            "city": zone_city(server.zone, self._words.language),
            "when": _moment(server.next_at),
        }


def mentions(channels: Sequence[int]) -> str:
    """Channels as Discord shows them."""
    return ", ".join(f"<#{id}>" for id in channels)


def _moment(moment: Instant | None) -> str:
    """As everybody's app shows it in their own time."""
    return f"<t:{moment.timestamp()}:f>" if moment is not None else ""
