"""`holdfast simulate` as a process, and what its people get."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from whenever import Instant

from bot.messages import Chat
from bot.testing import Bench
from tests.terminal.program import Program, Said

DUE = ("--due", "2026-12-01T09:00:00Z")


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    running = Program(tmp_path)
    yield running
    running.ends()


def simulates(program: Program, *options: str) -> Said:
    return program.runs("simulate", *options, DATABASE_URL=program.database)


async def test_each_of_them_gets_a_check_in_at_that_moment_and_daily(program: Program, tmp_path: Path) -> None:
    said = simulates(program, "--people", "30", "--platform", "terminal", *DUE)
    assert (said.code, said.err) == (0, "30 of 30\n")
    assert said.out.startswith("30 made-up people on terminal")
    people = [Chat("terminal", str(number)) for number in range(1_000_001, 1_000_031)]
    with Bench(tmp_path, start=Instant.from_utc(2026, 12, 1, 8, 59, 59)) as bench:
        await bench.deliveries.deliver("terminal")
        assert bench.messenger.shown == {}
        bench.clock.move_to(Instant.from_utc(2026, 12, 1, 9))
        await bench.deliveries.deliver("terminal")
        await bench.outbox.quiet()
        assert {chat: len(bench.messenger.shown[chat]) for chat in people} == dict.fromkeys(people, 1)
        await bench.forward(days=1, minutes=1)
        assert {chat: len(bench.messenger.shown[chat]) for chat in people} == dict.fromkeys(people, 2)


@pytest.mark.parametrize(
    ("options", "hour"),
    [
        (("--due", "2026-12-01T09:00:00+01:00", "--zone", "Europe/Berlin"), "09:00 by the clock of Europe/Berlin"),
        (("--due", "2026-12-01T09:00:00Z", "--zone", "Asia/Kathmandu"), "14:45 by the clock of Asia/Kathmandu"),
        (DUE, "09:00 by the clock of UTC"),
    ],
)
def test_their_hour_is_what_their_clock_shows_then(program: Program, options: tuple[str, ...], hour: str) -> None:
    assert simulates(program, "--people", "1", *options).out.endswith(f"{hour}\n")


def test_where_real_people_are_it_is_refused(program: Program) -> None:
    assert program.hears("/start").code == 0
    said = simulates(program, "--people", "5", *DUE)
    assert (said.code, said.out) == (2, "")
    assert said.err == "DATABASE_URL: real people are in there; name a new database, or one made for this\n"


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (("--people", "5", "--due", "tomorrow"), "--due: 'tomorrow'"),
        (("--people", "5", "--platform", "icq", *DUE), "--platform: 'icq'"),
        (("--people", "5", "--zone", "Mars/Olympus", *DUE), "--zone: 'Mars/Olympus'"),
    ],
)
def test_what_makes_no_sense_is_told_in_one_line(program: Program, options: tuple[str, ...], name: str) -> None:
    said = simulates(program, *options)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(name)
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("people", ["0", "-1", "many"])
def test_a_number_that_is_none_is_refused(program: Program, people: str) -> None:
    assert simulates(program, "--people", people, *DUE).code == 2
