"""Reads content/ and gives texts, decks and articles. Pure once read."""

import random
import sqlite3
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from whenever import Instant

from bot import document, helplines
from bot.crisis import Detector, Phrases
from bot.document import ContentError, Document, Problem, Section
from bot.messages import Button, Reply

DEFAULT_LANGUAGE = "en"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Article:
    """Something to read, a section at a time. `avoid` names dangers that, once told, it is not shown for."""

    id: str
    title: str
    sources: tuple[str, ...]
    hurts: tuple[str, ...]
    side: str
    minutes: str
    evidence: str
    avoid: tuple[str, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Words:
    """All texts of one language. Keys are `common/menu`, `urge/name_it`, `reasons/the-reply-loop`."""

    language: str
    folder: Path
    texts: Mapping[str, Section]
    decks: Mapping[str, tuple[str, ...]]
    articles: Mapping[str, Article]
    crisis: Detector
    phrases: Phrases

    def reply(self, key: str, values: Mapping[str, str], buttons: Iterable[Button] = ()) -> Reply:
        """The text of that key with its variables filled in. Its `/command` buttons follow `buttons`.

        Raises:
            KeyError: no such text.
        """
        section = self.texts[key]
        ways = (Button(label, target) for target, label in section.buttons if target.startswith("/"))
        text = section.text.format_map(values)
        return Reply(text, key, (*buttons, *ways), picture=section.picture)

    def label(self, key: str, target: str) -> str:
        """The label of a text's button.

        Raises:
            KeyError: no such text or button.
        """
        label = self.texts[key].label(target)
        if label is None:
            raise KeyError(f"{key}: no button leads to {target}")
        return label

    def draw(
        self,
        deck: str,
        facts: Mapping[str, str],
        avoid: Sequence[str],
        shown: Mapping[str, Instant],
        seed: str,
    ) -> str:
        """A card that fits the facts: none of `avoid` while others are left, one not shown yet before one that
        was, the longest ago first; among equals the seed decides."""
        fitting = [key for key in self.decks[deck] if self.texts[key].fits(facts)] or list(self.decks[deck])
        fresh = [key for key in fitting if key not in avoid] or [key for key in fitting if key != avoid[-1]] or fitting
        random.Random(seed).shuffle(fresh)
        return min(fresh, key=lambda key: shown.get(key, Instant.MIN))

    def find(self, words: str) -> Sequence[Article]:
        """Articles in which any of the words stands, the best first (BM25, English stems)."""
        terms = " OR ".join(f'"{term}"' for term in words.replace('"', " ").replace("\0", " ").split()[:20])
        if not terms:
            return ()
        rows = self._index.execute(
            "SELECT id FROM article WHERE article MATCH ? ORDER BY bm25(article, 0, 8, 1)", (terms,)
        )
        return [self.articles[row[0]] for row in rows]

    @cached_property
    def _index(self) -> sqlite3.Connection:
        index = sqlite3.connect(":memory:")
        index.execute("CREATE VIRTUAL TABLE article USING fts5(id UNINDEXED, head, body, tokenize='porter unicode61')")
        for article in self.articles.values():
            head = " ".join((article.title, *article.hurts, *(section.name for section in article.sections)))
            body = " ".join(section.text for section in article.sections)
            index.execute("INSERT INTO article VALUES (?, ?, ?)", (article.id, head, body))
        return index


@dataclass(frozen=True, slots=True)
class Library:
    """Everything the bot can say, and the numbers it can give."""

    folder: Path
    languages: Mapping[str, Words]
    helplines: helplines.Helplines
    sources: Mapping[str, Mapping[str, str]]

    def words(self, language: str) -> Words:
        """The texts of a language ("de-AT" is "de"), or of the default one."""
        return self.languages.get(language.split("-")[0]) or self.languages[DEFAULT_LANGUAGE]


def read(folder: Path) -> Library:
    """Reads a content folder.

    Raises:
        ContentError: naming every file that cannot be used, the line and the cure.
    """
    if not (folder / DEFAULT_LANGUAGE).is_dir():
        raise ContentError(
            Problem(folder, 1, f"has no folder {DEFAULT_LANGUAGE}/", "restore content/ from the repository")
        )
    names = sorted(path.name for path in folder.iterdir() if (path / "common.md").is_file())
    return Library(
        folder,
        {name: _words(folder / name) for name in names},
        helplines.read(folder / "helplines.toml"),
        {name: dict(row) for name, row in _toml(folder / "sources.toml").items() if isinstance(row, dict)},
    )


def _words(folder: Path) -> Words:
    documents, problems = _documents(folder)
    if problems:
        raise ContentError(*problems)
    texts: dict[str, Section] = {}
    decks: dict[str, tuple[str, ...]] = {}
    articles: dict[str, Article] = {}
    for page in documents:
        kind, name = page.file.parent.name, page.file.stem
        if kind == "articles":
            articles[name] = _article(page)
            continue
        keyed = {f"{name}/{section.name}": section for section in page.sections}
        texts |= keyed
        if kind == "decks":
            decks[name] = tuple(keyed)
    return Words(
        folder.name, folder, texts, decks, articles,
        _rules(folder / "crisis.toml", Detector.from_rules),
        _rules(folder / "phrases.toml", Phrases.from_rules),
    )  # fmt: skip


def _documents(folder: Path) -> tuple[list[Document], list[Problem]]:
    documents: list[Document] = []
    problems: list[Problem] = []
    for file in sorted(folder.rglob("*.md")):
        try:
            documents.append(document.read(file))
        except ContentError as error:
            problems += error.problems
    return documents, problems


def _article(page: Document) -> Article:
    meta = {name: page.meta.get(name, "") for name in ("title", "sources", "hurts", "side", "minutes", "evidence")}
    if missing := [name for name, value in meta.items() if not value]:
        raise ContentError(Problem(page.file, 1, f"the article has no {missing[0]}", f"add `{missing[0]}:` at the top"))
    return Article(
        page.file.stem, meta["title"], _list(meta["sources"]), _list(meta["hurts"]), meta["side"], meta["minutes"],
        meta["evidence"], _list(page.meta.get("avoid", "")), page.sections,
    )  # fmt: skip


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _rules(file: Path, build: Callable[[Mapping[str, object]], T]) -> T:
    try:
        return build(_toml(file))
    except ValueError as error:
        raise ContentError(Problem(file, 1, str(error), "correct that rule")) from error


def _toml(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ContentError(Problem(file, 1, f"cannot be read ({error.strerror})", "check the file")) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(Problem(file, 1, f"is not TOML ({error})", "mend that line")) from error
