"""`holdfast safety check`: the tier of each line of a file, and the totals."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.errors import OperatorError
from bot.safety import safety

LINES = "I miss him\n\nI want to die\r\nwhat's the point anymore\nI want to die too"
SAID = [
    "none       I miss him",
    "explicit   I want to die",
    "ambiguous  what's the point anymore",
    "explicit   I want to die too",
    "4 lines: 2 explicit, 1 ambiguous, 1 none",
]


def run(*arguments: str, typed: bytes = b"") -> Result:
    return CliRunner().invoke(safety, ["check", *arguments], input=typed)


def test_each_line_of_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "lines.txt"
    file.write_text(LINES, encoding="utf-8-sig")
    said = run(str(file))
    assert (said.exit_code, said.output.splitlines()) == (0, SAID)


def test_what_is_piped_in_is_read() -> None:
    assert run("-", typed=LINES.encode()).output.splitlines() == SAID


def test_nothing_is_no_line() -> None:
    assert run("-").output == "0 lines: 0 explicit, 0 ambiguous, 0 none\n"


@pytest.mark.parametrize(("name", "why"), [("gone.txt", "No such file"), (".", "Is a directory")])
def test_a_file_that_cannot_be_read_is_named_with_the_cure(name: str, why: str, tmp_path: Path) -> None:
    error = run(str(tmp_path / name)).exception
    assert isinstance(error, OperatorError)
    assert str(error).startswith(f"{tmp_path / name}: cannot be read ({why}")
    assert str(error).endswith("name a text file with a sentence a line, or - for what is typed")
    assert "\n" not in str(error)


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    file = tmp_path / "lines.txt"
    file.write_bytes(b"sch\xf6n")
    assert str(run(str(file)).exception) == f"{file}: is not UTF-8; save it as UTF-8"
