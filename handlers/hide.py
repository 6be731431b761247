"""One tap that takes away what the chat shows. What is left looks like a program that reminds of something."""

from bot.changes import DropDue
from bot.routes import Command, Routes
from bot.visit import Visit


async def hide(visit: Visit, _argument: str) -> None:
    """/hide: something neutral in place of the last screens. What is open stays open, but nothing of it comes by
    itself, and a text typed from now on is no answer to the lines."""
    visit.secret = visit.moved = True
    if visit.run is not None and visit.run.ends is not None:
        visit.change(DropDue(("wait",)))
    visit.dock("hide/neutral")


ROUTES = Routes(
    commands={"hide": Command(hide, offline=True, open=True, everywhere=True, hides=True)},
    texts={"hide/neutral": ()},
)
