"""Ten minutes together: woken in between, woken late, cut short."""

from dataclasses import replace

from whenever import Instant

from bot.engine import Flows, Run, Tap, Turn, Typed, Woken, advance, begin, redraw, wakes
from bot.flow import END, Ask, Choice, Flow, Wait, World

FLOWS = Flows(
    (
        Flow(
            name="rest",
            version=1,
            start="wait",
            lost="wait",
            steps={
                "wait": Wait(
                    minutes=10,
                    meanwhile=((3, "rest/ground"), (6, "rest/surf")),
                    to="after",
                    choices=(Choice("enough", "after"),),
                ),
                "after": Ask(choices=(Choice("again", "wait"), Choice("leave", END))),
            },
        ),
    )
)


def begun(world: World) -> Run:
    run = begin(FLOWS, "rest", world).run
    assert run is not None
    return run


def wake(run: Run | None, world: World, minute: float) -> Turn:
    assert run is not None
    return advance(FLOWS, run, Woken(), replace(world, now=world.now.add(seconds=minute * 60)))


def minute(world: World, moment: Instant | None) -> float | None:
    return None if moment is None else (moment - world.now).total("minutes")


def keys(turn: Turn) -> list[str]:
    return [line.key for line in turn.lines]


def test_a_wait_says_when_it_is_over_and_when_to_wake_it_first(world: World) -> None:
    turn = begin(FLOWS, "rest", world)
    assert (minute(world, turn.lines[0].until), minute(world, wakes(FLOWS, turn.run))) == (10, 3)


def test_each_wake_shows_what_is_due_and_names_the_next(world: World) -> None:
    first = wake(begun(world), world, 3)
    second = wake(first.run, world, 6)
    third = wake(second.run, world, 10)
    assert [keys(first), keys(second), keys(third)] == [["rest/ground"], ["rest/surf"], ["rest/after"]]
    assert [minute(world, wakes(FLOWS, turn.run)) for turn in (first, second, third)] == [6, 10, None]


def test_what_is_shown_meanwhile_has_the_buttons_and_the_end_of_the_wait(world: World) -> None:
    (line,) = wake(begun(world), world, 3).lines
    assert (line.labels, line.buttons) == ("rest/wait", (("enough", "rest:wait:enough"),))
    assert minute(world, line.until) == 10


def test_a_wake_too_early_shows_nothing_and_is_set_again(world: World) -> None:
    turn = wake(begun(world), world, 2.9)
    assert (keys(turn), minute(world, wakes(FLOWS, turn.run)), turn.run) == ([], 3, begun(world))


def test_a_second_wake_at_the_same_moment_shows_nothing(world: World) -> None:
    turn = wake(wake(begun(world), world, 3).run, world, 3)
    assert (keys(turn), minute(world, wakes(FLOWS, turn.run))) == ([], 6)


def test_a_late_wake_shows_only_the_newest_of_what_was_missed(world: World) -> None:
    turn = wake(begun(world), world, 7)
    assert (keys(turn), minute(world, wakes(FLOWS, turn.run))) == (["rest/surf"], 10)


def test_a_wake_after_the_end_goes_on_and_skips_what_was_missed(world: World) -> None:
    turn = wake(begun(world), world, 60 * 24 * 7)
    assert keys(turn) == ["rest/after"]
    assert turn.run == Run("rest", 1, "after")


def test_a_clock_set_back_wakes_nothing(world: World) -> None:
    turn = wake(begun(world), world, -60)
    assert (keys(turn), minute(world, wakes(FLOWS, turn.run))) == ([], 3)


def test_every_wake_says_whose_it_is(world: World) -> None:
    assert [wake(begun(world), world, at).flow for at in (1, 3, 10)] == ["rest"] * 3


def test_a_tap_cuts_a_wait_short_and_nothing_wakes_any_more(world: World) -> None:
    turn = advance(FLOWS, begun(world), Tap("enough"), world)
    assert (keys(turn), wakes(FLOWS, turn.run)) == (["rest/after"], None)


def test_a_wait_cut_short_leaves_no_end_behind(world: World) -> None:
    turn = advance(FLOWS, begun(world), Tap("enough"), world)
    assert turn.run is not None
    assert (turn.run.ends, turn.run.shown) == (None, 0)


def test_a_wake_after_the_cut_does_nothing(world: World) -> None:
    cut = advance(FLOWS, begun(world), Tap("enough"), world).run
    turn = wake(cut, world, 10)
    assert (turn.run, turn.lines, wakes(FLOWS, turn.run)) == (cut, (), None)


def test_a_second_wait_counts_from_its_own_start(world: World) -> None:
    shown = wake(begun(world), world, 6).run
    assert shown is not None
    after = advance(FLOWS, shown, Tap("enough"), world).run
    assert after is not None
    later = replace(world, now=world.now.add(hours=1))
    turn = advance(FLOWS, after, Tap("again"), later)
    assert (minute(later, turn.lines[0].until), minute(later, wakes(FLOWS, turn.run))) == (10, 3)


def test_a_wait_drawn_again_keeps_its_end(world: World) -> None:
    run = wake(begun(world), world, 3).run
    assert run is not None
    turn = redraw(FLOWS, run)
    assert (minute(world, turn.lines[0].until), minute(world, wakes(FLOWS, turn.run))) == (10, 6)


def test_a_typed_text_does_not_end_a_wait(world: World) -> None:
    turn = advance(FLOWS, begun(world), Typed("are you there"), world)
    assert (turn.run, minute(world, wakes(FLOWS, turn.run))) == (begun(world), 3)
