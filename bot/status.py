"""`holdfast status`: how delivery stands, as an operator reads it and as JSON. Holds no words and no ids of people."""

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from whenever import Instant

from bot.storage import figures
from bot.storage.figures import Chats, Coming, Due, Leaving, People, Sent, Waiting
from bot.storage.room import Room

COLUMNS = 80

PATIENCE_SECONDS = 60
"""Something may be due for so long, or have left so long ago, before it is said that nothing goes out."""


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform."""

    chats: Chats
    due: Due
    coming: Coming
    waiting: Waiting
    leaving: Leaving

    @property
    def to_go(self) -> int:
        """What comes by itself and is due but has not left."""
        return self.due.now + self.due.taken_up + self.waiting.broadcasts


@dataclass(frozen=True, slots=True)
class Status:
    """The figures of one moment."""

    at: Instant
    platforms: Mapping[str, Platform]
    people: People
    sent: Sent


async def look(database: Room, now: Instant) -> Status:
    """Counts. No read is so long that the bot, if it runs, cannot empty its write-ahead log in between.

    Raises:
        StorageDown: the database cannot be read.
    """
    waiting = await database.read(figures.waiting)
    leaving = await database.read(partial(figures.leaving, now=now))
    chats = await database.read(figures.chats)
    platforms = {
        name: Platform(
            chats[name],
            await database.read(partial(figures.due, platform=name, now=now)),
            await database.read(partial(figures.coming, platform=name, now=now)),
            waiting.get(name, Waiting()),
            leaving.get(name, Leaving()),
        )
        for name in chats
    }
    people = await database.read(partial(figures.people, now=now))
    return Status(now, platforms, people, await database.read(partial(figures.sent, now=now)))


def as_json(status: Status) -> str:
    """The figures as JSON: the names are those of the fields, a moment is in ISO 8601 and UTC."""
    there = asdict(status)
    for name, platform in status.platforms.items():
        there["platforms"][name]["state"] = state(platform, status.at)
    return json.dumps(there, default=lambda moment: moment.round("millisecond").format_iso(), indent=2)


def as_text(status: Status) -> str:
    """The figures for a person, in lines of 80 columns."""
    if not status.platforms:
        return "Nobody has written to this bot yet."
    first = [_wrapped(headline(name, each, status.at)) for name, each in status.platforms.items()]
    dead = sum(each.waiting.dead for each in status.platforms.values())
    given_up = ["", f"Given up: {_n(dead)}. See them with: holdfast dead list"] if dead else []
    return "\n".join([*first, "", *_table(status), "", *_together(status), *given_up])


def state(platform: Platform, now: Instant) -> str:
    """Whether it is going out: "idle", "going out", "starting", "tried again", "taken up" or "stuck"."""
    if not platform.to_go:
        return "idle"
    if _seconds_since(platform.leaving.last, now) <= PATIENCE_SECONDS:
        return "going out"
    if _seconds_since(_since(platform), now) <= PATIENCE_SECONDS:
        return "starting"
    if platform.waiting.retried_until is not None and platform.waiting.retried_until > now:
        return "tried again"
    return "taken up" if _seconds_since(platform.due.last_taken, now) <= PATIENCE_SECONDS else "stuck"


def headline(name: str, platform: Platform, now: Instant) -> str:
    """The answer to: is it going out?"""
    return f"{name.capitalize()}: {_answer(platform, now)}"


def _answer(platform: Platform, now: Instant) -> str:
    many = f"{_n(platform.to_go)} due"
    match state(platform, now):
        case "idle":
            return f"nothing is due{_stuck_answers(platform, now)}{_next(platform.coming.next, now)}"
        case "going out":
            return f"{many}, going out; {_last(platform, now)}{_rest(platform)}"
        case "starting":
            return f"{many}, the oldest for {duration(_seconds_since(_since(platform), now))}"
        case "tried again":
            return f"{many}, tried again and again; {_last(platform, now)}. The log says what is wrong"
        case "taken up":
            return f"{many}, taken up by the bot; {_last(platform, now)}"
        case _:
            since = clock(_since(platform), now)
            return f"{many}, NOT going out since {since}; {_last(platform, now)}. Is the bot running?"


def _stuck_answers(platform: Platform, now: Instant) -> str:
    waiting = _seconds_since(platform.waiting.oldest, now)
    if not platform.waiting.answers or waiting <= PATIENCE_SECONDS:
        return ""
    many = _n(platform.waiting.answers)
    return f", but {many} answers wait, the oldest for {duration(waiting)}: is the bot running?"


def _next(moment: Instant | None, now: Instant) -> str:
    if moment is None:
        return ", and nothing is planned"
    return f"; the next is in {duration((moment - now).total('seconds'))}, at {clock(moment, now)}"


def _last(platform: Platform, now: Instant) -> str:
    last = platform.leaving.last
    if last is None:
        return "no check-in has left yet"
    seconds = _seconds_since(last, now)
    return "the last one left " + ("just now" if seconds < 0.1 else f"{duration(seconds)} ago")


def _rest(platform: Platform) -> str:
    rate = platform.leaving.a_second
    if rate < 1:
        return ""
    return f", about {duration(platform.to_go / rate)} to go at {rate:.0f} a second"


def _since(platform: Platform) -> Instant | None:
    """Since when something waits."""
    return min(filter(None, (platform.due.oldest, platform.waiting.oldest)), default=None)


def _seconds_since(moment: Instant | None, now: Instant) -> float:
    return float("inf") if moment is None else max(0.0, (now - moment).total("seconds"))


def _table(status: Status) -> list[str]:
    platforms = status.platforms.values()
    rows: list[Sequence[str]] = [("", *(name.capitalize() for name in status.platforms))]
    for label, figure in _ROWS:
        rows.append((label, *(figure(each, status.at) for each in platforms)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [_row(row, widths) for row in rows]


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (f"{cell:>{width + 2}}" for cell, width in zip(row[1:], widths[1:], strict=True))
    return f"{row[0]:<{widths[0]}}{''.join(cells)}"


_ROWS: Any = (
    ("Chats", lambda each, _: _n(each.chats.all)),
    ("  that cannot be written to", lambda each, _: _n(each.chats.gone)),
    ("Due", lambda each, _: _n(each.due.now)),
    ("  taken up, not written yet", lambda each, _: _n(each.due.taken_up)),
    ("  in the next hour", lambda each, _: _n(each.coming.next_hour)),
    ("  in the next 24 hours", lambda each, _: _n(each.coming.next_day)),
    ("  next moment", lambda each, now: clock(each.coming.next, now)),
    ("Answers that wait to be sent", lambda each, _: _n(each.waiting.answers)),
    ("Check-ins that wait to be sent", lambda each, _: _n(each.waiting.broadcasts)),
    ("  the oldest of both waits for", lambda each, now: _waits(each.waiting.oldest, now)),
    ("  tried again", lambda each, _: _n(each.waiting.retrying)),
    ("  next try", lambda each, now: clock(each.waiting.next_try, now)),
    ("Given up", lambda each, _: _n(each.waiting.dead)),
)


def _waits(since: Instant | None, now: Instant) -> str:
    return "-" if since is None else duration(_seconds_since(since, now))


def _together(status: Status) -> list[str]:
    sent, people = status.sent, status.people
    lines = [f"Check-ins that left in the last 24 hours: {_n(sent.all)}"]
    if sent.p50_seconds is not None and sent.p99_seconds is not None:
        p50, p99 = duration(sent.p50_seconds), duration(sent.p99_seconds)
        late = f"  more than {figures.LATE_SECONDS // 60} min late: {_n(sent.late)}"
        lines += [f"{late}; half came within {p50}, 99 of 100 within {p99}"]
    return [*lines, f"People: {_n(people.all)}; paused {_n(people.paused)}, backed off {_n(people.backed_off)}"]


def _n(number: int) -> str:
    return f"{number:,}"


def _wrapped(line: str) -> str:
    """A line broken at 80 columns, but not between a number and its unit."""
    whole = re.sub(r"(\d) (?=(?:s|min|h|d|UTC)\b)", "\\1\xa0", line)
    return textwrap.fill(whole, COLUMNS, subsequent_indent="  ", break_on_hyphens=False).replace("\xa0", " ")


def clock(moment: Instant | None, now: Instant) -> str:
    """A moment in UTC, with its date if that is another than now's; "-" for none."""
    if moment is None:
        return "-"
    there, here = moment.to_tz("UTC"), now.to_tz("UTC")
    time = f"{there.hour:02}:{there.minute:02} UTC"
    return time if there.date() == here.date() else f"{there.date()} {time}"


def duration(seconds: float) -> str:
    """A length of time in its two largest units; tenths of a second below ten seconds."""
    if seconds < 10:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    left = round(seconds)
    parts: list[str] = []
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        many, left = divmod(left, size)
        if many or parts:
            parts.append(f"{many} {unit}" if many else "")
    return " ".join(filter(None, parts[:2]))
