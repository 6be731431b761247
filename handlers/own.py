"""What belongs to the person: days, letters, reasons, settings, privacy, and the way out of all of it."""

from collections.abc import Sequence

from bot.calendar import local_date
from bot.flow import END, Answers, Ask, Choice, Flow, Problem, Say, Step, World, Write
from bot.messages import Button
from bot.ports import DropLetter, DropReason, Due, Forget, SetPerson
from bot.visit import Visit
from handlers.welcome import QUESTIONS, consented, country, keep_country, question

LONGEST_STRETCH = 36_500
"""Days back that a first day may lie: a hundred years."""


def read_days_ago(text: str, _world: World) -> str | Problem:
    """A number of days, as typed: "12" or "12 days ago"."""
    number = "".join(c for c in text.split()[0] if c.isdecimal()) if text.split() else ""
    return str(int(number)) if number and int(number) <= LONGEST_STRETCH else Problem("days/unclear")


def count_from(answers: Answers, world: World) -> Sequence[object]:
    """The day after the last contact is the first day."""
    ago = {"today": 0, "yesterday": 0}.get(answers["since"], -1)
    days = int(answers["since"]) - 1 if ago < 0 else ago
    today = local_date(world.now, world.facts.get("zone", ""))
    return (SetPerson({"counting_since": today.subtract(days=max(days, 0))}),)


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


def _settings_steps() -> dict[str, Step]:
    skip = Choice("skip", "back")
    steps: dict[str, Step] = {name: question(name, to="changed", skip=skip) for name in QUESTIONS}
    steps["country"] = country(to="country_kept", skip=skip)
    steps["country_kept"] = Say(text="settings/changed", does=keep_country, to="which")
    return steps


SETTINGS = Flow(
    name="settings",
    version=1,
    start="which",
    lost="which",
    steps={
        "which": Ask(choices=(*(Choice(name, name) for name in (*QUESTIONS, "country")), Choice("done", "back"))),
        **_settings_steps(),
        "changed": Say(to="which"),
        "back": Say(to=END),
    },
)


async def settings(visit: Visit, _argument: str) -> None:
    """/settings: each of the five answers, changed one by one."""
    if consented(visit):
        visit.begin("settings")


async def letters(visit: Visit, argument: str) -> None:
    """/letters: the newest letter, or the one after it; "burn ID" burns one."""
    kept = list(await visit.store.letters(visit.person))
    verb, _, number = argument.partition(" ")
    wanted = int(number) if number.isdecimal() else 0
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
    """A letter that was to be shown again tomorrow."""
    kept = await visit.store.letters(visit.person)
    if kept:
        buttons = (visit.button("letters/tomorrow", "burn", f"/letters burn {kept[0].id}"),)
        visit.say("letters/tomorrow", *buttons, quote=kept[0].text)


async def reasons(visit: Visit, argument: str) -> None:
    """/reasons: the person's own reasons; "drop ID" takes one away."""
    own = visit.known.reasons
    verb, _, number = argument.partition(" ")
    wanted = int(number) if number.isdecimal() else 0
    if verb == "drop" and any(reason.id == wanted for reason in own):
        visit.change(DropReason(wanted))
        visit.say("reasons_own/dropped")
        return
    if not own:
        visit.say("reasons_own/none")
        return
    place = next((place for place, reason in enumerate(own) if reason.id == wanted), 0)
    buttons = [visit.button("reasons_own/one", "drop", f"/reasons drop {own[place].id}")]
    if place + 1 < len(own):
        buttons.append(visit.button("reasons_own/one", "next", f"/reasons at {own[place + 1].id}"))
    visit.say("reasons_own/one", *buttons, quote=own[place].text, number=str(place + 1), count=str(len(own)))


async def privacy(visit: Visit, _argument: str) -> None:
    """/privacy: what is kept and what is not."""
    visit.say("privacy/kept")


async def delete(visit: Visit, argument: str) -> None:
    """/delete: asks; "everything" deletes."""
    if argument != "everything":
        visit.say("privacy/delete", Button(visit.words.label("privacy/delete", "yes"), "/delete everything"))
        return
    visit.secret = True
    visit.changes = []
    visit.change(Forget())
    visit.run = None
    visit.say("privacy/deleted")
