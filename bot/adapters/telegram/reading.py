"""An update of Telegram → what it means here: an event, small enough to be kept until it is handled, and no more of a
person than is needed for that. What has no meaning here is not kept at all."""

import json
import re
from dataclasses import astuple, dataclass, fields, replace
from typing import Any, Literal, get_args

from telegram import CallbackQuery, ChatMemberUpdated, InlineQuery, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType
from whenever import Instant

from bot.adapters.telegram import PLATFORM
from bot.adapters.telegram.transport import PLACE
from bot.languages import normalised
from bot.messages import Chat, Incoming, Receipt

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "inline_query")
"""What Telegram is asked to send. Channel posts, reactions, votes and the like are none of our business."""

GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)

Kind = Literal["text", "tap", "edit", "wordless", "left", "returned", "group", "inline"]


@dataclass(frozen=True, slots=True)
class Event:
    """What happened in a chat. `text` is a text, a caption, the words of a poll or a checklist, an inline query, or the
    token of a tapped button.

    `at` is when, in seconds since 1970, and 0 for a tap: Telegram does not say. `query` is what must be answered
    at once; `thread` is the topic of a group; `album` is what pictures that were sent together have in common;
    `language` is the one that the app of who did it is set to.
    """

    id: int
    kind: Kind
    chat: int
    text: str = ""
    message: int = 0
    at: int = 0
    query: str = ""
    thread: int = 0
    album: str = ""
    language: str = ""

    def to_json(self) -> str:
        """The event as one JSON text; what is empty is left out. In ASCII: half an emoji has no UTF-8."""
        return json.dumps({name: value for name in FIELDS if (value := getattr(self, name))})

    @classmethod
    def from_json(cls, text: str) -> "Event":
        """The event of a JSON text.

        Raises:
            TypeError, ValueError: it is none, or one of another version.
        """
        event = cls(**json.loads(text))
        if event.kind not in get_args(Kind) or _types(event) != _types(cls(0, "text", 0)):
            raise ValueError("no event of this version")
        return event

    def incoming(self, receipt: Receipt, *, is_last: bool, answered: bool) -> Incoming:
        """The event for the conversation. `is_last`: nothing stands below the message that was tapped. `answered`:
        another part of the same thing has its answer, so that only danger is still listened for."""
        tap = self.kind == "tap"
        return Incoming(
            chat=Chat(PLATFORM, str(self.chat)),
            text="" if tap else self.text,
            token=self.text if tap else "",
            at=Instant.from_timestamp(self.at) if self.at else None,
            receipt=receipt,
            message=str(self.message) if tap and is_last else "",
            edited=self.kind == "edit" or answered,
            wordless=self.kind == "wordless",
            language=self.language,
        )


FIELDS = tuple(field.name for field in fields(Event))


def _types(event: Event) -> list[type]:
    return [type(value) for value in astuple(event)]


def read(update: Update, username: str) -> Event | None:
    """What an update means, if anything. `username` is the bot's, without the @.

    Silence is the answer to channel posts, to talk in groups that is not for the bot, to service messages and to
    everything Telegram may invent.
    """
    event = _read(update, username)
    user = update.effective_user
    language = normalised(user.language_code or "") if user is not None else ""
    return replace(event, language=language) if event is not None else None


def _read(update: Update, username: str) -> Event | None:
    match update:
        case Update(message=Message() as message):
            return _private(update.update_id, message) or _group(update.update_id, message, username)
        case Update(edited_message=Message() as message) if message.chat.type == ChatType.PRIVATE:
            text = message.text or _words_in(message)
            return Event(update.update_id, "edit", message.chat.id, text, message.message_id) if text else None
        case Update(callback_query=CallbackQuery() as query):
            return _tap(update.update_id, query)
        case Update(my_chat_member=ChatMemberUpdated() as change) if change.chat.type == ChatType.PRIVATE:
            gone = change.new_chat_member.status == ChatMemberStatus.BANNED
            return Event(update.update_id, "left" if gone else "returned", change.chat.id)
        case Update(inline_query=InlineQuery() as query):
            return Event(update.update_id, "inline", query.from_user.id, query.query, query=query.id)
    return None


def _private(id: int, message: Message) -> Event | None:
    if message.chat.type != ChatType.PRIVATE or (message.from_user and message.from_user.is_bot):
        return None
    at = int(message.date.timestamp())
    if message.text is not None:
        return Event(id, "text", message.chat.id, message.text, message.message_id, at)
    if message.effective_attachment is not None or message.checklist is not None or message.caption:
        words, album = _words_in(message), message.media_group_id or ""
        return Event(id, "wordless", message.chat.id, words, message.message_id, at, album=album)
    return None


def _words_in(message: Message) -> str:
    """What somebody has written where a text is not all there is: a caption, a poll, a checklist."""
    words = [message.caption or ""]
    if message.poll is not None:
        words += [message.poll.question, *(option.text for option in message.poll.options)]
    if message.checklist is not None:
        words += [message.checklist.title, *(task.text for task in message.checklist.tasks)]
    return "\n".join(filter(None, words))


def _group(id: int, message: Message, username: str) -> Event | None:
    """What is said to the bot in a group."""
    text = message.text or message.caption or ""
    if message.chat.type not in GROUPS or not _is_for_the_bot(message, text, username.casefold()):
        return None
    thread = message.message_thread_id if message.is_topic_message else None
    return Event(id, "group", message.chat.id, text, message.message_id, thread=thread or 0)


def _is_for_the_bot(message: Message, text: str, username: str) -> bool:
    """A command, unless it is another bot's; a mention; a reply to what the bot has said. Bots do not talk to bots."""
    speaker = message.from_user
    if speaker is not None and speaker.is_bot and message.sender_chat is None:
        return False
    if text.startswith("/") and not text[1:2].isspace():
        name, _, addressed = text[1:].partition(" ")[0].casefold().partition("@")
        return bool(name) and addressed in ("", username)
    answered = message.reply_to_message.from_user if message.reply_to_message else None
    mentioned = re.search(rf"@{re.escape(username)}(?!\w)", text, re.IGNORECASE)
    return mentioned is not None or _named(answered, username)


def _named(user: User | None, username: str) -> bool:
    return user is not None and (user.username or "").casefold() == username


def _tap(id: int, query: CallbackQuery) -> Event:
    """A tap. In a group none of our buttons has a token, so whatever comes from there is only acknowledged."""
    message: Any = query.api_kwargs.get(PLACE)
    private = message is not None and message["chat"]["type"] == ChatType.PRIVATE
    token = (query.data or "") if private or message is None else ""
    chat = int(message["chat"]["id"]) if private else query.from_user.id
    return Event(id, "tap", chat, token, int(message["message_id"]) if private else 0, query=query.id)
