"""Components of messages and modals: docs.discord.com/developers/components/reference."""

import re
from collections.abc import Iterator
from typing import Any

from .check import Problems, array, boolean, choice, integer, nullable, record, snowflake, string, tagged
from .errors import Path

ROW, BUTTON, SELECT, TEXT_INPUT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = range(1, 9)
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR = range(9, 15)
CONTAINER, LABEL = 17, 18
LINK, PREMIUM = 5, 6
SELECTS = (SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)

IN_A_ROW = 5
ROWS = 5
COMPONENTS = 40
"""docs.discord.com/developers/components/reference#legacy-message-component-behavior, /components/overview."""
TEXT_IN_ALL = 4000
"""docs.discord.com/developers/components/reference#text-display"""

_ID = {"id": integer(0, (1 << 31) - 1)}
_CUSTOM_ID = string(1, 100)


def _emoji_rule(emoji: dict[str, Any], path: Path, problems: Problems) -> None:
    name = emoji.get("name")
    if emoji.get("id") is None and (not name or re.fullmatch(r"[\w:\s]+", name, re.ASCII)):
        problems.note((*path, "name"), "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji")


EMOJI = record({}, {"id": nullable(snowflake), "name": nullable(string(1, 100)), "animated": boolean}, rule=_emoji_rule)


def _button_rule(button: dict[str, Any], path: Path, problems: Problems) -> None:
    needed = {LINK: "url", PREMIUM: "sku_id"}.get(button["style"], "custom_id")
    for name in ("url", "sku_id", "custom_id"):
        if (name in button) != (name == needed):
            words = "This field is required" if name == needed else f"Not with a button of style {button['style']}."
            problems.note((*path, name), "BASE_TYPE_REQUIRED" if name == needed else "UNKNOWN_FIELD", words)
    if button["style"] != PREMIUM and not button.get("label") and not button.get("emoji"):
        problems.note(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or an emoji is required")


_BUTTON = record(
    {"type": choice(BUTTON), "style": choice(1, 2, 3, 4, 5, 6)},
    {
        **_ID,
        "label": nullable(string(0, 80)),
        "emoji": nullable(EMOJI),
        "custom_id": _CUSTOM_ID,
        "url": string(1, 512, pattern=r"(https?|discord)://\S+"),
        "sku_id": snowflake,
        "disabled": boolean,
    },
    rule=_button_rule,
)
"""docs.discord.com/developers/components/reference#button"""

_OPTION = record(
    {"label": string(1, 100), "value": string(1, 100)},
    {"description": nullable(string(0, 100)), "emoji": nullable(EMOJI), "default": boolean},
)


def _select_rule(select: dict[str, Any], path: Path, problems: Problems) -> None:
    low, high = select.get("min_values", 1), select.get("max_values", 1)
    options = select.get("options")
    if low > high or (options is not None and high > len(options)):
        problems.note((*path, "max_values"), "NUMBER_TYPE_MAX", "min_values <= max_values <= number of options.")
    values = [option["value"] for option in options or ()]
    for index, value in enumerate(values):
        if value in values[:index]:
            place = (*path, "options", index, "value")
            problems.note(place, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is used")
    if sum(bool(option.get("default")) for option in options or ()) > high:
        problems.note(path, "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", "More defaults than max_values")


_SELECT_FIELDS = {
    **_ID,
    "placeholder": nullable(string(0, 150)),
    "min_values": integer(0, 25),
    "max_values": integer(1, 25),
    "disabled": boolean,
    "required": boolean,
}
_STRING_SELECT = record(
    {"type": choice(SELECT), "custom_id": _CUSTOM_ID, "options": array(_OPTION, 1, 25)},
    _SELECT_FIELDS,
    rule=_select_rule,
)
"""docs.discord.com/developers/components/reference#string-select"""
_DEFAULTS = array(record({"id": snowflake, "type": choice("user", "role", "channel")}), 0, 25)
_OTHER_SELECT = record(
    {"type": choice(*SELECTS[1:]), "custom_id": _CUSTOM_ID},
    {**_SELECT_FIELDS, "default_values": _DEFAULTS, "channel_types": array(integer(0))},
    rule=_select_rule,
)

_INTERACTIVE = {BUTTON: _BUTTON, SELECT: _STRING_SELECT, **dict.fromkeys(SELECTS[1:], _OTHER_SELECT)}


def _row_rule(row: dict[str, Any], path: Path, problems: Problems) -> None:
    kinds = [component["type"] for component in row["components"]]
    if len(kinds) > 1 and any(kind in (*SELECTS, TEXT_INPUT) for kind in kinds):
        problems.note((*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The max width of a row is 5: a select")


_ROW = record(
    {"type": choice(ROW), "components": array(tagged("type", _INTERACTIVE), 1, IN_A_ROW)}, _ID, rule=_row_rule
)
"""docs.discord.com/developers/components/reference#action-row"""

_TEXT = record({"type": choice(TEXT), "content": string(1, TEXT_IN_ALL)}, _ID)
_MEDIA = record({"url": string(1, 2048, pattern=r"(https?|attachment)://\S+")})
_SPOILER = {"spoiler": boolean}
_PICTURE = {"description": nullable(string(0, 1024)), **_SPOILER}
_THUMBNAIL = record({"type": choice(THUMBNAIL), "media": _MEDIA}, {**_ID, **_PICTURE})
_SECTION = record(
    {
        "type": choice(SECTION),
        "components": array(tagged("type", {TEXT: _TEXT}), 1, 3),
        "accessory": tagged("type", {BUTTON: _BUTTON, THUMBNAIL: _THUMBNAIL}),
    },
    _ID,
)
_GALLERY = record({"type": choice(GALLERY), "items": array(record({"media": _MEDIA}, _PICTURE), 1, 10)}, _ID)
_FILE = record(
    {"type": choice(FILE), "file": record({"url": string(1, 2048, pattern=r"attachment://\S+")})}, {**_ID, **_SPOILER}
)
_SEPARATOR = record({"type": choice(SEPARATOR)}, {**_ID, "divider": boolean, "spacing": choice(1, 2)})
_INNER = {ROW: _ROW, TEXT: _TEXT, SECTION: _SECTION, GALLERY: _GALLERY, FILE: _FILE, SEPARATOR: _SEPARATOR}
_CONTAINER = record(
    {"type": choice(CONTAINER), "components": array(tagged("type", _INNER), 1)},
    {**_ID, **_SPOILER, "accent_color": nullable(integer(0, 0xFFFFFF))},
)

LEGACY = array(tagged("type", {ROW: _ROW}), 0, ROWS)
"""Below a message without the flag IS_COMPONENTS_V2."""
SECOND = array(tagged("type", {**_INNER, CONTAINER: _CONTAINER}), 0, COMPONENTS)
"""In a message with it."""


def _input_rule(field: dict[str, Any], path: Path, problems: Problems) -> None:
    low, high = field.get("min_length", 0), field.get("max_length", 4000)
    if low > high:
        problems.note((*path, "min_length"), "NUMBER_TYPE_MAX", "min_length <= max_length.")
    if field.get("value") is not None and len(field["value"]) > high:
        problems.note((*path, "value"), "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")


_INPUT_FIELDS = {
    **_ID,
    "min_length": integer(0, 4000),
    "max_length": integer(1, 4000),
    "required": boolean,
    "value": nullable(string(0, 4000)),
    "placeholder": nullable(string(0, 100)),
}
_INPUT = {"type": choice(TEXT_INPUT), "custom_id": _CUSTOM_ID, "style": choice(1, 2)}
_OLD_INPUT = record({**_INPUT, "label": string(1, 45)}, _INPUT_FIELDS, rule=_input_rule)
_LABELLED_INPUT = record(_INPUT, {**_INPUT_FIELDS, "label": nullable(string(0, 0))}, rule=_input_rule)
"""docs.discord.com/developers/components/reference#text-input"""
_INPUT_ROW = record(
    {"type": choice(ROW), "components": array(tagged("type", {TEXT_INPUT: _OLD_INPUT}), 1, 1)}, _ID, rule=_row_rule
)
_LABEL = record(
    {
        "type": choice(LABEL),
        "label": string(1, 45),
        "component": tagged("type", {**_INTERACTIVE, TEXT_INPUT: _LABELLED_INPUT}),
    },
    {**_ID, "description": nullable(string(0, 100))},
)
"""docs.discord.com/developers/components/reference#label"""


def walk(components: object) -> Iterator[dict[str, Any]]:
    """All components, the outer before the inner ones."""
    for component in components if isinstance(components, list) else ():
        if isinstance(component, dict):
            yield component
            yield from walk(component.get("components"))
            yield from walk([component[name] for name in ("accessory", "component") if name in component])


def together(components: list[Any], path: Path, problems: Problems) -> None:
    """Names and numbers are unique, texts and components are not too many, in one message or modal."""
    every = list(walk(components))
    for name in ("custom_id", "id"):
        seen = [component[name] for component in every if component.get(name)]
        if len(set(seen)) < len(seen):
            problems.note(path, "COMPONENT_CUSTOM_ID_DUPLICATED", f"Component {name} cannot be duplicated")
    if len(every) > COMPONENTS:
        problems.note(path, "BASE_TYPE_BAD_LENGTH", f"A message may have {COMPONENTS} components in all.")
    if sum(len(part["content"]) for part in every if part["type"] == TEXT) > TEXT_IN_ALL:
        problems.note(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", f"{TEXT_IN_ALL} characters of text in all.")


def _modal_rule(modal: dict[str, Any], path: Path, problems: Problems) -> None:
    together(modal["components"], (*path, "components"), problems)
    for part in walk(modal["components"]):
        if part["type"] == BUTTON or part.get("disabled"):
            problems.note((*path, "components"), "UNION_TYPE_CHOICES", "No buttons and nothing disabled in a modal.")


MODAL = record(
    {
        "custom_id": _CUSTOM_ID,
        "title": string(1, 45),
        "components": array(tagged("type", {ROW: _INPUT_ROW, LABEL: _LABEL, TEXT: _TEXT}), 1, 5),
    },
    rule=_modal_rule,
)
"""docs.discord.com/developers/interactions/receiving-and-responding#modal"""
