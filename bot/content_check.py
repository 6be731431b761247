"""What `holdfast content check` finds: every text the flows and handlers ask for is there, and nothing is too long."""

import string
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from bot.document import Problem, Section
from bot.engine import Flows
from bot.flow import Branch, Draw, Handoff, Wait
from bot.helplines import Country, Line
from bot.library import Article, Library, Words
from bot.variables import GIVEN, VARIABLES

SCREEN = 1_800
"""Characters of one text: Discord shows 2,000 (discord.com/developers/docs/resources/message), variables need room."""

EXCERPT = 900
"""Characters of one section of an article: read on a phone, at night."""

LABEL = 38
"""Characters of a button's label: more is cut on a narrow phone."""

TITLE = 60
"""Characters of an article's title, which is a button too; Discord allows 80."""

SLUG = 40
"""Characters of an article's id: it travels in a button's token of 64 bytes."""

FORBIDDEN = {"!": "an exclamation mark", "\ufffd": "a character that was lost in a conversion"}

ANSWERS = ("good", "so_so", "hard")
"""The answers a check-in may have."""

INTERNAL = frozenset({"figure", "meant"})
"""Commands that the conversation itself answers."""


def check(
    library: Library, flows: Flows, texts: Mapping[str, tuple[str, ...]], commands: Iterable[str]
) -> list[Problem]:
    """Everything that must be mended before the bot may speak, in every language."""
    known = frozenset(commands) | INTERNAL
    problems: list[Problem] = []
    for words in library.languages.values():
        problems += _missing(words, _wanted(flows, texts))
        problems += _decks(words, flows)
        problems += _pictures(words, library.folder / "pictures")
        for key, section in words.texts.items():
            problems += _section(key, section, known)
        for article in words.articles.values():
            problems += _article(article, library)
    return problems


def expired(library: Library, today: date) -> list[Problem]:
    """Helplines whose number must be read again. Strict checks fail on them."""
    file = library.folder / "helplines.toml"
    return [_overdue(file, country, line) for country, line in library.helplines.expired(today)]


def _overdue(file: Path, country: Country, line: Line) -> Problem:
    rows = enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
    number = next((number for number, row in rows if f'"{line.name}"' in row), 1)
    wrong = f"{line.name} ({country.code}) expired on {line.expires_on}"
    return Problem(file, number, wrong, "read the number again at its source and set verified_on and expires_on")


def _wanted(flows: Flows, texts: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Every text that is asked for, with the buttons that must be in it."""
    wanted = dict(texts)
    for flow in flows.values():
        for name, step in flow.steps.items():
            if not isinstance(step, Branch | Handoff):
                wanted[flow.key(name)] = tuple(choice.name for choice in step.choices)
            if isinstance(step, Wait):
                wanted |= {key: wanted.get(key, ()) for _, key in step.meanwhile}
    return wanted


def _missing(words: Words, wanted: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    for key, buttons in wanted.items():
        section = words.texts.get(key)
        if section is None:
            page, _, name = key.partition("/")
            yield Problem(_file(words, page), 1, f"there is no text {key}", f"add a section `## {name}`")
            continue
        for name in buttons:
            if section.label(name) is None:
                yield _at(section, f"the button ({name}) is missing", f"add `- [label]({name})`")
        for name, label in section.buttons:
            if name not in buttons and not name.startswith("/"):
                yield _at(section, f"nothing knows the button [{label}]({name})", "remove it or correct its name")
    for key, section in words.texts.items():
        if key not in wanted and key.split("/")[0] not in words.decks:
            yield _at(section, f"nobody asks for the text {key}", "remove it or correct its name")


def _file(words: Words, page: str) -> Path:
    walk = words.folder / "walks" / f"{page}.md"
    plain = words.folder / f"{page}.md"
    return plain if plain.exists() else walk


def _decks(words: Words, flows: Flows) -> Iterator[Problem]:
    wanted = {step.deck for flow in flows.values() for step in flow.steps.values() if isinstance(step, Draw)}
    for deck in sorted(wanted | {"checkins"}):
        if not words.decks.get(deck):
            file = words.folder / "decks" / f"{deck}.md"
            yield Problem(file, 1, f"there is no card in the deck {deck}", "add a section `## name`")
    for deck, keys in words.decks.items():
        names = ANSWERS if deck == "checkins" else ()
        for section in (words.texts[key] for key in keys):
            if {name for name, _ in section.buttons} - set(names):
                yield _at(section, "the card has a button that nothing knows", f"use {', '.join(names) or 'none'}")
            if names and not section.buttons:
                yield _at(section, "the question has no button", f"use two or three of {', '.join(names)}")


def _pictures(words: Words, folder: Path) -> Iterator[Problem]:
    for section in words.texts.values():
        if section.picture is None:
            continue
        if not (folder / section.picture.path).is_file():
            yield _at(section, f"there is no picture {section.picture.path}", f"put it into {folder}")
        if not section.picture.alt.strip():
            yield _at(section, "the picture has no words", "say in the square brackets what it shows")


def _section(key: str, section: Section, commands: frozenset[str]) -> Iterator[Problem]:
    yield from _text(section, SCREEN)
    for target, label in section.buttons:
        command = target[1:].split(" ")[0]
        if target.startswith("/") and command not in commands:
            yield _at(section, f"the button [{label}] names the command /{command}, which does not exist", "correct it")
        if len(label) > LABEL:
            yield _at(section, f"the label {label!r} has {len(label)} characters", f"use at most {LABEL}")


def _text(section: Section, longest: int) -> Iterator[Problem]:
    if len(section.text) > longest:
        yield _at(section, f"the text has {len(section.text)} characters", f"use at most {longest}, or split it")
    for sign, name in FORBIDDEN.items():
        if sign in section.text:
            yield _at(section, f"the text has {name}", "write it without")
    yield from _variables(section)


def _variables(section: Section) -> Iterator[Problem]:
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(section.text) if name is not None}
    except ValueError as error:
        yield _at(section, f"a brace stands alone ({error})", "write {variable}, or no brace")
        return
    for name in sorted(names - VARIABLES.keys() - GIVEN):
        near = ", ".join(sorted(VARIABLES))
        yield _at(section, f"there is no variable {{{name}}}", f"use one of {near}")


def _article(article: Article, library: Library) -> Iterator[Problem]:
    first = article.sections[0]
    if unknown := [source for source in article.sources if source not in library.sources]:
        yield _at(first, f"the source {unknown[0]!r} is not in sources.toml", "name one that is")
    if len(article.title) > TITLE:
        yield _at(first, f"the title has {len(article.title)} characters", f"use at most {TITLE}")
    if len(article.id) > SLUG:
        yield _at(first, f"the file name has {len(article.id)} characters", f"use at most {SLUG}")
    if article.side not in ("left", "was-left", "both"):
        yield _at(first, f"the side is {article.side!r}", "write left, was-left or both")
    for section in article.sections:
        yield from _text(section, EXCERPT)


def _at(section: Section, wrong: str, cure: str) -> Problem:
    return Problem(section.file, section.line, wrong, cure)
