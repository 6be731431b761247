"""Checks of JSON against the official types: docs.discord.com/developers/reference, and the description in OpenAPI.

A `Kind` is built once from small parts. It looks at a value and notes what is wrong with it, all of it at once, as the
official server does: docs.discord.com/developers/reference#error-messages.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from .errors import InvalidForm, Path, Problem


class Problems(list[Problem]):
    """What is wrong with a body."""

    def note(self, path: Path, code: str, message: str) -> None:
        """Adds a problem at a place."""
        self.append((path, code, message))


Kind = Callable[[Any, Path, Problems], None]
Rule = Callable[[dict[str, Any], Path, Problems], None]


def check(kind: Kind, value: object) -> None:
    """Raises `InvalidForm` if anything is wrong."""
    problems = Problems()
    kind(value, (), problems)
    if problems:
        raise InvalidForm(problems)


def anything(value: object, path: Path, problems: Problems) -> None:
    """Any value, for what the bot does not use."""


def boolean(value: object, path: Path, problems: Problems) -> None:
    """True or false."""
    if not isinstance(value, bool):
        problems.note(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")


def snowflake(value: object, path: Path, problems: Problems) -> None:
    """An id, as a number or a string of digits: docs.discord.com/developers/reference#snowflakes."""
    digits = re.fullmatch(r"\d{1,20}", str(value)) is not None
    if isinstance(value, bool) or not isinstance(value, int | str) or not digits or int(value) >= 1 << 64:
        problems.note(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')


def null(value: object, path: Path, problems: Problems) -> None:
    """Nothing."""
    if value is not None:
        problems.note(path, "BASE_TYPE_CHOICES", "Must be null.")


def nullable(kind: Kind) -> Kind:
    """A value of a kind, or null."""

    def read(value: object, path: Path, problems: Problems) -> None:
        if value is not None:
            kind(value, path, problems)

    return read


def integer(low: int | None = None, high: int | None = None) -> Kind:
    """A whole number."""

    def read(value: object, path: Path, problems: Problems) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            problems.note(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif low is not None and value < low:
            problems.note(path, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
        elif high is not None and value > high:
            problems.note(path, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")

    return read


def number(value: object, path: Path, problems: Problems) -> None:
    """A number, whole or not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        problems.note(path, "FLOAT_TYPE_COERCE", f'Value "{value}" is not float.')


def string(low: int = 0, high: int | None = None, *, pattern: str | None = None) -> Kind:
    """A text of `low` to `high` characters, or of a pattern that must match the whole of it."""
    form = re.compile(pattern) if pattern is not None else None

    def read(value: object, path: Path, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.note(path, "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
        elif not value and low > 0:
            problems.note(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif high is not None and not low <= len(value) <= high:
            words = f"Must be between {low} and {high} in length." if low else f"Must be {high} or fewer in length."
            problems.note(path, "BASE_TYPE_BAD_LENGTH" if low else "BASE_TYPE_MAX_LENGTH", words)
        elif form is not None and form.fullmatch(value) is None:
            problems.note(path, "STRING_TYPE_REGEX", "String value did not match validation regex.")

    return read


def choice(*allowed: str | int) -> Kind:
    """One of a few values."""

    def read(value: object, path: Path, problems: Problems) -> None:
        if isinstance(value, bool) or value not in allowed:
            problems.note(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{', '.join(map(str, allowed))}}}.")

    return read


def flags(allowed: int) -> Kind:
    """Bits, of which some may be set."""

    def read(value: object, path: Path, problems: Problems) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            problems.note(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif value & ~allowed:
            problems.note(path, "MESSAGE_FLAGS_INVALID", f"Flags {value & ~allowed} can't be set here.")

    return read


def array(of: Kind, low: int = 0, high: int | None = None, *, unique: bool = False) -> Kind:
    """A list of `low` to `high` values of one kind."""

    def read(value: object, path: Path, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.note(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return
        if len(value) < low or (high is not None and len(value) > high):
            problems.note(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
        if unique and len({str(item) for item in value}) < len(value):
            problems.note(path, "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value")
        for index, item in enumerate(value):
            of(item, (*path, index), problems)

    return read


def record(
    required: Mapping[str, Kind], optional: Mapping[str, Kind] | None = None, *, rule: Rule | None = None
) -> Kind:
    """An object of known fields. `rule` looks at it as a whole, if its fields are well."""
    known = {**(optional or {}), **required}

    def read(value: object, path: Path, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.note(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
            return
        before = len(problems)
        for name in required:
            if name not in value:
                problems.note((*path, name), "BASE_TYPE_REQUIRED", "This field is required")
        for name, item in value.items():
            if name in known:
                known[name](item, (*path, name), problems)
            else:
                problems.note((*path, name), "UNKNOWN_FIELD", "This field is unknown here.")
        if rule is not None and len(problems) == before:
            rule(value, path, problems)

    return read


def mapping(keys: Collection[str], of: Kind) -> Kind:
    """An object whose names are of a few."""
    return record({}, dict.fromkeys(keys, of))


def tagged(tag: str, kinds: Mapping[Any, Kind]) -> Kind:
    """One of several objects, told apart by the value of a field."""

    def read(value: object, path: Path, problems: Problems) -> None:
        found = value.get(tag) if isinstance(value, dict) else None
        kind = kinds.get(found) if isinstance(found, int | str) else None
        if kind is None:
            allowed = ", ".join(map(str, kinds))
            problems.note((*path, tag), "UNION_TYPE_CHOICES", f"Value of field {tag!r} must be one of ({allowed}).")
        else:
            kind(value, path, problems)

    return read
