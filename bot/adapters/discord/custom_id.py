"""What a component carries in its custom_id: what it does, whose it is, and the button's token.

    h1b:80351110224678912:urge:name_it:lonely

A custom_id has at most 100 characters (discord.com/developers/docs/components/reference); this takes 24 beside the
token, which has at most 64. What is read here may be years old, or made up by somebody: nothing in it is believed but
the token, and that no more than a text that is typed.
"""

import re
from dataclasses import dataclass
from typing import Literal, Self, get_args

Kind = Literal["b", "s", "w", "m", "p"]
"""A button, a select (its value is the token), a way to write, the form for that, and the way to private messages."""

EVERYBODY = 0
"""The owner of what many may press: each starts a conversation of their own."""

BUTTON, SELECT = r"h\d+[bwp](?:\.\d+)?:\d+:.*", r"h\d+s(?:\.\d+)?:\d+:.*"
"""Our buttons and selects, of this version and of those to come."""

PARTS = re.compile(r"h1([a-z])(?:\.\d+)?:(\d{1,20}):(.*)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class CustomId:
    """A custom_id, taken apart."""

    kind: Kind
    owner: int
    token: str = ""

    def to_text(self, number: int = 0) -> str:
        """As Discord keeps it. The number tells apart what would be the same twice in one message."""
        return f"h1{self.kind}{f'.{number}' if number else ''}:{self.owner}:{self.token}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """A custom_id of ours, or None."""
        found = PARTS.fullmatch(text)
        if found is None or found[1] not in get_args(Kind):
            return None
        return cls(found[1], int(found[2]), found[3])  # type: ignore[arg-type]

    def belongs_to(self, user: int) -> bool:
        """Whether this person may use it."""
        return self.owner in (EVERYBODY, user)
