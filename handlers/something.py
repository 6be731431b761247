"""Something small to do: a card at a time, fit for the hour, indoors or out."""

from collections.abc import Iterator

from bot.calendar import is_day
from bot.changes import MarkShown
from bot.messages import Button
from bot.records import REFUSED
from bot.routes import Command, Routes
from bot.visit import Visit

CARD = "something/card"
DECK = "fresh"
PLACES = ("in", "out")
FREE = "free"


async def something(visit: Visit, argument: str) -> None:
    """/something: one small thing to do; "in", "out" or "free" behind it asks for one like that. At night it is one
    for the night, and so it is where nobody knows the hour, until a place is asked for."""
    asked = argument.lower().split()
    place = next((place for place in PLACES if place in asked), "")
    late = bool(visit.zone) and not is_day(visit.now, visit.zone)
    facts = {"where": ",".join(PLACES) if late or not place else place}
    facts |= {"night": "yes"} if late or not (visit.zone or place) else {}
    facts |= {FREE: "yes"} if FREE in asked else {}
    seed = f"{visit.person.id} {visit.now.timestamp()}"
    key = visit.words.draw(DECK, facts, (), visit.known.shown, seed, visit.known.said(REFUSED))
    visit.change(MarkShown(key))
    card = visit.words.texts[key]
    buttons = _buttons(visit, key, "" if late else place, free=FREE in asked, late=late)
    visit.say(CARD, *buttons, text=card.text, minutes=card.attributes["minutes"][0])


def _buttons(visit: Visit, key: str, place: str, *, free: bool, late: bool) -> Iterator[Button]:
    """Another one like this, not this one again, and what it could be instead: at night it has one place."""

    def button(target: str, *command: str) -> Button:
        return visit.button(CARD, target, " ".join(command))

    cost = (FREE,) if free else ()
    like_this = (*(place,) * bool(place), *cost)
    yield button("another", "/something", *like_this)
    yield button("no_more", "/no_more", key, *like_this)
    for other in PLACES:
        if other != place and not late:
            yield button(other, "/something", other, *cost)
    if not free:
        yield button(FREE, "/something", *like_this, FREE)


ROUTES = Routes(
    commands={"something": Command(something, offline=True)},
    texts={CARD: ("another", "no_more", *PLACES, FREE)},
)
