"""Cuts words to what counts of them, so that "writes" finds "writing"."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Protocol

CUT = 6
"""Letters that count where there is no stemmer: words that begin alike are alike."""


class Stemmer(Protocol):
    """Cuts words."""

    def __call__(self, words: Sequence[str]) -> list[str]:
        """The stem of each of the words."""


def beginnings(words: Sequence[str]) -> list[str]:
    """The stemmer for languages without one."""
    return [word[:CUT] for word in words]


class Porter:
    """The English stemmer of SQLite's FTS5, asked once about each word of a vocabulary."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._database = sqlite3.connect(":memory:")
        self._database.execute("CREATE VIRTUAL TABLE text USING fts5(word, tokenize='porter unicode61')")
        self._database.execute("CREATE VIRTUAL TABLE stem USING fts5vocab(text, instance)")
        words = list(set(vocabulary))
        self._known = dict(zip(words, self._cut(words), strict=True))

    def __call__(self, words: Sequence[str]) -> list[str]:
        """The stem of each of the words."""
        new = list({word for word in words if word not in self._known})
        stems = dict(zip(new, self._cut(new), strict=True)) if new else {}
        return [stems.get(word) or self._known[word] for word in words]

    def _cut(self, words: Sequence[str]) -> list[str]:
        """FTS5 shows how it cuts a word only once that is in an index."""
        self._database.executemany("INSERT INTO text(rowid, word) VALUES (?, ?)", enumerate(words))
        stems = dict(self._database.execute("SELECT doc, term FROM stem"))
        self._database.rollback()
        return [stems.get(number, word) for number, word in enumerate(words)]
