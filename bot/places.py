"""Cities, countries and zones: what a person types → an IANA zone or an ISO country. Pure once read, read lazily.

Cities are GeoNames' (geonames.org, CC BY 4.0; see tools/make_cities.py), country names are CLDR's by way of Babel.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from whenever import Instant, Time

from bot.calendar import zones
from bot.languages import locale

NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})
"""Codes of CLDR that are no countries."""

SOFT_HYPHEN = "\u00ad"

CLOCK_TOLERANCE_MINUTES = 8
"""How far a person's clock may be off: half the smallest step between zones (15 minutes), rounded up."""


def fold(name: str) -> str:
    """A name as it compares: no accents, no case, no punctuation, single spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def city_zone(text: str) -> str | None:
    """The zone of a city, the largest of its name; or of a zone's own name ("Europe/Berlin")."""
    name = fold(text)
    return _cities().get(name) or _zone_names().get(name)


def zones_showing(wall: Time, now: Instant, country: str = "") -> tuple[str, ...]:
    """Zones whose clocks show `wall` now, the most populous first, those of `country` before."""
    minutes = wall.hour * 60 + wall.minute
    fitting = [
        (home, zone)
        for zone, home in _populous_zones()
        if _minutes_apart(zone, now, minutes) <= CLOCK_TOLERANCE_MINUTES
    ]
    ranked = sorted(fitting, key=lambda pair: pair[0] != country)
    return tuple(dict.fromkeys(zone for _, zone in ranked))


@cache
def codes() -> frozenset[str]:
    """The ISO 3166-1 codes of all countries."""
    named = map(str, locale("en").territories)
    return frozenset(code for code in named if len(code) == 2 and code.isalpha()) - NO_COUNTRIES


def countries(language: str) -> Iterator[tuple[str, str]]:
    """What countries are called in a language, each with its code."""
    return ((str(name), str(code)) for code, name in locale(language).territories.items() if code in codes())


def country_name(code: str, language: str = "en") -> str:
    """A country's name in `language`."""
    return str(locale(language).territories.get(code, code))


def zone_city(zone: str, language: str = "en") -> str:
    """The city a zone is named after, as `language` calls it: "Europe/Vienna" → "Wien"."""
    known = locale(language).time_zones.get(zone, {})
    return str(known.get("city") or _city_in(zone)).replace(SOFT_HYPHEN, "")


def _city_in(zone: str) -> str:
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def _minutes_apart(zone: str, now: Instant, minutes: int) -> int:
    local = now.to_tz(zone).time()
    apart = abs(local.hour * 60 + local.minute - minutes) % 1440
    return min(apart, 1440 - apart)


def _rows(name: str) -> Iterator[list[str]]:
    text = files("bot").joinpath("data", name).read_text(encoding="utf-8")
    return (row.split("\t") for row in text.splitlines() if not row.startswith("#"))


@cache
def _zone_names() -> dict[str, str]:
    return {fold(_city_in(zone)): zone for zone in sorted(zones())} | {fold(zone): zone for zone in zones()}


@cache
def _cities() -> dict[str, str]:
    return {name: zone for name, zone in _rows("cities.tsv") if zone in zones()}


@cache
def _populous_zones() -> tuple[tuple[str, str], ...]:
    """(zone, country) by the number of people living in its cities, the most first."""
    return tuple((zone, country) for zone, country, _ in _rows("zones.tsv") if zone in zones())
