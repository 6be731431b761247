"""A reply as Discord messages, ready to be sent."""

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import discord
from discord.ui import View

from bot.adapters.discord import components, formatting
from bot.countdowns import minutes_left
from bot.library import Library, Words
from bot.messages import Chat, Reply
from bot.ports import Clock

log = logging.getLogger(__name__)

UNDOCKED = {"common/docked": "docked", "common/again": "docked", "common/undocked": "undocked"}
"""Texts that speak of buttons which stay in reach below a chat, and what is said here instead: nothing does."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file to go with a message, and the words for those who do not see a picture."""

    name: str
    content: bytes
    alt: str | None = None

    def opened(self) -> discord.File:
        """The file, to be sent once."""
        return discord.File(io.BytesIO(self.content), self.name, description=self.alt)


@dataclass(frozen=True, slots=True)
class Screen:
    """One message as Discord is to show it."""

    text: str
    view: View | None = None
    files: tuple[Attached, ...] = ()

    def new(self) -> dict[str, Any]:
        """As arguments for a new message."""
        given: dict[str, Any] = {"content": self.text, "suppress_embeds": True}
        given |= {"view": self.view} if self.view is not None else {}
        return given | ({"files": self._opened()} if self.files else {})

    def changed(self) -> dict[str, Any]:
        """As arguments for a message that takes the place of another."""
        return {"content": self.text, "view": self.view, "attachments": self._opened()}

    def updated(self) -> dict[str, Any]:
        """As arguments for a later state of the same message: its picture stays as it is."""
        return {"content": self.text, "view": self.view}

    def _opened(self) -> list[discord.File]:
        return [file.opened() for file in self.files]


class Screens:
    """Makes messages of replies."""

    def __init__(self, library: Library, clock: Clock) -> None:
        self._library = library
        self._pictures = library.folder / "pictures"
        self._clock = clock

    def of(self, chat: Chat, reply: Reply, *, private: bool) -> Sequence[Screen]:
        """The first message has the picture, the last one files and buttons."""
        bare = reply.docked and not reply.buttons
        words = self._library.words(reply.language)
        reply = _undocked(reply, words) if reply.docked else reply
        texts = formatting.messages(reply, self._footer(reply, words))
        made = components.view(reply, words, int(chat.id), private=private or bare)
        view = made if made.children else None
        picture = self._picture(reply)
        files = tuple(Attached(file.name, file.content) for file in reply.files)
        last = len(texts) - 1
        return [
            Screen(
                text,
                view if number == last else None,
                (picture if number == 0 else ()) + (files if number == last else ()),
            )
            for number, text in enumerate(texts)
        ]

    def neutral(self, language: str = "") -> Screen:
        """What tells nothing of the bot."""
        return Screen(self._library.words(language).texts["hide/neutral"].text)

    @cached_property
    def neutral_texts(self) -> frozenset[str]:
        """What that says, in each language."""
        return frozenset(self.neutral(language).text for language in self._library.languages)

    def _picture(self, reply: Reply) -> tuple[Attached, ...]:
        """The picture. Without it, the text must do."""
        if reply.picture is None:
            return ()
        file = self._pictures / reply.picture.path
        try:
            return (Attached(file.name, file.read_bytes(), reply.picture.alt),)
        except OSError as error:
            log.warning("the picture %s could not be read (%s)", reply.picture.path, type(error).__name__)
            return ()

    def _footer(self, reply: Reply, words: Words) -> str:
        """How long is left to wait, in whole minutes."""
        left = minutes_left(reply.until, self._clock.now()) if reply.until else 0
        if left > 1:
            return words.texts["discord/minutes_left"].text.replace("{minutes}", str(left))
        return words.texts["discord/last_minute"].text if left else ""


def _undocked(reply: Reply, words: Words) -> Reply:
    """Nothing stays in reach below a chat here: the text says what does, if it speaks of that."""
    key = UNDOCKED.get(reply.key)
    return replace(reply, text=words.texts[f"discord/{key}"].text) if key else reply
