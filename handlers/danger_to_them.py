"""The person may be the one who does not stop. Nothing of this flow is written down, but what they ask to remember."""

from bot.flow import Ask, Choice, Flow, Handoff
from bot.gate import FIGURE
from bot.records import HARM
from bot.routes import Command, Routes
from bot.visit import Visit
from handlers._told import hear, tell

NOW = Choice("now", "now")
SAFE = Choice("safe", "safe")
STOPPING = (Choice("ways", "ways"), Choice("remember", "remembered", tell("no"), keeps=True), NOW)

DANGER_TO_THEM = Flow(
    name="danger_to_them",
    version=1,
    start="what",
    lost="what",
    urgent=True,
    secret=True,
    open=True,
    entries=("said_no",),
    steps={
        "what": Ask(
            choices=(
                Choice("said_no", "said_no"),
                Choice("watching", "watching"),
                Choice("threatened", "threatened"),
                Choice("hurt", "hurt"),
                NOW,
                SAFE,
            )
        ),
        "said_no": Ask(does=hear("no"), choices=STOPPING),
        "watching": Ask(does=hear(HARM), choices=STOPPING),
        "threatened": Ask(does=hear(HARM), choices=STOPPING),
        "hurt": Ask(does=hear(HARM), choices=(Choice("ways", "ways"), NOW, SAFE)),
        "ways": Ask(choices=(Choice("wait", "wait"), SAFE, NOW)),
        "remembered": Ask(choices=(Choice("ways", "ways"), SAFE, NOW)),
        "wait": Handoff(flow="urge", at="wait"),
        "now": Handoff(flow="safety", at="now"),
        "safe": Handoff(flow="safety", at="safe"),
    },
)


async def danger_to_them(visit: Visit, _argument: str) -> None:
    """/danger_to_them: what going on is, and ways to stop here."""
    visit.begin("danger_to_them")


async def said_no(visit: Visit, _argument: str) -> None:
    """/said_no: they want no contact."""
    visit.begin("danger_to_them", at="said_no")


ROUTES = Routes(
    flows=(DANGER_TO_THEM,),
    commands={
        "danger_to_them": Command(danger_to_them, offline=True, open=True, everywhere=True),
        "said_no": Command(said_no, offline=True, open=True, everywhere=True),
    },
    texts={
        "danger_to_them/unclear": ("/danger_to_them", FIGURE),
        "danger_to_them/unclear_no": ("/said_no", FIGURE),
    },
)
