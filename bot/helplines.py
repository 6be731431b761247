"""Crisis and abuse lines by country, with where and when each number was read. Pure once read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from bot.document import ContentError, Problem


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Line(_Row):
    """One line. At least one of call, text, whatsapp and url is given."""

    kind: str = Field(pattern="^(crisis|abuse|youth)$")
    name: str
    call: str = ""
    text: str = ""
    whatsapp: str = ""
    url: str = ""
    hours: str = ""
    languages: tuple[str, ...] = ()
    note: str = ""
    source: str
    verified_on: date
    expires_on: date
    secondary: bool = False


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

    def lines(self, country: str, *kinds: str) -> tuple[Line, ...]:
        """The lines of a country, in the order of the kinds asked for."""
        found = self.countries.get(country)
        return tuple(line for kind in kinds for line in (found.line if found else ()) if line.kind == kind)

    def expired(self, today: date) -> tuple[tuple[Country, Line], ...]:
        """Every line whose number should have been read again by now."""
        return tuple(
            (country, line) for country in self.countries.values() for line in country.line if line.expires_on < today
        )


def read(file: Path) -> Helplines:
    """Reads helplines.toml.

    Raises:
        ContentError: naming the row and the cure.
    """
    try:
        data = _File.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise ContentError(Problem(file, 1, f"cannot be read ({error.strerror})", "check the file")) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(Problem(file, 1, f"is not TOML ({error})", "mend that line")) from error
    except ValidationError as error:
        raise ContentError(*(_problem(file, detail) for detail in error.errors())) from error
    silent = [line for country in data.country for line in country.line if not (line.call or line.text or line.url)]
    if silent:
        raise ContentError(
            Problem(
                file,
                _line_of(file, silent[0].name),
                f"{silent[0].name} has no number",
                "give call, text or url",
            )
        )
    return Helplines(data.directory, {country.code: country for country in data.country})


def _problem(file: Path, detail: ErrorDetails) -> Problem:
    where = [str(part) for part in detail["loc"]]
    row = detail["input"]
    name = str(row.get("name", "")) if isinstance(row, dict) else ""
    return Problem(file, _line_of(file, name), f"{'.'.join(where)} {name}: {detail['msg'].lower()}", "correct the row")


def _line_of(file: Path, name: str) -> int:
    """The line that names a row, 1 if none does."""
    rows = enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
    return next((number for number, row in rows if name and f'"{name}"' in row), 1)
