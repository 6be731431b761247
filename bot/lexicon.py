"""What a language's search.toml says: how words are cut, which of them say nothing, and what else things are called.

content/en/search.toml explains the file to who writes one.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.document import ContentError, Problem, read_text, read_toml
from bot.wording import APOSTROPHES

STEMMERS = ("porter",)
"""The stemmers there are: FTS5 has one, for English endings."""

_WORD = re.compile(r"[^\W_]+")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_ENTRIES = ("stem", "left_out", "same", "synonyms")


def plain_words(text: str) -> list[str]:
    """The words of a text: lower case, without accents and apostrophes; of a letter that is drawn out two are left."""
    text = text.translate(APOSTROPHES).casefold()
    if not text.isascii():
        text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return _WORD.findall(_DRAWN_OUT.sub(r"\1\1", text))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A search.toml, read. `same` are words that entries take for one another, by the first of them. `synonyms` has by
    what is to be looked for what people type instead: several texts, with commas between."""

    file: Path
    stem: str = ""
    left_out: Sequence[str] = ()
    same: Mapping[str, str] = field(default_factory=dict)
    synonyms: Mapping[str, str] = field(default_factory=dict)

    def problem(self, entry: str, wrong: str, cure: str) -> Problem:
        """Something wrong with an entry, at its line."""
        begins = re.compile(rf"""\s*\[?(["']?){re.escape(entry)}\1\s*[=\]]""")
        rows = enumerate(read_text(self.file).splitlines(), 1)
        return Problem(self.file, next((number for number, row in rows if begins.match(row)), 1), wrong, cure)


def read(file: Path) -> Lexicon:
    """Reads a search.toml. Without one no word is cut by its endings, left out or called anything else.

    Raises:
        ContentError: no TOML, or an entry that cannot be used.
    """
    if not file.exists():
        return Lexicon(file)
    rules: dict[str, Any] = read_toml(file)
    if problems := list(_mistakes(Lexicon(file), rules)):
        raise ContentError(*problems)
    return Lexicon(file, **rules)


def _mistakes(lexicon: Lexicon, rules: Mapping[str, object]) -> Iterator[Problem]:
    """All that is not as it must be."""
    for name in rules:
        if name not in _ENTRIES:
            yield lexicon.problem(name, f"nothing knows {name!r}", f"use one of {', '.join(_ENTRIES)}")
    if rules.get("stem", "") not in ("", *STEMMERS):
        yield lexicon.problem(
            "stem", f"there is no stemmer {rules['stem']!r}", f'use "{STEMMERS[0]}", or delete the line'
        )
    left_out = rules.get("left_out", [])
    if not isinstance(left_out, list) or not all(_is_words(text) for text in left_out):
        yield lexicon.problem("left_out", "left_out is no list of words", 'write left_out = ["word", "word"]')
    for name in ("same", "synonyms"):
        entries = rules.get(name, {})
        if not isinstance(entries, dict):
            yield lexicon.problem(name, f"{name} is no table", f"write [{name}], and its entries below it")
            continue
        for entry, typed in entries.items():
            if not _is_words(entry) or not isinstance(typed, str) or not all(map(_is_words, typed.split(","))):
                yield lexicon.problem(entry, f"{entry!r} is not made of words", 'write "some words" = "words, words"')


def _is_words(value: object) -> bool:
    return isinstance(value, str) and bool(plain_words(value))
