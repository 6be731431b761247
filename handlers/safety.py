"""Before any coaching: is the person safe? Nothing of this flow is written down."""

from collections.abc import Sequence

from bot.changes import SetPerson
from bot.flow import END, Answers, Ask, Choice, Flow, Handoff, Say, World
from bot.gate import FIGURE, MEANT
from bot.places import country_name
from bot.routes import Command, Routes
from bot.variables import lines_of
from bot.visit import Visit
from handlers._told import hear, tell
from handlers.checkins import PAUSE_DAYS, pause_a_week


def pause(_answers: Answers, world: World) -> Sequence[object]:
    """No check-ins for a week: the same pause as anybody may take. Whether there are any may not be known: then it is
    asked for all the same, so that it is said that it could not be noted."""
    if "unread" in world.facts:
        return (SetPerson({"paused_until": world.now.add(hours=24 * PAUSE_DAYS)}),)
    return pause_a_week(world)


ON = (Choice("safe", "safe"), Choice("now", "now"))

SAFETY = Flow(
    name="safety",
    version=1,
    start="which",
    lost="which",
    urgent=True,
    secret=True,
    open=True,
    entries=("self_harm", "abuse", "now", "safe"),
    steps={
        "which": Ask(
            choices=(
                Choice("self_harm", "self_harm"),
                Choice("abuse", "abuse"),
                Choice("afraid_of_me", "danger_to_them"),
                Choice("order", "legal_order"),
                Choice("minor", "minor"),
                Choice("back", "urge"),
            )
        ),
        "self_harm": Ask(does=pause, choices=ON),
        "abuse": Ask(does=hear("fear"), choices=(*ON, Choice("remember", "remembered", tell("fear"), keeps=True))),
        "remembered": Ask(choices=ON),
        "now": Ask(choices=(Choice("safe", "safe"),)),
        "safe": Say(to=END),
        "danger_to_them": Handoff(flow="danger_to_them"),
        "legal_order": Handoff(flow="legal_order"),
        "minor": Handoff(flow="minor", at="lines"),
        "urge": Handoff(flow="urge"),
    },
)


async def not_safe(visit: Visit, argument: str) -> None:
    """/not_safe: what kind of danger is it? With "now": whom to call this minute."""
    visit.begin("safety", at="now" if argument == "now" else "")


async def safe(visit: Visit, _argument: str) -> None:
    """/safe: for now."""
    visit.begin("safety", at="safe")


async def lines(visit: Visit, argument: str) -> None:
    """/lines: the numbers of the person's country, or of one they name; the first one named is kept as theirs."""
    visit.secret = True
    code = visit.names.country(argument) if argument else visit.person.country
    if code:
        if visit.stored and not visit.person.country and visit.person.adult is not False:
            visit.change(SetPerson({"country": code}))
        visit.say("helplines/here", country=country_name(code, visit.words.language), all_lines=lines_of(visit, code))
    else:
        visit.say("helplines/unknown_country" if argument else "helplines/which_country")


ROUTES = Routes(
    flows=(SAFETY,),
    commands={
        "safe": Command(safe, offline=True, open=True, everywhere=True),
        "not_safe": Command(not_safe, offline=True, open=True, everywhere=True),
        "lines": Command(lines, offline=True, open=True, everywhere=True),
    },
    texts={
        "safety/unclear": (MEANT, FIGURE),
        "safety/unclear_danger": ("/not_safe", FIGURE),
        "safety/still_here": (),
        "safety/order_too": (),
        "safety/no_too": (),
        "safety/paused": (),
        "safety/unpaused": (),
        **{
            f"helplines/{name}": ()
            for name in (
                "here",
                "which_country",
                "unknown_country",
                "call",
                "text",
                "whatsapp",
                "chat",
                "url",
                "expired",
                "unconfirmed",
                "emergency",
                "emergency_unknown",
            )
        },
    },
)
