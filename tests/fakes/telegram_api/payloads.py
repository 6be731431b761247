"""What people send besides text, as Telegram writes it: core.telegram.org/bots/api#message."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from .files import Photo, Stored, keep
from .state import Message

Fields = dict[str, Any]

OF_THE_MESSAGE = frozenset(
    [
        "media_group_id",
        "forward_origin",
        "via_bot",
        "author_signature",
        "has_media_spoiler",
        "show_caption_above_media",
        "quote",
        "external_reply",
        "link_preview_options",
        "is_automatic_forward",
        "has_protected_content",
        "is_from_offline",
        "effect_id",
        "sender_business_bot",
        "business_connection_id",
        "sender_boost_count",
        "paid_star_count",
    ]
)
"""Fields that belong to the message and not to what it carries."""

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
"""A picture of one transparent pixel."""

FILES: Mapping[str, Fields] = {
    "voice": {"duration": 3, "mime_type": "audio/ogg"},
    "audio": {"duration": 180, "mime_type": "audio/mpeg", "title": "Song", "file_name": "song.mp3"},
    "video": {"width": 640, "height": 360, "duration": 5, "mime_type": "video/mp4"},
    "video_note": {"length": 240, "duration": 5},
    "animation": {"width": 320, "height": 240, "duration": 2, "mime_type": "video/mp4"},
    "sticker": {
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
        "emoji": "🙂",
        "set_name": "Smiles",
    },
}
"""Kinds that are a file, with the fields each must have."""


def _poll() -> Fields:
    options = [
        {"persistent_id": str(index), "text": text, "voter_count": 0} for index, text in enumerate(("Yes", "No"))
    ]
    return {
        "id": "5431234567890123456",
        "question": "Shall I?",
        "options": options,
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    }


PLAIN: Mapping[str, Callable[[], Fields]] = {
    "location": lambda: {"latitude": 52.5163, "longitude": 13.3777},
    "contact": lambda: {"phone_number": "+491700000000", "first_name": "Alex"},
    "dice": lambda: {"emoji": "🎲", "value": 4},
    "venue": lambda: {
        "location": {"latitude": 52.5163, "longitude": 13.3777},
        "title": "Gate",
        "address": "Pariser Platz",
    },
    "poll": _poll,
    "game": lambda: {"title": "Game", "description": "A game", "photo": []},
    "story": lambda: {"chat": {"id": -100999, "type": "channel", "title": "Stories"}, "id": 7},
    "web_app_data": lambda: {"data": "{}", "button_text": "Open"},
    "users_shared": lambda: {"request_id": 1, "users": [{"user_id": 42}]},
    "message_auto_delete_timer_changed": lambda: {"message_auto_delete_time": 86400},
    "write_access_allowed": dict,
    "proximity_alert_triggered": lambda: {
        "traveler": {"id": 42, "is_bot": False, "first_name": "Alex"},
        "watcher": {"id": 43, "is_bot": False, "first_name": "Robin"},
        "distance": 10,
    },
    "video_chat_started": dict,
    "video_chat_ended": lambda: {"duration": 60},
    "forum_topic_created": lambda: {"name": "Topic", "icon_color": 7322096},
    "forum_topic_closed": dict,
    "forum_topic_reopened": dict,
    "chat_background_set": lambda: {"type": {"type": "chat_theme", "theme_name": "🏠"}},
}
"""Kinds that are an object."""

VALUES: Mapping[str, object] = {
    "new_chat_title": "Another title",
    "delete_chat_photo": True,
    "group_chat_created": True,
    "supergroup_chat_created": True,
    "channel_chat_created": True,
    "connected_website": "example.org",
}
"""Kinds that are a single value; `value=` gives another."""


def fill(message: Message, kind: str, given: Fields, files: dict[str, Stored]) -> None:
    """Puts what is sent into the message. Fields that are given replace the usual ones."""
    if kind == "photo":
        data = given.pop("data", PIXEL)
        message.photo = Photo(keep(files, "photo.png", data, "photo", given.pop("width", 90), given.pop("height", 90)))
    elif kind == "document":
        name = given.pop("file_name", "letter.pdf")
        message.document = keep(files, name, given.pop("data", b"%PDF-1.7"), "document")
    elif kind in FILES:
        stored = keep(files, kind, given.pop("data", kind.encode()), kind)
        message.payload[kind] = {**stored.json(), **FILES[kind], **given}
        return
    elif kind in PLAIN:
        message.payload[kind] = {**PLAIN[kind](), **given}
        return
    elif kind == "pinned_message":
        message.payload[kind] = _pinned(message, given.pop("message", None))
    elif kind in ("new_chat_members", "left_chat_member"):
        member = given.pop("user", message.sender)
        message.payload[kind] = [member] if kind == "new_chat_members" else member
    elif kind in VALUES:
        message.payload[kind] = given.pop("value", VALUES[kind])
    elif kind in given:
        message.payload[kind] = given.pop(kind)
    else:
        raise AssertionError(f"give the value of {kind!r} as {kind}=...")
    if given:
        raise AssertionError(f"unknown fields of {kind}: {', '.join(given)}")


def _pinned(message: Message, pinned: Message | None) -> Fields:
    if pinned is None:
        others = [other for other in message.chat.messages if other is not message]
        if not others:
            return {"message_id": 1, "date": int(time.time()), "chat": message.chat.json(), "text": "Pinned"}
        pinned = others[-1]
    return pinned.json(with_reply=False)
