"""The first hello: who this is, what it keeps, one tap of consent, then five questions that can all be skipped."""

from collections.abc import Sequence

from bot import engine
from bot.calendar import local_date
from bot.changes import DropDue, SetPerson
from bot.flow import END, Answers, Ask, Choice, Effect, Flow, Problem, Say, Step, World, Write
from bot.library import DOCKED
from bot.records import CHECKIN_KINDS, DANGERS
from bot.routes import Command, Routes
from bot.visit import OFFERED_FOR, Visit
from handlers._entering import enter
from handlers._told import tell
from handlers.reading import article

QUESTIONS: dict[str, tuple[str, ...]] = {
    "side": ("was-left", "left", "both"),
    "ties": ("none", "children", "work", "home", "several"),
    "danger": ("none", "order", "no", "fear"),
    "hope": ("heal", "back", "unsure"),
}
"""What is asked, and the answers by name. The country is typed."""

WAYS = {"urge": "urge", "not_safe": "safety"}
"""Flows that a link to the bot begins at once, before any hello."""

SEVERAL = "children,work,home"
"""What "several" stands for: contact cannot be avoided, for more than one reason."""


def keep(question: str, answer: str) -> Effect:
    """Remembers an answer in the profile."""
    value = SEVERAL if answer == "several" else answer

    def remember(_answers: Answers, _world: World) -> Sequence[object]:
        return (SetPerson({question: value}),)

    return remember


def question(name: str, *, to: str, skip: Choice) -> Ask:
    """A profile question, the same wherever it is asked."""
    choices = (Choice(answer, to, keep(name, answer)) for answer in QUESTIONS[name])
    return Ask(text=f"profile/{name}", choices=(*choices, skip), fleeting=True)


def dangers(*, none: str, to: str, skip: Choice) -> dict[str, Step]:
    """The question for a danger, what is said to each wherever it is told, and whether there is another one."""
    each = tuple(Choice(name, name, tell(name)) for name in QUESTIONS["danger"] if name in DANGERS)
    said = {name: Ask(text=f"welcome/{name}", choices=(Choice("on", to), Choice("more", "more"))) for name in DANGERS}
    return {
        "danger": Ask(text="profile/danger", choices=(Choice("none", none, tell("none")), *each, skip), fleeting=True),
        **said,
        "more": Ask(text="profile/danger_too", choices=(*each, Choice("on", to)), fleeting=True),
    }


def read_country(text: str, world: World) -> str | Problem:
    """A country's code from its name."""
    return world.names.country(text) or Problem("profile/country_unknown")


def country(*, to: str, skip: Choice) -> Write:
    """The question for the country, which decides which numbers are shown."""
    return Write(text="profile/country", reads=read_country, to=to, choices=(skip,), fleeting=True)


def keep_country(answers: Answers, _world: World) -> Sequence[object]:
    """Remembers the country that was typed."""
    return (SetPerson({"country": answers["country"]}),)


def agree(_answers: Answers, world: World) -> Sequence[object]:
    """Consent: from today the days are counted."""
    today = local_date(world.now, world.facts.get("zone", ""))
    fields: dict[str, object] = {"adult": True}
    if "counting" not in world.facts:
        fields["counting_since"] = today
    return (SetPerson(fields),)


def decline(_answers: Answers, _world: World) -> Sequence[object]:
    """Under 18: from now on only that is kept, and nothing comes unasked any more. What was told before is theirs to
    delete, since the button may have been the wrong one."""
    return (SetPerson({"adult": False, "morning": "", "evening": ""}), DropDue((*CHECKIN_KINDS, "letter")))


def _questions() -> dict[str, Step]:
    skip = {name: Choice("skip", to) for name, to in (("side", "ties"), ("ties", "danger"), ("danger", "hope"))}
    return {
        "side": question("side", to="ties", skip=skip["side"]),
        "ties": question("ties", to="danger", skip=skip["ties"]),
        **dangers(none="hope", to="hope", skip=skip["danger"]),
        "hope": question("hope", to="country", skip=Choice("skip", "country")),
        "country": country(to="kept", skip=Choice("skip", "done")),
        "kept": Say(does=keep_country, to="done"),
    }


WELCOME = Flow(
    name="welcome",
    version=1,
    start="hello",
    open=True,
    lost="hello",
    steps={
        "hello": Ask(choices=(Choice("adult", "docked", agree), Choice("minor", "minor", decline))),
        "docked": Say(text=DOCKED, docked=True, to="agreed"),
        "agreed": Ask(choices=(Choice("ask", "side"), Choice("later", "done")), fleeting=True),
        "minor": Say(to=END),
        **_questions(),
        "done": Say(to=END),
    },
)


async def start(visit: Visit, argument: str) -> None:
    """/start: hello for somebody new, the menu for somebody known; behind a link to the bot, where that leads."""
    place, _, name = argument.partition("-")
    if place in WAYS:
        visit.begin(WAYS[place])
        return
    if place == "read" and visit.person.adult is not False:
        await article(visit, name)
        return
    visit.need_store()
    visit.urgent = False
    if place == "link" and visit.person.adult is False:
        visit.say("welcome/minor")
    elif place == "link":
        await enter(visit, name)
    else:
        come_back(visit, "common/again")


def come_back(visit: Visit, key: str) -> None:
    """Whoever is known is told something and comes back to what is open. The button below the chat is brought along: it
    goes with the message it came with, when a chat's history is deleted."""
    if visit.person.adult is True:
        visit.dock(key, visit.button(DOCKED, "/urge"))
    if visit.run is not None and visit.run_age < OFFERED_FOR:
        visit.take(engine.redraw(visit.flows, visit.run))
    elif visit.person.adult is True:
        visit.say("common/menu")
    else:
        visit.begin("welcome")


def consented(visit: Visit) -> bool:
    """Whether the person has agreed; if not, they are asked now."""
    if visit.person.adult is True:
        return True
    visit.begin("welcome")
    return False


ROUTES = Routes(
    flows=(WELCOME,),
    commands={"start": Command(start, offline=True, open=True)},
    texts={"profile/country_unknown": (), "common/again": ()},
)
