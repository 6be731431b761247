"""What is kept and what is not, and the way to delete it."""

from bot.changes import Forget
from bot.messages import Button
from bot.routes import Command, Routes
from bot.visit import Visit


async def privacy(visit: Visit, _argument: str) -> None:
    """/privacy: what is kept and what is not."""
    visit.say("privacy/kept")


async def delete(visit: Visit, argument: str) -> None:
    """/delete: asks; "everything" deletes."""
    if argument != "everything":
        visit.say("privacy/delete", Button(visit.words.label("privacy/delete", "yes"), "/delete everything"))
        return
    visit.secret = True
    visit.change(Forget())
    visit.run = None
    visit.say("privacy/deleted")


ROUTES = Routes(
    commands={
        "privacy": Command(privacy, offline=True, open=True),
        "delete": Command(delete, open=True),
    },
    texts={"privacy/kept": (), "privacy/delete": ("yes",), "privacy/deleted": ()},
)
