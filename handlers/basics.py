"""Menu, help, and the ways back into a conversation and out of it."""

from bot import engine
from bot.changes import DropDue, Reach, SaveRun
from bot.library import DOCKED, LISTED
from bot.routes import Command, Routes
from bot.visit import Visit


async def menu(visit: Visit, _argument: str) -> None:
    """/menu: everything there is, the emergency first."""
    visit.say("common/menu")


async def help_(visit: Visit, _argument: str) -> None:
    """/help: what the bot can do and what it cannot."""
    visit.say("common/help")


async def resume(visit: Visit, _argument: str) -> None:
    """/resume: the open question once more."""
    if visit.run is None:
        visit.say("common/menu")
    else:
        visit.take(engine.redraw(visit.flows, visit.run))


async def button(visit: Visit, _argument: str) -> None:
    """/button: keeps the emergency button below the chat."""
    visit.dock(DOCKED)


async def no_button(visit: Visit, _argument: str) -> None:
    """/nobutton: takes it away. One word, since only that can be tapped in a text."""
    visit.dock("common/undocked")


async def cancel(visit: Visit, _argument: str) -> None:
    """/cancel: leaves what is open, and what that interrupted."""
    if visit.run is None:
        visit.say("common/nothing_to_cancel")
        return
    visit.run = None
    visit.change(SaveRun(None), DropDue(("wait",)))
    visit.say("common/cancelled")


async def reach(visit: Visit, _argument: str) -> None:
    """/reach: is there a way now for what was asked for? Whoever is away is told when that has been tried."""
    visit.change(Reach())
    if not visit.away:
        visit.say("common/reached")


ROUTES = Routes(
    commands={
        "reach": Command(reach),
        "menu": Command(menu, offline=True),
        "help": Command(help_, offline=True, open=True),
        "resume": Command(resume),
        "cancel": Command(cancel),
        "button": Command(button),
        "nobutton": Command(no_button),
    },
    texts={
        "common/back": ("/resume",),
        LISTED: (),
        DOCKED: ("/urge",),
        **{
            f"common/{name}": ()
            for name in (
                "menu",
                "help",
                "nothing_to_cancel",
                "cancelled",
                "unknown_command",
                "not_understood",
                "tap_please",
                "empty_text",
                "too_long",
                "down",
                "over",
                "over_form",
                "failed",
                "meanwhile",
                "late",
                "wordless",
                "unseen",
                "undocked",
                "unwritten",
                "here",
                "closed",
                "reached",
                "interrupted",
            )
        },
        **{f"limits/{name}": () for name in ("too_many", "left_out", "letter", "letters", "reasons")},
    },
)
