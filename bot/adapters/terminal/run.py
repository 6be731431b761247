"""Runs the terminal: one person, one chat, until they leave."""

import contextlib
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.terminal import plain
from bot.adapters.terminal.clock import MovableClock
from bot.adapters.terminal.session import PLATFORM, Screen, Session
from bot.languages import of_this_machine
from bot.library import Library
from bot.messages import Chat
from bot.outbox import Outbox
from bot.ports import StorageDown, Store

TICK_SECONDS = 1.0
"""How often the terminal looks for what has become due: a countdown shows seconds."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for."""

    person: str
    plain: bool
    folder: Path = Path()
    language: str = ""


def open_session(options: Options, library: Library, clock: MovableClock, store: Store) -> Session:
    """A session on the screen that fits where the output goes."""
    screen: Screen
    if options.plain or not (sys.stdin.isatty() and sys.stdout.isatty()):
        screen = plain.PlainScreen(library, plain.stdout())
    else:
        from bot.adapters.terminal.tty import TtyScreen

        screen = TtyScreen(library)
    language = options.language or of_this_machine()
    return Session(Chat(PLATFORM, options.person), screen, library, clock, store, options.folder, language)


async def chat(session: Session, outbox: Outbox, commands: Iterable[str]) -> None:
    """Shows what a killed process left unsaid, then talks until the person leaves."""
    with contextlib.suppress(StorageDown):
        await outbox.resend(PLATFORM, session.chat.id)
    if isinstance(session.screen, plain.PlainScreen):
        await session.open(greet=sys.stdin.isatty())
        await plain.run(session, sys.stdin.fileno())
    else:
        from bot.adapters.terminal import tty

        await tty.run(session, commands)


def leave_quietly() -> None:
    """Whoever read our output is gone: nothing more can be said, and nothing is wrong."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
