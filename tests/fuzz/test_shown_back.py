"""Whatever somebody wrote is shown back as it is: nothing of it is interpreted, by an app, a terminal or a log."""

import io
import logging
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram_api.check import units
from whenever import Instant

from bot import logs, operating
from bot.adapters.discord import formatting as discord_formatting
from bot.adapters.discord.client import HoldfastClient
from bot.adapters.telegram import formatting as telegram_formatting
from bot.adapters.terminal import tty
from bot.adapters.terminal.plain import PlainScreen
from bot.adapters.terminal.tty import TtyScreen
from bot.messages import Button, Reply
from bot.signs import UNREAD, cleaned
from bot.storage.dead import DeadLetter
from bot.testing import content

TRICKS = [
    "@everyone", "@here", "<@80351110224678912>", "<@!1>", "<@&1>", "<#1>", "</urge:1>", "<:smile:1>", "<a:b:1>",
    "<t:0:R>", "[here](https://example.com)", "https://example.com", "discord.gg/abc", "**", "__", "~~", "||", "`",
    "```", "> ", ">>> ", "# ", "-# ", "1. ", "- ", "* ", "\\", "\\\\", "<b>", "</b>", "&amp;", "<script>", "{days}",
    "{0}", "%s", "\x1b[2J", "\x1b]0;title\x07", "\x1b]52;c;aGk=\x07", "\x1b]8;;https://example.com\x1b\\", "\x9b31m",
    "\x07", "\x08", "\r", "\n", "\n\n", "\t", "\u202e", "\u2066", "\u2028", "\u200b", "\u200d", "\ud800", "👩‍👩‍👧",
    "💔", "bot> ", "[1] ", "2026-03-02 08:00:00 ERROR ", "a" * 1999, " " * 300,
]  # fmt: skip
wild = st.one_of(
    st.text(), st.lists(st.one_of(st.sampled_from(TRICKS), st.text(max_size=20)), max_size=12).map("".join)
)
"""What people may write, and what somebody writes who wants something else to happen."""

written = wild.map(lambda text: cleaned(text).strip()).filter(bool)
"""The same, as the conversation keeps it."""

OURS = "Your reason, on a calmer **day**:"
PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def squeezed(text: str) -> str:
    """A text without blanks."""
    return "".join(text.split())


@given(written)
def test_on_telegram_it_is_a_quote_and_nothing_else(text: str) -> None:
    shown = telegram_formatting.messages(Reply(OURS, quote=text), "")
    assert squeezed("".join(message.text for message in shown)) == squeezed(f"Your reason, on a calmer day:{text}")
    for message in shown:
        assert 0 < units(message.text) <= 4096
        for entity in message.entities:
            assert entity.type in ("blockquote", "bold")
            assert 0 <= entity.offset < entity.offset + entity.length <= units(message.text)
    ours = [entity for message in shown for entity in message.entities if entity.type == "bold"]
    assert len(ours) == 1


@given(written)
def test_on_discord_no_sign_of_it_means_anything(text: str) -> None:
    shown = discord_formatting.messages(Reply(OURS, quote=text), "")
    assert all(0 < units(message) <= 2000 for message in shown)
    lines = [line for message in shown for line in message.split("\n") if line.startswith(">")]
    bare = [re.sub(r"\\[!-/:-@\[-`{-~]", "", line.removeprefix("> ").removeprefix(">")) for line in lines]
    assert not [line for line in bare if PUNCTUATION.search(line)]
    read = "".join(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", line.removeprefix("> ").removeprefix(">")) for line in lines)
    assert squeezed(read) == squeezed(text)


def test_on_discord_nobody_is_ever_called() -> None:
    allowed = HoldfastClient().allowed_mentions
    assert allowed is not None
    assert allowed.to_dict() == {"parse": []}


@given(wild)
def test_in_plain_lines_nobody_can_speak_for_the_bot(text: str) -> None:
    out = io.StringIO()
    PlainScreen(content(), out).show(Reply(OURS, quote=text, buttons=(Button("Burn it", "x"),)), 1)
    first, *more = out.getvalue().removesuffix("\n").split("\n")
    assert first == "bot> Your reason, on a calmer day:"
    assert all(line.startswith("     ") for line in more)
    assert [line for line in more if not line.startswith("     |")] == (["     "] if text else []) + [
        "     [1] Burn it"
    ]
    assert not UNREAD.search(out.getvalue())


@given(wild)
def test_on_a_terminal_there_are_colours_and_no_other_orders(text: str) -> None:
    printed: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tty, "print_formatted_text", lambda shown, end: printed.append(shown.value))
        patch.setattr(TtyScreen, "_width", staticmethod(lambda: 78))
        TtyScreen(content()).show(Reply(OURS, quote=text), 1)
    assert not UNREAD.search(re.sub(r"\x1b\[[\d;]*m", "", "".join(printed)))


def record(message: Any, *arguments: Any, error: BaseException | None = None) -> logging.LogRecord:
    exception = (type(error), error, None) if error is not None else None
    return logging.LogRecord("bot.x", logging.WARNING, __file__, 1, message, arguments, exception)


@given(wild)
def test_a_log_line_is_one_line_and_moves_no_cursor(text: str) -> None:
    made = logs.Redacted("%(levelname)s %(message)s").format(record("a call failed (%s)", text))
    assert made.startswith("WARNING a call failed (")
    assert "\n" not in made
    assert not UNREAD.search(made)


@given(wild)
def test_nor_does_a_traceback(text: str) -> None:
    made = logs.Redacted("%(message)s").format(record("a call failed", error=ValueError(text)))
    assert made.splitlines()[0] == "a call failed"
    assert made.splitlines()[-1] == "ValueError"
    assert not UNREAD.search(made)


@given(wild, wild)
def test_the_table_of_what_was_given_up_has_a_line_for_each(error: str, chat: str) -> None:
    letter = DeadLetter(1, "telegram", chat, "", Instant.from_utc(2026, 3, 2), 3, error)
    for shows_chats in (True, False):
        lines = operating._table([letter], shows_chats)
        assert len(lines) == 2
        assert not any("\n" in line or UNREAD.search(line) for line in lines)


@given(wild)
def test_whatever_is_typed_is_kept_without_what_no_keyboard_types(text: str) -> None:
    kept = cleaned(text)
    assert cleaned(kept) == kept
    kept.encode()  # no halves of characters
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", kept)
