"""The variables a text in content/ may use, each filled in when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from bot import days
from bot.calendar import is_zone
from bot.helplines import Line
from bot.languages import locale, name
from bot.messages import Chat
from bot.rhythm import days_between, is_resting

if TYPE_CHECKING:
    from bot.visit import Visit


def _days(visit: Visit, number: int) -> str:
    from babel.units import format_unit  # CLDR data is read when a text needs it

    return format_unit(number, "duration-day", locale=locale(visit.words.language))


def _count(visit: Visit) -> days.Days:
    return days.count(visit.person.counting_since, visit.known.slips, visit.today)


def _kept_days(visit: Visit) -> str:
    """What stays after a slip: the days before, if there are any."""
    key = "days/kept_some" if _count(visit).total else "days/kept_none"
    return visit.words.text(key, Values(visit, {}))


def _clock(visit: Visit, zone: str) -> str:
    return visit.now.to_tz(zone if is_zone(zone) else "UTC").time().format("HH:mm")


def _city(visit: Visit, zone: str) -> str:
    from bot.places import zone_city

    return zone_city(zone, visit.words.language) if zone else visit.words.texts["settings/unset"].text


def _country(visit: Visit) -> str:
    from bot.places import country_name

    code = visit.person.country
    return country_name(code, visit.words.language) if code else visit.words.texts["settings/unset"].text


def _choice(name: str) -> Callable[[Visit], str]:
    """How the person's answer to a profile question reads on its button."""

    def label(visit: Visit) -> str:
        answer = str(getattr(visit.person, name))
        question = visit.words.texts[f"profile/{name}"]
        chosen = [found for part in answer.split(",") if (found := question.label(part))]
        return visit.words.listed(chosen) or visit.words.texts["settings/unset"].text

    return label


def platform(visit: Visit, chat: Chat) -> str:
    """What people call the platform of a chat."""
    texts = visit.words.texts
    return texts.get(f"linking/{chat.platform}", texts["linking/elsewhere"]).text


def platforms(visit: Visit, chats: Iterable[Chat]) -> str:
    """What people call the platforms of chats, each once."""
    return visit.words.listed(list(dict.fromkeys(platform(visit, chat) for chat in chats)))


def _where(visit: Visit) -> str:
    """Where check-ins come, for somebody with several chats: a sentence behind others."""
    known = visit.known
    if not known.others:
        return ""
    home = known.home or visit.chat
    key = "here" if home == visit.chat else "nowhere" if known.others.get(home) else "there"
    return f" {visit.words.texts[f'linking/come_{key}'].text.format(platform=platform(visit, home))}"


def _rhythm(visit: Visit) -> str:
    """That check-ins had become rare, for who has just come back: a sentence behind others."""
    days_apart = days_between(visit.person.ignored)
    if days_apart == 1 or is_resting(visit.person):
        return ""
    return f" {visit.words.texts['checkins/was_weekly' if days_apart == 7 else 'checkins/was_rare'].text}"


def _besides(visit: Visit) -> str:
    """Behind what is said about fear of somebody: that an order, or else their no, holds as well."""
    told = visit.facts.get("danger", "").split(",")
    key = next((f"safety/{name}_too" for name in ("order", "no") if name in told), "")
    return f"\n\n{visit.words.texts[key].text}" if key else ""


def _joined(visit: Visit) -> str:
    """Behind what somebody who is afraid may look at: that another chat shows it as well, if one is joined."""
    others = visit.known.others
    return f"\n\n{visit.words.texts['linking/with'].text.format(platform=platforms(visit, others))}" if others else ""


def _afraid(visit: Visit) -> str:
    """Behind what joins chats: what that means for somebody who has told of fear."""
    afraid = "fear" in visit.facts.get("danger", "").split(",")
    return f"\n\n{visit.words.texts['linking/afraid'].text}" if afraid else ""


def _paused(visit: Visit) -> str:
    """That check-ins are paused, if they are: a sentence behind others."""
    return f" {visit.words.texts['safety/paused'].text}" if "paused" in visit.facts else ""


def lines_of(visit: Visit, country: str) -> str:
    """All lines of a country, that of the person or another one, as a list; without any, the directory."""
    return _list(visit, country, "crisis", "abuse", "youth")


def _lines(*kinds: str) -> Callable[[Visit], str]:
    """The lines of the person's country."""
    return lambda visit: _list(visit, visit.person.country, *kinds)


def _list(visit: Visit, country: str, *kinds: str) -> str:
    rows = [_row(visit, line) for line in visit.library.helplines.lines(country, *kinds)]
    rows += [_general(visit, country)]
    return "\n".join(f"- {row}" for row in rows)


def _row(visit: Visit, line: Line) -> str:
    parts = [_words(visit, f"helplines/{way}", number) for way, number in line.ways()]
    if line.hours:
        parts.append(visit.words.line(line.hours))
    if line.secondary:
        parts.append(visit.words.texts["helplines/unconfirmed"].text)
    if line.expires_on < visit.now.to_tz("UTC").date().to_stdlib():
        parts.append(visit.words.texts["helplines/expired"].text)
    return f"**{visit.words.line(line.name)}**: {visit.words.listed(parts)}"


def _general(visit: Visit, country: str) -> str:
    directory = visit.library.helplines.directory
    return f"{_emergency(visit, country)}\n- **{directory.name}**: {directory.url}"


def _emergency(visit: Visit, country: str) -> str:
    known = visit.library.helplines.countries.get(country)
    number = known.emergency if known else ""
    return _words(visit, "helplines/emergency" if number else "helplines/emergency_unknown", number)


def _words(visit: Visit, key: str, number: str) -> str:
    return visit.words.texts[key].text.replace("{number}", visit.words.line(number))


VARIABLES: Mapping[str, Callable[[Visit], str]] = {
    "days": lambda visit: _days(visit, _count(visit).total),
    "stretch": lambda visit: _days(visit, _count(visit).stretch),
    "clock": lambda visit: _clock(visit, visit.person.zone),
    "city": lambda visit: _city(visit, visit.person.zone),
    "country": _country,
    "language": lambda visit: name(visit.words.language),
    "side": _choice("side"),
    "ties": _choice("ties"),
    "danger": _choice("danger"),
    "hope": _choice("hope"),
    "quiet": lambda visit: visit.words.texts[f"settings/{'on' if visit.person.is_quiet else 'off'}"].text,
    "morning": lambda visit: visit.person.morning or visit.words.texts["settings/off"].text,
    "evening": lambda visit: visit.person.evening or visit.words.texts["settings/off"].text,
    "crisis_lines": _lines("crisis"),
    "abuse_lines": _lines("abuse", "crisis"),
    "youth_lines": _lines("youth", "crisis"),
    "emergency_line": lambda visit: _emergency(visit, visit.person.country),
    "all_lines": lambda visit: lines_of(visit, visit.person.country),
    "kept_days": _kept_days,
    "where": _where,
    "rhythm": _rhythm,
    "paused": _paused,
    "besides": _besides,
    "joined": _joined,
    "afraid": _afraid,
}
"""Those that every text may use."""

GIVEN: Mapping[str, frozenset[str]] = {
    "common": frozenset({"one", "other"}),
    "reading": frozenset({"title", "by", "heading", "text", "page", "pages", "sources", "stand", "evidence"}),
    "language": frozenset({"languages"}),
    "something": frozenset({"text", "minutes"}),
    "letters": frozenset({"number", "count"}),
    "linking": frozenset({"platform", "code", "place"}),
    "privacy": frozenset({"platform"}),
    "export": frozenset({"when", "zone"}),
    "reasons_own": frozenset({"number", "count"}),
    "helplines": frozenset({"number"}),
    "terminal": frozenset({"number", "text"}),
    "telegram": frozenset({"minutes", "text"}),
    "discord": frozenset(
        {"minutes", "where", "channel", "channels", "permissions", "time", "city", "when", "panel", "thread"}
        | {"heading", "text", "title", "question"}
    ),
}
"""Those that the code gives to the texts of a page."""


SAID_BACK: Mapping[str, Callable[[Visit, str], str]] = {"clock": _clock, "city": _city}
"""Those that say a zone back, which may be an answer that is not confirmed yet."""


class Values(Mapping[str, str]):
    """What a text's variables stand for in this visit. An answer of the run goes before what is kept."""

    def __init__(self, visit: Visit, given: Mapping[str, str], answers: Mapping[str, str] | None = None) -> None:
        self._visit = visit
        self._given = given
        self._zone = (answers or {}).get("zone", "")

    def __getitem__(self, name: str) -> str:
        given = self._given.get(name)
        if given is not None:
            return given
        if self._zone and name in SAID_BACK:
            return SAID_BACK[name](self._visit, self._zone)
        return VARIABLES[name](self._visit)

    def __iter__(self) -> Iterator[str]:
        return iter({**VARIABLES, **self._given})

    def __len__(self) -> int:
        return len({**VARIABLES, **self._given})
