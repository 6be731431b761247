"""Checks of values against the types of the Bot API: core.telegram.org/bots/api#available-types.

A `Kind` is built once from small parts; reading a value returns it decoded or raises an `Objection`. Numbers and
booleans may come as strings, and what is nested as a string of JSON: core.telegram.org/bots/api#making-requests.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import objection

Reader = Callable[[Any, str], Any]
Rule = Callable[[dict[str, Any], str], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a value is read, and whether it is written as JSON where it stands alone as a parameter."""

    read: Reader
    nested: bool = False

    def parameter(self, raw: object, where: str) -> Any:
        """Reads a whole parameter, decoding its JSON first."""
        if self.nested and isinstance(raw, str):
            try:
                raw = json.loads(raw)
            except ValueError:
                raise objection(f"can't parse {where}: not JSON") from None
        return self.read(raw, where)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent in a multipart request."""

    filename: str
    content_type: str
    data: bytes


def units(text: str) -> int:
    """The length of a text as Telegram counts it, in UTF-16 code units: core.telegram.org/bots/api#messageentity."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def octets(text: str) -> int:
    """The length of a text in bytes of UTF-8."""
    return len(text.encode())


def integer(low: int | None = None, high: int | None = None) -> Kind:
    """A whole number, also written as a string."""

    def read(value: object, where: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise objection(f"{where} must be a number, got {value!r}")
        try:
            number = int(value)
        except ValueError:
            raise objection(f"{where} must be a number, got {value!r}") from None
        if (low is not None and number < low) or (high is not None and number > high):
            raise objection(f"{where} must be from {low} to {high}, got {number}")
        return number

    return Kind(read)


def string(
    low: int = 0,
    high: int | None = None,
    *,
    length: Callable[[str], int] = units,
    pattern: str | None = None,
) -> Kind:
    """A text of `low` to `high` units, or of a pattern that must match the whole of it."""
    form = re.compile(pattern) if pattern is not None else None

    def read(value: object, where: str) -> str:
        if not isinstance(value, str):
            raise objection(f"{where} must be a string, got {value!r}")
        size = length(value)
        if size < low or (high is not None and size > high):
            raise objection(f"{where} must have {low} to {high} units, got {size}")
        if form is not None and form.fullmatch(value) is None:
            raise objection(f"{where} must match {form.pattern}, got {value!r}")
        return value

    return Kind(read)


def choice(allowed: Collection[str]) -> Kind:
    """One of a few words."""

    def read(value: object, where: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise objection(f"{where} must be one of {', '.join(sorted(allowed))}, got {value!r}")
        return value

    return Kind(read)


BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _boolean(value: object, where: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in BOOLEANS:
        return BOOLEANS[value.lower()]
    raise objection(f"{where} must be a boolean, got {value!r}")


def _true(value: object, where: str) -> bool:
    if _boolean(value, where):
        return True
    raise objection(f"{where} must be true")


BOOLEAN = Kind(_boolean)
TRUE = Kind(_true)


def array(of: Kind, low: int = 0, high: int | None = None) -> Kind:
    """A list of `low` to `high` values of one kind."""

    def read(value: object, where: str) -> list[Any]:
        if not isinstance(value, list):
            raise objection(f"{where} must be an array, got {value!r}")
        if len(value) < low or (high is not None and len(value) > high):
            raise objection(f"{where} must have {low} to {high} elements, got {len(value)}")
        return [of.read(item, f"{where}[{index}]") for index, item in enumerate(value)]

    return Kind(read, nested=True)


def record(
    required: Mapping[str, Kind], optional: Mapping[str, Kind] | None = None, *, rule: Rule | None = None
) -> Kind:
    """An object of known fields. `rule` looks at it as a whole afterwards."""
    known = {**(optional or {}), **required}

    def read(value: object, where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise objection(f"{where} must be an object, got {value!r}")
        result = fields(value, known, required, where + ".")
        if rule is not None:
            rule(result, where)
        return result

    return Kind(read, nested=True)


def fields(
    value: Mapping[str, Any], known: Mapping[str, Kind], required: Collection[str], where: str
) -> dict[str, Any]:
    """The fields of an object, each read as its kind."""
    for name in required:
        if name not in value:
            raise objection(f"{where}{name} is missing")
    result = {}
    for name, item in value.items():
        kind = known.get(name)
        if kind is None:
            raise objection(f"{where}{name} is unknown")
        result[name] = kind.read(item, where + name)
    return result


def tagged(tag: str, kinds: Mapping[str, Kind]) -> Kind:
    """One of several objects, told apart by the value of a field."""

    def read(value: object, where: str) -> Any:
        kind = kinds.get(str(value.get(tag))) if isinstance(value, dict) else None
        if kind is None:
            raise objection(f"{where}.{tag} must be one of {', '.join(sorted(kinds))}, got {value!r}")
        return kind.read(value, where)

    return Kind(read, nested=True)


def either(kinds: Mapping[str, Kind]) -> Kind:
    """One of several objects, told apart by the field that only one of them has."""

    def read(value: object, where: str) -> Any:
        found = [name for name in kinds if isinstance(value, dict) and name in value]
        if len(found) != 1:
            raise objection(f"{where} must have exactly one of {', '.join(kinds)}, got {value!r}")
        return kinds[found[0]].read(value, where)

    return Kind(read, nested=True)


def _anything(value: object, where: str) -> object:
    if not isinstance(value, dict):
        raise objection(f"{where} must be an object, got {value!r}")
    return value


OBJECT = Kind(_anything, nested=True)
"""An object of which the server looks at no field, for what this bot does not use."""


def _file(value: object, where: str) -> Upload | str:
    if isinstance(value, Upload) or (isinstance(value, str) and value):
        return value
    raise objection(f"{where} must be a file, a file_id or an address, got {value!r}")


FILE = Kind(_file)
