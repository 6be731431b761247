"""Letters that went nowhere: looked at again, and burned."""

from bot.changes import DropLetter, LetterShown
from bot.ports import Due
from bot.routes import Command, Routes
from bot.visit import Visit
from handlers._arguments import whole


async def letters(visit: Visit, argument: str) -> None:
    """/letters: the newest letter, or the one after it; "burn ID" burns one."""
    kept = list(await visit.store.letters(visit.person))
    verb, _, number = argument.partition(" ")
    wanted = whole(number)
    if verb == "burn" and any(letter.id == wanted for letter in kept):
        visit.change(DropLetter(wanted))
        visit.say("letters/burned")
        return
    place = next((place for place, letter in enumerate(kept) if letter.id == wanted), 0)
    if not kept:
        visit.say("letters/none")
        return
    letter = kept[place]
    buttons = [visit.button("letters/one", "burn", f"/letters burn {letter.id}")]
    if place + 1 < len(kept):
        buttons.append(visit.button("letters/one", "older", f"/letters at {kept[place + 1].id}"))
    visit.say("letters/one", *buttons, quote=letter.text, number=str(place + 1), count=str(len(kept)))


async def wake_letter(visit: Visit, _due: Due) -> None:
    """Letters that were to be shown again tomorrow, in the chat where that was asked for."""
    for letter in reversed(await visit.store.letters(visit.person)):
        if letter.tomorrow and letter.chat in ("", str(visit.chat)):
            buttons = (visit.button("letters/tomorrow", "burn", f"/letters burn {letter.id}"),)
            visit.say("letters/tomorrow", *buttons, quote=letter.text)
            visit.change(LetterShown(letter.id))


ROUTES = Routes(
    commands={"letters": Command(letters)},
    wakers={"letter": wake_letter},
    texts={
        "letters/one": ("burn", "older"),
        "letters/none": (),
        "letters/burned": (),
        "letters/tomorrow": ("burn",),
    },
)
