"""The chat on a terminal, by keyboard alone."""

import time

from tests.terminal.program import ESCAPES, MET, Keyboard, Program


def test_it_greets_by_itself_and_a_number_presses_a_button(program: Program) -> None:
    me = program.on_a_tty()
    assert "Nobody watches this chat" in me.sees("I'm 18 or over, that's fine")
    me.is_asked()
    me.types("1\r")
    me.sees("Ask me")
    me.leaves("d")


def test_a_wait_is_counted_down_below_the_prompt(program: Program) -> None:
    program.hears(*MET, "/urge", "I miss them")
    me = program.on_a_tty()
    me.sees("number: button")
    me.types("2\r")
    assert left(me) > left(me, after=1.5) > left(me, after=1.5) > 580
    me.types("2\r")
    me.sees("That was the wait")
    me.sees("number: button")
    me.types("\x0c")
    me.leaves("c")


def test_the_countdown_goes_on_while_one_looks_at_something_else(program: Program) -> None:
    program.hears(*MET, "/urge", "I miss them", "Wait with me")
    me = program.on_a_tty()
    assert left(me) > 590
    me.types("/privacy\r")
    me.sees("Back to where we were")
    assert left(me) > 580
    me.types("\x0c")
    me.leaves("c")


def left(me: Keyboard, after: float = 0) -> int:
    """The seconds the countdown shows; Ctrl-L draws the whole screen once more."""
    if after:
        time.sleep(after)
        me.types("\x0c")
    minutes, seconds = me.sees(r"\d+:\d\d left")[-10:-5].split(":")
    return int(minutes) * 60 + int(seconds)


def test_who_comes_back_in_the_middle_sees_the_open_question_on_a_narrow_screen(program: Program) -> None:
    program.hears(*MET, "/write", "Dear you, " * 30)
    me = program.on_a_tty(columns=40)
    me.sees("Show it to me tomorrow")
    lines = ESCAPES.sub("", me.raw).replace("\r", "").split("\n")
    assert max(map(len, lines)) <= 40
    me.is_asked()
    me.types("1\r")
    me.sees("Kept, and sent to nobody")
    me.types("/letters\r")
    assert "Dear you" in me.sees("Burn this one")
    me.leaves("d")


def test_who_waits_before_any_hello_and_comes_back_is_still_waiting(program: Program) -> None:
    program.hears("/urge", "I miss them", "Wait with me")
    me = program.on_a_tty()
    me.sees("That's enough waiting")
    me.sees("9:[0-5][0-9] left")
    me.types("\x0c")
    me.leaves("d")


def test_what_is_due_comes_by_itself_and_leaves_what_is_being_typed(program: Program) -> None:
    program.hears(*MET, "/urge", "I miss them", "Wait with me", options=("--clock", "2026-03-28T21:00:00Z"))
    me = program.on_a_tty("--clock", "2026-03-28T21:09:57Z")
    me.is_asked()
    me.types("half a sent")
    me.sees("That was the wait")
    me.leaves("c")


def test_a_letter_with_escapes_does_nothing_to_the_terminal(program: Program) -> None:
    program.hears(*MET, "/write", b"a\x1b]0;owned\x07b \x1b[2Jc", "Keep it here", "/cancel")
    me = program.on_a_tty()
    me.is_asked()
    me.types("/letters\r")
    assert "a]0;ownedb [2Jc" in me.sees("Burn this one")
    assert "\x1b]0;owned" not in me.raw
    me.leaves("d")


def test_plain_lines_on_a_terminal_greet_and_end_their_turn(program: Program) -> None:
    me = program.on_a_tty("--plain")
    greeting = me.sees(r"\[4\] Numbers to call\r\n\r\n")
    assert greeting.startswith("bot> I'm Holdfast")
    assert "\x1b" not in me.raw
    me.types("1\r")
    me.sees(r"\[1\] Ask me\r\n")
    me.types(":quit\r")
    me.ends()
