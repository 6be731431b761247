"""Texts with entities: core.telegram.org/bots/api#messageentity and #formatting-options."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .check import units
from .errors import bad_request, objection
from .markup import read_html

Entity = dict[str, Any]

CODE = frozenset({"pre", "code"})
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})

BLANK = " \n"
EMPTY = re.compile(
    "[ \n\u00a0\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufeff\ufffc\U000e0000-\U000e007f]*"
)
"""What counts as no text at all (td/telegram/misc.cpp, strip_empty_characters)."""

SPACES = dict.fromkeys(set(range(32)) - {10, 13}, " ")
REMOVED = re.compile("[\r\u2028-\u202e\u030a\u0333\u033f]")
"""Characters that become blanks, and that are taken out (td/telegram/misc.cpp, clean_input_string)."""

COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{2,31})?(?![\w/])")


@dataclass(frozen=True, slots=True)
class Rules:
    """What the server says of a text that does not fit."""

    limit: int
    too_long: str
    empty: str | None = None


def formatted(
    params: Mapping[str, Any], text_name: str, entities_name: str, rules: Rules
) -> tuple[str | None, list[Entity]]:
    """The text and its entities as the message will have them: checked, then trimmed."""
    text: str | None = params.get(text_name)
    entities: list[Entity] = params.get(entities_name, [])
    mode: str | None = params.get("parse_mode")
    if mode is not None and entities_name in params:
        raise objection(f"parse_mode and {entities_name} exclude each other")
    if text is None:
        if entities:
            raise objection(f"{entities_name} without {text_name}")
        return None, []
    if mode == "HTML":
        text, entities = read_html(text)
    elif mode is not None:
        raise objection(f"can't parse entities: {mode} is not read by this server")
    check_entities(text, entities)
    text, entities = trimmed(*cleaned(text, entities))
    if rules.empty is not None and EMPTY.fullmatch(text):
        raise objection(rules.empty)
    if units(text) > rules.limit:
        raise objection(rules.too_long)
    return text or None, entities


def check_entities(text: str, entities: Sequence[Entity]) -> None:
    """Inside the text, never in the middle of a character, nested as it is allowed."""
    borders = _borders(text) if entities else frozenset()
    size = units(text)
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if end > size:
            raise objection(
                f"entity beginning at UTF-16 offset {start} ends after the end of the text at UTF-16 offset {end}"
            )
        if start not in borders or end not in borders:
            raise objection(f"entity beginning at UTF-16 offset {start} begins or ends in a middle of a UTF-16 symbol")
    ordered = sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
    open_ones: list[Entity] = []
    for inner in ordered:
        start, end = inner["offset"], inner["offset"] + inner["length"]
        open_ones = [outer for outer in open_ones if outer["offset"] + outer["length"] > start]
        for outer in open_ones:
            if outer["offset"] + outer["length"] < end:
                raise objection(f"can't parse entities: {outer['type']} and {inner['type']} overlap in part")
            same_place = (outer["offset"], outer["length"]) == (inner["offset"], inner["length"])
            if not _may_hold(outer["type"], inner["type"]) and not (
                same_place and _may_hold(inner["type"], outer["type"])
            ):
                raise objection(f"can't parse entities: {outer['type']} can't contain {inner['type']}")
        open_ones.append(inner)


def _borders(text: str) -> frozenset[int]:
    """Every offset in UTF-16 units at which a character begins or ends."""
    at = 0
    found = [0]
    for letter in text:
        at += 2 if letter > "\uffff" else 1
        found.append(at)
    return frozenset(found)


def _may_hold(outer: str, inner: str) -> bool:
    if outer in CODE:
        return False
    if outer in QUOTES:
        return inner not in QUOTES
    if outer in STYLES:
        return inner not in CODE
    return inner in STYLES


def cleaned(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """The text without the characters that Telegram does not keep, its entities moved along."""
    text = text.translate(SPACES)
    if REMOVED.search(text) is None:
        return text, entities
    moved_to = {0: 0}
    before = after = 0
    for letter in text:
        before += units(letter)
        after += 0 if REMOVED.match(letter) else units(letter)
        moved_to[before] = after
    spans = [(entity, moved_to[entity["offset"]], moved_to[entity["offset"] + entity["length"]]) for entity in entities]
    moved = [{**entity, "offset": start, "length": end - start} for entity, start, end in spans if end > start]
    return REMOVED.sub("", text), moved


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """The text without blanks around it, but for those at the start that an entity covers (fix_formatted_text)."""
    if text == text.strip(BLANK):
        return text, entities
    text = text.rstrip(BLANK)
    size = units(text)
    kept = [entity for entity in entities if entity["offset"] < size]
    blanks = len(text) - len(text.lstrip(BLANK))
    skipped = min([blanks, *(entity["offset"] for entity in kept)])
    moved = [
        {
            **entity,
            "offset": entity["offset"] - skipped,
            "length": min(entity["length"], size - entity["offset"]),
        }
        for entity in kept
    ]
    return text[skipped:], moved


def commands_in(text: str) -> list[Entity]:
    """The /commands that Telegram marks in what a person writes: core.telegram.org/bots/features#commands."""
    return [
        {"type": "bot_command", "offset": units(text[: found.start()]), "length": units(found.group())}
        for found in COMMAND.finditer(text)
    ]


def quoted(text: str | None, quote: str) -> None:
    """A quote must be in the message that is replied to: core.telegram.org/bots/api#replyparameters."""
    if quote not in (text or ""):
        raise bad_request("QUOTE_TEXT_INVALID")
