"""Letters that went nowhere: looked at again, and burned."""

from whenever import Time

from bot.calendar import next_occasion
from bot.changes import DropLetter, LetterShown, SetDue
from bot.records import Due
from bot.routes import Command, Routes
from bot.visit import Visit
from handlers._arguments import whole
from handlers._coming import fits, leave_out_checkins, letters_for_now

LETTER_HOUR = Time(10)
"""When a letter kept for tomorrow comes back, on the person's clock."""


async def letters(visit: Visit, argument: str) -> None:
    """/letters: the newest letter, or the one after it; "burn ID" burns one, "aside ID" shows one put aside. A minor
    who has kept some as an adult may read and burn them."""
    kept = list(await visit.store.letters(visit.person))
    verb, _, number = argument.partition(" ")
    wanted = whole(number)
    if verb == "burn" and any(letter.id == wanted for letter in kept):
        visit.change(DropLetter(wanted))
        visit.say("letters/burned")
        return
    place = next((place for place, letter in enumerate(kept) if letter.id == wanted), 0)
    if not kept:
        visit.say("welcome/minor" if visit.person.adult is False else "letters/none")
        return
    letter = kept[place]
    if verb == "aside" and letter.id == wanted and not letter.sealed:
        burn = visit.button("letters/tomorrow", "burn", f"/letters burn {letter.id}")
        visit.say("letters/tomorrow", burn, quote=letter.text)
        return
    buttons = [visit.button("letters/one", "burn", f"/letters burn {letter.id}")]
    if place + 1 < len(kept):
        buttons.append(visit.button("letters/one", "older", f"/letters at {kept[place + 1].id}"))
    key = "letters/sealed" if letter.sealed else "letters/one"
    visit.say(key, *buttons, quote=letter.text, number=str(place + 1), count=str(len(kept)))


async def wake_letter(visit: Visit, due: Due) -> None:
    """Letters that were to be shown again tomorrow, in the chat where that was asked for. Of each only comes that it is
    there: its words are behind a button. At night they wait for the morning."""
    if due.at > visit.now or not fits(visit, due):
        occasion = next_occasion(visit.now, visit.zone or "UTC", LETTER_HOUR)
        visit.change(SetDue("letter", occasion.at, occasion.on))
        return
    for letter in reversed(await letters_for_now(visit, str(visit.chat))):
        token = f"/letters aside {letter.id}"
        if visit.is_quiet:
            visit.cover(token)
        else:
            visit.say("letters/aside", visit.button("letters/aside", "open", token))
        visit.change(LetterShown(letter.id))
    if visit.replies:
        await leave_out_checkins(visit)


ROUTES = Routes(
    commands={"letters": Command(letters, open=True)},
    wakers={"letter": wake_letter},
    texts={
        "letters/one": ("burn", "older"),
        "letters/sealed": (),
        "letters/none": (),
        "letters/burned": (),
        "letters/aside": ("open",),
        "letters/tomorrow": ("burn",),
    },
)
