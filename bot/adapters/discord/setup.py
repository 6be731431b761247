"""What the admins of a server can set: /setup, and the buttons below its answers. Only the admin sees them."""

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from secrets import token_hex
from typing import Any

import discord
from discord import SelectDefaultValue, SelectDefaultValueType, app_commands
from discord.app_commands import AppCommandContext, AppInstallationType, Command, Group, locale_str
from discord.ui import ChannelSelect, View

from bot.adapters.discord import components
from bot.adapters.discord.calls import FAULTS, FEW, MISSING_ACCESS, NO_PERMISSION, insist, reason
from bot.adapters.discord.client import HoldfastClient
from bot.adapters.discord.custom_id import EVERYBODY
from bot.adapters.discord.reading import SETUP
from bot.adapters.discord.screens import Screen
from bot.adapters.discord.servers import POSTING, THREADING, Room, ServerSettings, lacking, scheduled
from bot.adapters.discord.setup_words import SetupWords, mentions
from bot.languages import normalised
from bot.library import Library
from bot.ports import Clock, StorageDown
from bot.records import Server

log = logging.getLogger(__name__)

Interaction = discord.Interaction[HoldfastClient]
Answer = Callable[[Interaction, discord.Guild, SetupWords], Awaitable[Screen]]
Text = app_commands.Range[str, 1, 100]

MOST = 25
"""Channels that can be chosen (discord.com/developers/docs/components/reference#channel-select)."""

KINDS = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
    discord.ChannelType.forum,
]
"""Where a command can be called: in such a channel, or in a thread of it."""

GONE = (10003, 10008)
"""Codes of Discord's errors: an unknown channel, an unknown message."""


class Setup:
    """Answers the admins of servers."""

    def __init__(self, settings: ServerSettings, library: Library, clock: Clock) -> None:
        self._settings = settings
        self._library = library
        self._clock = clock

    def group(self) -> Group:
        """The command with its subcommands, as Discord lists it: on servers, and for those who manage them."""
        group = Group(
            name=SETUP,
            description=self._described("command_setup"),
            allowed_contexts=AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            allowed_installs=AppInstallationType(guild=True, user=False),
            guild_only=True,
            default_permissions=discord.Permissions(manage_guild=True),
        )
        channel, time, city, off = (self._described(f"option_{name}") for name in ("channel", "time", "city", "off"))

        @app_commands.describe(channel=channel)
        async def panel(interaction: Interaction, channel: discord.TextChannel | None = None) -> None:
            await self._answer(interaction, partial(self._panel, channel=channel))

        @app_commands.describe(channel=channel, time=time, city=city, off=off)
        async def thread(
            interaction: Interaction,
            channel: discord.TextChannel | None = None,
            time: Text | None = None,
            city: Text | None = None,
            off: bool = False,
        ) -> None:
            answer = self._thread_off if off else partial(self._thread, channel=channel, time=time, city=city)
            await self._answer(interaction, answer)

        async def channels(interaction: Interaction) -> None:
            await self._answer(interaction, self._channels)

        async def show(interaction: Interaction) -> None:
            await self._answer(interaction, self._show)

        async def remove(interaction: Interaction) -> None:
            await self._answer(interaction, self._ask_to_remove)

        for called in (panel, thread, channels, show, remove):
            described = self._described(f"command_setup_{called.__name__}")
            group.add_command(Command(name=called.__name__, description=described, callback=called))
        group.error(self._misread)  # type: ignore[arg-type]
        return group

    async def press(self, interaction: Interaction) -> None:
        """Answers a button or a choice below one of its answers."""
        data: Any = interaction.data or {}
        answers: dict[str, Answer] = {
            "channels": partial(self._set_channels, chosen=_channels(data.get("values") or ())),
            "everywhere": partial(self._set_channels, chosen=()),
            "remove": self._remove,
            "keep": self._keep,
        }
        answer = answers.get(str(data.get("custom_id", "")).partition(":")[2])
        if answer is not None:
            await self._answer(interaction, answer)

    async def _answer(self, interaction: Interaction, answer: Answer) -> None:
        """Acknowledges first: posting may take longer than Discord waits."""
        try:
            if interaction.type is discord.InteractionType.component:
                await interaction.response.defer()
            else:
                await interaction.response.defer(ephemeral=True, thinking=True)
            screen = await self._screen(interaction, answer)
            await insist(lambda: interaction.edit_original_response(**screen.changed()), FEW)
        except FAULTS as error:
            log.warning("Discord: an admin could not be answered (%s)", reason(error))

    async def _screen(self, interaction: Interaction, answer: Answer) -> Screen:
        words = SetupWords(self._library.words(normalised(interaction.locale.value)))
        if not (interaction.permissions.manage_guild or interaction.permissions.administrator):
            return words.say("setup_not_yours", permissions=words.named(["manage_guild"]))
        intake = interaction.client.intake
        if intake is not None and not intake.lets_set(interaction.user.id):
            return words.say("setup_later")
        guild = interaction.client.get_guild(interaction.guild_id or 0)
        if guild is None or guild.me is None:
            return words.say("setup_not_member")
        try:
            return await answer(interaction, guild, words)
        except (StorageDown, *FAULTS) as error:
            log.warning("Discord: something could not be set in a server (%s)", type(error).__name__)
        except Exception:
            log.exception("something could not be set in a server")
        return words.say("setup_later")

    async def _misread(self, interaction: Interaction, _error: app_commands.AppCommandError) -> None:
        """An option that is none any more, such as a channel that was just deleted."""
        await self._answer(interaction, self._ask_again)

    async def _ask_again(self, _interaction: Interaction, _guild: discord.Guild, words: SetupWords) -> Screen:
        return words.say("setup_later")

    # The panel

    async def _panel(
        self, interaction: Interaction, guild: discord.Guild, words: SetupWords, *, channel: Room | None
    ) -> Screen:
        where: Any = channel or interaction.channel
        if names := lacking(where, POSTING, interaction):
            return words.missing(where, names)
        spoken = self._library.words(normalised(guild.preferred_locale.value))
        reply = spoken.reply("discord/panel", {})
        view = components.view(reply, spoken, EVERYBODY, private=True)
        try:
            nonce = token_hex(8)
            sent = await insist(lambda: where.send(reply.text, view=view, suppress_embeds=True, nonce=nonce), FEW)
        except discord.HTTPException as error:
            return self._not_let(where, error, words)
        try:
            before, _ = await self._settings.change(
                guild.id, lambda server: replace(server, panel_channel=where.id, panel_message=sent.id)
            )
        except StorageDown:
            await sent.delete()
            raise
        taken = await self._take_away(interaction.client, before)
        return words.say("setup_panel" if taken else "setup_panel_twice", channel=where.mention)

    async def _take_away(self, client: discord.Client, server: Server) -> bool:
        """Takes a panel away. False if it may still be there."""
        if not server.panel_message:
            return True
        message = client.get_partial_messageable(server.panel_channel).get_partial_message(server.panel_message)
        try:
            await insist(message.delete, FEW)
        except FAULTS as error:
            return isinstance(error, discord.HTTPException) and error.code in GONE
        return True

    # The daily thread

    async def _thread(
        self,
        interaction: Interaction,
        guild: discord.Guild,
        words: SetupWords,
        *,
        channel: discord.TextChannel | None,
        time: str | None,
        city: str | None,
    ) -> Screen:
        kept = await self._settings.of(guild.id)
        where = channel or guild.get_channel(kept.thread_channel) or interaction.channel
        wall = self._library.names.time(time) if time else None
        zone = self._library.names.zone(city) if city else kept.zone
        if not isinstance(where, discord.TextChannel):
            return words.say("setup_thread_channel")
        if wall is None and (time or not kept.wall):
            return words.say("setup_thread_time")
        if not zone:
            return words.say("setup_thread_city")
        if names := lacking(where, THREADING, interaction):
            return words.missing(where, names)
        at = wall.format("HH:mm") if wall else kept.wall
        _, server = await self._settings.change(
            guild.id,
            lambda server: scheduled(replace(server, thread_channel=where.id, zone=zone, wall=at), self._clock.now()),
        )
        return words.begun(server)

    async def _thread_off(self, _interaction: Interaction, guild: discord.Guild, words: SetupWords) -> Screen:
        await self._settings.change(
            guild.id, lambda server: scheduled(replace(server, thread_channel=0, zone="", wall=""), self._clock.now())
        )
        return words.say("setup_thread_off")

    # Where the bot may be used

    async def _channels(self, _interaction: Interaction, guild: discord.Guild, words: SetupWords) -> Screen:
        chosen = (await self._settings.of(guild.id)).channels
        there = [id for id in chosen if guild.get_channel(id) is not None]
        view = View(timeout=None)
        view.add_item(
            ChannelSelect(
                custom_id=f"{SETUP}:channels",
                channel_types=KINDS,
                min_values=0,
                max_values=MOST,
                default_values=[SelectDefaultValue(id=id, type=SelectDefaultValueType.channel) for id in there],
            )
        )
        return words.ask("setup_channels", view)

    async def _set_channels(
        self, _interaction: Interaction, guild: discord.Guild, words: SetupWords, *, chosen: Sequence[int]
    ) -> Screen:
        await self._settings.change(guild.id, lambda server: replace(server, channels=tuple(chosen)))
        if not chosen:
            return words.say("setup_channels_everywhere")
        return words.say("setup_channels_set", channels=mentions(chosen))

    # All of it

    async def _show(self, _interaction: Interaction, guild: discord.Guild, words: SetupWords) -> Screen:
        return words.shown(guild, await self._settings.of(guild.id))

    async def _ask_to_remove(self, _interaction: Interaction, _guild: discord.Guild, words: SetupWords) -> Screen:
        return words.ask("setup_remove", View(timeout=None))

    async def _remove(self, interaction: Interaction, guild: discord.Guild, words: SetupWords) -> Screen:
        before = await self._settings.forget(guild.id)
        taken = await self._take_away(interaction.client, before)
        return words.say("setup_removed" if taken else "setup_removed_panel")

    async def _keep(self, _interaction: Interaction, _guild: discord.Guild, words: SetupWords) -> Screen:
        return words.say("setup_kept")

    def _described(self, name: str) -> locale_str:
        return locale_str(self._library.words().texts[f"discord/{name}"].text, key=f"discord/{name}")

    def _not_let(self, channel: Room, error: discord.HTTPException, words: SetupWords) -> Screen:
        """Discord refused what looked allowed. Any other fault is one of the moment."""
        if error.code not in (MISSING_ACCESS, NO_PERMISSION):
            raise error
        if names := lacking(channel, POSTING):
            return words.missing(channel, names)
        return words.say("setup_refused", channel=channel.mention)


def _channels(values: Sequence[object]) -> Sequence[int]:
    """The ids of what was chosen, no more of them than can be."""
    return [int(str(id)) for id in values if re.fullmatch(r"\d{1,20}", str(id), re.ASCII)][:MOST]
