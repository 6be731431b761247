"""Languages by their tags, as BCP 47 writes them ("de", "pt-BR") and CLDR knows them. Pure."""

import os
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError

LONGEST = 35
"""Characters of a tag at most (RFC 5646, 4.4.1)."""

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Where a machine says in which language programs are to speak; the first one that is set decides (POSIX, 8.2)."""


@lru_cache(maxsize=1024)
def normalised(tag: str) -> str:
    """A platform's tag ("pt-br", "de_AT.UTF-8") as BCP 47 writes it; empty for one of no language that is known."""
    try:
        found = Locale.parse(tag[: LONGEST + 1].replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return ""
    whole = "-".join(filter(None, (found.language, found.script, found.territory)))
    return whole if len(tag) <= LONGEST else ""


def nearest(wanted: Sequence[str], there: Collection[str]) -> str:
    """The first wanted language that is there, as it is or as one that it is a kind of (RFC 4647, 3.4); empty if none
    is."""
    for tag in wanted:
        while tag:
            if tag in there:
                return tag
            tag = tag.rpartition("-")[0]
    return ""


def of_this_machine(environment: Mapping[str, str] = os.environ) -> str:
    """The language that the environment asks programs to speak; empty if it names none."""
    return normalised(next((value for name in VARIABLES if (value := environment.get(name))), ""))


@lru_cache(maxsize=64)
def locale(language: str) -> Locale:
    """What CLDR knows of a language.

    Raises:
        UnknownLocaleError, ValueError: it knows none of that tag.
    """
    return Locale.parse(language, sep="-")


def name(language: str, speaker: str = "") -> str:
    """What speakers of another language call a language; without one, what its own speakers call it."""
    called = locale(language).get_display_name(locale(speaker or language)) or language
    return called[:1].upper() + called[1:]
