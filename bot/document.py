"""One Markdown file of content/: front matter and named sections with buttons, attributes and a picture."""

import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import frontmatter
from yaml import YAMLError

from bot.messages import Picture

HEADING = re.compile(r"^## +(?P<name>.*?)(?: *\{(?P<attributes>[^{}]*)\})? *$")
BUTTON = re.compile(r"^- \[(?P<label>[^\]]+)\]\((?P<target>[^)\s][^)]*)\) *$")
PICTURE = re.compile(r"^!\[(?P<alt>[^\]]*)\]\((?P<path>[^)]+)\) *$")
BLANKS = re.compile(r"\n\s*\n+")
CONDITIONS = frozenset({"for", "side", "tie", "time", "stage", "where"})
"""Attributes that decide whom a card fits; others only describe it. `avoid` names dangers for which it never does."""

NEEDS = frozenset({"discreet", "night", "free"})
"""Facts that ask something of a card: it fits only if it has an attribute of that name."""

LARGEST = 1_000_000
"""Bytes of a file at most; the largest one has a tenth of that."""

LONGEST_LINE = 5_000
"""Characters of a line at most: a paragraph is one line, and has some hundred."""

FENCE = "---"
QUOTES = 'put a value with a colon into "quotes"'


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend in content/: where it is, what is wrong and what helps."""

    file: Path
    line: int
    wrong: str
    cure: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.wrong}; {self.cure}"


class ContentError(Exception):
    """Content that cannot be used. `problems` names every place."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Section:
    """A named text. `buttons` are (target, label); an attribute that is missing means "fits everybody"."""

    name: str
    text: str
    file: Path
    line: int
    buttons: tuple[tuple[str, str], ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    picture: Picture | None = None

    def label(self, target: str) -> str | None:
        """The label of the button that leads to `target`."""
        return dict(self.buttons).get(target)

    def fits(self, facts: Mapping[str, str]) -> bool:
        """Whether no attribute speaks against what is known. A fact that is not known fits only no demand.

        A fact may hold several values, separated by commas; one in common is enough.
        """
        if not self.may_be_shown(facts) or (NEEDS & facts.keys()) - self.attributes.keys():
            return False
        for name in CONDITIONS:
            wanted = self.attributes.get(name)
            if wanted and not any(value in wanted for value in facts.get(name, "").split(",")):
                return False
        return True

    def may_be_shown(self, facts: Mapping[str, str]) -> bool:
        """Whether nothing that was told of a danger speaks against it."""
        return not set(self.attributes.get("avoid", ())) & set(facts.get("danger", "").split(","))


@dataclass(frozen=True, slots=True)
class Document:
    """A whole file."""

    file: Path
    meta: Mapping[str, str]
    sections: tuple[Section, ...]


def read_text(file: Path) -> str:
    """The text of a file.

    Raises:
        ContentError: not UTF-8, not readable, no file at all, or more than anybody wrote by hand.
    """
    try:
        about = file.stat()
        if not (stat.S_ISREG(about.st_mode) or stat.S_ISDIR(about.st_mode)):
            raise ContentError(Problem(file, 1, "is no file", "put a text file there"))
        if about.st_size > LARGEST:
            raise ContentError(
                Problem(file, 1, f"has {about.st_size:,} bytes", f"use at most {LARGEST:,}, or split it")
            )
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContentError(Problem(file, 1, "is not UTF-8 text", "save it as UTF-8")) from error
    except OSError as error:
        raise ContentError(Problem(file, 1, f"cannot be read ({error.strerror})", "check the file")) from error
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE:
            raise ContentError(Problem(file, number, f"the line has {len(line):,} characters", "break it into lines"))
    return text


def check_inside(file: Path, folder: Path) -> None:
    """Checks that a file is in a folder, wherever links lead.

    Raises:
        ContentError: it is not.
    """
    try:
        inside = file.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # links that lead to each other
        inside = True
    if not inside:
        raise ContentError(Problem(file, 1, f"leads out of {folder}", "put the file itself there"))


def read_toml(file: Path) -> dict[str, object]:
    """The values of a TOML file.

    Raises:
        ContentError: not readable, or no TOML.
    """
    try:
        return tomllib.loads(read_text(file))
    except RecursionError:
        raise ContentError(Problem(file, 1, "is nested too deeply", "write plain lists and tables")) from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        number = int(line[1]) if line else read_text(file).count("\n")
        raise ContentError(Problem(file, number, f"is not TOML ({error})", "mend that line")) from error


def line_of(file: Path, *signs: str) -> int:
    """The first line that has all the signs, 1 if none has."""
    rows = enumerate(read_text(file).splitlines(), 1)
    return next((number for number, row in rows if all(sign in row for sign in signs)), 1)


def read(file: Path) -> Document:
    """Reads a file.

    Raises:
        ContentError: not UTF-8, not readable, no sections, front matter that is not YAML, or a name used twice.
    """
    text = read_text(file)
    lines = text.splitlines()
    start = _first_line_after_front_matter(lines)
    if sum(map(len, lines[:start])) > LONGEST_LINE:
        raise ContentError(Problem(file, 1, "front matter is too long", "write a few `key: value` lines"))
    try:
        meta = frontmatter.loads(text).metadata
    except YAMLError as error:
        raise ContentError(_yaml_problem(file, error)) from error
    except RecursionError:
        raise ContentError(Problem(file, 1, "front matter is nested too deeply", "write `key: value` lines")) from None
    except ValueError as error:
        raise ContentError(Problem(file, 1, f"front matter cannot be read ({error})", QUOTES)) from error
    for key, value in meta.items():
        if isinstance(value, dict | list | set | tuple):
            wrong = f"front matter has more than one value for {key}"
            raise ContentError(Problem(file, line_of(file, f"{key}:"), wrong, "write `key: value, value`"))
    if start and not meta:
        raise ContentError(Problem(file, 1, "front matter has no keys", "write `key: value` lines"))
    sections = tuple(_sections(file, lines, start))
    if not sections:
        raise ContentError(Problem(file, 1, "has no section", "begin one with `## name`"))
    _check_names(sections)
    return Document(file, {key: str(value).strip() for key, value in meta.items()}, sections)


def _yaml_problem(file: Path, error: YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    return Problem(file, max(mark.line + 1, 1) if mark else 1, "front matter is not `key: value`", QUOTES)


def _check_names(sections: tuple[Section, ...]) -> None:
    seen: dict[str, Section] = {}
    for section in sections:
        if section.name in seen:
            first = seen[section.name].line
            raise ContentError(
                Problem(
                    section.file,
                    section.line,
                    f"## {section.name} stands at line {first} already",
                    "rename one",
                )
            )
        seen[section.name] = section


def _first_line_after_front_matter(lines: list[str]) -> int:
    if not lines or lines[0].strip() != FENCE:
        return 0
    return next((number for number, line in enumerate(lines[1:], 2) if line.strip() == FENCE), 0)


def _sections(file: Path, lines: list[str], start: int) -> list[Section]:
    heads = [(number, match) for number, line in enumerate(lines) if number >= start and (match := HEADING.match(line))]
    ends = [*(number for number, _ in heads[1:]), len(lines)][: len(heads)]
    return [
        _section(file, number + 1, match, lines[number + 1 : end])
        for (number, match), end in zip(heads, ends, strict=True)
    ]


def _section(file: Path, line: int, head: re.Match[str], body: list[str]) -> Section:
    buttons: list[tuple[str, str]] = []
    picture = None
    text: list[str] = []
    for row in body:
        if match := BUTTON.match(row):
            buttons.append((match["target"], match["label"].strip()))
        elif match := PICTURE.match(row):
            picture = Picture(match["path"], match["alt"])
        else:
            text.append(row.rstrip())
    attributes = _attributes(file, line, head["attributes"] or "")
    return Section(
        head["name"],
        BLANKS.sub("\n\n", "\n".join(text)).strip(),
        file,
        line,
        tuple(buttons),
        attributes,
        picture,
    )


def _attributes(file: Path, line: int, text: str) -> dict[str, tuple[str, ...]]:
    found = {}
    for part in text.split():
        name, equals, values = part.partition("=")
        if not (name and equals and values):
            raise ContentError(Problem(file, line, f"attribute {part!r} has no value", "write `{name=value,value}`"))
        found[name] = tuple(values.split(","))
    return found
