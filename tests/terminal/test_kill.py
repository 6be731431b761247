"""kill -9 between any two lines: at the end everything stands as if it had not happened."""

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from tests.terminal.program import MET, Program

START = datetime.fromisoformat("2026-03-28T21:00:00+01:00")
SCRIPT = (
    "/start", "I'm 18 or over, that's fine", "Ask me", "They did", "Children", "None of these", "Skip", "Germany",
    "/checkins", "Both", "7:30", "20:30", "Berlin", "Yes", "Only the question", "/urge", "I miss them",
    "Wait with me", ":forward 10m", "Write it here instead", "I still love you.", "Show it to me tomorrow",
    "It has passed", "Leave a line", "Mornings are better.", ":forward 12h", "/days since", "12",
)  # fmt: skip
END = ("/letters", "/reasons", "/days", "/checkins", "/settings")
ROUNDS = 4
"""Every line is killed after in one of so many rounds."""


def talks(program: Program, kills: frozenset[int]) -> list[str]:
    """Talks through the script, killed after the lines of these numbers. Gives what is shown at the end."""
    now, talk = START, program.starts("--clock", START.isoformat())
    for number, line in enumerate(SCRIPT):
        talk.says(line)
        now += timedelta(**{unit: int(span) for span, unit in _spans(line)})
        if number in kills:
            talk.is_killed()
            talk = program.starts("--clock", now.isoformat())
    shown = [talk.says(line) for line in END]
    assert talk.ends().err == ""
    return shown


def _spans(line: str) -> Iterator[tuple[str, str]]:
    if line.startswith(":forward"):
        for number, unit in re.findall(r"(\d+)([hm])", line):
            yield number, {"h": "hours", "m": "minutes"}[unit]


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[int, Future[list[str]]]]:
    """The talk that is never killed (-1), and the others, side by side."""
    programs = {number: Program(tmp_path_factory.mktemp("kill")) for number in range(-1, ROUNDS)}
    with ThreadPoolExecutor(3) as pool:
        yield {
            number: pool.submit(talks, program, frozenset(range(number, len(SCRIPT), ROUNDS) if number >= 0 else ()))
            for number, program in programs.items()
        }
    for program in programs.values():
        program.ends()


def test_a_talk_that_is_never_killed_ends_with_all_of_it(rounds: Mapping[int, Future[list[str]]]) -> None:
    letters, reasons, days, checkins, settings = rounds[-1].result()
    assert "Letter 1 of 1" in letters
    assert "| I still love you." in letters
    assert "| Mornings are better." in reasons
    assert "12 days" in days
    assert "Morning: 07:30. Evening: 20:30. By the clock of Berlin." in checkins
    assert "Germany" in settings


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_talk_that_is_killed_between_lines_ends_with_the_same(
    rounds: Mapping[int, Future[list[str]]], number: int
) -> None:
    assert rounds[number].result() == rounds[-1].result()


def test_what_was_said_to_be_kept_is_kept_when_it_is_killed_in_full_flight(program: Program) -> None:
    talk = program.starts()
    talk.types(*MET, *(line for number in range(50) for line in ("/write", f"letter {number}", "Keep it here")))
    kept = 0
    while kept < 20:
        kept += talk.line().startswith("bot> Kept")
    talk.is_killed()
    shown = next(turn for turn in program.hears("/letters").turns if "Letter 1 of" in turn)
    count = re.search(r"Letter 1 of (\d+)", shown)
    assert count is not None
    assert 20 <= int(count[1]) <= 50
