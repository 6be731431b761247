"""Plain lines: `bot> ` begins a message, five spaces its further lines, an empty line ends the bot's turn.

The break between two paragraphs of a message is a line of five spaces, so that only the end of a turn is empty.
"""

import asyncio
import sys
from threading import Thread
from typing import BinaryIO, TextIO

from bot.adapters.terminal.session import Session
from bot.adapters.terminal.text import plain
from bot.library import Words
from bot.messages import Reply

MARK = "bot> "
INDENT = " " * len(MARK)


class PlainScreen:
    """Writes replies as lines."""

    def __init__(self, words: Words, out: TextIO) -> None:
        self._words = words
        self._out = out

    def show(self, reply: Reply, first_number: int) -> None:
        """One message with its numbered buttons."""
        lines = plain(reply.text).split("\n")
        if reply.quote:
            lines += ["", *(f"| {line}" for line in reply.quote.split("\n"))]
        if reply.picture is not None:
            lines.append(self._words.texts["terminal/picture"].text.replace("{text}", reply.picture.alt))
        lines += [f"[{number}] {button.label}" for number, button in enumerate(reply.buttons, first_number)]
        self._write(MARK + f"\n{INDENT}".join(lines))

    def note(self, text: str) -> None:
        """A line of the terminal's own."""
        self._write(text)

    def end_turn(self) -> None:
        """An empty line."""
        self._write("")

    def _write(self, text: str) -> None:
        self._out.write(f"{text}\n")
        self._out.flush()


async def run(session: Session, stdin: BinaryIO) -> None:
    """Reads lines until the input ends or says `:quit`. What is no UTF-8 is shown as a replacement character."""
    while line := await _next_line(stdin):
        if not await session.line(line.decode("utf-8", errors="replace").rstrip("\r\n")):
            return


async def _next_line(stdin: BinaryIO) -> bytes:
    """The next line, read in a thread of its own that does not keep the process alive."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[bytes] = loop.create_future()

    def read() -> None:
        line = stdin.readline()
        loop.call_soon_threadsafe(_hand_over, future, line)

    Thread(target=read, name="holdfast-stdin", daemon=True).start()
    return await future


def _hand_over(future: asyncio.Future[bytes], line: bytes) -> None:
    if not future.done():
        future.set_result(line)


def stdout() -> TextIO:
    """Standard output as UTF-8, whatever the locale says."""
    if isinstance(sys.stdout, TextIO) and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    return sys.stdout
