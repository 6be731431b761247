"""By which city's clock a person lives: found by its name, or by what the clock shows."""

from collections.abc import Sequence

from whenever import Instant

from bot.changes import SetPerson
from bot.flow import END, Answers, Ask, Choice, Flow, Problem, Say, World, Write
from bot.places import zones_showing
from bot.rhythm import schedule


def read_zone(text: str, world: World) -> str | Problem:
    """A zone from a city, or from what the person's clock shows now."""
    if time := world.names.time(text):
        found = zones_showing(time, world.now, world.facts.get("country", ""))
        return found[0] if found else Problem("checkins/clock_unclear")
    return world.names.zone(text) or Problem("checkins/city_unclear")


def set_clock(answers: Answers, world: World) -> Sequence[object]:
    """The person lives by that clock now, and so do their times. A pause goes on, and what rests goes on resting."""
    facts, zone = world.facts, answers["zone"]
    if "resting" in facts or not (facts.get("morning") or facts.get("evening")):
        return (SetPerson({"zone": zone}),)
    after = Instant.parse_iso(facts["paused"]) if "paused" in facts else world.now
    return (SetPerson({"zone": zone}), *schedule(facts, zone, after, world.seed))


CLOCK = Flow(
    name="clock",
    version=1,
    start="zone",
    lost="zone",
    steps={
        "zone": Write(text="checkins/zone", reads=read_zone, to="zone_check"),
        "zone_check": Ask(
            text="checkins/zone_check", choices=(Choice("yes", "set"), Choice("no", "zone")), fleeting=True
        ),
        "set": Say(text="checkins/clock_set", does=set_clock, to=END),
    },
)
