"""Days of no contact: total days are kept whatever happens; the current stretch is a detail."""

from collections.abc import Sequence

from bot.calendar import local_date
from bot.changes import AddSlip, SetPerson
from bot.flow import END, Answers, Choice, Flow, Problem, Say, World, Write
from bot.routes import Command, Routes
from bot.visit import Visit
from handlers.welcome import consented

LONGEST_STRETCH = 36_500
"""Days back that a first day may lie: a hundred years."""


def read_days_ago(text: str, world: World) -> str | Problem:
    """A number of days, as typed: "12" or "12 days ago"."""
    days = world.names.days(text)
    return str(days) if days is not None and days <= LONGEST_STRETCH else Problem("days/unclear")


def count_from(answers: Answers, world: World) -> Sequence[object]:
    """The day after the last contact is the first day. Days already counted stay: then it is a slip."""
    days = {"today": 0, "yesterday": 1}.get(answers["since"])
    ago = int(answers["since"]) if days is None else days
    today = local_date(world.now, world.facts.get("zone", ""))
    if ago <= 1 and world.facts.get("counting", "") < str(today.subtract(days=ago)):
        return (AddSlip(today.subtract(days=ago)),)
    return (SetPerson({"counting_since": today.subtract(days=ago - 1)}),)


DAYS = Flow(
    name="days",
    version=1,
    start="since",
    lost="since",
    steps={
        "since": Write(
            reads=read_days_ago,
            to="set",
            choices=(Choice("today", "set"), Choice("yesterday", "set"), Choice("no", "kept")),
        ),
        "set": Say(does=count_from, to=END),
        "kept": Say(to=END),
    },
)


async def days(visit: Visit, argument: str) -> None:
    """/days: total days, the current stretch as a detail."""
    if not consented(visit):
        return
    if argument == "since":
        visit.begin("days")
    else:
        visit.say("days/total")


ROUTES = Routes(
    flows=(DAYS,),
    commands={"days": Command(days)},
    texts={"days/total": (), "days/unclear": (), "days/kept_some": (), "days/kept_none": ()},
)
