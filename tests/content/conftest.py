"""A copy of content/ to make mistakes in, and what is said about them."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.authoring import read_content
from bot.document import ContentError, Problem
from bot.settings import CONTENT


class Copy:
    """A content folder that may be spoilt."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def change(self, file: str, old: str, new: str) -> int:
        """Replaces the first `old`, which must be there. Gives the line at which the new text begins."""
        text = self.text(file)
        assert old in text
        place = text.index(old)
        self.write(file, text[:place] + new + text[place + len(old) :])
        return text[:place].count("\n") + 1

    def add_to(self, file: str, heading: str, row: str) -> int:
        """Puts a row below a heading. Gives the line of the heading."""
        return self.change(file, f"\n## {heading}\n", f"\n## {heading}\n{row}\n\n") + 1

    def text(self, file: str) -> str:
        return (self.folder / file).read_text(encoding="utf-8")

    def write(self, file: str, text: str) -> None:
        (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / file).write_text(text, encoding="utf-8")

    @property
    def problems(self) -> Sequence[Problem]:
        try:
            read_content(self.folder, thoroughly=True)
        except ContentError as error:
            return error.problems
        return ()

    def complaint(self, file: str, said: str) -> Problem:
        """The one problem of a file in which something is said."""
        problems = self.problems
        found = [problem for problem in problems if problem.file == self.folder / file and said in problem.wrong]
        assert len(found) == 1, [str(problem) for problem in problems]
        assert found[0].cure
        assert str(found[0]).startswith(f"{self.folder / file}:{found[0].line}: ")
        return found[0]


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """English, which is enough to make mistakes in."""
    others = shutil.ignore_patterns("de")
    return Copy(Path(shutil.copytree(CONTENT, tmp_path / "content", ignore=others)))
