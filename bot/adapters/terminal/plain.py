"""Plain lines: `bot> ` begins a message, five spaces its further lines, an empty line ends the bot's turn.

The break between two paragraphs of a message is a line of five spaces, so that only the end of a turn is empty.
"""

import asyncio
import contextlib
import os
import sys
from io import TextIOWrapper
from threading import Thread
from typing import TextIO

from bot.adapters.terminal.session import Session
from bot.adapters.terminal.text import plain
from bot.library import Library
from bot.messages import Reply
from bot.signs import visible

CLEAR = "\x1b[H\x1b[2J\x1b[3J"
"""To the corner; the screen is empty; so is what one could scroll back to."""

MARK = "bot> "
INDENT = " " * len(MARK)


class PlainScreen:
    """Writes replies as lines."""

    def __init__(self, library: Library, out: TextIO) -> None:
        self._library = library
        self._out = out

    def show(self, reply: Reply, first_number: int) -> None:
        """One message with its numbered buttons."""
        lines = plain(reply.text).split("\n")
        if reply.quote:
            lines += ["", *(f"| {line}" for line in reply.quote.split("\n"))]
        if reply.picture is not None:
            words = self._library.words(reply.language)
            lines.append(words.texts["terminal/picture"].text.replace("{text}", reply.picture.alt))
        lines += [f"[{number}] {button.label}" for number, button in enumerate(reply.buttons, first_number)]
        self._write(MARK + f"\n{INDENT}".join(lines))

    def note(self, text: str) -> None:
        """A line of the terminal's own."""
        self._write(text)

    def end_turn(self) -> None:
        """An empty line."""
        self._write("")

    def clear(self) -> None:
        """Nothing where the output goes on to a file or another program: what is written there is written."""
        if self._out.isatty():
            self._out.write(CLEAR)
            self._out.flush()

    def _write(self, text: str) -> None:
        self._out.write(f"{visible(text)}\n")
        self._out.flush()


async def run(session: Session, stdin: int) -> None:
    """Reads lines from a file descriptor until it ends or one says `:quit`. What is no UTF-8 is replaced."""
    lines: asyncio.Queue[bytes | None] = asyncio.Queue()
    Thread(target=_pump, args=(stdin, asyncio.get_running_loop(), lines), name="holdfast-stdin", daemon=True).start()
    while (line := await lines.get()) is not None:
        if not await session.line(line.decode("utf-8", errors="replace").rstrip("\r")):
            return


def _pump(stdin: int, loop: asyncio.AbstractEventLoop, lines: "asyncio.Queue[bytes | None]") -> None:
    """Hands over lines as they come. Reads the descriptor itself: a thread that waits inside `sys.stdin` holds its
    lock, and the interpreter cannot end."""
    rest = b""
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
        while chunk := _read(stdin):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                loop.call_soon_threadsafe(lines.put_nowait, line)
        if rest:
            loop.call_soon_threadsafe(lines.put_nowait, rest)
        loop.call_soon_threadsafe(lines.put_nowait, None)


def _read(stdin: int) -> bytes:
    try:
        return os.read(stdin, 65_536)
    except OSError:
        return b""


def stdout() -> TextIO:
    """Standard output as UTF-8, whatever the locale says."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    return sys.stdout
