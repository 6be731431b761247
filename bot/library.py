"""Reads content/ and gives texts, decks and articles. Pure once read."""

import os
import random
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from pathlib import Path
from typing import TypeVar, cast

from whenever import Instant

from bot import document, helplines, languages, lexicon, names
from bot.crisis import Detector, Phrases
from bot.document import (
    CONDITIONS,
    NEEDS,
    ContentError,
    Document,
    Problem,
    Section,
    check_inside,
    line_of,
    read_text,
    read_toml,
)
from bot.lexicon import Lexicon
from bot.messages import Button, Reply
from bot.names import Names, Typed
from bot.search import Found, Index, Page

DEFAULT_LANGUAGE = "en"
MENU = "commands"
"""The page with a section for each command that a platform lists."""

DOCKED = "common/docked"
"""The text whose buttons stay in reach below a chat."""

ONLY_ENGLISH = "common/only_english"
"""What another language says before a text that it does not have."""

LISTED = "common/listed"
"""How two things are put in a row: and what comes of that with a third one."""

NO_CRISIS: Mapping[str, object] = {"self_harm": {"explicit": [], "ambiguous": [], "everyday": []}}
"""The rules of another language without crisis.toml. In it, too, those of all others are heard."""

ARTICLES = "articles/"
"""How the key of an article begins, among those of cards."""

MOST_BUILT = 8
"""Files of rules whose automata are kept."""

_BUILT: dict[tuple[object, str], object] = {}

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
    """All texts of one language. Keys are `common/menu`, `urge/name_it`, `reasons/the-reply-loop`.

    What another language lacks is there in English, as a text, a deck or a button, and the `missing` keys name it; if
    it has no article at all, the English ones are there. `lines` says in this language what helplines.toml says in
    English.
    """

    language: str
    folder: Path
    texts: Mapping[str, Section]
    decks: Mapping[str, tuple[str, ...]]
    articles: Mapping[str, Article]
    crisis: Detector
    phrases: Phrases
    lexicon: Lexicon
    typed: Typed
    lines: Mapping[str, str]
    english: "Words | None" = None
    missing: frozenset[str] = frozenset()

    def reply(self, key: str, values: Mapping[str, str], buttons: Iterable[Button] = ()) -> Reply:
        """The text of that key as a message, with its variables filled in. Its `/command` buttons follow `buttons`.

        Raises:
            KeyError: no such text.
        """
        section = self.texts[key]
        text = self.text(key, values)
        reply = Reply(text, key, tuple(buttons), picture=section.picture, language=self.language)
        return self.excused(reply, key).with_ways(*self.ways(key))

    @property
    def keys(self) -> frozenset[str]:
        """What names the texts, and, as `articles/<id>`, the articles."""
        return frozenset((*self.texts, *(f"articles/{id}" for id in self.articles)))

    def text(self, key: str, values: Mapping[str, str]) -> str:
        """The text of that key as a part of another one, with its variables filled in.

        Raises:
            KeyError: no such text.
        """
        return self.texts[key].text.format_map(values)

    def ways(self, key: str) -> Sequence[Button]:
        """The buttons of a text that lead elsewhere."""
        return [Button(label, target) for target, label in self.texts[key].buttons if target.startswith("/")]

    def excused(self, reply: Reply, key: str) -> Reply:
        """A message, with a word before it if what it shows under that key is there in English only."""
        if key not in self.missing:
            return reply
        return replace(reply, text=f"{self.texts[ONLY_ENGLISH].text}\n\n{reply.text}")

    def article(self, id: str) -> Article | None:
        """An article, in English if it is there in that only."""
        return self.articles.get(id) or (self.english.articles.get(id) if self.english else None)

    def listed(self, items: Sequence[str]) -> str:
        """Several things in a row."""
        pattern = self.texts[LISTED].text
        return reduce(lambda one, other: pattern.format(one=one, other=other), items) if items else ""

    def line(self, said: str) -> str:
        """What helplines.toml says, in this language."""
        return self.lines.get(said, said)

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
        """The label of a text's button, in English if that is all there is.

        Raises:
            KeyError: no such text or button.
        """
        label = self.texts[key].label(target)
        if label is None and self.english is not None:
            return self.english.label(key, target)
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
        """The cards that fit; else the English ones that do, or all that do no harm. There are only so many kinds of
        people, so each is looked for once."""
        about = (deck, *(facts.get(name, "") for name in (*CONDITIONS, *NEEDS, "danger")))
        if about not in self._found:
            fitting = [key for key in self.decks[deck] if self.texts[key].fits(facts)]
            others = self.english._fitting(deck, facts) if self.english else ()
            harmless = [key for key in self.decks[deck] if self.texts[key].may_be_shown(facts)]
            self._found[about] = fitting or others or harmless
        return self._found[about]

    @cached_property
    def _found(self) -> dict[tuple[str, ...], Sequence[str]]:
        return {}

    def find(self, words: str) -> Found:
        """The articles that somebody means by some words, the best first."""
        return self.index.find(words)

    @cached_property
    def index(self) -> Index:
        """Where words are looked up, made when they first are."""
        labels = dict(self.texts["reading/hurts"].buttons) if "reading/hurts" in self.texts else {}
        return Index((_page(article, labels) for article in self.articles.values()), self.lexicon)


@dataclass(frozen=True, slots=True)
class Library:
    """Everything the bot can say, and the numbers it can give."""

    folder: Path
    languages: Mapping[str, Words]
    helplines: helplines.Helplines
    sources: Mapping[str, Mapping[str, str]]
    names: Names

    def words(self, *wanted: str) -> Words:
        """The texts of the first wanted language that there is ("de-AT" is "de"), or else of the default one."""
        return self.languages[languages.nearest(wanted, self.languages) or DEFAULT_LANGUAGE]


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
    tags = sorted(path.name for path in folder.iterdir() if path.is_dir() and any(path.rglob("*.md")))
    for file in sorted(folder.rglob("*")):
        _try(problems, lambda file=file: check_inside(file, folder))  # type: ignore[misc]
    if problems:
        raise ContentError(*problems)
    lines = _try(problems, lambda: helplines.read(folder / "helplines.toml"))
    sources = _try(problems, lambda: _sources(folder / "sources.toml"))
    spoken = {tag: words for tag in tags if (words := _words(folder / tag, problems)) is not None}
    if problems or lines is None or sources is None:
        raise ContentError(*problems)
    english = spoken[DEFAULT_LANGUAGE]
    spoken = {tag: words if words is english else _completed(words, english) for tag, words in spoken.items()}
    typed = Names({tag: words.typed for tag, words in spoken.items()})
    return Library(folder, spoken, lines, sources, typed)


def _completed(words: Words, english: Words) -> Words:
    """Another language, with the English words for what it lacks."""
    decks = {name: words.decks.get(name) or cards for name, cards in english.decks.items()}
    return replace(
        words,
        texts={**english.texts, **words.texts},
        decks={**words.decks, **decks},
        articles=words.articles or english.articles,
        english=english,
        missing=english.keys - words.keys,
    )


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
    if folder.name != languages.normalised(folder.name):
        problems.append(Problem(folder, 1, f"{folder.name} is no tag of a language", "name it like de or pt-BR"))
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
    crisis = _try(problems, lambda: _rules(folder / "crisis.toml", Detector.from_rules, NO_CRISIS))
    phrases = _try(problems, lambda: _rules(folder / "phrases.toml", Phrases.from_rules, {}))
    search = _try(problems, lambda: lexicon.read(folder / "search.toml"))
    typed = _try(problems, lambda: names.read(folder / names.FILE) if _is_there(folder / names.FILE) else Typed())
    lines = _try(problems, lambda: helplines.words(folder / "helplines.toml"))
    if len(problems) > before:
        return None
    if crisis is None or phrases is None or search is None or typed is None or lines is None:
        return None
    return Words(folder.name, folder, texts, decks, articles, crisis, phrases, search, typed, lines)


def _is_there(file: Path) -> bool:
    """Whether a file of a language is to be read: what another one than the default lacks is only missing."""
    return file.parent.name == DEFAULT_LANGUAGE or os.path.lexists(file)


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


def _page(article: Article, topics: Mapping[str, str]) -> Page:
    """What of an article can be found."""
    about = " ".join(topics.get(hurt, hurt) for hurt in article.hurts)
    return Page(article.id, article.title, about, [(section.name, section.text) for section in article.sections])


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _rules(file: Path, build: Callable[[Mapping[str, object]], T], otherwise: Mapping[str, object]) -> T:
    """What is built of the rules of a file. The same text is not built again: it takes longer than all else."""
    try:
        if not _is_there(file):
            return build(otherwise)
        key = (build, read_text(file))
        if key not in _BUILT:
            while len(_BUILT) >= MOST_BUILT:
                _BUILT.pop(next(iter(_BUILT)))
            _BUILT[key] = build(read_toml(file))
        return cast(T, _BUILT[key])
    except ValueError as error:
        quoted = re.search(r"number \d+, (['\"])(.*?)\1:", str(error))
        sign = f'"{quoted[2]}"' if quoted else '""'
        raise ContentError(Problem(file, line_of(file, sign), str(error), "correct that rule")) from error
