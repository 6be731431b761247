"""One person in several chats: /link joins them after both sides have confirmed, /unlink takes them apart."""

from collections.abc import Iterable
from hashlib import sha256

from bot.changes import AskLink, DropLink, Join, Part, Reach, SetHome
from bot.messages import Button, Chat
from bot.records import Link, Person
from bot.routes import Command, Routes
from bot.variables import platform, platforms
from bot.visit import Visit
from handlers._codes import hashed, new_code, read_code
from handlers._entering import agree, enter, is_over, refuse
from handlers._joined import all_chats, with_others
from handlers.welcome import consented

SHORT = 12
"""Hexadecimal digits by which a button names a chat or a code of this person's own."""


async def link(visit: Visit, argument: str) -> None:
    """/link: a code for the other chat; with a code, the question whether to join; the rest are its buttons."""
    verb, _, rest = argument.partition(" ")
    if verb in ENTERED:
        await ENTERED[verb](visit, rest)
    elif argument and verb not in ASKED:
        await enter(visit, argument)
    elif consented(visit):
        await ASKED[verb](visit, rest)


async def ask(visit: Visit, _rest: str) -> None:
    """Shows a new code; an older one of this chat is good for nothing then."""
    code = new_code()
    visit.change(AskLink(hashed(read_code(code))))
    visit.secret = True
    answers = [visit.button("linking/code", word, f"/link {word}") for word in ("done", "cancel")]
    visit.say("linking/code", *answers, code=code)
    if visit.known.others:
        visit.replies[-1] = visit.replies[-1].with_ways(visit.button("linking/code", "unlink", "/unlink"))


async def done(visit: Visit, _rest: str) -> None:
    """The code was entered there, they say: asks whether that was them, or says what is missing."""
    link = await _own(visit)
    if link is not None and link.joins is None:
        buttons = [visit.button("linking/missing", word, f"/link {word}") for word in ("done", "cancel")]
        visit.say("linking/missing", *buttons)
    elif link is not None and link.joins is not None:
        answers = (
            visit.button("linking/confirm", "yes", f"/link join {link.code[:SHORT]}"),
            visit.button("linking/confirm", "no", "/link stop"),
        )
        visit.say("linking/confirm", *answers, platform=platform(visit, link.joins))


async def join(visit: Visit, which: str) -> None:
    """Joins, and asks where check-ins shall go if there are any."""
    link = await _own(visit)
    if link is None:
        return
    if link.joins is None or link.code[:SHORT] != which:
        await done(visit, "")
        return
    theirs = await visit.store.load(link.joins)
    visit.change(Join(link.code))
    visit.say("linking/joined", platform=platform(visit, link.joins))
    if _has_times(visit.person):
        _ask_where(visit, visit.known.home or visit.chat, [*visit.known.others, link.joins, *theirs.others])
    elif _has_times(theirs.person):
        _ask_where(visit, theirs.home or link.joins, [*visit.known.others, link.joins, *theirs.others])


async def cancel(visit: Visit, _rest: str) -> None:
    """The code is good for nothing any more."""
    await _drop(visit, "linking/cancelled")


async def stop(visit: Visit, _rest: str) -> None:
    """It was not them who entered the code."""
    await _drop(visit, "linking/stopped")


async def _drop(visit: Visit, key: str) -> None:
    link = await visit.store.link_of(visit.chat)
    if link is not None:
        visit.change(DropLink(link.code))
    visit.say(key)


async def _own(visit: Visit) -> Link | None:
    """The code of this chat; None, with that said, if its time is up or a minor has entered it."""
    link = await visit.store.link_of(visit.chat)
    theirs = await visit.store.load(link.joins) if link and link.joins else None
    if link is None or is_over(link, visit.now) or (theirs and theirs.person.adult is False):
        visit.say("linking/over")
        return None
    return link


ASKED = {"": ask, "done": done, "join": join, "cancel": cancel, "stop": stop}
ENTERED = {"yes": agree, "no": refuse}


async def unlink(visit: Visit, argument: str) -> None:
    """/unlink: asks; "yes" parts, from the chats that were named."""
    if not consented(visit):
        return
    if not visit.known.others:
        visit.say("linking/alone")
    elif argument != (confirmed := with_others(visit, "yes")):
        button = visit.button("linking/unlink", "yes", f"/unlink {confirmed}")
        visit.say("linking/unlink", button, platform=platforms(visit, visit.known.others))
    else:
        visit.change(Part(visit.today, all_chats(visit)))
        visit.say("linking/parted")


def where(visit: Visit) -> None:
    """Asks where check-ins shall go."""
    _ask_where(visit, visit.known.home or visit.chat, visit.known.others)


def move(visit: Visit, argument: str) -> None:
    """Check-ins go to this chat ("here") or to another one of the person's, from now on."""
    mine = {"here": visit.chat, **{_short(chat): chat for chat in visit.known.others}}
    home = mine.get(argument)
    if home is None:
        where(visit)
        return
    visit.change(SetHome(home), Reach())
    visit.say("linking/moved")


def _ask_where(visit: Visit, home: Chat, others: Iterable[Chat]) -> None:
    """One button for each chat, this one first."""
    buttons = [visit.button("linking/where", "here", "/checkins to here")]
    for chat in others:
        label = visit.words.texts["linking/to"].text.format(platform=platform(visit, chat))
        buttons.append(Button(label, f"/checkins to {_short(chat)}"))
    key = "linking/where_here" if home == visit.chat else "linking/where_there"
    place = visit.words.texts[key].text.format(platform=platform(visit, home))
    visit.say("linking/where", *buttons, place=place)


def _short(chat: Chat) -> str:
    return sha256(str(chat).encode()).hexdigest()[:SHORT]


def _has_times(person: Person) -> bool:
    return bool(person.morning or person.evening)


ROUTES = Routes(
    commands={"link": Command(link), "unlink": Command(unlink)},
    texts={
        "linking/code": ("done", "cancel", "unlink"),
        "linking/question": ("yes", "no"),
        "linking/missing": ("done", "cancel"),
        "linking/confirm": ("yes", "no"),
        "linking/where": ("here",),
        "linking/unlink": ("yes",),
        **{
            f"linking/{name}": ()
            for name in (
                "unknown",
                "rest",
                "own",
                "already",
                "accepted",
                "declined",
                "over",
                "joined",
                "closed",
                "cancelled",
                "stopped",
                "to",
                "where_here",
                "where_there",
                "moved",
                "come_here",
                "come_there",
                "come_nowhere",
                "with",
                "afraid",
                "alone",
                "parted",
                "telegram",
                "discord",
                "terminal",
                "elsewhere",
            )
        },
    },
)
