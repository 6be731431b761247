"""How to keep this chat from somebody who may look at the phone or the screen."""

from bot.routes import Command, Routes
from bot.visit import Visit

PLATFORMS = ("telegram", "discord", "terminal")


async def hiding(visit: Visit, _argument: str) -> None:
    """/hiding: what can be done about it where the person writes from. Nothing of it is written down."""
    visit.secret = True
    visit.say(f"hiding/{visit.chat.platform if visit.chat.platform in PLATFORMS else 'elsewhere'}")


ROUTES = Routes(
    commands={"hiding": Command(hiding, offline=True, open=True, everywhere=True)},
    texts={f"hiding/{name}": () for name in (*PLATFORMS, "elsewhere")},
)
