"""One Markdown file of content/: front matter and named sections with buttons, attributes and a picture."""

import re
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
FENCE = "---"


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
        return all(set(wanted) & set(facts.get(name, "").split(",")) for name, wanted in self.attributes.items())


@dataclass(frozen=True, slots=True)
class Document:
    """A whole file."""

    file: Path
    meta: Mapping[str, str]
    sections: tuple[Section, ...]


def read(file: Path) -> Document:
    """Reads a file.

    Raises:
        ContentError: not UTF-8, not readable, no sections, front matter that is not YAML, or a name used twice.
    """
    try:
        text = file.read_text(encoding="utf-8")
        meta = frontmatter.loads(text).metadata
    except UnicodeDecodeError as error:
        raise ContentError(Problem(file, 1, "is not UTF-8 text", "save it as UTF-8")) from error
    except OSError as error:
        raise ContentError(Problem(file, 1, f"cannot be read ({error.strerror})", "check the file")) from error
    except YAMLError as error:
        raise ContentError(_yaml_problem(file, error)) from error
    if not isinstance(meta, dict):
        raise ContentError(Problem(file, 1, "has a front matter that is no list of keys", "write `key: value` lines"))
    lines = text.splitlines()
    sections = tuple(_sections(file, lines, _first_line_after_front_matter(lines)))
    if not sections:
        raise ContentError(Problem(file, 1, "has no section", "begin one with `## name`"))
    _check_names(sections)
    return Document(file, {key: str(value).strip() for key, value in meta.items()}, sections)


def _yaml_problem(file: Path, error: YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 2 if mark is not None else 1
    return Problem(file, line, "front matter is not `key: value`", 'put a value with a colon into "quotes"')


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
    ends = [number for number, _ in heads[1:]] + [len(lines)]
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
