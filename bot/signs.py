"""Signs that no keyboard types, and that no screen must obey. Pure."""

import re

CONTROL = r"\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069"
"""Control characters (a tab and a line break stay), halves of characters, and overrides of the direction."""

UNTYPED = re.compile(f"[{CONTROL}]")
UNREAD = re.compile(rf"[{CONTROL}\u2028\u2029]")
"""The same, and line breaks that look like none."""


def cleaned(text: str) -> str:
    """What somebody has typed, without these signs."""
    return UNTYPED.sub("", text)


def visible(text: str) -> str:
    """A text for a log or a terminal, where these signs are written out: one that moved a cursor, named a window or
    turned a line round is only read."""
    return UNREAD.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)


def one_line(text: str) -> str:
    """The same, with its line breaks written out, too: nobody can make a second line of it."""
    return visible(text).replace("\n", "\\n")
