"""Somebody says that they are under 18: asked back once, then the youth lines and not the programme."""

from bot.flow import END, Ask, Choice, Flow, Say
from bot.gate import FIGURE
from bot.routes import Command, Routes
from bot.visit import Visit
from handlers.welcome import decline

MINOR = Flow(
    name="minor",
    version=1,
    start="ask",
    lost="ask",
    urgent=True,
    open=True,
    entries=("lines",),
    steps={
        "ask": Ask(choices=(Choice("yes", "lines"), Choice("no", "mistake"))),
        "lines": Say(text="welcome/minor", does=decline, to=END),
        "mistake": Say(to=END),
    },
)


async def minor(visit: Visit, _argument: str) -> None:
    """/minor: are they under 18? Words may have been misread."""
    if visit.person.adult is False:
        visit.say("welcome/minor")
    else:
        visit.begin("minor")


ROUTES = Routes(
    flows=(MINOR,),
    commands={"minor": Command(minor, offline=True, open=True, everywhere=True)},
    texts={"minor/unclear": ("/minor", FIGURE)},
)
