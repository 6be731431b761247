"""The methods that send, edit and delete messages: core.telegram.org/bots/api#available-methods, #updating-messages."""

import time
from typing import Any

from .errors import Refused, bad_request
from .faults import NOT_MODIFIED
from .files import Photo, store
from .formatting import Rules, formatted, quoted
from .schema import CAPTION_LIMIT, TEXT_LIMIT
from .state import Chat, ChatAction, Message, ReplyKeyboard, World

Params = dict[str, Any]

SENT_TEXT = Rules(TEXT_LIMIT, "message is too long", "message text is empty")
EDITED_TEXT = Rules(TEXT_LIMIT, "MESSAGE_TOO_LONG", "message text is empty")
CAPTION = Rules(CAPTION_LIMIT, "message caption is too long")

TWO_DAYS = 48 * 3600
"""A bot may delete messages that are younger: core.telegram.org/bots/api#deletemessage."""


class MessageMethods:
    """What the bot does in its chats."""

    def __init__(self, world: World) -> None:
        self.world = world

    def send_message(self, params: Params) -> Params:
        """core.telegram.org/bots/api#sendmessage"""
        text, entities = formatted(params, "text", "entities", SENT_TEXT)
        message = self._send(params)
        message.text, message.entities = text, entities
        if "link_preview_options" in params:
            message.options["link_preview_options"] = params["link_preview_options"]
        return message.json()

    def send_photo(self, params: Params) -> Params:
        """core.telegram.org/bots/api#sendphoto"""
        caption, entities = formatted(params, "caption", "caption_entities", CAPTION)
        chat = self.world.open_chat(params["chat_id"])
        file = store(self.world.files, params["photo"], "photo")
        message = self._send(params, chat)
        message.photo, message.caption, message.entities = Photo(file), caption, entities
        for name, shown in (("has_spoiler", "has_media_spoiler"), ("show_caption_above_media",) * 2):
            if params.get(name):
                message.options[shown] = True
        return message.json()

    def send_document(self, params: Params) -> Params:
        """core.telegram.org/bots/api#senddocument"""
        caption, entities = formatted(params, "caption", "caption_entities", CAPTION)
        chat = self.world.open_chat(params["chat_id"])
        file = store(self.world.files, params["document"], "document")
        message = self._send(params, chat)
        message.document, message.caption, message.entities = file, caption, entities
        return message.json()

    def send_chat_action(self, params: Params) -> bool:
        """core.telegram.org/bots/api#sendchataction"""
        chat = self.world.open_chat(params["chat_id"])
        thread = params.get("message_thread_id")
        _check_thread(chat, thread)
        chat.actions.append(ChatAction(params["action"], time.monotonic(), thread))
        return True

    def edit_message_text(self, params: Params) -> Params:
        """core.telegram.org/bots/api#editmessagetext"""
        text, entities = formatted(params, "text", "entities", EDITED_TEXT)
        message = self._editable(params)
        if message.text is None:
            raise bad_request("there is no text in the message to edit")
        return self._edit(message, text, entities, params.get("reply_markup"))

    def edit_message_caption(self, params: Params) -> Params:
        """core.telegram.org/bots/api#editmessagecaption"""
        caption, entities = formatted(params, "caption", "caption_entities", CAPTION)
        message = self._editable(params)
        if message.text is not None:
            raise bad_request("there is no caption in the message to edit")
        return self._edit(message, caption, entities, params.get("reply_markup"))

    def edit_message_media(self, params: Params) -> Params:
        """core.telegram.org/bots/api#editmessagemedia: another picture, or one where there was only a text."""
        media = params["media"]
        caption, entities = formatted(media, "caption", "caption_entities", CAPTION)
        message = self._editable(params)
        file = store(self.world.files, media["media"], "photo")
        if message.text is not None:
            message.text, message.caption = None, message.text
        message.photo = Photo(file)
        return self._edit(message, caption, entities, params.get("reply_markup"))

    def edit_message_reply_markup(self, params: Params) -> Params:
        """core.telegram.org/bots/api#editmessagereplymarkup"""
        message = self._editable(params)
        return self._edit(message, message.text or message.caption, message.entities, params.get("reply_markup"))

    def delete_message(self, params: Params) -> bool:
        """core.telegram.org/bots/api#deletemessage: in private everything, elsewhere one's own, for two days."""
        chat = self.world.open_chat(params["chat_id"])
        message = chat.by_id.get(params["message_id"])
        if message is None:
            raise bad_request("message to delete not found")
        if self._is_kept(chat, message):
            raise bad_request("message can't be deleted")
        chat.remove(message)
        return True

    def delete_messages(self, params: Params) -> bool:
        """core.telegram.org/bots/api#deletemessages: those that are not there are skipped; if one can't be deleted,
        none is."""
        chat = self.world.open_chat(params["chat_id"])
        found = [chat.by_id[id] for id in dict.fromkeys(params["message_ids"]) if id in chat.by_id]
        if any(self._is_kept(chat, message) for message in found):
            raise bad_request("message can't be deleted")
        for message in found:
            chat.remove(message)
        return True

    def _is_kept(self, chat: Chat, message: Message) -> bool:
        foreign = not message.from_bot and chat.type != "private"
        return foreign or self.world.now() - message.date > TWO_DAYS

    def _send(self, params: Params, chat: Chat | None = None) -> Message:
        chat = chat or self.world.open_chat(params["chat_id"])
        thread = params.get("message_thread_id")
        _check_thread(chat, thread)
        reply_to = _replied(chat, params.get("reply_parameters"))
        message = self.world.add(chat, from_bot=True, sender=None if chat.type == "channel" else _brief(self.world.me))
        message.thread_id, message.reply_to = thread, reply_to
        markup = params.get("reply_markup")
        message.markup = None if markup == {"inline_keyboard": []} else markup
        if markup is not None and "keyboard" in markup:
            chat.reply_keyboard = ReplyKeyboard(message.message_id, markup)
        elif markup is not None and "remove_keyboard" in markup:
            chat.reply_keyboard = None
        if params.get("protect_content"):
            message.options["has_protected_content"] = True
        return message

    def _editable(self, params: Params) -> Message:
        """The message, if it is there and may be edited: no keyboard but an inline one."""
        if "inline_message_id" in params:
            raise bad_request("MESSAGE_ID_INVALID")
        if "chat_id" not in params or "message_id" not in params:
            raise bad_request("message identifier is not specified")
        chat = self.world.open_chat(params["chat_id"])
        message = chat.by_id.get(params["message_id"])
        if message is None:
            raise bad_request("message to edit not found")
        if not message.from_bot or message.had_reply_markup:
            raise bad_request("message can't be edited")
        return message

    def _edit(self, message: Message, shown: str | None, entities: list[Params], markup: Params | None) -> Params:
        """Changes what is shown and the keyboard; a keyboard that is not sent again is gone."""
        markup = None if markup == {"inline_keyboard": []} else markup
        before = message.text if message.text is not None else message.caption
        if (before, message.entities, message.markup) == (shown, entities, markup):
            raise Refused(400, NOT_MODIFIED)
        if message.buttons:
            message.former_buttons.append(message.buttons)
        if before != shown:
            message.edits.append(before)
        if message.text is not None:
            message.text = shown
        else:
            message.caption = shown
        message.entities, message.markup = entities, markup
        message.edit_date = int(self.world.now())
        return message.json()


def _brief(me: Params) -> Params:
    return {name: me[name] for name in ("id", "is_bot", "first_name", "username")}


def _check_thread(chat: Chat, thread: int | None) -> None:
    if thread is not None and thread not in chat.threads and (chat.is_forum or thread not in chat.by_id):
        raise bad_request("message thread not found")


def _replied(chat: Chat, reply: Params | None) -> int | None:
    """The message that is replied to: core.telegram.org/bots/api#replyparameters."""
    if reply is None:
        return None
    answered = chat.by_id.get(reply["message_id"])
    if answered is None:
        if reply.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    if "quote" in reply:
        quoted(answered.text or answered.caption, reply["quote"])
    return answered.message_id
