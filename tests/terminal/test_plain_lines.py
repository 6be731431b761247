"""The plain format: `bot> `, five spaces, numbered buttons, an empty line at the end of a turn."""

import re

import pytest

from tests.terminal.program import MET, Program, Said, side_by_side

LINES = (
    *MET,
    "1",
    "i MISS them",
    "2",
    ":forward 10m",
    "99",
    "0",
    "/cancel",
    "Read something",
    "what are you?",
    "hi, I'm about to text him",
)
SCRIPTS: dict[str, tuple[str, ...]] = {
    "all": LINES,
    "first": ("1", "/start", "1"),
    "earlier": (*MET, "/help", "my days", "/write", "99", "Keep it here", "/letters",
                "/write", "read something", "Keep it here", "/letters"),
    "text": ("/urge", "no idea", "2"),
}  # fmt: skip


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Said]:
    programs = {name: Program(tmp_path_factory.mktemp("plain")) for name in SCRIPTS}
    return side_by_side({name: lambda name=name: programs[name].hears(*SCRIPTS[name]) for name in SCRIPTS})


@pytest.fixture
def said(scripts: dict[str, Said]) -> Said:
    return scripts["all"]


def turn(said: Said, line: str) -> str:
    return said.turns[LINES.index(line)]


def test_every_line_typed_is_answered_by_one_turn(scripts: dict[str, Said]) -> None:
    for name, lines in SCRIPTS.items():
        said = scripts[name]
        assert (name, said.code, said.err) == (name, 0, "")
        assert len(said.turns) == len(lines)
        assert said.out.endswith("\n\n")


def test_a_message_begins_with_its_mark_and_goes_on_indented(said: Said) -> None:
    answers = [answer for answer in said.turns if "bot> " in answer]
    assert len(answers) > 8
    assert all(answer.startswith("bot> ") for answer in answers)
    assert all(line.startswith(("bot> ", "     ")) for answer in answers for line in answer.split("\n"))


def test_a_break_between_paragraphs_is_not_an_empty_line(said: Said) -> None:
    assert "\n     \n     I'm a program." in turn(said, "/start")
    assert not any(answer.endswith("\n     ") for answer in said.turns)


def test_buttons_stand_one_a_line_after_the_text(said: Said) -> None:
    assert turn(said, "Not now").split("\n")[1:] == [
        "     [1] I want to text them",
        "     [2] Read something",
        "     [3] Check-ins",
        "     [4] My days",
        "     [5] Menu",
    ]


def test_numbers_go_on_through_the_messages_of_a_turn(said: Said) -> None:
    waited = turn(said, ":forward 10m")
    numbers = [int(number) for number in re.findall(r"^     \[(\d+)\] ", waited, re.MULTILINE)]
    assert waited.count("bot> ") >= 2
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 4


def test_markdown_marks_are_not_shown(said: Said) -> None:
    assert "I'm Holdfast." in turn(said, "/start")
    assert "**" not in said.out


def test_a_number_presses_the_button_of_that_number(said: Said) -> None:
    assert "What is it, right now?" in turn(said, "1")


def test_a_label_presses_its_button_in_any_case(said: Said) -> None:
    assert "] Another reason" in turn(said, "i MISS them")


def test_a_number_no_button_has_says_so_in_a_line(said: Said) -> None:
    assert turn(said, "99") == "There is no button 99 here."
    assert turn(said, "0") == "There is no button 0 here."


def test_typed_words_can_mean_a_command(said: Said) -> None:
    assert "What is it, right now?" in turn(said, "hi, I'm about to text him")
    assert "can't follow free words" in turn(said, "what are you?")


def test_a_number_before_anything_was_said_presses_nothing(scripts: dict[str, Said]) -> None:
    said = scripts["first"]
    assert said.turns[0] == "There is no button to press right now. Type a command, /menu for example."
    assert "I have five short questions" in said.turns[2]


def test_a_label_shown_earlier_still_presses_its_button(scripts: dict[str, Said]) -> None:
    assert "Days without contact" in scripts["earlier"].turns[4]


def test_where_text_is_wanted_a_number_no_button_has_is_an_answer(scripts: dict[str, Said]) -> None:
    assert "     | 99" in scripts["earlier"].turns[8].split("\n")


def test_where_text_is_wanted_an_earlier_label_is_an_answer_too(scripts: dict[str, Said]) -> None:
    assert "     | read something" in scripts["earlier"].turns[12].split("\n")


def test_text_where_a_tap_is_wanted_shows_the_question_again(scripts: dict[str, Said]) -> None:
    again, reason = scripts["text"].turns[1:]
    assert "Which comes nearest?" in again
    assert "[7] I'm not safe" in again
    assert "] Another reason" in reason


def test_the_number_of_a_button_still_presses_it_after_a_restart(program: Program) -> None:
    program.hears("/urge")
    assert "] Another reason" in program.hears("2").turns[0]


def test_a_number_is_still_an_answer_after_a_restart(program: Program) -> None:
    program.hears(*MET, "/days since")
    assert "12 days" in program.hears("12").turns[0]
