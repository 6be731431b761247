"""A content folder that was made to do harm: one line for each, and nothing is read that is not there."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from bot import content_check

WALK = "en/walks/urge.md"
PICTURE = "![a dark sea at night, one broad wave rising in the middle, the moon above it](wave.png)"
DAYS = "en/walks/days.md"
ARTICLE = "en/articles/was-it-my-fault.md"


def show(copy: Any, path: str) -> int:
    return int(copy.change(WALK, PICTURE, f"![words]({path})"))


ELSEWHERE = ("../" * 12 + "etc/passwd", "/etc/passwd", "../helplines.toml", "../pictures/wave.png")


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_picture_elsewhere_is_named(path: str, copy: Any) -> None:
    line = show(copy, path)
    problem = copy.complaint(WALK, f"the picture {path} leads out of")
    assert problem.line <= line
    assert "root:" not in str(problem)


def test_a_picture_behind_a_link_is_named(copy: Any) -> None:
    (copy.folder / "pictures/me.png").symlink_to("/etc/passwd")
    show(copy, "me.png")
    (problem,) = copy.problems
    assert problem.file == copy.folder / "pictures/me.png"
    assert "leads out of" in problem.wrong


def test_a_link_inside_the_folder_is_fine(copy: Any) -> None:
    (copy.folder / "pictures/me.png").symlink_to("wave.png")
    show(copy, "me.png")
    assert not copy.problems


@pytest.mark.parametrize("path", ["x\0y", ".", "a" * 300])
def test_a_path_that_is_none_is_named(path: str, copy: Any) -> None:
    show(copy, path)
    assert copy.problems


def test_what_is_no_picture_is_named(copy: Any) -> None:
    (copy.folder / "pictures/me.png").write_text("<svg onload=alert(1)>")
    show(copy, "me.png")
    assert "PNG" in copy.complaint(WALK, "me.png is no picture").cure


def test_a_huge_picture_is_named(copy: Any) -> None:
    with (copy.folder / "pictures/me.png").open("wb") as file:
        file.write((copy.folder / "pictures/wave.png").read_bytes())
        file.truncate(content_check.PICTURE + 1)
    show(copy, "me.png")
    assert "5,000,000" in copy.complaint(WALK, "5,000,001 bytes").cure


@pytest.mark.parametrize("name", ["en/walks/extra.md", "en/articles/extra.md"])
def test_a_text_behind_a_link_out_of_the_folder_is_named(name: str, copy: Any) -> None:
    (copy.folder / name).symlink_to("/etc/passwd")
    (problem,) = copy.problems
    assert (problem.file, "leads out of" in problem.wrong) == (copy.folder / name, True)


def test_links_that_lead_to_each_other_are_named(copy: Any) -> None:
    (copy.folder / "en/one.md").symlink_to("two.md")
    (copy.folder / "en/two.md").symlink_to("one.md")
    copy.complaint("en/one.md", "cannot be read")


def test_a_folder_that_holds_itself_ends(copy: Any) -> None:
    (copy.folder / "en/again").symlink_to(copy.folder / "en")
    assert not copy.problems


def test_a_pipe_does_not_keep_the_bot_waiting(copy: Any) -> None:
    os.mkfifo(copy.folder / "en/pipe.md")
    copy.complaint("en/pipe.md", "is no file")


def test_a_huge_text_is_named_before_it_is_read(copy: Any) -> None:
    with (copy.folder / DAYS).open("wb") as file:
        file.truncate(10**10)
    copy.complaint(DAYS, "has 10,000,000,000 bytes")


@pytest.mark.parametrize(
    "line", ["## " + " " * 6000 + "x", "- [" * 3000, "![" * 3000, "## {" + "{" * 6000, " " * 10**6]
)
def test_a_line_without_an_end_is_named_at_once(line: str, copy: Any) -> None:
    began = time.monotonic()
    copy.write(DAYS, f"## since\n{line}\n"[:999_999])
    assert copy.complaint(DAYS, "characters").line == 2
    assert time.monotonic() - began < 5


BOMB = "a: &a [x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True)
)


def test_a_bomb_of_yaml_goes_off_nowhere(copy: Any) -> None:
    began = time.monotonic()
    copy.write(DAYS, f"---\n{BOMB}---\n\n## since\nDays\n")
    copy.complaint(DAYS, "more than one value for a")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "row",
    [
        "minutes: !!python/object/apply:os.system ['touch /tmp/pwned']",
        "minutes: !include other.md",
        "minutes: " + "[" * 4000,
    ],
)
def test_front_matter_runs_nothing(row: str, copy: Any) -> None:
    copy.change(ARTICLE, "minutes: 5", row)
    copy.complaint(ARTICLE, "front matter")
    assert not Path("/tmp/pwned").exists()  # noqa: S108


@pytest.mark.parametrize("file", ["sources.toml", "helplines.toml", "en/crisis.toml", "en/phrases.toml"])
def test_toml_that_is_nested_without_an_end_is_named(file: str, copy: Any) -> None:
    copy.write(file, "a = " + "[\n" * 100_000)
    copy.complaint(file, "nested too deeply")


@pytest.mark.parametrize("sign", ["\x1b[2J", "\x07", "\u202e", "\x9b31m", "\0"])
def test_a_control_character_in_a_text_is_named(sign: str, copy: Any) -> None:
    line = copy.add_to(DAYS, "since", f"Words {sign} and more")
    problem = copy.complaint(DAYS, "control character")
    assert problem.line == line
    assert sign not in str(problem)


def test_a_control_character_in_a_label_is_named(copy: Any) -> None:
    copy.change("en/common.md", "[Menu](/menu)", "[Me\u202enu](/menu)")
    assert "\u202e" not in str(copy.complaint("en/common.md", "a control character"))


@pytest.mark.parametrize("variable", ["{days.__class__}", "{days!r}", "{days:>1000000000}", "{0}", "{}", "{days[0]}"])
def test_a_variable_is_a_name_and_no_more(variable: str, copy: Any) -> None:
    copy.add_to(DAYS, "total", f"Look: {variable}")
    copy.complaint(DAYS, "")
