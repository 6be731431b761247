"""Crisis and abuse lines by country, with where and when each number was read. Pure once read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError
from pydantic_core import ErrorDetails

from bot.document import ContentError, Problem, line_of, read_text, read_toml


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


ALWAYS = "24/7"
DIGITS = re.compile(r"\d+")
WORD = re.compile("[a-z]{2}")

WAYS = ("call", "text", "whatsapp", "chat", "url")
"""How a line is reached, in the order in which they are shown."""


class Line(_Row):
    """One line: what it is for (kind), and at least one of the WAYS to reach it."""

    kind: str = Field(pattern="^(crisis|abuse|youth)$")
    name: str
    call: str = ""
    text: str = ""
    whatsapp: str = ""
    chat: str = ""
    url: str = ""
    hours: str = ""
    languages: tuple[str, ...] = ()
    note: str = ""
    source: str
    verified_on: Annotated[date, Strict()]
    expires_on: Annotated[date, Strict()]
    secondary: bool = False

    def ways(self) -> Iterator[tuple[str, str]]:
        """The ways it has, each with its number or page."""
        return ((way, number) for way in WAYS if (number := getattr(self, way)))


class Country(_Row):
    """A country's emergency number and lines."""

    code: str = Field(pattern="^[A-Z]{2}$")
    name: str
    emergency: str = ""
    line: tuple[Line, ...] = ()


class Directory(_Row):
    """Where to look when no line is confirmed."""

    name: str
    url: str


class _File(_Row):
    directory: Directory
    country: tuple[Country, ...]


@dataclass(frozen=True, slots=True)
class Helplines:
    """All countries by code."""

    directory: Directory
    countries: Mapping[str, Country]
    places: Mapping[tuple[str, int], int]

    def lines(self, country: str, *kinds: str) -> tuple[Line, ...]:
        """The lines of a country, in the order of the kinds asked for."""
        found = self.countries.get(country)
        return tuple(line for kind in kinds for line in (found.line if found else ()) if line.kind == kind)

    def expired(self, today: date) -> tuple[tuple[Country, Line, int], ...]:
        """Every line whose number should have been read again by now, with its place in the file."""
        return tuple(
            (country, line, self.places[country.code, number])
            for country in self.countries.values()
            for number, line in enumerate(country.line)
            if line.expires_on < today
        )


def read(file: Path) -> Helplines:
    """Reads helplines.toml.

    Raises:
        ContentError: naming the rows and the cures.
    """
    rows = read_toml(file)
    places = _Places(read_text(file).splitlines())
    try:
        data = _File.model_validate(rows)
    except ValidationError as error:
        raise ContentError(*(_problem(file, places, detail) for detail in error.errors())) from error
    problems = list(_contradictions(file, places, data))
    if problems:
        raise ContentError(*problems)
    lines = {
        (country.code, number): places.of("country", at, "line", number)
        for at, country in enumerate(data.country)
        for number in range(len(country.line))
    }
    return Helplines(data.directory, {country.code: country for country in data.country}, lines)


def words(file: Path) -> Mapping[str, str]:
    """What a language says for what helplines.toml says in English, if it has such a file.

    Raises:
        ContentError: a text is none, or names other numbers than the English one.
    """
    rows = read_toml(file) if file.exists() else {}
    problems = [
        Problem(file, line_of(file, said), wrong, "correct the row")
        for said, meant in rows.items()
        if (wrong := _mistranslated(said, meant))
    ]
    if problems:
        raise ContentError(*problems)
    return {said: str(meant) for said, meant in rows.items()}


def in_english(found: Helplines) -> Sequence[str]:
    """What is said in English beside names, each once: hours, and numbers with words between them."""
    texts = [country.emergency for country in found.countries.values()]
    for line in (line for country in found.countries.values() for line in country.line):
        texts += [line.hours, line.call, line.text, line.whatsapp]
    return [text for text in dict.fromkeys(texts) if WORD.search(text) or text == ALWAYS]


def _mistranslated(said: str, meant: object) -> str:
    """What is wrong with a text; empty if nothing is. Only "24/7" may become words."""
    if not isinstance(meant, str) or not meant.strip():
        return f"{said!r} has no text"
    numbers = [sorted(DIGITS.findall(text.replace(ALWAYS, ""))) for text in (said, meant)]
    return "" if numbers[0] == numbers[1] else f"{said!r} and {meant!r} name different numbers"


def _contradictions(file: Path, places: "_Places", data: _File) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, country in enumerate(data.country):
        if country.code in seen:
            yield Problem(file, places.of("country", at), f"{country.code} stands here twice", "put its lines together")
        seen.add(country.code)
        for number, line in enumerate(country.line):
            where = places.of("country", at, "line", number)
            if not any(line.ways()):
                yield Problem(file, where, f"{line.name} has no number", f"give one of {', '.join(WAYS)}")
            if line.expires_on < line.verified_on:
                yield Problem(file, where, f"{line.name} expires before it was verified", "correct expires_on")


class _Places:
    """Where things stand in the file, by their place in the data: country 3, line 0, call."""

    def __init__(self, rows: list[str]) -> None:
        self._rows = rows
        self._heads: dict[str, list[int]] = {}
        for number, row in enumerate(rows):
            if row.startswith("[["):
                self._heads.setdefault(row.strip(), []).append(number)

    def of(self, *loc: str | int) -> int:
        """The number of the line that says it, or of the one that names its row."""
        start, end, header = 0, len(self._rows), ""
        for part in loc:
            if isinstance(part, str):
                header = f"{header}.{part}".lstrip(".")
            else:
                found = [n for n in self._heads.get(f"[[{header}]]", ()) if start <= n < end]
                start, end = found[part], (*found, end)[part + 1]
        return next((n + 1 for key in (loc[-1], "name") for n in range(start, end) if self._key(n) == key), start + 1)

    def _key(self, number: int) -> str:
        return self._rows[number].split("=")[0].strip()


def _problem(file: Path, places: _Places, detail: ErrorDetails) -> Problem:
    where = [str(part) for part in detail["loc"]]
    row = detail["input"]
    name = str(row.get("name", "")) if isinstance(row, dict) else ""
    wrong = f"{'.'.join(where)} {name}: {detail['msg'].lower()}"
    return Problem(file, places.of(*detail["loc"]), wrong, "correct the row")
