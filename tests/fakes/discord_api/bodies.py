"""Bodies of messages, by endpoint: docs.discord.com/developers/resources/message and /resources/webhook."""

from collections.abc import Mapping
from enum import IntFlag
from typing import Any

from .check import (
    Kind,
    Problems,
    anything,
    array,
    boolean,
    choice,
    flags,
    integer,
    nullable,
    number,
    record,
    snowflake,
    string,
)
from .components import LEGACY, SECOND, together
from .errors import Path

CONTENT = 2000
NONCE = 25
EMBED_TEXT = 6000
MAX_FILES = 10


class Flags(IntFlag):
    """docs.discord.com/developers/resources/message#message-object-message-flags"""

    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_COMPONENTS_V2 = 1 << 15


_URL = string(1, 2048, pattern=r"(https?|attachment)://\S+")
_PICTURE = record({}, {"url": _URL, "proxy_url": anything, "height": anything, "width": anything})


def _embed_rule(embed: dict[str, Any], path: Path, problems: Problems) -> None:
    if not any(
        embed.get(name) for name in ("title", "description", "fields", "image", "thumbnail", "footer", "author")
    ):
        problems.note((*path, "description"), "BASE_TYPE_REQUIRED", "This field is required")


def _text_of(embed: Mapping[str, Any]) -> int:
    parts = [embed.get("title"), embed.get("description")]
    parts += [embed.get("footer", {}).get("text"), embed.get("author", {}).get("name")]
    parts += [field[name] for field in embed.get("fields", ()) for name in ("name", "value")]
    return sum(len(part) for part in parts if part)


EMBED = record(
    {},
    {
        "title": nullable(string(0, 256)),
        "type": choice("rich"),
        "description": nullable(string(0, 4096)),
        "url": nullable(_URL),
        "timestamp": nullable(string(1, 40, pattern=r"\d{4}-\d\d-\d\dT.*")),
        "color": nullable(integer(0, 0xFFFFFF)),
        "footer": record({"text": string(1, 2048)}, {"icon_url": _URL, "proxy_icon_url": anything}),
        "image": _PICTURE,
        "thumbnail": _PICTURE,
        "video": anything,
        "provider": anything,
        "author": record({"name": string(1, 256)}, {"url": _URL, "icon_url": _URL, "proxy_icon_url": anything}),
        "fields": array(record({"name": string(1, 256), "value": string(1, 1024)}, {"inline": boolean}), 0, 25),
        "flags": integer(0),
    },
    rule=_embed_rule,
)
"""docs.discord.com/developers/resources/message#embed-object-embed-limits"""


def _mentions_rule(mentions: dict[str, Any], path: Path, problems: Problems) -> None:
    for name in ("users", "roles"):
        if mentions.get(name) and name in mentions.get("parse", ()):
            problems.note((*path, "parse"), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", f"parse and {name} exclude.")


ALLOWED_MENTIONS = record(
    {},
    {
        "parse": array(choice("users", "roles", "everyone"), 0, 3, unique=True),
        "users": array(snowflake, 0, 100, unique=True),
        "roles": array(snowflake, 0, 100, unique=True),
        "replied_user": boolean,
    },
    rule=_mentions_rule,
)
"""docs.discord.com/developers/resources/message#allowed-mentions-object"""

ATTACHMENT = record(
    {"id": snowflake},
    {
        "filename": nullable(string(1, 1024)),
        "title": nullable(string(0, 1024)),
        "description": nullable(string(0, 1024)),
        "duration_secs": nullable(number),
        "waveform": nullable(string(0, 400)),
        "is_spoiler": boolean,
        # What a client sends back of one that is there already.
        **dict.fromkeys(("proxy_url", "url", "size", "spoiler", "height", "width", "content_type"), anything),
    },
)
REFERENCE = record(
    {"message_id": snowflake},
    {
        "type": choice(0, 1),
        "channel_id": nullable(snowflake),
        "guild_id": nullable(snowflake),
        "fail_if_not_exists": nullable(boolean),
    },
)
"""docs.discord.com/developers/resources/message#message-reference"""


def _nonce(value: object, path: Path, problems: Problems) -> None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        problems.note(path, "NONCE_TYPE_COERCE", "An integer or a string.")
    elif len(str(value)) > NONCE:
        problems.note(path, "NONCE_TYPE_TOO_LONG", f"Must be {NONCE} or fewer in length.")


def _message_rule(body: dict[str, Any], path: Path, problems: Problems) -> None:
    look_at_components(body, bool((body.get("flags") or 0) & Flags.IS_COMPONENTS_V2), path, problems)


def look_at_components(body: dict[str, Any], second: bool, path: Path, problems: Problems) -> None:
    """Components of a message; `second`: with the flag IS_COMPONENTS_V2, which leaves no place for anything else."""
    components = body.get("components") or []
    before = len(problems)
    (SECOND if second else LEGACY)(components, (*path, "components"), problems)
    if len(problems) == before:
        together(components, (*path, "components"), problems)
    if sum(map(_text_of, body.get("embeds") or ())) > EMBED_TEXT:
        problems.note((*path, "embeds"), "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
    for name in ("content", "embeds", "sticker_ids", "poll") if second else ():
        if body.get(name):
            words = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            problems.note((*path, name), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", words)


_FIELDS: Mapping[str, Kind] = {
    "content": nullable(string(0, CONTENT)),
    "embeds": nullable(array(EMBED, 0, 10)),
    "allowed_mentions": nullable(ALLOWED_MENTIONS),
    "components": nullable(array(anything, 0, 40)),
    "attachments": nullable(array(ATTACHMENT, 0, MAX_FILES)),
}
_LOUD = Flags.SUPPRESS_EMBEDS | Flags.SUPPRESS_NOTIFICATIONS | Flags.IS_COMPONENTS_V2
_EDITED = Flags.SUPPRESS_EMBEDS | Flags.IS_COMPONENTS_V2


def _false(value: object, path: Path, problems: Problems) -> None:
    if value is not False:
        problems.note(path, "UNKNOWN_FIELD", "This field is unknown here.")


CREATE_MESSAGE = record(
    {},
    {
        **_FIELDS,
        "tts": boolean,
        "nonce": _nonce,
        "enforce_nonce": boolean,
        "message_reference": REFERENCE,
        "sticker_ids": array(snowflake, 0, 3),
        "flags": flags(_LOUD),
        "poll": anything,
    },
    rule=_message_rule,
)
"""docs.discord.com/developers/resources/message#create-message"""

EDIT_MESSAGE = record({}, {**_FIELDS, "flags": nullable(flags(_EDITED)), "tts": _false})
"""docs.discord.com/developers/resources/message#edit-message. discord.py sends `tts: false` along, always.

Components of an edit are looked at when the flags of the message are known.
"""

FOLLOWUP = record(
    {}, {**_FIELDS, "tts": boolean, "flags": flags(_LOUD | Flags.EPHEMERAL), "poll": anything}, rule=_message_rule
)
"""docs.discord.com/developers/interactions/receiving-and-responding#create-followup-message"""

EDIT_WEBHOOK_MESSAGE = record({}, {**_FIELDS, "flags": nullable(flags(_EDITED)), "tts": _false, "poll": anything})
"""docs.discord.com/developers/resources/webhook#edit-webhook-message"""

CALLBACK_MESSAGE = record(
    {}, {**_FIELDS, "tts": boolean, "flags": flags(_LOUD | Flags.EPHEMERAL), "poll": anything}, rule=_message_rule
)
CALLBACK_UPDATE = record({}, {**_FIELDS, "tts": boolean, "flags": flags(_EDITED)})
"""docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-messages"""
CALLBACK_DEFERRED = record({}, {"flags": flags(Flags.EPHEMERAL), "tts": boolean})
