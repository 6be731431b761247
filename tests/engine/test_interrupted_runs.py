"""A run that another one interrupts waits under it, once, and comes back."""

from collections.abc import Iterator

import pytest

from bot.engine import Flows, Run, Tap, advance, begin, press
from bot.flow import END, Ask, Choice, Flow, Handoff, World


def flow(name: str, *, hands_to: str = "", urgent: bool = False) -> Flow:
    over = {"over": Handoff(flow=hands_to, at="two")} if hands_to else {}
    choices = (Choice("on", "two"), *([Choice("over", "over")] if hands_to else []))
    steps = {"one": Ask(choices=choices), "two": Ask(choices=(Choice("leave", END),)), **over}
    return Flow(name=name, version=1, start="one", lost="one", entries=("two",), urgent=urgent, steps=steps)


FLOWS = Flows((flow("a"), flow("b"), flow("c"), flow("u", hands_to="v", urgent=True), flow("v", urgent=True)))


def stack(run: Run | None) -> Iterator[tuple[str, str]]:
    while run is not None:
        yield run.flow, run.step
        run = run.under


def begun(name: str, over: Run | None, world: World, *, at: str = "") -> Run:
    run = begin(FLOWS, name, world, over=over, at=at).run
    assert run is not None
    return run


def test_a_flow_begun_over_another_gives_it_back_when_it_ends(world: World) -> None:
    a = Run("a", 1, "two", {"one": "on"})
    b = begun("b", a, world, at="two")
    turn = advance(FLOWS, b, Tap("leave"), world)
    assert (turn.run, turn.back) == (None, a)


def test_what_is_interrupted_stays_under_every_step(world: World) -> None:
    b = begun("b", Run("a", 1, "two"), world)
    assert list(stack(advance(FLOWS, b, Tap("on"), world).run)) == [("b", "two"), ("a", "two")]


def test_three_deep_comes_back_one_by_one(world: World) -> None:
    c = begun("c", begun("b", Run("a", 1, "two"), world), world, at="two")
    assert list(stack(c)) == [("c", "two"), ("b", "one"), ("a", "two")]
    back = advance(FLOWS, c, Tap("leave"), world).back
    assert list(stack(back)) == [("b", "one"), ("a", "two")]


def test_the_same_flow_begun_again_does_not_wait_under_itself(world: World) -> None:
    again = begun("a", Run("a", 1, "two"), world)
    assert list(stack(again)) == [("a", "one")]


def test_the_same_flow_begun_again_three_deep_is_lifted_out(world: World) -> None:
    c = begun("c", begun("b", Run("a", 1, "two"), world), world)
    assert list(stack(begun("a", c, world))) == [("a", "one"), ("c", "one"), ("b", "one")]


def test_the_same_flow_in_the_middle_is_lifted_out(world: World) -> None:
    c = begun("c", begun("b", Run("a", 1, "two"), world), world)
    assert list(stack(begun("b", c, world))) == [("b", "one"), ("c", "one"), ("a", "two")]


@pytest.mark.parametrize("order", ["abab", "abcabc", "aaaa", "abcba"])
def test_however_flows_interrupt_each_other_each_waits_once(order: str, world: World) -> None:
    run = None
    for name in order:
        run = begun(name, run, world)
    flows = [name for name, _ in stack(run)]
    assert sorted(flows) == sorted(set(order))


def test_an_urgent_tap_interrupts_once_however_often(world: World) -> None:
    run: Run | None = Run("a", 1, "two")
    for _ in range(5):
        run = press(FLOWS, run, "u:one:on", world).run
    assert list(stack(run)) == [("u", "two"), ("a", "two")]


def test_a_handoff_keeps_what_is_interrupted(world: World) -> None:
    run = press(FLOWS, Run("a", 1, "two"), "u:one:over", world).run
    assert list(stack(run)) == [("v", "two"), ("a", "two")]


def test_a_handoff_into_an_interrupted_flow_does_not_let_it_wait_under_itself(world: World) -> None:
    run = press(FLOWS, Run("v", 1, "one"), "u:one:over", world).run
    assert list(stack(run)) == [("v", "two")]


def test_handoffs_back_and_forth_do_not_pile_up(world: World) -> None:
    """Each tap on an old message is one more row under the run, written to the database every time."""
    run: Run | None = Run("a", 1, "two")
    for _ in range(50):
        run = press(FLOWS, run, "u:one:over", world).run
    assert len(list(stack(run))) <= len(FLOWS)


def test_a_run_that_ends_with_nothing_under_it_gives_nothing_back(world: World) -> None:
    turn = advance(FLOWS, Run("a", 1, "two"), Tap("leave"), world)
    assert (turn.run, turn.back) == (None, None)
