"""The objects a bot may send, as data: core.telegram.org/bots/api#available-types."""

import re
from typing import Any

from .check import BOOLEAN, OBJECT, TRUE, Kind, array, choice, either, integer, octets, record, string, tagged
from .errors import objection

INTEGER = integer()
STRING = string()
NAME = string(1)
LINK_FORM = re.compile(r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?P<host>[^\s/?#]+)[^\s]*", re.IGNORECASE)


def _link(value: object, where: str) -> str:
    """An address Telegram opens: http, https, tg, ton. Neither tel: nor mailto: (td, LinkManager::check_link)."""
    address: str = NAME.read(value, where)
    found = LINK_FORM.fullmatch(address)
    if found is None:
        raise objection(f"{where} URL '{address}' is invalid: Wrong HTTP URL")
    scheme = (found["scheme"] or "http").lower()
    if scheme not in ("http", "https", "tg", "ton", "tonsite"):
        raise objection(f"{where} URL '{address}' is invalid: Unsupported URL protocol")
    if scheme in ("http", "https") and not re.fullmatch(r"[^:@]+\.[^:@]+(:\d+)?", found["host"]):
        raise objection(f"{where} URL '{address}' is invalid: Wrong HTTP URL")
    return address


LINK = Kind(_link)

BUTTONS_IN_A_ROW = 8
BUTTONS_IN_ALL = 100

INLINE_ACTIONS = {
    "url": LINK,
    "callback_data": string(1, 64, length=octets),
    "web_app": record({"url": NAME}),
    "login_url": OBJECT,
    "switch_inline_query": STRING,
    "switch_inline_query_current_chat": STRING,
    "switch_inline_query_chosen_chat": OBJECT,
    "copy_text": record({"text": string(1, 256)}),
    "callback_game": OBJECT,
    "pay": BOOLEAN,
}
LOOKS = {"style": choice(("danger", "success", "primary")), "icon_custom_emoji_id": STRING}


def _one_action(button: dict[str, Any], where: str) -> None:
    """Exactly one of the optional fields: core.telegram.org/bots/api#inlinekeyboardbutton."""
    if not button["text"].strip():
        raise objection(f"can't parse inline keyboard button: {where}.text must be non-empty")
    actions = [name for name in INLINE_ACTIONS if name in button]
    if len(actions) != 1:
        raise objection(f"can't parse inline keyboard button: {where} must have exactly one action, got {actions}")


def _rows(markup: dict[str, Any], where: str) -> None:
    rows = markup["inline_keyboard"]
    if not all(rows):
        raise objection(f"{where} has an empty row")
    if any(len(row) > BUTTONS_IN_A_ROW for row in rows):
        raise objection(f"{where} has more than {BUTTONS_IN_A_ROW} buttons in a row")
    if sum(map(len, rows)) > BUTTONS_IN_ALL:
        raise objection(f"reply markup is too long: {where} has more than {BUTTONS_IN_ALL} buttons")


INLINE_BUTTON = record({"text": string(1)}, {**INLINE_ACTIONS, **LOOKS}, rule=_one_action)
INLINE_KEYBOARD = record({"inline_keyboard": array(array(INLINE_BUTTON))}, rule=_rows)

_KEYBOARD_BUTTON = record(
    {"text": string(1)},
    {
        "request_users": OBJECT,
        "request_chat": OBJECT,
        "request_managed_bot": OBJECT,
        "request_contact": BOOLEAN,
        "request_location": BOOLEAN,
        "request_poll": OBJECT,
        "web_app": record({"url": NAME}),
        **LOOKS,
    },
)


def _keyboard_button(value: object, where: str) -> Any:
    """A button that is its text alone may be a string: core.telegram.org/bots/api#keyboardbutton."""
    return _KEYBOARD_BUTTON.read({"text": value} if isinstance(value, str) else value, where)


def _shown(markup: dict[str, Any], where: str) -> None:
    if not markup["keyboard"] or not all(markup["keyboard"]):
        raise objection(f"{where} has an empty row or none")


PLACEHOLDER = string(1, 64)
REPLY_KEYBOARD = record(
    {"keyboard": array(array(Kind(_keyboard_button)))},
    {
        "is_persistent": BOOLEAN,
        "resize_keyboard": BOOLEAN,
        "one_time_keyboard": BOOLEAN,
        "input_field_placeholder": PLACEHOLDER,
        "selective": BOOLEAN,
    },
    rule=_shown,
)
REPLY_MARKUP = either(
    {
        "inline_keyboard": INLINE_KEYBOARD,
        "keyboard": REPLY_KEYBOARD,
        "remove_keyboard": record({"remove_keyboard": TRUE}, {"selective": BOOLEAN}),
        "force_reply": record({"force_reply": TRUE}, {"input_field_placeholder": PLACEHOLDER, "selective": BOOLEAN}),
    }
)

_SPAN = {"offset": integer(0), "length": integer(1)}


def _entity(kind: str) -> Kind:
    """What an entity of a type must have beyond its place: core.telegram.org/bots/api#messageentity."""
    required = {
        "text_link": {"url": LINK},
        "text_mention": {"user": OBJECT},
        "custom_emoji": {"custom_emoji_id": NAME},
        "date_time": {"unix_time": INTEGER},
    }.get(kind, {})
    optional = {"pre": {"language": STRING}, "date_time": {"date_time_format": STRING}}.get(kind, {})
    return record({"type": STRING, **_SPAN, **required}, optional)


ENTITY_TYPES = [
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
    "date_time",
]
ENTITIES = array(tagged("type", {kind: _entity(kind) for kind in ENTITY_TYPES}), high=100)

LINK_PREVIEW = record(
    {},
    {
        "is_disabled": BOOLEAN,
        "url": STRING,
        "prefer_small_media": BOOLEAN,
        "prefer_large_media": BOOLEAN,
        "show_above_text": BOOLEAN,
    },
)


def _chat(value: object, where: str) -> int | str:
    """An id, or the name of a public chat."""
    if isinstance(value, str) and value.startswith("@"):
        return value
    number: int = INTEGER.read(value, where)
    return number


CHAT = Kind(_chat)
REPLY_PARAMETERS = record(
    {"message_id": integer(1)},
    {
        "chat_id": CHAT,
        "allow_sending_without_reply": BOOLEAN,
        "quote": STRING,
        "quote_parse_mode": STRING,
        "quote_entities": ENTITIES,
        "quote_position": INTEGER,
        "checklist_task_id": INTEGER,
        "poll_option_id": STRING,
    },
)

COMMAND = record({"command": string(pattern="[a-z0-9_]{1,32}"), "description": string(1, 256)})
_TYPE = {"type": STRING}
SCOPE = tagged(
    "type",
    {
        **dict.fromkeys(("default", "all_private_chats", "all_group_chats", "all_chat_administrators"), record(_TYPE)),
        **dict.fromkeys(("chat", "chat_administrators"), record({**_TYPE, "chat_id": CHAT})),
        "chat_member": record({**_TYPE, "chat_id": CHAT, "user_id": INTEGER}),
    },
)
MENU_BUTTON = tagged(
    "type",
    {
        **dict.fromkeys(("commands", "default"), record(_TYPE)),
        "web_app": record({**_TYPE, "text": string(1), "web_app": record({"url": NAME})}),
    },
)
