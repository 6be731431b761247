"""What `holdfast content check` finds: every text the flows and handlers ask for is there, and nothing is too long."""

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from bot.document import Problem, Section, line_of
from bot.engine import Flows
from bot.flow import Branch, Draw, Handoff, Wait
from bot.library import MENU, ONLY_ENGLISH, Article, Library, Words
from bot.signs import UNTYPED, visible
from bot.variables import GIVEN, VARIABLES

SCREEN = 1_800
"""Characters of one text: Discord shows 2,000 (discord.com/developers/docs/resources/message), variables need room."""

CAPTION = 900
"""Characters of a text with a picture, together with what the picture shows: Telegram shows 1,024 below a picture,
variables and a countdown need room."""

EXCERPT = 900
"""Characters of one section of an article: read on a phone, at night."""

LABEL = 38
"""Characters of a button's label: more is cut on a narrow phone."""

QUESTION = 300
"""Characters of a question that begins a thread: it stands below a section of an article in one message."""

TITLE = 60
"""Characters of an article's title, which is a button too; Discord allows 80."""

DESCRIPTION = 100
"""Characters that say what a command does: Discord's limit, and Telegram's is higher."""

DESCRIBING = ("discord/command_", "discord/option_")
"""Texts that say what a command does, or what stands behind it."""

SLUG = 40
"""Characters of an article's id, and of the name of a card that can be refused: it travels in a button's token of 64
bytes."""

SHORTER: Mapping[str, int] = {"telegram/description": 512, "telegram/about": 120}
"""Characters of texts for which a platform has less room (core.telegram.org/bots/api#setmydescription)."""

PICTURE = 5_000_000
"""Bytes of a picture: Telegram takes 10 MB (core.telegram.org/bots/api#sendphoto), a phone at night less."""

KINDS = (("PNG", b"\x89PNG\r\n\x1a\n"), ("JPEG", b"\xff\xd8\xff"))
"""Kinds of pictures that every platform shows, and how they begin."""

FORBIDDEN = {"!": "an exclamation mark", "\ufffd": "a character that was lost in a conversion"}

VARIABLE = re.compile(r"\{[^{}]*\}")

ANSWERS = ("good", "so_so", "hard")
"""The answers a check-in may have."""

DANGERS = frozenset({"order", "no", "fear"})
"""What may be told of a danger: for whom an article or a card is a guide to something that must not be."""

ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "for": frozenset({"missing", "lonely", "angry", "answer"}),
    "side": frozenset({"left", "was-left"}),
    "tie": frozenset({"none", "children", "work", "home"}),
    "time": frozenset({"morning", "evening"}),
    "stage": frozenset({"first", "weeks", "later"}),
    "discreet": frozenset({"yes"}),
    "where": frozenset({"in", "out"}),
    "night": frozenset({"yes"}),
    "free": frozenset({"yes"}),
    "minutes": frozenset(map(str, range(1, 121))),
    "avoid": DANGERS,
}
"""What a card of a deck may be for."""

AVOID = "let its `avoid` name what the English one names"

Texts = Mapping[str, Section]

INTERNAL = frozenset({"figure", "meant"})
"""Commands that the conversation itself answers."""


def check(
    library: Library, flows: Flows, texts: Mapping[str, tuple[str, ...]], commands: Iterable[str]
) -> list[Problem]:
    """Everything that must be mended before the bot may speak: what English lacks, and mistakes in every language."""
    known = frozenset(commands) | INTERNAL
    wanted = _wanted(flows, texts)
    problems: list[Problem] = []
    for words in library.languages.values():
        own = {key: section for key, section in words.texts.items() if key not in words.missing}
        if words.english is None:
            problems += _missing(words, wanted, frozenset(flows))
            problems += _no_cards(words, flows)
        else:
            problems += _missing(words, {ONLY_ENGLISH: ()}, frozenset())
            problems += _unsafe(words, words.english)
        problems += _unknown(words, own, wanted)
        problems += _phrases(words, known)
        problems += _decks(words, own)
        problems += _menu(own, frozenset(commands))
        problems += _pictures(own, library.folder / "pictures")
        for key, section in own.items():
            problems += _section(key, section, known)
        for article in words.articles.values():
            if f"articles/{article.id}" not in words.missing:
                problems += _article(article, library, words)
    return problems


def astray(library: Library) -> list[Problem]:
    """What is wrong in search.toml and keeps nobody from speaking. The index is made for that."""
    return [problem for words in library.languages.values() for problem in words.index.problems()]


def expired(library: Library, today: date) -> list[Problem]:
    """Helplines whose number must be read again. Strict checks fail on them."""
    file = library.folder / "helplines.toml"
    cure = "read the number again at its source and set verified_on and expires_on"
    return [
        Problem(file, place, f"{line.name} ({country.code}) expired on {line.expires_on}", cure)
        for country, line, place in library.helplines.expired(today)
    ]


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


def _missing(words: Words, wanted: Mapping[str, tuple[str, ...]], walks: frozenset[str]) -> Iterator[Problem]:
    for key, buttons in wanted.items():
        section = words.texts.get(key)
        if section is None:
            page, _, name = key.partition("/")
            file = words.folder / ("walks" if page in walks else "") / f"{page}.md"
            yield Problem(file, 1, f"there is no text {key}", f"add a section `## {name}`")
            continue
        for name in buttons:
            if section.label(name) is None:
                yield _at(section, f"the button ({name}) is missing", f"add `- [label]({name})`")


def _unsafe(words: Words, english: Words) -> Iterator[Problem]:
    """What somebody in danger is not shown in English, and would be in another language."""
    for key in sorted({card for deck in words.decks.values() for card in deck} & english.texts.keys()):
        own, whole = (set(texts[key].attributes.get("avoid", ())) for texts in (words.texts, english.texts))
        if whole - own:
            yield _at(words.texts[key], f"the card is for more people than in English: {_named(whole - own)}", AVOID)
    for id, article in words.articles.items():
        lacks = set(english.articles[id].avoid) - set(article.avoid) if id in english.articles else ()
        if lacks:
            yield _at(article.sections[0], f"the article is for more people than in English: {_named(lacks)}", AVOID)


def _named(dangers: Iterable[str]) -> str:
    return ", ".join(sorted(dangers))


def _unknown(words: Words, own: Texts, wanted: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    """Texts and buttons that nothing asks for."""
    wanted = {**wanted, ONLY_ENGLISH: ()} if words.english else wanted
    for key, section in own.items():
        if key not in wanted and key.split("/")[0] not in (*words.decks, MENU):
            yield _at(section, f"nobody asks for the text {key}", "remove it or correct its name")
        for name, label in section.buttons if key in wanted else ():
            if name not in wanted[key] and not name.startswith("/"):
                yield _at(section, f"nothing knows the button [{label}]({name})", "remove it or correct its name")


def _phrases(words: Words, commands: frozenset[str]) -> Iterator[Problem]:
    file = words.folder / "phrases.toml"
    for name in words.phrases.commands:
        if name not in commands:
            wrong = f"there is no command /{name}"
            yield Problem(file, line_of(file, f"{name} ="), wrong, f"use one of {', '.join(sorted(commands))}")


def _no_cards(words: Words, flows: Flows) -> Iterator[Problem]:
    wanted = {step.deck for flow in flows.values() for step in flow.steps.values() if isinstance(step, Draw)}
    for deck in sorted(wanted | {"checkins", "fresh", "threads"}):
        if not words.decks.get(deck):
            file = words.folder / "decks" / f"{deck}.md"
            yield Problem(file, 1, f"there is no card in the deck {deck}", "add a section `## name`")


def _decks(words: Words, own: Texts) -> Iterator[Problem]:
    for deck, keys in words.decks.items():
        names = ANSWERS if deck == "checkins" else ()
        for section in (own[key] for key in keys if key in own):
            if {name for name, _ in section.buttons} - set(names):
                yield _at(section, "the card has a button that nothing knows", f"use {', '.join(names) or 'none'}")
            for name, values in section.attributes.items():
                if unknown := sorted(set(values) - ATTRIBUTES.get(name, frozenset())):
                    known = ", ".join(sorted(ATTRIBUTES.get(name, ATTRIBUTES)))
                    yield _at(section, f"nobody can fit {{{name}={unknown[0]}}}", f"use {known}")
            if deck == "fresh" and len(section.name) > SLUG:
                yield _at(section, f"the name has {len(section.name)} characters", f"use at most {SLUG}")
            if deck == "fresh" and "minutes" not in section.attributes:
                yield _at(section, "the card does not say how long it takes", "add `{minutes=10}` to its heading")
            if deck == "threads" and len(section.text) > QUESTION:
                yield _at(section, f"the question has {len(section.text)} characters", f"use at most {QUESTION}")
            if names and not section.buttons:
                yield _at(section, "the question has no button", f"use two or three of {', '.join(names)}")


def _menu(own: Texts, commands: frozenset[str]) -> Iterator[Problem]:
    for section in (section for key, section in own.items() if key.startswith(f"{MENU}/")):
        if section.name not in commands:
            yield _at(section, f"there is no command /{section.name}", "remove it or correct its name")
        if not 0 < (length := len(section.text)) <= DESCRIPTION:
            yield _at(section, f"what /{section.name} does takes {length} characters", f"use 1 to {DESCRIPTION}")


def _pictures(own: Texts, folder: Path) -> Iterator[Problem]:
    for section in own.values():
        if section.picture is None:
            continue
        yield from _picture(section, section.picture.path, folder)
        if not section.picture.alt.strip():
            yield _at(section, "the picture has no words", "say in the square brackets what it shows")
        if (length := len(section.text) + len(section.picture.alt)) > CAPTION:
            yield _at(section, f"with its picture the text has {length} characters", f"use at most {CAPTION}")


def _picture(section: Section, path: str, folder: Path) -> Iterator[Problem]:
    """A picture is a file below the folder, and no other file of the machine is sent to anybody."""
    file = folder / path
    if not _is_file(file):
        yield _at(section, f"there is no picture {path}", f"put it into {folder}")
    elif ".." in Path(path).parts or not file.resolve().is_relative_to(folder.resolve()):
        yield _at(section, f"the picture {path} leads out of {folder}", "put it there, and name it without a folder")
    elif file.stat().st_size > PICTURE:
        yield _at(section, f"the picture {path} has {file.stat().st_size:,} bytes", f"use at most {PICTURE:,}")
    elif not _looks_like_one(file):
        yield _at(section, f"{path} is no picture", f"use one of {', '.join(sorted({kind for kind, _ in KINDS}))}")


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:  # a name that is too long, or a folder that is closed
        return False


def _looks_like_one(file: Path) -> bool:
    with file.open("rb") as opened:
        begins = opened.read(16)
    return any(begins.startswith(sign) for _, sign in KINDS)


def _section(key: str, section: Section, commands: frozenset[str]) -> Iterator[Problem]:
    longest = DESCRIPTION if key.startswith(DESCRIBING) else SHORTER.get(key, SCREEN)
    yield from _text(section, longest, key.split("/")[0])
    for target, label in section.buttons:
        command = target[1:].split(" ")[0]
        if target.startswith("/") and command not in commands:
            yield _at(section, f"the button [{label}] names the command /{command}, which does not exist", "correct it")
        if not label:
            yield _at(section, f"the button ({target}) has no label", "write one in the square brackets")
        for sign, name in FORBIDDEN.items():
            if sign in label:
                yield _at(section, f"the label {label!r} has {name}", "write it without")
        if UNTYPED.search(label):
            yield _at(section, f"the label {visible(label)!r} has a control character", "delete it")
        if len(label) > LABEL:
            yield _at(section, f"the label {label!r} has {len(label)} characters", f"use at most {LABEL}")


def _text(section: Section, longest: int, page: str) -> Iterator[Problem]:
    if len(section.text) > longest:
        yield _at(section, f"the text has {len(section.text)} characters", f"use at most {longest}, or split it")
    words = VARIABLE.sub("", section.text)
    for sign, name in FORBIDDEN.items():
        if sign in words:
            yield _at(section, f"the text has {name}", "write it without")
    if odd := UNTYPED.search(section.text):
        yield _at(section, f"the text has the control character {visible(odd[0])}", "delete it")
    yield from _variables(section, page)


def _variables(section: Section, page: str) -> Iterator[Problem]:
    try:
        fields = [field for field in string.Formatter().parse(section.text) if field[1] is not None]
    except ValueError as error:
        yield _at(section, f"a brace stands alone ({error})", "write {variable}, or no brace")
        return
    known = VARIABLES.keys() | GIVEN.get(page, frozenset())
    for _, name, shape, conversion in fields:
        if shape or conversion:
            yield _at(section, f"{{{name}…}} has more in it than a name", f"write {{{name}}}")
        elif name not in known:
            yield _at(section, f"there is no variable {{{name}}} here", f"use one of {', '.join(sorted(known))}")


def _article(article: Article, library: Library, words: Words) -> Iterator[Problem]:
    file = article.sections[0].file
    listed = dict(words.texts["reading/hurts"].buttons) if "reading/hurts" in words.texts else {}
    sides = ("left", "was-left", "both")
    wrong = [
        ("sources", f"the source {source!r} is not in sources.toml", "name one that is")
        for source in article.sources
        if source not in library.sources
    ]
    wrong += [
        ("hurts", f"no button of reading/hurts leads to {hurt!r}", f"use {', '.join(listed)}")
        for hurt in article.hurts
        if hurt not in listed
    ]
    wrong += [
        ("avoid", f"nobody can tell of the danger {danger!r}", f"use {', '.join(sorted(DANGERS))}")
        for danger in article.avoid
        if danger not in DANGERS
    ]
    if len(article.title) > TITLE:
        wrong.append(("title", f"the title has {len(article.title)} characters", f"use at most {TITLE}"))
    if len(article.id) > SLUG:
        wrong.append(("", f"the file name has {len(article.id)} characters", f"use at most {SLUG}"))
    if article.side not in sides:
        wrong.append(("side", f"the side is {article.side!r}", f"write {', '.join(sides)}"))
    for key, what, cure in wrong:
        yield Problem(file, line_of(file, f"{key}:") if key else 1, what, cure)
    for section in article.sections:
        yield from _text(section, EXCERPT, "articles")


def _at(section: Section, wrong: str, cure: str) -> Problem:
    return Problem(section.file, section.line, wrong, cure)
