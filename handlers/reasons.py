"""The person's own reasons not to text. On a bad night they come first."""

from bot.changes import DropReason
from bot.routes import Command, Routes
from bot.visit import Visit
from handlers._arguments import whole


async def reasons(visit: Visit, argument: str) -> None:
    """/reasons: the person's own reasons; "drop ID" takes one away. A minor who has kept some as an adult may read and
    remove them."""
    own = visit.known.reasons
    verb, _, number = argument.partition(" ")
    wanted = whole(number)
    if verb == "drop" and any(reason.id == wanted for reason in own):
        visit.change(DropReason(wanted))
        visit.say("reasons_own/dropped")
        return
    if not own:
        visit.say("welcome/minor" if visit.person.adult is False else "reasons_own/none")
        return
    place = next((place for place, reason in enumerate(own) if reason.id == wanted), 0)
    buttons = [visit.button("reasons_own/one", "drop", f"/reasons drop {own[place].id}")]
    if place + 1 < len(own):
        buttons.append(visit.button("reasons_own/one", "next", f"/reasons at {own[place + 1].id}"))
    key = "reasons_own/sealed" if own[place].sealed else "reasons_own/one"
    visit.say(key, *buttons, quote=own[place].text, number=str(place + 1), count=str(len(own)))


ROUTES = Routes(
    commands={"reasons": Command(reasons, open=True)},
    texts={
        "reasons_own/one": ("drop", "next"),
        "reasons_own/sealed": (),
        "reasons_own/none": (),
        "reasons_own/dropped": (),
    },
)
