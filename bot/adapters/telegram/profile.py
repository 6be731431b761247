"""How the bot looks in Telegram: its command menu, and what stands in its profile. Set only where it changed."""

import logging
from collections.abc import Sequence

from telegram import Bot, BotCommand, BotCommandScope, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError

from bot.adapters.telegram.calls import Calls, reason
from bot.library import DEFAULT_LANGUAGE, Library, Words

log = logging.getLogger(__name__)

ATTEMPTS = 5


async def introduce(bot: Bot, calls: Calls, library: Library) -> None:
    """Brings menu and profile up to date, in every language. Without that the bot works all the same."""
    try:
        for words in library.languages.values():
            code = None if words.language == DEFAULT_LANGUAGE else words.language.split("-")[0]
            await _menus(bot, calls, words, code)
            await _texts(bot, calls, words, code)
    except TelegramError as error:
        log.warning("Telegram: the command menu could not be set (%s); it is tried at the next start", reason(error))


async def _menus(bot: Bot, calls: Calls, words: Words, code: str | None) -> None:
    private = [BotCommand(name, text) for name, text in words.menu]
    group = [BotCommand("urge", words.texts["telegram/group_command"].text)]
    await _menu(bot, calls, private, BotCommandScopeAllPrivateChats(), code)
    await _menu(bot, calls, group, BotCommandScopeAllGroupChats(), code)


async def _menu(
    bot: Bot, calls: Calls, commands: Sequence[BotCommand], scope: BotCommandScope, code: str | None
) -> None:
    there = await calls.insist(lambda: bot.get_my_commands(scope=scope, language_code=code), ATTEMPTS)
    if list(there) != list(commands):
        await calls.insist(lambda: bot.set_my_commands(commands, scope=scope, language_code=code), ATTEMPTS)


async def _texts(bot: Bot, calls: Calls, words: Words, code: str | None) -> None:
    description, about = words.texts["telegram/description"].text, words.texts["telegram/about"].text
    there = await calls.insist(lambda: bot.get_my_description(language_code=code), ATTEMPTS)
    if there.description != description:
        await calls.insist(lambda: bot.set_my_description(description, language_code=code), ATTEMPTS)
    short = await calls.insist(lambda: bot.get_my_short_description(language_code=code), ATTEMPTS)
    if short.short_description != about:
        await calls.insist(lambda: bot.set_my_short_description(about, language_code=code), ATTEMPTS)
