"""What comes by itself: one message at a time, at an hour at which it is welcome, and less often without an answer."""

from collections.abc import Iterable, Sequence

from whenever import Date, Instant, TimeDelta

from bot.calendar import ON_TIME, OWN_HOURS, is_day, latest
from bot.changes import Change, DropDue, MarkShown, SetDue, Unanswered
from bot.days import stage
from bot.messages import Button
from bot.records import CHECKIN_KINDS, NOTICE, Due, Letter
from bot.rhythm import GOODBYE, KINDS, days_between, first_kind, is_resting, occasion, times_of
from bot.visit import Visit
from handlers.reading import next_article

MORNING_HOURS = range(4, 15)
"""Hours of the day at which a check-in that was put off still asks about the morning."""

BUSY = TimeDelta(hours=1)
"""A late check-in does not come into a conversation that was going on so short a time ago."""

LOST = "checkins/city_lost"


async def wake(visit: Visit, due: Due) -> None:
    """A check-in, one that was put off, or the question how the night ended. Of all that is due for the person by now
    one comes, and the others are left out; the next moments are set, whatever becomes of this one."""
    coming = await visit.store.coming(visit.person)
    over = [each for each in coming if each.at <= visit.now]
    if is_resting(visit.person) and due.kind in KINDS:
        visit.change(DropDue(CHECKIN_KINDS))
        return
    first = await _first(visit, over)
    if first == due:
        counts = first_kind(times_of(visit.person)) in {each.kind for each in over}
        visit.change(*_set_next(visit, coming, days_between(visit.person.ignored + counts)))
        _send(visit, due, goodbye=counts and visit.person.ignored >= GOODBYE)
        visit.until = max(_latest(visit, due), visit.now + ON_TIME) if due.kind in CHECKIN_KINDS else None
        visit.change(*[Unanswered()] * counts)
    else:
        visit.change(_left_out(visit, due) if first else _caught_up(visit, due))


async def leave_out_checkins(visit: Visit) -> None:
    """Something else comes now: check-ins that are due as well are left out."""
    coming = await visit.store.coming(visit.person)
    over = [each for each in coming if each.at <= visit.now and each.kind in CHECKIN_KINDS]
    visit.change(*(_left_out(visit, each) for each in over))


async def letters_for_now(visit: Visit, chat: str) -> Sequence[Letter]:
    """Letters that are to be shown once more in a chat ("platform:id"), the newest first."""
    kept = await visit.store.letters(visit.person)
    return [letter for letter in kept if letter.tomorrow and letter.chat in ("", chat)]


def fits(visit: Visit, due: Due) -> bool:
    """Whether now is still an hour for it. A letter was asked for and waits for the morning, a check-in does not."""
    on_time = visit.now < due.at + ON_TIME
    if due.kind == "letter":
        return on_time or is_day(visit.now, visit.zone)
    busy = visit.run is not None and visit.run_age < BUSY
    return "paused" not in visit.facts and (on_time or (not busy and visit.now < _latest(visit, due)))


def _latest(visit: Visit, due: Due) -> Instant:
    """Until when a check-in may still come. By a clock that is not known any more: within the hour."""
    if visit.zone:
        return latest(due.at, visit.zone, visit.catch_up)
    return due.at + min(visit.catch_up, OWN_HOURS)


async def _first(visit: Visit, over: Iterable[Due]) -> Due | None:
    """The one that comes of all that is due: a letter, or else the newest; of a morning's check-in and the question
    how the night ended, that question."""
    fitting = [each for each in over if each.kind in (*CHECKIN_KINDS, "letter") and fits(visit, each)]
    for each in [each for each in fitting if each.kind == "letter"]:
        if not await letters_for_now(visit, str(each.chat)):
            fitting.remove(each)
    return max(fitting, key=lambda each: (each.kind == "letter", each.at, each.kind == "followup"), default=None)


def _set_next(visit: Visit, coming: Sequence[Due], days: int) -> Iterable[Change]:
    """The next moment of all that is due, so many days later. Where these are many, morning and evening stay together
    on one date."""
    over = [each for each in coming if each.at <= visit.now and each.kind in CHECKIN_KINDS]
    first = max((each.on.add(days=days) for each in over if each.kind in KINDS), default=None)
    for each in coming:
        strays = first is not None and each.kind in KINDS and first.subtract(days=days) < each.on < first
        if each in over or strays:
            yield _again(visit, each, first)


def _left_out(visit: Visit, due: Due) -> SetDue | DropDue:
    """The next moment of what does not come now: as if it had come, unless the clock was ahead when it was set."""
    first = due.on.add(days=days_between(visit.person.ignored))
    return _again(visit, due, first if due.at <= visit.now else None)


def _caught_up(visit: Visit, due: Due) -> SetDue | DropDue:
    """The next moment of what was missed altogether: today's, if that still fits, which is then due at once."""
    wall = times_of(visit.person).get(due.kind)
    if wall and visit.zone and due.at < visit.now:
        first = due.on.add(days=days_between(visit.person.ignored))
        today = occasion(due.kind, wall, visit.zone, visit.now - visit.catch_up, visit.seed, first)
        if today.at <= visit.now and fits(visit, Due(due.chat, due.kind, today.at, today.on)):
            return today
    return _left_out(visit, due)


def _again(visit: Visit, due: Due, first: Date | None) -> SetDue | DropDue:
    """When something is due next, on no date before `first`. What the person has no time for comes once. Without a
    clock to go by, the last one that was known goes on."""
    wall = times_of(visit.person).get(due.kind)
    if not wall:
        return DropDue((due.kind,))
    after = max(visit.now, visit.person.paused_until or visit.now)
    if visit.zone:
        return occasion(due.kind, wall, visit.zone, after, visit.seed, first)
    passed = int((after - due.at).total("hours") // 24) + 1
    days = max(passed, int(first.since(due.on, total="days")) if first else 0)
    return SetDue(due.kind, due.at.add(hours=24 * days), due.on.add(days=days))


def _send(visit: Visit, due: Due, *, goodbye: bool) -> None:
    """What comes, or only that something is there, if somebody else may see it come."""
    lost = not visit.zone and LOST not in visit.known.shown
    visit.change(*[MarkShown(LOST)] * (lost and not goodbye))
    note = "goodbye" if goodbye else "lost" if lost else due.kind
    if visit.is_quiet:
        visit.cover(f"/note {note}")
    else:
        open_note(visit, note, due.on)


def open_note(visit: Visit, note: str, on: Date) -> None:
    """What came on that date says, by its kind; what is none of those is asked as at this hour."""
    if note == "goodbye":
        visit.say("checkins/goodbye")
    elif note == "lost":
        visit.say(LOST)
    elif note == NOTICE:
        visit.say("privacy/opened" if visit.known.met else "privacy/nothing")
    elif note == "followup":
        slipped = {on.subtract(days=1), on} & set(visit.known.slips)
        visit.say("checkins/followup_slipped" if slipped else "checkins/followup")
    else:
        hour = visit.now.to_tz(visit.zone or "UTC").hour
        _ask(visit, note if note in KINDS else "morning" if hour in MORNING_HOURS else "evening")


def _ask(visit: Visit, kind: str) -> None:
    """One small question with its answers and, if it was asked for, a short read behind a button, or that alone."""
    words = visit.words
    person = visit.person
    key, answers = ("checkins/only_read", []) if person.only_read else _question(visit, kind)
    if person.with_read and (article := next_article(visit)):
        answers.append(visit.button("checkins/below", "read", f"/article {article.id}"))
    if not visit.zone:
        answers.append(visit.button(LOST, "/checkins city"))
    visit.say(key, *answers, *words.ways("checkins/below"))


def _question(visit: Visit, kind: str) -> tuple[str, list[Button]]:
    """A small question, and its answers."""
    words, person = visit.words, visit.person
    seed = f"{person.id} {visit.today} {kind}"
    facts = {"time": kind, "danger": ",".join(visit.avoids), "stage": stage(person.counting_since, visit.today)}
    facts |= {"discreet": "yes"} if visit.is_quiet else {}
    key = words.draw("checkins", facts, (), visit.known.shown, seed)
    visit.change(MarkShown(key))
    return key, [Button(label, f"/checkin {name}") for name, label in words.texts[key].buttons]
