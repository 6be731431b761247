"""Check-ins: off until asked for, at the person's own time, one small question about them, ended by a tap."""

import re
from collections.abc import Iterable, Mapping, Sequence

from whenever import Instant, Time

from bot.calendar import next_occasion, wall_time
from bot.changes import Change, DropDue, MarkShown, Reach, SetDue, SetPerson
from bot.flow import END, Answers, Ask, Branch, Choice, Flow, Problem, Say, World, Write
from bot.messages import Button
from bot.places import city_zone, zones_showing
from bot.ports import CHECKIN_KINDS, Due
from bot.routes import Command, Routes
from bot.variables import Values
from bot.visit import Visit
from handlers.linking import move, where
from handlers.reading import next_article
from handlers.welcome import consented

KINDS = ("morning", "evening")
SNOOZE_HOURS = 2
PAUSE_DAYS = 7

MORNING_SAID = re.compile(r"\d\s?a\.?\s?m", re.IGNORECASE)
MORNING_HOURS = range(4, 15)
"""Hours of the day at which a check-in that was put off still asks about the morning."""

LATE_HOURS = 3
"""A check-in that could not be sent for longer than this is left out: the moment has passed."""


def schedule(
    times: Mapping[str, str], zone: str, after: Instant, kinds: Iterable[str] = KINDS
) -> tuple[SetDue | DropDue, ...]:
    """The next moment of each kind that has a time; kinds without one are taken off."""
    changes: list[SetDue | DropDue] = []
    for kind in kinds:
        if times.get(kind) and zone:
            occasion = next_occasion(after, zone, Time(times[kind]))
            changes.append(SetDue(kind, occasion.at, occasion.on))
        else:
            changes.append(DropDue((kind,)))
    return tuple(changes)


def read_time(text: str, _world: World) -> str | Problem:
    """A wall time as "08:30"."""
    time = wall_time(text)
    return time.format("HH:mm") if time else Problem("checkins/time_unclear")


def read_evening(text: str, world: World) -> str | Problem:
    """A wall time in the second half of the day, if nothing says otherwise: "9" is 21:00, "9am" is not."""
    time = wall_time(text)
    if time is not None and 0 < time.hour < 12 and not MORNING_SAID.search(text):
        time = time.replace(hour=time.hour + 12)
    return time.format("HH:mm") if time else Problem("checkins/time_unclear")


def read_zone(text: str, world: World) -> str | Problem:
    """A zone from a city, or from what the person's clock shows now."""
    if time := wall_time(text):
        found = zones_showing(time, world.now, world.facts.get("country", ""))
        return found[0] if found else Problem("checkins/clock_unclear")
    return city_zone(text) or Problem("checkins/city_unclear")


def which(answers: Answers, _facts: Mapping[str, str]) -> str:
    """Whether an evening time is still to be asked."""
    return "evening" if answers.get("when") in ("evening", "both") else "zone"


def turn_on(answers: Answers, world: World) -> Sequence[object]:
    """Everything is known: the check-ins are on."""
    when = answers["when"]
    times = {kind: _wall(answers, kind) if when in (kind, "both") else "" for kind in KINDS}
    zone = answers.get("zone") or world.facts.get("zone", "")
    with_read = answers.get("with_read") == "yes"
    person = SetPerson({**times, "zone": zone, "with_read": with_read, "paused_until": None})
    return (person, Reach(), *schedule(times, zone, world.now))


def turn_off(_answers: Answers, _world: World) -> Sequence[Change]:
    """Nothing comes unasked any more."""
    return (SetPerson({"morning": "", "evening": "", "paused_until": None}), DropDue(CHECKIN_KINDS))


def _wall(answers: Answers, kind: str) -> str:
    typed = answers[f"{kind}_time"]
    time = wall_time(typed)
    return time.format("HH:mm") if time else typed


def _hours(to: str, *times: str) -> tuple[Choice, ...]:
    return tuple(Choice(time, to) for time in times)


CHECKINS = Flow(
    name="checkins",
    version=1,
    start="when",
    lost="when",
    steps={
        "when": Ask(
            choices=(
                Choice("morning", "morning_time"),
                Choice("evening", "evening_time"),
                Choice("both", "morning_time"),
                Choice("no", "none"),
            ),
            fleeting=True,
        ),
        "morning_time": Write(
            reads=read_time, to="evening_too", choices=_hours("evening_too", "0730", "0830", "1000"), fleeting=True
        ),
        "evening_too": Branch(on=which, to={"evening": "evening_time", "zone": "zone"}),
        "evening_time": Write(
            reads=read_evening, to="zone", choices=_hours("zone", "1900", "2030", "2200"), fleeting=True
        ),
        "zone": Write(reads=read_zone, to="zone_check"),
        "zone_check": Ask(choices=(Choice("yes", "with_read"), Choice("no", "zone")), fleeting=True),
        "with_read": Ask(choices=(Choice("yes", "on"), Choice("no", "on")), fleeting=True),
        "on": Say(does=turn_on, to=END),
        "none": Say(does=turn_off, to=END),
    },
)


async def checkins(visit: Visit, argument: str) -> None:
    """/checkins: sets them up, or shows what is on with ways to change it."""
    if not consented(visit):
        return
    person = visit.person
    on = bool(person.morning or person.evening)
    if argument == "pause" and on:
        visit.change(*pause_a_week(visit))
        visit.say("checkins/paused")
    elif argument == "on" and on:
        visit.change(SetPerson({"paused_until": None}), Reach())
        visit.change(*_schedule_for(visit, visit.now))
        visit.say("checkins/resumed")
    elif argument.startswith("to ") and visit.known.others:
        move(visit, argument.removeprefix("to "))
    elif argument == "where" and visit.known.others:
        where(visit)
    elif argument == "change" or not on:
        visit.begin("checkins")
    else:
        _status(visit, "checkins/status_paused" if _paused(visit) else "checkins/status")


def _status(visit: Visit, key: str) -> None:
    """What is on; with several chats also a way to change where it comes."""
    visit.say(key)
    if visit.known.others:
        visit.replies[-1] = visit.replies[-1].with_ways(visit.button(key, "where", "/checkins where"))


def _paused(visit: Visit) -> bool:
    until = visit.person.paused_until
    return until is not None and until > visit.now


def pause_a_week(world: World) -> Sequence[Change]:
    """No check-ins for a week; then they come back by themselves."""
    facts = world.facts
    if not (facts.get("morning") or facts.get("evening")):
        return ()
    until = world.now.to_tz(facts.get("zone") or "UTC").add(days=PAUSE_DAYS).to_instant()
    times = schedule(facts, facts.get("zone", ""), until)
    return (SetPerson({"paused_until": until}), DropDue(("followup", "later")), *times)


def _schedule_for(visit: Visit, after: Instant, kinds: Iterable[str] = KINDS) -> Sequence[Change]:
    person = visit.person
    return schedule({"morning": person.morning, "evening": person.evening}, person.zone, after, kinds)


async def stop(visit: Visit, _argument: str) -> None:
    """/stop: nothing comes unasked any more."""
    visit.change(*turn_off({}, visit))
    visit.say("checkins/stopped")


async def answered(visit: Visit, argument: str) -> None:
    """A check-in was answered: good, so_so or hard."""
    visit.say(f"checkins/answer_{argument}" if argument in ("good", "so_so", "hard") else "checkins/answer_so_so")


async def later(visit: Visit, _argument: str) -> None:
    """The check-in comes again in two hours."""
    visit.change(SetDue("later", visit.now.add(hours=SNOOZE_HOURS), visit.today))
    visit.say("checkins/later")


async def wake_checkin(visit: Visit, due: Due) -> None:
    """Sends a check-in and sets the next one, whatever becomes of this."""
    visit.change(*_schedule_for(visit, max(due.at, visit.now), (due.kind,)))
    if visit.now < due.at.add(hours=LATE_HOURS):
        _send(visit, due.kind)


async def wake_later(visit: Visit, due: Due) -> None:
    """A check-in that was put off."""
    if visit.now < due.at.add(hours=LATE_HOURS):
        hour = visit.now.to_tz(visit.person.zone or "UTC").hour
        _send(visit, "morning" if hour in MORNING_HOURS else "evening")


def _send(visit: Visit, kind: str) -> None:
    """One small question with its answers and, if it was asked for, a short read behind a button."""
    words = visit.words
    seed = f"{visit.person.id} {visit.today} {kind}"
    key = words.draw("checkins", {"time": kind}, (), visit.known.shown, seed)
    visit.change(MarkShown(key))
    answers = [Button(label, f"/checkin {name}") for name, label in words.texts[key].buttons]
    if visit.person.with_read:
        answers.append(visit.button("checkins/below", "read", f"/article {next_article(visit).id}"))
    ways = words.reply("checkins/below", Values(visit, {})).buttons
    visit.say(key, *answers, *ways)


async def wake_followup(visit: Visit, due: Due) -> None:
    """The morning after: how did it end? It takes the place of that morning's check-in."""
    if visit.now < due.at.add(hours=LATE_HOURS):
        yesterday = due.on.subtract(days=1)
        slipped = {yesterday, due.on} & set(visit.known.slips)
        visit.say("checkins/followup_slipped" if slipped else "checkins/followup")


ROUTES = Routes(
    flows=(CHECKINS,),
    commands={
        "checkins": Command(checkins),
        "stop": Command(stop, open=True, everywhere=True),
        "checkin": Command(answered),
        "later": Command(later),
    },
    wakers={
        "morning": wake_checkin,
        "evening": wake_checkin,
        "later": wake_later,
        "followup": wake_followup,
    },
    texts={
        "checkins/below": ("read",),
        "checkins/status": ("where",),
        "checkins/status_paused": ("where",),
        **{
            f"checkins/{name}": ()
            for name in (
                "time_unclear",
                "clock_unclear",
                "city_unclear",
                "paused",
                "resumed",
                "stopped",
                "later",
                "answer_good",
                "answer_so_so",
                "answer_hard",
                "followup",
                "followup_slipped",
            )
        },
    },
)
