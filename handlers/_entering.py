"""The side where a code is entered. Nothing is joined here: the other side has the last word."""

from whenever import Instant, TimeDelta

from bot.changes import AcceptLink, DropLink
from bot.records import Link
from bot.variables import platform
from bot.visit import Visit
from handlers._codes import grouped, hashed, read_code

VALID_FOR = TimeDelta(minutes=10)
"""How long a code may be entered; and how long, after that, the side it came from may join."""


def is_over(link: Link, now: Instant) -> bool:
    """Whether a code's time is up."""
    return now - link.at >= VALID_FOR


async def enter(visit: Visit, text: str) -> None:
    """Asks whether to join, if the code is good."""
    link = await _good(visit, text)
    if link is not None:
        code = grouped(read_code(text))
        answers = [visit.button("linking/question", word, f"/link {word} {code}") for word in ("yes", "no")]
        visit.say("linking/question", *answers, platform=platform(visit, link.chat))


async def agree(visit: Visit, text: str) -> None:
    """Yes: the other side may join now. Who has not agreed to anything yet is asked for that as well."""
    link = await _good(visit, text)
    if link is not None:
        visit.change(AcceptLink(link.code))
        visit.say("linking/accepted", platform=platform(visit, link.chat))
        if visit.person.adult is None:
            visit.begin("welcome")


async def refuse(visit: Visit, text: str) -> None:
    """No: the code is good for nothing any more, also if the answer was yes before."""
    link = await _good(visit, text, again=True)
    if link is not None:
        visit.change(DropLink(link.code))
        visit.say("linking/declined")


async def _good(visit: Visit, text: str, *, again: bool = False) -> Link | None:
    """The code, or None with the reason said. Whether a code was never there, is too old or was used is not told
    apart: that would help whoever guesses. With `again` one that was said yes to here is still good. A code is a
    secret: neither what was typed nor the answer stays anywhere."""
    visit.secret = True
    if visit.tries.rests(visit.chat, visit.now):
        visit.say("linking/rest")
        return None
    digits = read_code(text)
    link = await visit.store.link(hashed(digits)) if digits else None
    if link is None or is_over(link, visit.now) or link.joins not in (None, visit.chat):
        visit.tries.note(visit.chat, visit.now)
        visit.say("linking/unknown")
    elif link.chat == visit.chat:
        visit.say("linking/own")
    elif link.chat in visit.known.others:
        visit.say("linking/already", platform=platform(visit, link.chat))
    elif link.joins is None or again:
        return link
    else:
        visit.say("linking/accepted", platform=platform(visit, link.chat))
    return None
