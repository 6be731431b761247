"""Check-ins: off until asked for, at the person's own time, one small question about them, ended by a tap."""

from collections.abc import Mapping, Sequence

from bot.calendar import wall_time
from bot.changes import Change, DropDue, Reach, Seen, SetDue, SetPerson
from bot.flow import END, Answers, Ask, Branch, Choice, Flow, Problem, Say, World, Write
from bot.records import CHECKIN_KINDS
from bot.rhythm import KINDS, is_resting, schedule, times_of
from bot.routes import Command, Routes
from bot.visit import Visit
from handlers._clock import CLOCK, read_zone
from handlers._coming import LOST, open_note, wake
from handlers.linking import move, where
from handlers.welcome import consented

SNOOZE_HOURS = 2
PAUSE_DAYS = 7


def read_time(text: str, world: World) -> str | Problem:
    """A wall time as "08:30"."""
    time = world.names.time(text)
    return time.format("HH:mm") if time else Problem("checkins/time_unclear")


def read_evening(text: str, world: World) -> str | Problem:
    """A wall time in the second half of the day, if nothing says otherwise: "9" is 21:00, "9am" is not."""
    time = world.names.time(text)
    if time is not None and 0 < time.hour < 12 and not world.names.says_morning(text):
        time = time.replace(hour=time.hour + 12)
    return time.format("HH:mm") if time else Problem("checkins/time_unclear")


def which(answers: Answers, _facts: Mapping[str, str]) -> str:
    """Whether an evening time is still to be asked."""
    return "evening" if answers.get("when") in ("evening", "both") else "zone"


def turn_on(answers: Answers, world: World) -> Sequence[object]:
    """Everything is known: the check-ins are on."""
    when = answers["when"]
    times = {kind: _wall(answers, kind) if when in (kind, "both") else "" for kind in KINDS}
    zone = answers.get("zone") or world.facts.get("zone", "")
    only_read = answers.get("with_read") == "only"
    read = {"with_read": only_read or answers.get("with_read") == "yes", "only_read": only_read}
    person = SetPerson({**times, **read, "zone": zone, "paused_until": None})
    return (person, Seen(), Reach(), *schedule(times, zone, world.now, world.seed))


def turn_off(_answers: Answers, _world: World) -> Sequence[Change]:
    """Nothing comes unasked any more."""
    return (SetPerson({"morning": "", "evening": "", "paused_until": None}), Seen(), DropDue(CHECKIN_KINDS))


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
        "with_read": Ask(choices=(Choice("yes", "on"), Choice("no", "on"), Choice("only", "on")), fleeting=True),
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
    if argument == "pause" and on and not is_resting(person):
        visit.change(*pause_a_week(visit))
        visit.say("checkins/paused")
    elif argument == "on" and on:
        _turn_on_again(visit)
    elif argument == "city" and on:
        visit.begin("clock")
    elif argument.startswith("to ") and visit.known.others:
        move(visit, argument.removeprefix("to "))
    elif argument == "where" and visit.known.others:
        where(visit)
    elif argument == "change" or not on:
        visit.begin("checkins")
    elif not visit.zone:
        visit.say(LOST)
    else:
        _status(visit, f"checkins/status{'_paused' if _paused(visit) else '_resting' if is_resting(person) else ''}")


def _turn_on_again(visit: Visit) -> None:
    """After a pause or a goodbye; where the clock is not known any more, that comes first."""
    person = visit.person
    visit.change(SetPerson({"paused_until": None}), Seen(), Reach())
    if visit.zone:
        visit.change(*schedule(times_of(person), visit.zone, visit.now, visit.seed))
        visit.say("checkins/resumed")
    else:
        visit.begin("clock")


def _status(visit: Visit, key: str) -> None:
    """What is on; with several chats also a way to change where it comes."""
    visit.say(key)
    if visit.known.others:
        visit.replies[-1] = visit.replies[-1].with_ways(visit.button(key, "where", "/checkins where"))


def _paused(visit: Visit) -> bool:
    until = visit.person.paused_until
    return until is not None and until > visit.now


def pause_a_week(world: World) -> Sequence[Change]:
    """No check-ins for a week; then they come back by themselves. What rests goes on resting."""
    facts = world.facts
    if not (facts.get("morning") or facts.get("evening")) or "resting" in facts:
        return ()
    until = world.now.to_tz(facts.get("zone") or "UTC").add(days=PAUSE_DAYS).to_instant()
    times = schedule(facts, facts.get("zone", ""), until, world.seed)
    return (SetPerson({"paused_until": until}), Seen(), DropDue(("followup", "later")), *times)


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


async def note(visit: Visit, argument: str) -> None:
    """What came as a note that gave nothing away."""
    open_note(visit, argument, visit.today)


ROUTES = Routes(
    flows=(CHECKINS, CLOCK),
    commands={
        "checkins": Command(checkins),
        "stop": Command(stop, open=True, everywhere=True),
        "checkin": Command(answered),
        "later": Command(later),
        "note": Command(note),
    },
    wakers=dict.fromkeys(CHECKIN_KINDS, wake),
    texts={
        "checkins/below": ("read",),
        "checkins/cover": ("open",),
        **{f"checkins/{name}": ("where",) for name in ("status", "status_paused", "status_resting")},
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
                "goodbye",
                "city_lost",
                "only_read",
                "was_rare",
                "was_weekly",
            )
        },
    },
)
