"""The methods and all their parameters, as data: core.telegram.org/bots/api#available-methods."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .check import BOOLEAN, FILE, OBJECT, Kind, array, choice, fields, integer, record, string
from .errors import Objection
from .objects import (
    CHAT,
    COMMAND,
    ENTITIES,
    INLINE_KEYBOARD,
    INTEGER,
    LINK_PREVIEW,
    MENU_BUTTON,
    REPLY_MARKUP,
    REPLY_PARAMETERS,
    SCOPE,
    STRING,
)

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

UPDATE_TYPES = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
        "guest_message",
    ]
)
"""core.telegram.org/bots/api#update"""

ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Only sent to a bot that names them in allowed_updates: core.telegram.org/bots/api#getupdates."""

CHAT_ACTIONS = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
]
"""core.telegram.org/bots/api#sendchataction"""

ALLOWED_UPDATES = array(choice(UPDATE_TYPES))
PARSE_MODE = choice(("HTML", "MarkdownV2", "Markdown"))
LANGUAGE = string(pattern="|[a-z]{2}")


@dataclass(frozen=True, slots=True)
class Method:
    """The parameters of a method by name."""

    required: Mapping[str, Kind] = field(default_factory=dict)
    optional: Mapping[str, Kind] = field(default_factory=dict)
    known: Mapping[str, Kind] = field(init=False)

    def __post_init__(self) -> None:
        everything = {**self.optional, **self.required}
        whole = {name: Kind(kind.parameter) for name, kind in everything.items()}
        object.__setattr__(self, "known", whole)

    def read(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters decoded, or an `Objection` to the first that is wrong."""
        return fields(raw, self.known, self.required, "parameter ")


_SEND = {
    "business_connection_id": STRING,
    "message_thread_id": INTEGER,
    "direct_messages_topic_id": INTEGER,
    "ephemeral_message_parameters": OBJECT,
    "parse_mode": PARSE_MODE,
    "disable_notification": BOOLEAN,
    "protect_content": BOOLEAN,
    "allow_paid_broadcast": BOOLEAN,
    "message_effect_id": STRING,
    "suggested_post_parameters": OBJECT,
    "reply_parameters": REPLY_PARAMETERS,
    "reply_markup": REPLY_MARKUP,
}
_CAPTION = {"caption": STRING, "caption_entities": ENTITIES}
_WHICH = {
    "business_connection_id": STRING,
    "chat_id": CHAT,
    "message_id": integer(1),
    "inline_message_id": STRING,
    "reply_markup": INLINE_KEYBOARD,
}
MEDIA = record(
    {"type": choice(("photo",)), "media": FILE},
    {**_CAPTION, "parse_mode": PARSE_MODE, "show_caption_above_media": BOOLEAN, "has_spoiler": BOOLEAN},
)
"""core.telegram.org/bots/api#inputmediaphoto; the other kinds are not modelled."""
_IN = {"language_code": LANGUAGE}

METHODS: Mapping[str, Method] = {
    "getMe": Method(),
    "getUpdates": Method(
        {},
        {
            "offset": INTEGER,
            "limit": integer(1, 100),
            "timeout": integer(0),
            "allowed_updates": ALLOWED_UPDATES,
        },
    ),
    "setWebhook": Method(
        {"url": STRING},
        {
            "certificate": FILE,
            "ip_address": STRING,
            "max_connections": integer(1, 100),
            "allowed_updates": ALLOWED_UPDATES,
            "drop_pending_updates": BOOLEAN,
            "secret_token": string(pattern="[A-Za-z0-9_-]{1,256}"),
        },
    ),
    "deleteWebhook": Method({}, {"drop_pending_updates": BOOLEAN}),
    "getWebhookInfo": Method(),
    "sendMessage": Method(
        {"chat_id": CHAT, "text": STRING},
        {**_SEND, "entities": ENTITIES, "link_preview_options": LINK_PREVIEW},
    ),
    "sendPhoto": Method(
        {"chat_id": CHAT, "photo": FILE},
        {**_SEND, **_CAPTION, "show_caption_above_media": BOOLEAN, "has_spoiler": BOOLEAN},
    ),
    "sendDocument": Method(
        {"chat_id": CHAT, "document": FILE},
        {**_SEND, **_CAPTION, "thumbnail": FILE, "disable_content_type_detection": BOOLEAN},
    ),
    "editMessageText": Method(
        {"text": STRING},
        {**_WHICH, "parse_mode": PARSE_MODE, "entities": ENTITIES, "link_preview_options": LINK_PREVIEW},
    ),
    "editMessageCaption": Method(
        {}, {**_WHICH, **_CAPTION, "parse_mode": PARSE_MODE, "show_caption_above_media": BOOLEAN}
    ),
    "editMessageMedia": Method({"media": MEDIA}, _WHICH),
    "editMessageReplyMarkup": Method({}, _WHICH),
    "deleteMessage": Method({"chat_id": CHAT, "message_id": integer(1)}),
    "deleteMessages": Method({"chat_id": CHAT, "message_ids": array(integer(1), low=1, high=100)}),
    "answerCallbackQuery": Method(
        {"callback_query_id": STRING},
        {"text": string(0, 200), "show_alert": BOOLEAN, "url": STRING, "cache_time": integer(0)},
    ),
    "answerInlineQuery": Method(
        {"inline_query_id": STRING, "results": array(OBJECT, high=50)},
        {
            "cache_time": integer(0),
            "is_personal": BOOLEAN,
            "next_offset": string(0, 64),
            "button": OBJECT,
        },
    ),
    "sendChatAction": Method(
        {"chat_id": CHAT, "action": choice(CHAT_ACTIONS)},
        {"business_connection_id": STRING, "message_thread_id": INTEGER},
    ),
    "setMyCommands": Method({"commands": array(COMMAND, high=100)}, {"scope": SCOPE, **_IN}),
    "getMyCommands": Method({}, {"scope": SCOPE, **_IN}),
    "deleteMyCommands": Method({}, {"scope": SCOPE, **_IN}),
    "setMyDescription": Method({}, {"description": string(0, 512), **_IN}),
    "getMyDescription": Method({}, _IN),
    "setMyShortDescription": Method({}, {"short_description": string(0, 120), **_IN}),
    "getMyShortDescription": Method({}, _IN),
    "setMyName": Method({}, {"name": string(0, 64), **_IN}),
    "getMyName": Method({}, _IN),
    "getChat": Method({"chat_id": CHAT}),
    "setChatMenuButton": Method({}, {"chat_id": INTEGER, "menu_button": MENU_BUTTON}),
    "getFile": Method({"file_id": STRING}),
}


def method(name: str) -> Method:
    """The method of a name; 404 as the server says of one it does not have."""
    known = METHODS.get(name)
    if known is None:
        raise Objection(404, "Not Found")
    return known
