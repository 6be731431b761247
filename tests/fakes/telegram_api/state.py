"""Users, chats and their messages: what the server remembers."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .errors import Refused, bad_request
from .files import Photo, Stored
from .formatting import Entity


@dataclass(frozen=True, slots=True)
class InlineButton:
    """A button below a message."""

    label: str
    data: str | None = None
    url: str | None = None


class ReplyKeyboard(list[list[str]]):
    """The rows of labels that are shown under a chat instead of the letters."""

    def __init__(self, message_id: int, markup: dict[str, Any]) -> None:
        super().__init__([button["text"] for button in row] for row in markup["keyboard"])
        self.message_id = message_id
        self.markup = markup
        self.is_persistent: bool = markup.get("is_persistent", False)
        self.is_one_time: bool = markup.get("one_time_keyboard", False)
        self.placeholder: str | None = markup.get("input_field_placeholder")


@dataclass(frozen=True, slots=True)
class ChatAction:
    """ "typing" and the like, with the moment it was shown (monotonic)."""

    action: str
    at: float
    thread_id: int | None = None


@dataclass(eq=False, slots=True)
class Message:
    """A message as everybody in the chat sees it now."""

    message_id: int
    chat: "Chat"
    from_bot: bool
    date: int
    sender: dict[str, Any] | None
    text: str | None = None
    entities: list[Entity] = field(default_factory=list)
    caption: str | None = None
    photo: Photo | None = None
    document: Stored | None = None
    markup: dict[str, Any] | None = None
    edits: list[str | None] = field(default_factory=list)
    former_buttons: list[list[list[InlineButton]]] = field(default_factory=list)
    edit_date: int | None = None
    thread_id: int | None = None
    reply_to: int | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        who = "bot" if self.from_bot else (self.sender or {}).get("first_name", "chat")
        labels = [[button.label for button in row] for row in self.buttons]
        shown = self.text if self.text is not None else self.caption
        return f"<Message {self.message_id} {who}: {shown!r}{' ' + repr(labels) if labels else ''}>"

    @property
    def buttons(self) -> list[list[InlineButton]]:
        """The inline keyboard."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [[InlineButton(b["text"], b.get("callback_data"), b.get("url")) for b in row] for row in rows]

    @property
    def had_reply_markup(self) -> bool:
        """Whether it was sent with a keyboard that is not inline."""
        return self.markup is not None and "inline_keyboard" not in self.markup

    @property
    def inline_markup(self) -> dict[str, Any] | None:
        """The inline keyboard as the API writes it."""
        return self.markup if self.markup is not None and "inline_keyboard" in self.markup else None

    def json(self, *, with_reply: bool = True) -> dict[str, Any]:
        """core.telegram.org/bots/api#message"""
        result: dict[str, Any] = {"message_id": self.message_id, "date": self.date, "chat": self.chat.json()}
        if self.sender is not None:
            result["from"] = self.sender
        else:
            result["sender_chat"] = self.chat.json()
        if self.thread_id is not None:
            result["message_thread_id"] = self.thread_id
            if self.chat.is_forum:
                result["is_topic_message"] = True
        if self.edit_date is not None:
            result["edit_date"] = self.edit_date
        if with_reply and self.reply_to in self.chat.by_id:
            result["reply_to_message"] = self.chat.by_id[self.reply_to].json(with_reply=False)
        result |= self.payload
        if self.photo is not None:
            result["photo"] = self.photo.sizes()
        if self.document is not None:
            result["document"] = self.document.json()
        name, entities = ("caption", "caption_entities") if self.text is None else ("text", "entities")
        if self.text is not None or self.caption is not None:
            result[name] = self.text if self.text is not None else self.caption
            if self.entities:
                result[entities] = self.entities
        if self.inline_markup is not None:
            result["reply_markup"] = self.inline_markup
        return result | self.options


@dataclass(eq=False)
class Chat:
    """A chat of the bot with a person, a group or a channel: core.telegram.org/bots/api#chat."""

    id: int
    type: str
    about: dict[str, Any]
    is_forum: bool = False
    refusal: Refused | None = None
    by_id: dict[int, Message] = field(default_factory=dict)
    deleted: list[Message] = field(default_factory=list)
    reply_keyboard: ReplyKeyboard | None = None
    actions: list[ChatAction] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)

    def __repr__(self) -> str:
        return f"<Chat {self.id} {self.type}>"

    @property
    def messages(self) -> list[Message]:
        """All messages that are in the chat now, in their order."""
        return list(self.by_id.values())

    @property
    def from_bot(self) -> list[Message]:
        """Those the bot has sent."""
        return [message for message in self.by_id.values() if message.from_bot]

    @property
    def last(self) -> Message:
        """The bot's last message."""
        for message in reversed(self.by_id.values()):
            if message.from_bot:
                return message
        raise LookupError(f"the bot has said nothing in {self}")

    @property
    def is_group(self) -> bool:
        """A group or a supergroup."""
        return self.type in ("group", "supergroup")

    def json(self) -> dict[str, Any]:
        """core.telegram.org/bots/api#chat"""
        result = {"id": self.id, "type": self.type, **self.about}
        if self.is_forum:
            result["is_forum"] = True
        return result

    def remove(self, message: Message) -> None:
        """Deletes a message, with the keyboard that came with it."""
        del self.by_id[message.message_id]
        self.deleted.append(message)
        if self.reply_keyboard is not None and self.reply_keyboard.message_id == message.message_id:
            self.reply_keyboard = None


@dataclass(eq=False, slots=True)
class Query:
    """A callback query or an inline query, until it is answered."""

    id: str
    update_id: int
    data: str
    born: float
    message: Message | None = None
    answer: dict[str, Any] | None = None
    attempts: int = 0
    may_repeat: bool = True
    """Whether another answer is forgiven: the first was never heard, or the update came twice."""


class World:
    """Everything the server knows."""

    def __init__(self, me: dict[str, Any], now: Callable[[], float] = time.time) -> None:
        self.me = me
        self.now = now
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, Stored] = {}
        self.callbacks: dict[str, Query] = {}
        self.inline_queries: dict[str, Query] = {}
        self._message_ids: Iterator[int] = itertools.count(1)
        self._query_ids: Iterator[int] = itertools.count(4_382_000_000_000_000_001)

    def next_query_id(self) -> str:
        """An id that nobody guesses."""
        return str(next(self._query_ids))

    def chat(self, reference: int | str) -> Chat:
        """The chat of an id or an @username, or 400."""
        if isinstance(reference, int):
            found = self.chats.get(reference)
        else:
            name = reference[1:].lower()
            public = (c for c in self.chats.values() if c.type != "private")
            found = next((c for c in public if c.about.get("username", "").lower() == name), None)
        if found is None:
            raise bad_request("chat not found")
        return found

    def open_chat(self, reference: int | str) -> Chat:
        """The chat, if the bot may write there."""
        chat = self.chat(reference)
        if chat.refusal is not None:
            raise chat.refusal
        return chat

    def add(self, chat: Chat, *, from_bot: bool, sender: dict[str, Any] | None, at: int | None = None) -> Message:
        """A new message at the end of a chat; ids rise over all chats of the bot."""
        date = int(self.now()) if at is None else at
        message = Message(next(self._message_ids), chat, from_bot, date, sender)
        chat.by_id[message.message_id] = message
        return message
