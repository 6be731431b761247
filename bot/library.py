"""Reads content/ and gives texts, decks and articles. Pure once read."""

import random
import re
import sqlite3
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from whenever import Instant

from bot import document, helplines
from bot.crisis import Detector, Phrases
from bot.document import CONDITIONS, NEEDS, ContentError, Document, Problem, Section, check_inside, line_of, read_toml
from bot.messages import Button, Reply

DEFAULT_LANGUAGE = "en"
MENU = "commands"
"""The page with a section for each command that a platform lists."""

DOCKED = "common/docked"
"""The text whose buttons stay in reach below a chat."""

ARTICLES = "articles/"
"""How the key of an article begins, among those of cards."""

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

    @property
    def card(self) -> str:
        """The key under which it is known what was shown, and how it was received."""
        return f"{ARTICLES}{self.id}"


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
        ways = [Button(label, target) for target, label in section.buttons if target.startswith("/")]
        text = section.text.format_map(values)
        return Reply(text, key, tuple(buttons), picture=section.picture).with_ways(*ways)

    @cached_property
    def docked(self) -> Mapping[str, str]:
        """What the buttons that stay in reach below a chat mean when they come back as typed text."""
        docked = self.texts.get(DOCKED)
        return {label: target for target, label in docked.buttons} if docked else {}

    @cached_property
    def menu(self) -> Sequence[tuple[str, str]]:
        """The commands a platform lists, with what they do, the most needed first."""
        page = [(key.partition("/"), section) for key, section in self.texts.items()]
        return [(name, section.text) for (file, _, name), section in page if file == MENU]

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
        refused: Container[str] = (),
    ) -> str:
        """A card that fits the facts: none of `refused`, and then none of `avoid`, while others are left, one not
        shown yet before one that was, the longest ago first; among equals the seed decides."""
        all_fitting = self._fitting(deck, facts)
        fitting = [key for key in all_fitting if key not in refused] or all_fitting
        fresh = [key for key in fitting if key not in avoid] or [key for key in fitting if key != avoid[-1]] or fitting
        longest = min(shown.get(key, Instant.MIN) for key in fresh)
        return random.Random(seed).choice([key for key in fresh if shown.get(key, Instant.MIN) == longest])

    def _fitting(self, deck: str, facts: Mapping[str, str]) -> Sequence[str]:
        """The cards that fit, or else all that do no harm. There are only so many kinds of people, so each is looked
        for once."""
        about = (deck, *(facts.get(name, "") for name in (*CONDITIONS, *NEEDS, "danger")))
        if about not in self._found:
            fitting = [key for key in self.decks[deck] if self.texts[key].fits(facts)]
            self._found[about] = fitting or [key for key in self.decks[deck] if self.texts[key].may_be_shown(facts)]
        return self._found[about]

    @cached_property
    def _found(self) -> dict[tuple[str, ...], Sequence[str]]:
        return {}

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
    problems: list[Problem] = []
    names = sorted(path.name for path in folder.iterdir() if path.is_dir() and any(path.rglob("*.md")))
    for file in sorted(folder.rglob("*")):
        _try(problems, lambda file=file: check_inside(file, folder))  # type: ignore[misc]
    if problems:
        raise ContentError(*problems)
    lines = _try(problems, lambda: helplines.read(folder / "helplines.toml"))
    sources = _try(problems, lambda: _sources(folder / "sources.toml"))
    languages = {name: words for name in names if (words := _words(folder / name, problems)) is not None}
    if problems or lines is None or sources is None:
        raise ContentError(*problems)
    return Library(folder, languages, lines, sources)


def _try(problems: list[Problem], build: Callable[[], T]) -> T | None:
    """What is built, or None with its problems noted, so that all files are looked at."""
    try:
        return build()
    except ContentError as error:
        problems += error.problems
        return None


def _sources(file: Path) -> dict[str, dict[str, str]]:
    rows = {name: row for name, row in read_toml(file).items() if isinstance(row, dict)}
    for name, row in rows.items():
        if lacks := [key for key in ("title", "by") if not isinstance(row.get(key), str)]:
            wrong = f"the source {name} has no {lacks[0]}"
            raise ContentError(Problem(file, line_of(file, f"[{name}]"), wrong, f'add `{lacks[0]} = "…"`'))
    return rows


def _words(folder: Path, problems: list[Problem]) -> Words | None:
    before = len(problems)
    if not (folder / "common.md").is_file():
        problems.append(Problem(folder / "common.md", 1, "is missing", "every language needs it"))
    texts: dict[str, Section] = {}
    decks: dict[str, tuple[str, ...]] = {}
    articles: dict[str, Article] = {}
    for file in sorted(folder.rglob("*.md")):
        page = _try(problems, lambda file=file: document.read(file))  # type: ignore[misc]
        if page is None:
            continue
        if file.parent.name == "articles":
            if (article := _try(problems, lambda page=page: _article(page))) is not None:  # type: ignore[misc]
                articles[file.stem] = article
            continue
        keyed = {f"{file.stem}/{section.name}": section for section in page.sections}
        problems += [_twice(section, texts[key]) for key, section in keyed.items() if key in texts]
        texts |= keyed
        if file.parent.name == "decks":
            decks[file.stem] = tuple(keyed)
    crisis = _try(problems, lambda: _rules(folder / "crisis.toml", Detector.from_rules))
    phrases = _try(problems, lambda: _rules(folder / "phrases.toml", Phrases.from_rules))
    if len(problems) > before or crisis is None or phrases is None:
        return None
    return Words(folder.name, folder, texts, decks, articles, crisis, phrases)


def _twice(section: Section, other: Section) -> Problem:
    wrong = f"## {section.name} stands in {other.file} as well"
    return Problem(section.file, section.line, wrong, "rename one of the files or sections")


def _article(page: Document) -> Article:
    meta = {name: page.meta.get(name, "") for name in ("title", "sources", "hurts", "side", "minutes", "evidence")}
    lists = {name: _list(meta[name]) for name in ("sources", "hurts")}
    if missing := [name for name, value in (meta | lists).items() if not value]:
        raise ContentError(Problem(page.file, 1, f"the article has no {missing[0]}", f"add `{missing[0]}:` at the top"))
    return Article(
        id=page.file.stem,
        title=meta["title"],
        sources=lists["sources"],
        hurts=lists["hurts"],
        side=meta["side"],
        minutes=meta["minutes"],
        evidence=meta["evidence"],
        avoid=_list(page.meta.get("avoid", "")),
        sections=page.sections,
    )


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _rules(file: Path, build: Callable[[Mapping[str, object]], T]) -> T:
    try:
        return build(read_toml(file))
    except ValueError as error:
        quoted = re.search(r"number \d+, (['\"])(.*?)\1:", str(error))
        sign = f'"{quoted[2]}"' if quoted else '""'
        raise ContentError(Problem(file, line_of(file, sign), str(error), "correct that rule")) from error
