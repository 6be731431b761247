"""A small reader of parse_mode HTML: core.telegram.org/bots/api#html-style."""

import re
from typing import Any

from .check import units
from .errors import objection

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>[a-z-]+)(?P<rest>[^<>]*)>|&(?P<name>#?\w+);|(?P<text>[^<&]+|[<&])", re.I)
ATTRIBUTE = re.compile(r"""([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")


def read_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The text without its tags, and the entities they stood for."""
    text = ""
    entities: list[dict[str, Any]] = []
    stack: list[tuple[str, dict[str, Any]]] = []
    for token in TOKEN.finditer(source):
        if token["text"] is not None:
            if token["text"] == "<":
                raise _cannot(f"unsupported start tag at byte offset {len(source[: token.start()].encode())}")
            text += token["text"]
        elif token["name"] is not None:
            text += _character(token)
        elif token["end"]:
            if not stack or stack[-1][0] != token["tag"].lower():
                raise _cannot(f'unmatched end tag "{token["tag"]}"')
            entity = stack.pop()[1]
            entity["length"] = units(text) - entity["offset"]
            if entity["length"]:
                entities.append(entity)
        else:
            stack.append((token["tag"].lower(), _entity(token["tag"].lower(), token["rest"], units(text))))
    if stack:
        raise _cannot(f'can\'t find end tag corresponding to start tag "{stack[-1][0]}"')
    return text, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _character(token: re.Match[str]) -> str:
    name = token["name"]
    if name in NAMED:
        return NAMED[name]
    if re.fullmatch(r"#\d+", name):
        return chr(int(name[1:]))
    if re.fullmatch(r"#[xX][0-9a-fA-F]+", name):
        return chr(int(name[2:], 16))
    return token.group()


def _entity(tag: str, rest: str, offset: int) -> dict[str, Any]:
    kind = TAGS.get(tag)
    if kind is None:
        raise _cannot(f'unsupported start tag "{tag}"')
    given = {name.lower(): double or single or bare for name, double, single, bare in ATTRIBUTE.findall(rest)}
    entity: dict[str, Any] = {"type": kind, "offset": offset}
    if tag == "span" and given.get("class") != "tg-spoiler":
        raise _cannot('tag "span" must have class "tg-spoiler"')
    if tag == "a":
        entity["url"] = given.get("href", "")
    if tag == "tg-emoji":
        entity["custom_emoji_id"] = given.get("emoji-id", "")
    if tag == "blockquote" and "expandable" in given:
        entity["type"] = "expandable_blockquote"
    return entity


def _cannot(why: str) -> Exception:
    return objection(f"can't parse entities: {why}")
