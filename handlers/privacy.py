"""What is kept and what is not, and the way to delete it."""

from bot.changes import Forget
from bot.routes import Command, Routes
from bot.variables import platforms
from bot.visit import Visit


async def privacy(visit: Visit, _argument: str) -> None:
    """/privacy: what is kept and what is not."""
    visit.say("privacy/kept")


async def delete(visit: Visit, argument: str) -> None:
    """/delete: asks; "everything" deletes."""
    if argument != "everything":
        key = "privacy/delete_all" if visit.known.others else "privacy/delete"
        visit.say(key, visit.button(key, "yes", "/delete everything"), platform=platforms(visit, visit.known.others))
        return
    visit.secret = True
    visit.change(Forget())
    visit.run = None
    visit.say("privacy/deleted")


ROUTES = Routes(
    commands={
        "privacy": Command(privacy, offline=True, open=True, everywhere=True),
        "delete": Command(delete, open=True, everywhere=True),
    },
    texts={"privacy/kept": (), "privacy/delete": ("yes",), "privacy/delete_all": ("yes",), "privacy/deleted": ()},
)
