"""How to keep this chat from somebody who may look at the phone or the screen."""

from bot.routes import Command, Routes
from bot.visit import Visit

PLATFORMS = ("telegram", "discord", "terminal")


async def out_of_sight(visit: Visit, _argument: str) -> None:
    """/out_of_sight: what can be done about it where the person writes from. Nothing of it is written down."""
    visit.secret = True
    visit.say(f"out_of_sight/{visit.chat.platform if visit.chat.platform in PLATFORMS else 'elsewhere'}")


ROUTES = Routes(
    commands={"out_of_sight": Command(out_of_sight, offline=True, open=True, everywhere=True)},
    texts={f"out_of_sight/{name}": () for name in (*PLATFORMS, "elsewhere")},
)
