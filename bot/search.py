"""Finds the articles somebody means by a few words.

The index is SQLite's FTS5, in memory, whichever database people are kept in. What is ranked are sections: each stands
alone, so the best one says how well its article fits.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.document import Problem
from bot.lexicon import Lexicon, plain_words
from bot.meant import Reader, Term

WEIGHTS = (4.0, 1.0, 2.0, 0.5)
"""How much it counts that a word stands in the title, in the topics, in the heading or in the text of a section. These
and the numbers below were chosen by what they find of tests/content/queries.tsv."""

MEANT = 8.0
"""What it counts to have all the words that something means: about as much as a rare word in a title."""

SHARP = 3.0
"""How steeply that falls for sections that have only some of them: a power."""

LEAST = 0.5
"""How much of it a section must have to count at all: a share."""

PHRASE = 0.3
"""How much more it counts if several words were typed for it: a power of their number."""

ALL = 0.3
"""How much it counts to have more of what is looked for: a power of the share."""


@dataclass(frozen=True, slots=True)
class Page:
    """What can be found: an article, the topics it stands under, and its sections with their headings."""

    id: str
    title: str
    topics: str
    sections: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, and how the words were taken.

    `matches` are the ids of the articles, the best first, each with what led there, as it was typed. `words` are what
    was looked for: whoever looks for that finds the same. What is `left_out` says nothing, what is `unknown` stands
    nowhere. `corrected` is by what was typed, and so is `added`, what is looked for besides or instead.
    """

    words: str
    matches: Mapping[str, Sequence[str]]
    left_out: Sequence[str]
    unknown: Sequence[str]
    corrected: Mapping[str, str]
    added: Mapping[str, Sequence[str]]


class Index:
    """The articles of a language, to be found."""

    def __init__(self, pages: Iterable[Page], lexicon: Lexicon) -> None:
        rows = [
            (page.id, [plain_words(text) for text in (page.title, page.topics, *section)])
            for page in pages
            for section in page.sections
        ]
        self._lexicon = lexicon
        self._ids = [id for id, _ in rows]
        self._reader = Reader(lexicon, Counter(word for _, texts in rows for word in chain(*texts)))
        self._found: dict[str, Mapping[int, float]] = {}
        self._table = sqlite3.connect(":memory:")
        self._table.execute("CREATE VIRTUAL TABLE section USING fts5(title, topics, heading, body)")
        cut = ([" ".join(self._reader.stems(words)) for words in texts] for _, texts in rows)
        self._table.executemany("INSERT INTO section VALUES (?, ?, ?, ?)", cut)

    def find(self, text: str) -> Found:
        """The articles in which what a text means stands, the best first."""
        meant = self._reader.read(text)
        return Found(
            words=" ".join(term.typed for term in meant.terms),
            matches=self._ranked(meant.terms),
            left_out=meant.left_out,
            unknown=meant.unknown,
            corrected=meant.corrected,
            added={term.typed: term.meanings for term in meant.terms if term.meanings},
        )

    def problems(self) -> Iterator[Problem]:
        """Entries of search.toml that lead to words which no article has."""
        for meant in self._lexicon.synonyms:
            if nowhere := self._reader.nowhere(meant):
                wrong = f"{meant!r} leads to {', '.join(map(repr, nowhere))}, and no article has that"
                yield self._lexicon.problem(meant, wrong, "name words that stand in a title, a heading or a text")

    def _ranked(self, terms: Sequence[Term]) -> Mapping[str, Sequence[str]]:
        """The articles in which some of the terms stand, and those terms."""
        sections: defaultdict[int, float] = defaultdict(float)
        led: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for term in terms:
            meant = (self._meant(term, meaning) for meaning in term.meanings)
            for row, score in chain(self._rows(term.stem) if term.stem else (), *meant):
                sections[row] += score
                led[self._ids[row - 1]][term.typed] = None
        best: defaultdict[str, float] = defaultdict(float)
        for row, score in sections.items():
            id = self._ids[row - 1]
            best[id] = max(best[id], score * (len(led[id]) / len(terms)) ** ALL)
        return {id: tuple(led[id]) for id in sorted(best, key=lambda id: (-best[id], id))}

    def _meant(self, term: Term, meaning: str) -> Iterator[tuple[int, float]]:
        """The sections that have enough of what a term means, with what that counts."""
        longer = len(term.typed.split()) ** PHRASE
        return ((row, MEANT * longer * share**SHARP) for row, share in self._shares(meaning).items())

    def _shares(self, meaning: str) -> Mapping[int, float]:
        """The sections that have enough of a text, and how much beside the one that has most. There are only so many
        texts, so each is looked for once."""
        if meaning not in self._found:
            rows: defaultdict[int, float] = defaultdict(float)
            for row, score in chain(*map(self._rows, self._reader.stems(plain_words(meaning)))):
                rows[row] += score
            most = max(rows.values(), default=0.0)
            self._found[meaning] = {row: score / most for row, score in rows.items() if score >= most * LEAST}
        return self._found[meaning]

    def _rows(self, stem: str) -> Iterable[tuple[int, float]]:
        """The sections in which a word stands, with what that counts: more, the rarer it is (BM25)."""
        asked = "SELECT rowid, -bm25(section, ?, ?, ?, ?) FROM section WHERE section MATCH ?"
        return self._table.execute(asked, (*WEIGHTS, f'"{stem}"'))
