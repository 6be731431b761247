"""No text keeps the bot busy: while one is read, everybody else waits."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.discord import formatting as discord_formatting
from bot.adapters.telegram import formatting as telegram_formatting
from bot.messages import Reply
from bot.testing import content
from handlers._codes import read_code

WORDS = content().words("")
SOON = 0.5
"""Seconds for all readers together: they take a twentieth of it."""

PIECES = [
    "1",
    "$",
    "@",
    "0a",
    "a",
    "k",
    "ki",
    "kill ",
    "kill my ",
    "i want to ",
    "*",
    "_",
    "!",
    ".",
    "\n",
    " ",
    "\t",
    "\u0301",
]
pieces = st.one_of(st.sampled_from(PIECES), st.text(min_size=1, max_size=4))


@settings(max_examples=settings.default.max_examples // 4)
@given(st.lists(pieces, min_size=1, max_size=3), st.text(max_size=2), st.text(max_size=2))
def test_the_longest_texts_are_read_soon(repeated: list[str], first: str, last: str) -> None:
    piece = "".join(repeated)
    text = (first + piece * (8_000 // len(piece)) + last)[:8_000]
    began = time.process_time()
    WORDS.crisis.tier(text)
    WORDS.phrases.command(text)
    WORDS.find(text)
    content().names.country(text)
    content().names.zone(text)
    content().names.time(text)
    read_code(text)
    discord_formatting.messages(Reply("x", quote=text), "")
    telegram_formatting.messages(Reply("x", quote=text), "")
    assert time.process_time() - began < SOON
