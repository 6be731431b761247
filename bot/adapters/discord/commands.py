"""The commands Discord lists: made from content/, in every language there, and sent only when they changed."""

import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import AppCommandContext, AppInstallationType, Command, CommandTree, locale_str
from discord.app_commands.translator import TranslationContextTypes, Translator

from bot.adapters.discord import COMMANDS, OPTIONS
from bot.adapters.discord.calls import FAULTS, insist, reason
from bot.adapters.discord.client import HoldfastClient
from bot.languages import nearest
from bot.library import DEFAULT_LANGUAGE, MENU, Library, Words

log = logging.getLogger(__name__)

Interaction = discord.Interaction[HoldfastClient]

ATTEMPTS = 5

Text = app_commands.Range[str, 1, 300]
"""What may stand behind a command."""

INSTALLS = AppInstallationType(guild=True, user=True)
CONTEXTS = AppCommandContext(guild=True, dm_channel=True, private_channel=True)


class Translations(Translator):
    """Descriptions in the languages of content/."""

    def __init__(self, library: Library) -> None:
        super().__init__()
        self._languages = {name: words for name, words in library.languages.items() if name != DEFAULT_LANGUAGE}

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: TranslationContextTypes
    ) -> str | None:
        """A description in one of Discord's languages, if content/ has it."""
        words = self._languages.get(nearest([locale.value], self._languages))
        text = words.texts.get(string.extras.get("key", "")) if words else None
        return text.text if text else None


class Commands(CommandTree[HoldfastClient]):
    """What can be typed. Whatever is called goes the way of everything else that comes in."""

    def __init__(self, client: HoldfastClient, library: Library) -> None:
        super().__init__(client, allowed_installs=INSTALLS, allowed_contexts=CONTEXTS)
        self._library = library
        for name, key in _listed(library.words("")).items():
            self.add_command(self._command(name, key))

    def _command(self, name: str, key: str) -> "Command[Any, ..., Any]":
        option = OPTIONS.get(name)
        callback = _called if option is None else _called_with(option, self._described(f"discord/option_{option}"))
        return Command(name=name, description=self._described(key), callback=callback)

    def _described(self, key: str) -> locale_str:
        return locale_str(self._library.words("").texts[key].text, key=key)

    async def send_changed(self, known: str, keep: Callable[[str], Awaitable[None]]) -> None:
        """Sends the commands if they are others than those that were sent last, whose hash is `known`."""
        await self.set_translator(Translations(self._library))
        payload = [await command.get_translated_payload(self, self.translator) for command in self.get_commands()]  # type: ignore[arg-type]
        digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        if digest == known:
            return
        try:
            await insist(self.sync, ATTEMPTS)
        except (*FAULTS, app_commands.AppCommandError) as error:
            why = reason(error) if isinstance(error, FAULTS) else type(error).__name__
            log.warning("Discord: the commands could not be set (%s); it is tried at the next start", why)
        else:
            await keep(digest)

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """A command of another version: it is read all the same."""
        interaction.client.take(interaction)


def _listed(words: Words) -> Mapping[str, str]:
    """Every command and the text that says what it does."""
    menu = {name: f"{MENU}/{name}" for name, _ in words.menu}
    return menu | {name: f"discord/command_{name}" for name in COMMANDS}


async def _called(interaction: Interaction) -> None:
    interaction.client.take(interaction)


def _called_with(option: str, described: locale_str) -> Callable[..., Coroutine[Any, Any, None]]:
    """A command that may have one text behind it."""

    async def called(interaction: Interaction, text: Text | None = None) -> None:
        interaction.client.take(interaction)

    return app_commands.rename(text=option)(app_commands.describe(text=described)(called))
