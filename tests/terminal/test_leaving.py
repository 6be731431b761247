"""Every way out: `:quit`, the end of the input, a closed pipe, Ctrl-C, kill."""

import signal
import time

import pytest

from tests.terminal.program import MET, Program


def test_the_end_of_the_input_leaves_with_zero(program: Program) -> None:
    said = program.hears()
    assert (said.code, said.out, said.err) == (0, "", "")


def test_quit_leaves_with_zero_while_the_input_stays_open(program: Program) -> None:
    talk = program.starts()
    talk.says("/start")
    talk.types(":quit", "/menu")
    assert talk.process.wait(10) == 0
    said = talk.ends()
    assert (said.out, said.err) == ("", "")


def test_a_reader_who_goes_away_is_left_quietly_and_gets_it_next_time(program: Program) -> None:
    talk = program.starts()
    talk.says("/start")
    talk.says("1")
    talk.stops_listening()
    talk.types("Not now", "/menu")
    said = talk.ends()
    assert (said.code, said.err) == (0, "")
    assert "That's all I need" in program.hears("/days").out


def test_a_reader_who_was_never_there_is_no_trouble(program: Program) -> None:
    talk = program.starts()
    talk.stops_listening()
    talk.types("/start", "/menu", ":forward 1h", ":at", "99", ":quit")
    said = talk.ends()
    assert (said.code, said.err) == (0, "")


hears_hang_up = pytest.mark.skipif(
    signal.getsignal(signal.SIGHUP) == signal.SIG_IGN, reason="started by nohup, which switches hanging up off"
)
hears_ctrl_c = pytest.mark.skipif(
    signal.getsignal(signal.SIGINT) == signal.SIG_IGN, reason="started in the background, where Ctrl-C is switched off"
)


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(signal.SIGINT, marks=hears_ctrl_c),
        signal.SIGTERM,
        pytest.param(signal.SIGHUP, marks=hears_hang_up),
    ],
    ids=lambda each: each.name,
)
def test_a_signal_at_the_prompt_is_obeyed_quietly_and_nothing_is_lost(program: Program, number: signal.Signals) -> None:
    talk = program.starts()
    for line in (*MET, "/write", "I was writing this"):
        talk.says(line)
    talk.gets(number)
    talk.process.wait(10)
    said = talk.ends()
    assert said.err == ""
    assert said.code in (0, 130, 128 + number, -number)
    assert "I was writing this" in program.hears("Keep it here", "/letters").turns[1]


@hears_ctrl_c
@pytest.mark.parametrize("seconds", [0.1, 0.3])
def test_ctrl_c_while_it_starts_shows_no_traceback(program: Program, seconds: float) -> None:
    talk = program.starts()
    time.sleep(seconds)
    talk.gets(signal.SIGINT)
    assert "Traceback" not in talk.ends().err


def test_what_was_left_unsaid_is_a_turn_of_its_own(program: Program) -> None:
    talk = program.starts()
    talk.says("/start")
    talk.stops_listening()
    talk.types("1")
    talk.ends()
    said = program.hears("/days")
    assert len(said.turns) == 2
    assert "I have five short questions" in said.turns[0]
    assert "Days without contact" in said.turns[1]
