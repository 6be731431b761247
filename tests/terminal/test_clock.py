"""`:forward`, `:at` and `--clock`: the clock of one terminal, and what becomes due on it."""

import re

import pytest

from tests.terminal.program import MET, Program, Said, side_by_side

CHECK_INS = (*MET, "/checkins", "Both", "7:30", "20:30", "Berlin", "Yes", "Only the question")
AT_NIGHT = (*MET, "/checkins", "In the morning", "2:30", "Berlin", "Yes", "Only the question")
BAD = ("", " x", " 0h", " -3h", " 400d", " 1.5h", " 36", " h", " 9999999d", " 1h\x00", " 1h later")

SCRIPTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "spring": (
        "2026-03-28T06:00:00+01:00",
        (":at", *CHECK_INS, ":at", ":forward 1h28m", ":forward 3m", ":forward 22h57m", ":at", ":forward 3m"),
    ),
    "autumn": (
        "2026-10-24T06:00:00+02:00",
        (":at", *CHECK_INS, ":at", ":forward 1h28m", ":forward 3m", ":forward 24h57m", ":at", ":forward 3m"),
    ),
    "skipped": ("2026-03-28T23:32:00+01:00", (*AT_NIGHT, ":forward 177m", ":forward 6m", ":forward 1h")),
    "twice": ("2026-10-25T00:00:00+02:00", (*AT_NIGHT, ":forward 5h", ":forward 19h")),
    "days": ("2026-03-28T06:00:00+01:00", (*CHECK_INS, ":forward 2d", ":forward 36h")),
    "months": ("2026-03-28T06:00:00+01:00", (*CHECK_INS, ":forward 100d")),
    "wait": (
        "2026-03-28T06:00:00Z",
        ("/urge", "1", "Wait with me", ":forward 3m", ":forward 5h", "/urge", "1", "Wait with me",
         "That's enough waiting", "No need", ":forward 1h"),
    ),
    "bad": ("2026-03-28T06:00:00", (*(f":forward{span}" for span in BAD), ":at")),
    "zoned": ("2026-03-28T06:00+01:00[Europe/Berlin]", (":at",)),
}  # fmt: skip


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Said]:
    def run(name: str) -> Said:
        start, lines = SCRIPTS[name]
        return Program(tmp_path_factory.mktemp("clock")).hears(*lines, options=("--clock", start))

    return side_by_side({name: lambda name=name: run(name) for name in SCRIPTS})


def messages(said: Said, last: int) -> list[int]:
    """How many messages each of the last turns had."""
    assert (said.code, said.err) == (0, "")
    return [turn.count("bot> ") for turn in said.turns[-last:]]


@pytest.mark.parametrize("season", ["spring", "autumn"])
def test_check_ins_keep_their_hour_when_the_clocks_change(said: dict[str, Said], season: str) -> None:
    assert messages(said[season], 5) == [0, 1, 1, 0, 1]


def test_the_hour_is_told_in_utc_and_once_known_where_the_person_is(said: dict[str, Said]) -> None:
    hours = [turn for turn in said["spring"].turns if turn.startswith("2026-")]
    assert [hour[:16] for hour in hours] == ["2026-03-28T05:00", "2026-03-28T06:00", "2026-03-29T07:28"]
    assert [hour[19:] for hour in hours] == ["+00:00[UTC]", "+01:00[Europe/Berlin]", "+02:00[Europe/Berlin]"]


def test_a_time_the_clock_skips_is_made_up_for_an_hour_later(said: dict[str, Said]) -> None:
    assert messages(said["skipped"], 3) == [0, 1, 0]


def test_a_time_that_comes_twice_is_kept_once(said: dict[str, Said]) -> None:
    assert messages(said["twice"], 2) == [1, 0]


def test_days_at_once_bring_each_check_in(said: dict[str, Said]) -> None:
    assert messages(said["days"], 2) == [4, 3]
    assert said["days"].turns[-2].count("] Stop these") == 4


def test_months_at_once_are_one_turn_with_one_row_of_numbers(said: dict[str, Said]) -> None:
    assert messages(said["months"], 1) == [31]
    numbers = [int(number) for number in re.findall(r"^     \[(\d+)\] ", said["months"].turns[-1], re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_wait_happens_in_order_on_the_way(said: dict[str, Said]) -> None:
    ground, rest = said["wait"].turns[3:5]
    assert "Still here." in ground
    assert rest.index("look inward") < rest.index("That was the wait")


def test_nothing_comes_of_a_wait_that_was_cut_short(said: dict[str, Said]) -> None:
    assert said["wait"].code == 0
    assert said["wait"].turns[-1] == ""


def test_spans_that_are_none_are_met_in_a_line_and_move_nothing(said: dict[str, Said]) -> None:
    *spans, hour = said["bad"].turns
    assert len(spans) == len(BAD)
    assert all(turn.startswith("Say how far") for turn in spans)
    assert hour.startswith("2026-03-28T06:00")


def test_the_clock_may_start_with_a_zone(said: dict[str, Said]) -> None:
    assert said["zoned"].turns[0].startswith("2026-03-28T05:00")


def test_check_ins_missed_for_days_are_left_out_and_the_next_comes(program: Program) -> None:
    program.hears(*CHECK_INS, options=("--clock", "2026-03-28T06:00:00+01:00"))
    said = program.hears("/menu", ":forward 24h", options=("--clock", "2026-04-10T12:00:00+02:00"))
    assert messages(said, 1) == [2]
