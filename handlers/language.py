"""The language the bot speaks to somebody: the one they choose, or that of their app."""

from collections.abc import Iterator

from bot import languages
from bot.changes import SetPerson
from bot.messages import Button
from bot.places import fold
from bot.routes import Command, Routes
from bot.visit import Visit
from handlers.welcome import come_back

APP = "app"
"""What says that the language shall be that of the app."""


async def language(visit: Visit, argument: str) -> None:
    """/language: the languages there are; one of them, by its tag or a name of it; "app": as in the app."""
    if visit.person.adult is False:
        visit.say("welcome/minor")
    elif len(visit.library.languages) == 1:
        visit.say("language/only_one")
    elif not argument:
        _ask(visit, "language/which")
    elif (wanted := _wanted(visit, argument)) is None:
        _ask(visit, "language/unknown")
    else:
        visit.need_store()
        visit.change(SetPerson({"language": wanted}))
        come_back(visit, "language/changed")


def _ask(visit: Visit, key: str) -> None:
    """Shows the languages there are, each by its own name."""
    there = {tag: languages.name(tag) for tag in visit.library.languages}
    buttons = [Button(name, f"/language {tag}") for tag, name in there.items()]
    app = visit.button("language/which", APP, f"/language {APP}")
    visit.say(key, *buttons, app, languages=visit.words.listed(list(there.values())))


def _wanted(visit: Visit, typed: str) -> str | None:
    """The language that is meant, empty for that of the app; None if there is none of that name."""
    name = fold(typed)
    if name in (APP, fold(visit.words.label("language/which", APP))):
        return ""
    tag = languages.nearest([languages.normalised(typed)], visit.library.languages)
    return tag or next((tag for tag in visit.library.languages if name in map(fold, _names(visit, tag))), None)


def _names(visit: Visit, tag: str) -> Iterator[str]:
    """What a language is called in all of them."""
    return (languages.name(tag, speaker) for speaker in visit.library.languages)


ROUTES = Routes(
    commands={"language": Command(language, open=True)},
    texts={"language/which": (APP,), **{f"language/{name}": () for name in ("unknown", "only_one", "changed")}},
)
