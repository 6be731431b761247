"""A chat as it looks on a phone, as text: to read it aloud, and to see in a failed test what was on the screen."""

import textwrap
from collections.abc import Iterator

from telegram_api import Message
from telegram_api.state import Chat

WIDTH = 46
"""Columns of a narrow phone."""


def screen(chat: Chat, since: int = 0) -> str:
    """Messages after the one of that id; the person's stand to the right, keyboards below."""
    lines = [line for message in chat.messages if message.message_id > since for line in _bubble(message)]
    keyboard = [_row(row) for row in chat.reply_keyboard or ()]
    return "\n".join([*lines, *(["─" * WIDTH, *keyboard] if keyboard else [])])


def _bubble(message: Message) -> Iterator[str]:
    if message.photo:
        yield "▒ picture ▒"
    shown = message.text if message.text is not None else message.caption or ""
    for paragraph in _marked(message, shown).split("\n"):
        for line in textwrap.wrap(paragraph, WIDTH - 8) or [""]:
            yield f"│ {line}" if message.from_bot else line.rjust(WIDTH)
    for row in message.buttons:
        yield _row([button.label + (" ↗" if button.url else "") for button in row])
    yield ("  (edited)" if message.from_bot else "(edited)".rjust(WIDTH)) if message.edits else ""


def _marked(message: Message, shown: str) -> str:
    """The text with its quotes marked; bold and italic are left to the eye."""
    units = shown.encode("utf-16-le")
    for entity in sorted(message.entities, key=lambda entity: -entity["offset"]):
        if entity["type"] == "blockquote":
            start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
            quote = "\n".join(f"❝ {line}" for line in units[start:end].decode("utf-16-le").split("\n"))
            units = units[:start] + quote.encode("utf-16-le") + units[end:]
    return units.decode("utf-16-le")


def _row(labels: list[str]) -> str:
    return "  " + " ".join(f"[{label}]" for label in labels)
