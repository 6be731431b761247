"""Bodies that are not messages: callbacks, commands, channels. docs.discord.com/developers/interactions."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from .bodies import CALLBACK_DEFERRED, CALLBACK_MESSAGE, CALLBACK_UPDATE
from .check import (
    Kind,
    Problems,
    anything,
    array,
    boolean,
    choice,
    integer,
    mapping,
    nullable,
    number,
    record,
    snowflake,
    string,
    tagged,
)
from .components import MODAL
from .errors import Path

LOCALES = [
    "id",
    "da",
    "de",
    "en-GB",
    "en-US",
    "es-ES",
    "es-419",
    "fr",
    "hr",
    "it",
    "lt",
    "hu",
    "nl",
    "no",
    "pl",
    "pt-BR",
    "ro",
    "fi",
    "sv-SE",
    "vi",
    "tr",
    "cs",
    "el",
    "bg",
    "ru",
    "uk",
    "hi",
    "th",
    "zh-CN",
    "ja",
    "zh-TW",
    "ko",
]
"""docs.discord.com/developers/reference#locales"""

PONG, MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, AUTOCOMPLETE, SHOW_MODAL = 1, 4, 5, 6, 7, 8, 9
_TYPE = {"type": anything}
CALLBACK = tagged(
    "type",
    {
        PONG: record(_TYPE),
        MESSAGE: record({**_TYPE, "data": CALLBACK_MESSAGE}),
        DEFERRED_MESSAGE: record(_TYPE, {"data": nullable(CALLBACK_DEFERRED)}),
        DEFERRED_UPDATE: record(_TYPE),
        UPDATE: record(_TYPE, {"data": nullable(CALLBACK_UPDATE)}),
        SHOW_MODAL: record({**_TYPE, "data": MODAL}),
    },
)
"""docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object"""

_DESCRIPTION = string(1, 100)
COMMANDS = 100
COMMAND_TEXT = 8000
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)


def _name(value: object, path: Path, problems: Problems) -> None:
    """docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-naming"""
    before = len(problems)
    string(1, 32)(value, path, problems)
    if len(problems) > before or not isinstance(value, str):
        return
    letters = all(letter in "-_'" or unicodedata.category(letter)[0] in "LNM" for letter in value)
    if not letters or value != value.lower():
        problems.note(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _values(kind: Kind) -> Kind:
    choices = array(
        record(
            {"name": string(1, 100), "value": kind}, {"name_localizations": nullable(mapping(LOCALES, string(1, 100)))}
        ),
        0,
        25,
    )
    return nullable(choices)


_WORDS = {
    "name_localizations": nullable(mapping(LOCALES, _name)),
    "description_localizations": nullable(mapping(LOCALES, _DESCRIPTION)),
}
_NAMED = {"type": anything, "name": _name, "description": _DESCRIPTION}
_PLAIN = {**_WORDS, "required": boolean, "autocomplete": boolean}


def _option_rule(option: dict[str, Any], path: Path, problems: Problems) -> None:
    if option.get("autocomplete") and option.get("choices"):
        problems.note(path, "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", "No choices with autocomplete")
    names = [choice["name"] for choice in option.get("choices") or ()]
    if len(set(names)) < len(names):
        problems.note((*path, "choices"), "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_NOT_UNIQUE", "Names are not unique")


def _value_option(extra: Mapping[str, Kind]) -> Kind:
    return record(_NAMED, {**_PLAIN, **extra}, rule=_option_rule)


_LENGTHS = {"min_length": integer(0, 6000), "max_length": integer(1, 6000)}
_VALUE_OPTIONS = {
    STRING: _value_option({"choices": _values(string(0, 100)), **_LENGTHS}),
    INTEGER: _value_option({"choices": _values(integer()), "min_value": integer(), "max_value": integer()}),
    NUMBER: _value_option({"choices": _values(number), "min_value": number, "max_value": number}),
    CHANNEL: _value_option({"channel_types": array(integer(0, 16), unique=True)}),
    **dict.fromkeys((BOOLEAN, USER, ROLE, MENTIONABLE, ATTACHMENT), _value_option({})),
}


def _options_rule(owner: dict[str, Any], path: Path, problems: Problems) -> None:
    options = owner.get("options") or []
    here = (*path, "options")
    names = [option["name"] for option in options]
    if len(set(names)) < len(names):
        problems.note(here, "APPLICATION_COMMAND_OPTIONS_NAME_NOT_UNIQUE", "Option names are not unique")
    if len({option["type"] in (SUBCOMMAND, GROUP) for option in options}) > 1:
        problems.note(here, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and other options are mixed")
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        problems.note(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options come first")


_SUBCOMMAND = record(
    _NAMED, {**_WORDS, "options": nullable(array(tagged("type", _VALUE_OPTIONS), 0, 25))}, rule=_options_rule
)
_SUBCOMMANDS = array(tagged("type", {SUBCOMMAND: _SUBCOMMAND}), 0, 25)
_GROUP = record(_NAMED, {**_WORDS, "options": _SUBCOMMANDS}, rule=_options_rule)
_OPTIONS = array(tagged("type", {SUBCOMMAND: _SUBCOMMAND, GROUP: _GROUP, **_VALUE_OPTIONS}), 0, 25)


def _permissions(value: object, path: Path, problems: Problems) -> None:
    if isinstance(value, bool) or not str(value).isdecimal():
        problems.note(path, "NUMBER_TYPE_COERCE", "A set of permissions as a number.")


def _text_of(part: Mapping[str, Any]) -> int:
    """docs.discord.com/developers/interactions/application-commands#slash-commands: 8000 characters in all."""
    texts = 0
    for name in ("name", "description"):
        texts += max(
            len(text) for text in ("", part.get(name) or "", *(part.get(f"{name}_localizations") or {}).values())
        )
    texts += len(part["value"]) if isinstance(part.get("value"), str) else 0
    return texts + sum(map(_text_of, (*(part.get("options") or ()), *(part.get("choices") or ()))))


def _command_rule(command: dict[str, Any], path: Path, problems: Problems) -> None:
    _options_rule(command, path, problems)
    if _text_of(command) > COMMAND_TEXT:
        problems.note(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")


_COMMON = {
    "id": snowflake,
    "nsfw": boolean,
    "dm_permission": nullable(boolean),
    "default_permission": boolean,
    "default_member_permissions": nullable(_permissions),
}
_GLOBAL = {
    "contexts": nullable(array(choice(0, 1, 2), 1, unique=True)),
    "integration_types": nullable(array(choice(0, 1), 1, unique=True)),
}
_MENU_NAME = {"name": string(1, 32)}
_MENU_WORDS = {
    "name_localizations": nullable(mapping(LOCALES, string(1, 32))),
    "description": string(0, 0),
    "description_localizations": nullable(mapping((), anything)),
    "options": array(anything, 0, 0),
}


def _commands(where: Mapping[str, Kind]) -> Kind:
    chat_input = record(
        {"name": _name, "description": _DESCRIPTION},
        {"type": choice(1), **_WORDS, "options": nullable(_OPTIONS), **_COMMON, **where},
        rule=_command_rule,
    )
    menu = record({**_MENU_NAME, "type": choice(2, 3)}, {**_MENU_WORDS, **_COMMON, **where})

    def one(value: object, path: Path, problems: Problems) -> None:
        kind = value.get("type", 1) if isinstance(value, dict) else 1
        (menu if kind in (2, 3) else chat_input)(value, path, problems)

    def every(value: object, path: Path, problems: Problems) -> None:
        array(one, 0, COMMANDS)(value, path, problems)
        commands = value if isinstance(value, list) else []
        names = [(str(item.get("type", 1)), str(item.get("name"))) for item in commands if isinstance(item, dict)]
        if len(set(names)) < len(names):
            problems.note(path, "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")

    return every


GLOBAL_COMMANDS = _commands(_GLOBAL)
GUILD_COMMANDS = _commands({})
"""docs.discord.com/developers/interactions/application-commands#bulk-overwrite-global-application-commands"""

CREATE_DM = record({"recipient_id": snowflake})
"""docs.discord.com/developers/resources/user#create-dm"""
_THREAD = {
    "auto_archive_duration": nullable(choice(60, 1440, 4320, 10080)),
    "rate_limit_per_user": nullable(integer(0, 21600)),
}
THREAD_FROM_MESSAGE = record({"name": string(1, 100)}, _THREAD)
THREAD = record({"name": string(1, 100)}, {**_THREAD, "type": choice(10, 11, 12), "invitable": boolean})
"""docs.discord.com/developers/resources/channel#start-thread-without-message"""
