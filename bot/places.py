"""Cities, countries and zones: what a person types → an IANA zone or an ISO country. Pure once read, read lazily.

Cities are GeoNames' (geonames.org, CC BY 4.0; see tools/make_cities.py), country names are CLDR's by way of Babel.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from babel import Locale
from whenever import Instant, Time

from bot.calendar import zones

COUNTRY_NICKNAMES = {
    **dict.fromkeys(
        ("uk", "u k", "england", "scotland", "wales", "britain", "great britain", "northern ireland"), "GB"
    ),
    **dict.fromkeys(("us", "u s", "usa", "u s a", "america", "states", "united states of america"), "US"),
    **dict.fromkeys(("republic of ireland", "eire"), "IE"),
    "holland": "NL",
    **dict.fromkeys(("czech republic", "czechia"), "CZ"),
    "slovak republic": "SK",
    "bosnia": "BA",
    "macedonia": "MK",
    "russian federation": "RU",
    "turkey": "TR",
    **dict.fromkeys(("uae", "u a e", "emirates"), "AE"),
    **dict.fromkeys(("ksa", "saudi", "kingdom of saudi arabia"), "SA"),
    "palestine": "PS",
    **dict.fromkeys(("korea", "republic of korea"), "KR"),
    "hong kong": "HK",
    **dict.fromkeys(("macau", "macao"), "MO"),
    **dict.fromkeys(("prc", "mainland china", "people s republic of china"), "CN"),
    **dict.fromkeys(("burma", "myanmar"), "MM"),
    "viet nam": "VN",
    "east timor": "TL",
    "ivory coast": "CI",
    **dict.fromkeys(("drc", "dr congo", "democratic republic of the congo"), "CD"),
    **dict.fromkeys(("republic of the congo", "congo republic"), "CG"),
    "swaziland": "SZ",
    **dict.fromkeys(("trinidad", "tobago"), "TT"),
}
NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})
"""Codes of CLDR that are no countries."""

CITY_NICKNAMES = {"nyc": "America/New_York", "la": "America/Los_Angeles", "sf": "America/Los_Angeles"}
CLOCK_TOLERANCE_MINUTES = 8
"""How far a person's clock may be off: half the smallest step between zones (15 minutes), rounded up."""


def fold(name: str) -> str:
    """A name as it compares: no accents, no case, no punctuation, single spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def city_zone(text: str) -> str | None:
    """The zone of a city, the largest of its name; or of a zone's own name ("Europe/Berlin")."""
    name = fold(text)
    return CITY_NICKNAMES.get(name) or _cities().get(name) or _zone_names().get(name)


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


def country_code(text: str, language: str = "en") -> str | None:
    """The ISO 3166-1 code of a country named in `language` or in English, or given as its code in capitals."""
    code = text.strip()
    if code.isupper() and code in _countries("en").values():
        return code
    name = fold(text).removeprefix("the ").replace(" and ", " ")  # "&" in the names folds to nothing
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


def _rows(name: str) -> Iterator[list[str]]:
    text = files("bot").joinpath("data", name).read_text(encoding="utf-8")
    return (row.split("\t") for row in text.splitlines() if not row.startswith("#"))


@cache
def _zone_names() -> dict[str, str]:
    return {fold(zone_city(zone)): zone for zone in sorted(zones())} | {fold(zone): zone for zone in zones()}


@cache
def _cities() -> dict[str, str]:
    return {name: zone for name, zone in _rows("cities.tsv") if zone in zones()}


@cache
def _populous_zones() -> tuple[tuple[str, str], ...]:
    """(zone, country) by the number of people living in its cities, the most first."""
    return tuple((zone, country) for zone, country, _ in _rows("zones.tsv") if zone in zones())


@cache
def _countries(language: str) -> dict[str, str]:
    territories = Locale.parse(language).territories.items()
    named = ((str(code), fold(str(name))) for code, name in territories)
    return {name: code for code, name in named if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES}
