"""A reply as Telegram shows it: Markdown as entities, the person's own words as they are, buttons in rows."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from unicodedata import east_asian_width

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import MessageEntityType, MessageLimit
from telegramify_markdown import RenderConfig, convert, split_entities, utf16_len

from bot.messages import Button, Reply

LONGEST_TEXT = int(MessageLimit.MAX_TEXT_LENGTH)
LONGEST_CAPTION = int(MessageLimit.CAPTION_LENGTH)
"""Both in UTF-16 code units, counted after entities are taken out (core.telegram.org/bots/api#sendmessage)."""

ROWS = ((3, 9), (2, 17))
"""So many buttons side by side, if no label is wider than that: what a narrow phone shows without cutting it off."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
WITHOUT_PREVIEW = {"link_preview_options": NO_PREVIEW.to_json()}

Keyboard = str
"""As JSON. The same keyboards and texts are shown again and again, and python-telegram-bot would write each of them
anew for each message, which costs as much CPU as the request itself."""


def _config() -> RenderConfig:
    config = RenderConfig.isolated()
    config.markdown_symbol.unordered_list_item = "•"
    return config


CONFIG = _config()


@dataclass(frozen=True)
class Formatted:
    """A text and what is bold, italic or quoted in it. Offsets and lengths are in UTF-16 code units."""

    text: str
    entities: tuple[MessageEntity, ...] = ()

    @cached_property
    def in_json(self) -> dict[str, str]:
        """The entities as a parameter of the Bot API, if there are any."""
        entities = json.dumps([entity.to_dict() for entity in self.entities])
        return {"entities": entities} if self.entities else {}

    @cached_property
    def length(self) -> int:
        """In UTF-16 code units, as Telegram counts."""
        return utf16_len(self.text)

    def then(self, other: "Formatted") -> "Formatted":
        """This, and the other as a paragraph below it."""
        if not (self.text and other.text):
            return self if self.text else other
        text = f"{self.text}\n\n"
        moved = MessageEntity.shift_entities(utf16_len(text), other.entities)
        return Formatted(text + other.text, (*self.entities, *moved))


@lru_cache(maxsize=1024)
def markdown(text: str) -> Formatted:
    """Our own words, from Markdown."""
    plain, entities = convert(text, latex_escape=False, config=CONFIG)
    made = (MessageEntity(found.type, found.offset, found.length, found.url) for found in entities)
    return Formatted(plain.rstrip(), tuple(made))


def quoted(text: str) -> Formatted:
    """Somebody's own words: not a sign of them is interpreted."""
    return _all(text, MessageEntityType.BLOCKQUOTE)


def aside(text: str) -> Formatted:
    """A small line of ours below a message."""
    return _all(text, MessageEntityType.ITALIC)


def _all(text: str, kind: str) -> Formatted:
    return Formatted(text, (MessageEntity(kind, 0, utf16_len(text)),) if text else ())


def messages(reply: Reply, footer: str, first: int = LONGEST_TEXT) -> Sequence[Formatted]:
    """A reply as messages of at most 4096 units each, the `first` one of at most that many.

    They are parted between paragraphs, and inside one only where it is too long by itself. The footer is in the last;
    where the first one must be short it is all that stands there.
    """
    whole = markdown(reply.text).then(quoted(reply.quote)).then(aside(footer))
    if whole.length <= first:
        return [whole]
    if first < LONGEST_TEXT:
        return [aside(footer), *messages(reply, "")]
    parts = [markdown(text) for text in packed(reply.text)] + [quoted(text) for text in packed(reply.quote)]
    last = parts[-1].then(aside(footer))
    return [*parts[:-1], *([last] if last.length <= LONGEST_TEXT else [parts[-1], aside(footer)])]


def packed(text: str) -> Sequence[str]:
    """As many paragraphs together as fit into one message."""
    pieces: list[str] = []
    for paragraph in _paragraphs(text):
        together = f"{pieces[-1]}\n\n{paragraph}" if pieces else paragraph
        if pieces and utf16_len(together) <= LONGEST_TEXT:
            pieces[-1] = together
        else:
            pieces.append(paragraph)
    return pieces


def _paragraphs(text: str) -> Iterable[str]:
    for paragraph in text.split("\n\n"):
        if paragraph.strip():
            yield from (piece.strip("\n") for piece, _ in split_entities(paragraph, [], LONGEST_TEXT))


def keyboard(reply: Reply) -> Keyboard | None:
    """The buttons of a reply: below its message, or, docked, below the chat."""
    if not reply.docked:
        return inline(reply)
    if not reply.buttons:
        return ReplyKeyboardRemove().to_json()
    rows = [[KeyboardButton(button.label)] for button in reply.buttons]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, is_persistent=True).to_json()


def with_keyboard(markup: Keyboard | None) -> dict[str, str]:
    """A keyboard as a parameter of the Bot API, if there is one."""
    return {"reply_markup": markup} if markup else {}


def inline(reply: Reply) -> Keyboard | None:
    """The buttons below a message."""
    return _inline(reply.groups) if reply.buttons else None


@lru_cache(maxsize=1024)
def _inline(groups: tuple[tuple[Button, ...], ...]) -> Keyboard:
    """Buttons in rows, each group in its own: two or three side by side where their labels are short, one where they
    are long."""
    rows = []
    for buttons in groups:
        made = [InlineKeyboardButton(button.label, callback_data=button.token) for button in buttons]
        rows += [made[start:end] for start, end in _rows([width(button.label) for button in buttons])]
    return InlineKeyboardMarkup(rows).to_json()


def _rows(widths: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Where each row starts and ends. Neighbours share a row if all of them are narrow enough for that."""
    start = 0
    while start < len(widths):
        fitting = (count for count, widest in ROWS if len(widths) - start >= count
                   and max(widths[start : start + count]) <= widest)  # fmt: skip
        end = start + next(fitting, 1)
        yield start, end
        start = end


def width(label: str) -> int:
    """Columns of a label: wide signs and most emoji take two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in label)
