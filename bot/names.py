"""What people type for a country, a city or a time, in every language there is. Pure once read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from whenever import Time

from bot import places
from bot.calendar import wall_time, zones
from bot.document import ContentError, Problem, line_of, read_toml
from bot.places import fold

FILE = "typed.toml"

MORNING_SAID = re.compile(r"\d\s?a\.?\s?m", re.IGNORECASE)

NUMBER = re.compile(r"[0-9]{1,5}d?")

Words = tuple[str, ...]


class Typed(BaseModel):
    """What the file of a language says; its comments tell what for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    around_countries: Words = ()
    around_times: Words = ()
    morning: Words = ()
    evening: Words = ()
    around_days: Words = ()
    countries: Mapping[Annotated[str, Field(pattern="^[A-Z]{2}$")], Words] = {}
    cities: Mapping[str, Words] = {}


@dataclass(frozen=True)
class Names:
    """What is typed in all languages together: people do not always type the one they are spoken to in."""

    languages: Mapping[str, Typed]

    def country(self, text: str) -> str | None:
        """The ISO 3166-1 code of a country, by a name or by its code in capitals."""
        code = text.strip()
        if code.isupper() and code in places.codes():
            return code
        return self._countries.get(self._bare(text))

    def zone(self, text: str) -> str | None:
        """The zone of a city, the largest of its name; or of a zone's own name ("Europe/Berlin")."""
        name = fold(text)
        return self._cities.get(name) or places.city_zone(name) or self._named_after.get(name)

    def time(self, text: str) -> Time | None:
        """A time of day; None if it is none."""
        return wall_time(text, self._around_times, self._halves)

    def says_morning(self, text: str) -> bool:
        """Whether a text says itself which half of the day it means: the first."""
        said = [self._halves.get(word) for word in text.lower().split()]
        return "a" in said or ("p" not in said and MORNING_SAID.search(text) is not None)

    def days(self, text: str) -> int | None:
        """A number of days; None if it is none."""
        around = {word for each in self.languages.values() for word in each.around_days}
        number = [word for word in text.casefold().split() if word not in around]
        found = NUMBER.fullmatch("".join(number[:1])) if len(number) == 1 else None
        return int(found[0].removesuffix("d")) if found else None

    def _bare(self, name: str) -> str:
        """The name of a country as it compares."""
        return " ".join(word for word in fold(name).split() if word not in self._around_countries)

    @cached_property
    def _around_countries(self) -> frozenset[str]:
        return frozenset(fold(word) for each in self.languages.values() for word in each.around_countries)

    @cached_property
    def _around_times(self) -> frozenset[str]:
        return frozenset(word for each in self.languages.values() for word in each.around_times)

    @cached_property
    def _halves(self) -> Mapping[str, str]:
        halves = [half for each in self.languages.values() for half in (("a", each.morning), ("p", each.evening))]
        return {word: half for half, words in halves for word in words}

    @cached_property
    def _countries(self) -> Mapping[str, str]:
        known = [(name, code) for language in self.languages for name, code in places.countries(language)]
        besides = [pair for each in self.languages.values() for pair in _turned(each.countries)]
        return {self._bare(name): code for name, code in known + besides}

    @cached_property
    def _cities(self) -> Mapping[str, str]:
        return {fold(name): zone for each in self.languages.values() for name, zone in _turned(each.cities)}

    @cached_property
    def _named_after(self) -> Mapping[str, str]:
        """The cities that zones are named after, as each language calls them."""
        return {fold(places.zone_city(zone, language)): zone for language in self.languages for zone in zones()}


def _turned(names: Mapping[str, Words]) -> Iterable[tuple[str, str]]:
    return ((name, meant) for meant, typed in names.items() for name in typed)


def read(file: Path) -> Typed:
    """Reads the file of a language.

    Raises:
        ContentError: naming what is wrong in it.
    """
    try:
        found = Typed.model_validate(read_toml(file))
    except ValidationError as error:
        raise ContentError(*(_problem(file, detail["loc"], detail["msg"]) for detail in error.errors())) from error
    if unknown := [zone for zone in found.cities if zone not in zones()]:
        raise ContentError(_problem(file, (unknown[0],), "there is no such zone"))
    return found


def _problem(file: Path, loc: tuple[int | str, ...], said: str) -> Problem:
    sign = next(str(part) for part in (*loc[1:], *loc) if isinstance(part, str))
    return Problem(file, line_of(file, sign), f"{sign}: {said.lower()}", "correct it")
