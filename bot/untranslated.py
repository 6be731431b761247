"""What `holdfast content check` finds of other languages: what they lack of all that there is in English."""

from collections.abc import Mapping, Sequence

from bot import helplines
from bot.content_check import VARIABLE
from bot.document import Section
from bot.library import Library, Words
from bot.names import FILE as TYPED

FILES = ("crisis.toml", "phrases.toml", "search.toml", TYPED)
"""Files of a language beside its texts."""

Lacks = Mapping[str, Sequence[str]]
"""Names of what is not there, by kind: texts, buttons and variables in a text, decks, articles, files."""


def missing(library: Library) -> Mapping[str, Lacks]:
    """What each language lacks that lacks something. A deck may have fewer cards than the English one."""
    lacks = {tag: _lacks(words, words.english, library) for tag, words in library.languages.items() if words.english}
    return {tag: kinds for tag, found in lacks.items() if (kinds := {kind: all for kind, all in found.items() if all})}


def _lacks(words: Words, english: Words, library: Library) -> Lacks:
    cards = {card for deck in english.decks.values() for card in deck}
    texts = english.texts.keys() - cards
    shared = [(key, english.texts[key], words.texts[key]) for key in sorted(texts - words.missing)]
    return {
        "file": [name for name in FILES if not (words.folder / name).is_file()],
        "text": sorted(texts & words.missing),
        "button": [f"{key} ({name})" for key, whole, own in shared for name in _lacking(whole, own)],
        "variable": [f"{key} {name}" for key, whole, own in shared for name in sorted(_used(whole) - _used(own))],
        "deck": sorted(name for name, deck in english.decks.items() if words.missing.issuperset(deck)),
        "article": sorted(id for id in english.articles if f"articles/{id}" in words.missing),
        "helpline text": [repr(text) for text in helplines.in_english(library.helplines) if text not in words.lines],
    }


def _lacking(whole: Section, own: Section) -> Sequence[str]:
    return [target for target, _ in whole.buttons if own.label(target) is None]


def _used(section: Section) -> set[str]:
    return set(VARIABLE.findall(section.text))
