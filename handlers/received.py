"""How what was shown was received: it helped, or it is not for this person, which can be taken back.

Reasons of the walk are not asked about: its buttons work without the database, where nothing can be noted, and at that
moment "Another reason" says as much with one choice less."""

from bot.changes import Receive
from bot.library import ARTICLES
from bot.messages import Button
from bot.records import HELPED, REFUSED
from bot.routes import Command, Routes
from bot.visit import Visit
from handlers.reading import gone
from handlers.something import DECK, FREE, PLACES


async def it_helped(visit: Visit, key: str) -> None:
    """An article helped: others that are for the same come first."""
    if _article(visit, key):
        visit.change(Receive(key, HELPED))
        visit.say("received/it_helped", _another(visit, "received/it_helped", key))
    else:
        gone(visit)


async def no_more(visit: Visit, argument: str) -> None:
    """An article or a card does not come by itself while others are left. Behind a card stands what was asked for."""
    key, _, asked = argument.partition(" ")
    if not _is_known(visit, key):
        gone(visit)
        return
    text = "received/no_more" if _article(visit, key) else "received/no_more_card"
    visit.change(Receive(key, REFUSED))
    visit.say(text, _another(visit, text, key, asked), visit.button(text, "may_come", f"/may_come {key}"))


async def may_come(visit: Visit, key: str) -> None:
    """Takes back what was said of an article or a card."""
    if not _is_known(visit, key):
        gone(visit)
        return
    visit.change(Receive(key, ""))
    visit.say("received/may_come")


def _another(visit: Visit, text: str, key: str, asked: str = "") -> Button:
    """The way to another one like it."""
    if article := _article(visit, key):
        return visit.button(text, "another", f"/another {article}")
    like_it = [word for word in (*PLACES, FREE) if word in asked.split()]
    return visit.button(text, "another", " ".join(("/something", *like_it)))


def _article(visit: Visit, key: str) -> str:
    """The id of an article, if it is one."""
    id = key.removeprefix(ARTICLES)
    return id if id != key and id in visit.words.articles else ""


def _is_known(visit: Visit, key: str) -> bool:
    return bool(_article(visit, key)) or key in visit.words.decks[DECK]


ROUTES = Routes(
    commands={"it_helped": Command(it_helped), "no_more": Command(no_more), "may_come": Command(may_come)},
    texts={
        "received/it_helped": ("another",),
        "received/no_more": ("another", "may_come"),
        "received/no_more_card": ("another", "may_come"),
        "received/may_come": (),
    },
)
