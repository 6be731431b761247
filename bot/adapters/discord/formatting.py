"""A reply as Discord shows it: our Markdown is Discord's, and a person's own words stay as they are."""

import re
from collections.abc import Iterable, Sequence

from telegramify_markdown import utf16_len

from bot.messages import Reply

LONGEST = 2_000
"""Longest text of a message (discord.com/developers/docs/resources/message#create-message). Counted in UTF-16 code
units here, the strictest of the ways to count."""

SIGN = re.compile(r"([!-/:-@\[-`{-~])")


def literal(text: str) -> str:
    """Somebody's own words: not a sign of them is interpreted, no name in them calls anybody."""
    return SIGN.sub(r"\\\1", text)


def quoted(text: str) -> str:
    """Somebody's own words with a line beside them."""
    return "\n".join(f"> {literal(line)}" for line in text.split("\n")) if text else ""


def messages(reply: Reply, footer: str) -> Sequence[str]:
    """A reply as texts of at most 2,000 units each: parted between paragraphs, and inside one only where it is too
    long by itself. The footer is in the last."""
    parts = [part for part in (reply.text.strip(), quoted(reply.quote), f"*{footer}*" if footer else "") if part]
    whole = "\n\n".join(parts)
    if utf16_len(whole) <= LONGEST:
        return [whole]
    return _packed(piece for part in parts for piece in _pieces(part))


def _packed(pieces: Iterable[str]) -> list[str]:
    """As many pieces together as fit into one message."""
    packed: list[str] = []
    for piece in pieces:
        together = f"{packed[-1]}\n\n{piece}" if packed else piece
        if packed and utf16_len(together) <= LONGEST:
            packed[-1] = together
        else:
            packed.append(piece)
    return packed


def _pieces(text: str) -> Iterable[str]:
    """Paragraphs; lines where a paragraph is too long; parts of a line where that is."""
    mark = "> " if text.startswith("> ") else ""
    for paragraph in re.split(rf"\n{re.escape(mark.strip())} ?\n" if mark else r"\n\n", text):
        line = ""
        for more in paragraph.split("\n"):
            for part in _cut(more, mark):
                together = f"{line}\n{part}" if line else part
                if line and utf16_len(together) > LONGEST:
                    yield line
                    line = part
                else:
                    line = together
        if line:
            yield line


def _cut(line: str, mark: str) -> Iterable[str]:
    """A line in parts that fit, cut at a space if there is one, and never behind a backslash."""
    while utf16_len(line) > LONGEST:
        end = next(end for end in range(LONGEST, 0, -1) if utf16_len(line[:end]) <= LONGEST)
        space = line.rfind(" ", LONGEST // 2, end)
        end = space if space > 0 else end - (line[end - 1] == "\\")
        yield line[:end]
        line = mark + line[end:].lstrip(" ")
    yield line
