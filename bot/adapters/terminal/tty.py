"""A chat for a tty: bubbles, numbered buttons, a live countdown, all by keyboard (rich and prompt_toolkit)."""

import os
import sys
from collections.abc import Iterable
from io import StringIO

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.application import get_app_session
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.formatted_text import ANSI, HTML
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout
from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text
from whenever import Instant

from bot.adapters.terminal.plain import CLEAR
from bot.adapters.terminal.session import Session
from bot.library import Library
from bot.messages import Reply
from bot.signs import visible

WIDEST = 78
"""Columns of a bubble at most: longer lines are hard to read."""


class Typed(InMemoryHistory):
    """The lines that the arrow keys bring back, until they are forgotten."""

    def forget(self) -> None:
        """None of them comes back."""
        self._storage.clear()
        self._loaded_strings.clear()


class TtyScreen:
    """Draws replies as bubbles above the prompt."""

    def __init__(self, library: Library) -> None:
        self.typed = Typed()
        self._library = library

    def show(self, reply: Reply, first_number: int) -> None:
        """One message with its numbered buttons."""
        parts: list[RenderableType] = [Markdown(_with_line_breaks(reply.text))]
        if reply.quote:
            quote = Text(visible(reply.quote), style="italic")
            parts.append(Padding(quote, (1, 0, 0, 2)))
        if reply.picture is not None:
            words = self._library.words(reply.language)
            alt = words.texts["terminal/picture"].text.replace("{text}", reply.picture.alt)
            parts += [Text(), Text(f"{alt} (pictures/{reply.picture.path})", style="dim")]
        if reply.buttons:
            parts.append(Text())
        for number, button in enumerate(reply.buttons, first_number):
            parts.append(Text.assemble((f" {number:>2} ", "reverse"), "  ", button.label))
        self._print(Panel(Group(*parts), border_style="bold", padding=(0, 2)))

    def note(self, text: str) -> None:
        """A line of the terminal's own."""
        self._print(Text(text, style="dim"))

    def end_turn(self) -> None:
        """Nothing: bubbles have borders."""

    def clear(self) -> None:
        """Nothing is left on the screen, above it, or below the arrow keys."""
        self.typed.forget()
        output = get_app_session().output
        output.write_raw(CLEAR)
        output.flush()

    def _print(self, what: RenderableType) -> None:
        console = Console(file=StringIO(), force_terminal=True, width=self._width(), color_system="standard")
        with console.capture() as capture:
            console.print(what)
        print_formatted_text(ANSI(capture.get()), end="")

    @staticmethod
    def _width() -> int:
        """Of the terminal itself: COLUMNS may come from whatever started us."""
        stdout = sys.__stdout__
        return min(os.get_terminal_size(stdout.fileno()).columns if stdout else WIDEST, WIDEST)


def _with_line_breaks(markdown: str) -> str:
    """A line break in content/ is a line break in the chat; Markdown wants two spaces for that."""
    return "\n".join(f"{line}  " if line and not line.startswith("- ") else line for line in markdown.split("\n"))


async def run(session: Session, commands: Iterable[str]) -> None:
    """Chats until Ctrl-D, Ctrl-C or `:quit`."""
    prompt: PromptSession[str] = PromptSession(
        history=session.screen.typed if isinstance(session.screen, TtyScreen) else None,
        completer=WordCompleter([f"/{name}" for name in commands], sentence=True),
        complete_while_typing=False,
        bottom_toolbar=lambda: _toolbar(session),
        refresh_interval=1,
    )
    with patch_stdout(raw=True):
        await session.open(greet=True)
        while True:
            try:
                you = session.words.texts["terminal/you"].text
                line = await prompt.prompt_async(HTML("<b>{}</b> ").format(f"{you}>"))
            except (EOFError, KeyboardInterrupt):
                break
            if line.strip() and not await session.line(line):
                break
        session.screen.note(session.words.texts["terminal/goodbye"].text)


def _toolbar(session: Session) -> str:
    words = session.words
    left = session.countdown and _left(session.countdown, session.clock.now())
    if left:
        return " " + words.texts["terminal/countdown"].text.replace("{text}", left)
    return " " + words.texts["terminal/hint"].text


def _left(until: Instant, now: Instant) -> str:
    seconds = max(0, round((until - now).total("seconds")))
    return f"{seconds // 60}:{seconds % 60:02}" if seconds else ""
