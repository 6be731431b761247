"""On a terminal the screen is cleared, and what one could scroll back to."""

from tests.terminal.program import MET, Program

CLEARED = "\x1b[H\x1b[2J\x1b[3J"


def test_the_screen_is_cleared_and_the_arrow_keys_bring_nothing_back(program: Program) -> None:
    program.hears(*MET)
    me = program.on_a_tty()
    me.is_asked()
    me.types("/urge\r")
    me.sees("I feel lonely")
    me.is_asked()
    me.types("/hide\r")
    seen = me.sees("No reminders right now")
    assert CLEARED in me.raw
    assert "lonely" not in me.raw[me.raw.rindex(CLEARED) :]
    assert "lonely" not in seen[seen.rindex("No reminders") :]
    me.is_asked()
    me.types("\x1b[A\x1b[A\r\x0c")
    me.is_asked()
    assert "/urge" not in me.raw
    me.leaves("d")


def test_the_wait_is_no_longer_counted_down(program: Program) -> None:
    program.hears(*MET, "/urge", "I miss them", "Wait with me")
    me = program.on_a_tty()
    me.sees(r"\d+:\d\d left")
    me.types("/hide\r")
    me.sees("No reminders right now")
    me.is_asked()
    me.types("\x0c")
    me.is_asked()
    assert " left" not in me.raw
    me.leaves("d")


def test_a_pipe_gets_no_signs_of_a_terminal(program: Program) -> None:
    said = program.hears("/menu", "/hide")
    assert "\x1b" not in said.out
    assert said.turns[-1] == "bot> No reminders right now."


def test_old_buttons_are_no_more(program: Program) -> None:
    said = program.hears("/menu", "/hide", "1")
    assert "No reminders" in said.turns[-2]
    assert "bot>" not in said.turns[-1]
