"""One flow with a step of every kind, begun, answered, pressed and drawn again."""

from dataclasses import replace
from typing import Any

import pytest

from bot.engine import Flows, Run, Tap, Turn, Typed, Woken, advance, begin, press, redraw
from bot.flow import END, Answers, Ask, Branch, Choice, Draw, Flow, Handoff, Problem, Say, Wait, World, Write


def changed(what: str) -> Any:
    return lambda answers, _world: ((what, dict(answers)),)


def short(text: str, _world: World) -> str | Problem:
    return text.upper() if len(text) < 5 else Problem("toy/too_long")


def side(_answers: Answers, facts: Any) -> str:
    return facts.get("side", "unknown")


OTHER = Flow(
    name="other",
    version=7,
    start="hello",
    lost="hello",
    entries=("door",),
    steps={
        "hello": Ask(choices=(Choice("leave", END),)),
        "door": Ask(choices=(Choice("leave", END),)),
    },
)
TOY = Flow(
    name="toy",
    version=3,
    start="ask",
    lost="ask",
    entries=("draw", "write", "wait", "branch", "over", "in_at_the_side", "chain"),
    steps={
        "ask": Ask(
            text="shared/question",
            does=changed("reached"),
            choices=(Choice("say", "say", changed("taken")), Choice("leave", END, changed("left"))),
        ),
        "say": Say(to="draw", does=changed("said")),
        "draw": Draw(deck="deck", choices=(Choice("another", "draw"), Choice("write", "write"))),
        "write": Write(reads=short, to="wait", choices=(Choice("no", "wait"),)),
        "wait": Wait(minutes=10, to="branch", choices=(Choice("enough", "branch"),)),
        "branch": Branch(on=side, to={"left": "over", "was-left": "in_at_the_side"}),
        "over": Handoff(flow="other"),
        "in_at_the_side": Handoff(flow="other", at="door"),
        "chain": Say(to="chain_two"),
        "chain_two": Say(to=END),
    },
)
FLOWS = Flows((TOY, OTHER))


def at(step: str, **more: Any) -> Run:
    return Run("toy", 3, step, **more)


def keys(turn: Turn) -> list[str]:
    return [line.key for line in turn.lines]


def test_a_question_shows_its_text_and_its_buttons(world: World) -> None:
    turn = begin(FLOWS, "toy", world)
    (line,) = turn.lines
    assert (line.key, line.labels) == ("shared/question", "shared/question")
    assert line.buttons == (("say", "toy:ask:say"), ("leave", "toy:ask:leave"))
    assert turn.run == at("ask")


def test_reaching_a_step_changes_something(world: World) -> None:
    assert begin(FLOWS, "toy", world).changes == (("reached", {}),)


def test_a_choice_changes_something_and_what_follows_does_too(world: World) -> None:
    turn = advance(FLOWS, at("ask"), Tap("say"), world)
    assert turn.changes == (("taken", {"ask": "say"}), ("said", {"ask": "say"}))


def test_a_text_is_shown_and_gone_past(world: World) -> None:
    turn = advance(FLOWS, at("ask"), Tap("say"), world)
    assert keys(turn) == ["toy/say", "deck/first"]
    assert turn.run == at("draw", answers={"ask": "say"}, seen=("deck/first",))


def test_a_card_is_drawn_with_the_buttons_of_its_step(world: World) -> None:
    (line,) = begin(FLOWS, "toy", world, at="draw").lines
    assert (line.key, line.labels) == ("deck/first", "toy/draw")
    assert line.buttons == (("another", "toy:draw:another"), ("write", "toy:draw:write"))


def test_another_card_is_not_the_same(world: World) -> None:
    turn = advance(FLOWS, at("draw", seen=("deck/first",)), Tap("another"), world)
    assert keys(turn) == ["deck/second"]
    assert turn.run is not None
    assert turn.run.seen == ("deck/first", "deck/second")


def test_a_card_drawn_again_is_the_same(world: World) -> None:
    assert keys(redraw(FLOWS, at("draw", seen=("deck/first",)))) == ["deck/first"]


def test_a_text_is_asked_for(world: World) -> None:
    (line,) = begin(FLOWS, "toy", world, at="write").lines
    assert line.writes
    assert line.buttons == (("no", "toy:write:no"),)


def test_a_typed_text_is_read_and_kept(world: World) -> None:
    turn = advance(FLOWS, at("write"), Typed("abc"), world)
    assert turn.run is not None
    assert (turn.run.step, turn.run.answers) == ("wait", {"write": "ABC"})


def test_a_text_that_is_no_answer_is_asked_for_again_with_its_reason(world: World) -> None:
    turn = advance(FLOWS, at("write"), Typed("abcdef"), world)
    assert keys(turn) == ["toy/too_long"]
    assert (turn.run, turn.lines[0].writes, turn.lines[0].labels) == (at("write"), "toy:write", "toy/write")


def test_a_choice_is_a_way_round_a_text(world: World) -> None:
    turn = advance(FLOWS, at("write"), Tap("no"), world)
    assert turn.run is not None
    assert (turn.run.step, turn.run.answers) == ("wait", {"write": "no"})


@pytest.mark.parametrize("step", ["ask", "draw", "wait"])
def test_a_text_where_a_tap_is_asked_for_is_answered_with_the_question(step: str, world: World) -> None:
    turn = advance(FLOWS, at(step, seen=("deck/first",)), Typed("hello"), world)
    assert keys(turn)[0] == "common/tap_please"
    assert turn.lines[1:] == redraw(FLOWS, at(step, seen=("deck/first",))).lines
    assert turn.run == at(step, seen=("deck/first",))


@pytest.mark.parametrize(("known", "flow_step"), [("left", "hello"), ("was-left", "door")])
def test_a_branch_goes_by_what_is_known_and_a_handoff_into_another_flow(
    known: str, flow_step: str, world: World
) -> None:
    turn = begin(FLOWS, "toy", replace(world, facts={"side": known}), at="branch")
    assert turn.run == Run("other", 7, flow_step)
    assert keys(turn) == [f"other/{flow_step}"]


def test_a_branch_that_fits_nothing_leads_to_the_step_for_lost_runs(world: World) -> None:
    assert begin(FLOWS, "toy", world, at="branch").run == at("ask")


def test_a_flow_of_texts_ends_by_itself(world: World) -> None:
    turn = begin(FLOWS, "toy", world, at="chain")
    assert (turn.run, keys(turn)) == (None, ["toy/chain", "toy/chain_two"])


def test_the_last_choice_ends_the_flow_and_still_changes_something(world: World) -> None:
    turn = advance(FLOWS, at("ask"), Tap("leave"), world)
    assert (turn.run, turn.lines, turn.changes) == (None, (), (("left", {"ask": "leave"}),))


@pytest.mark.parametrize("event", [Tap("unknown"), Typed("hello"), Woken()])
def test_an_event_that_does_not_fit_changes_nothing(event: Any, world: World) -> None:
    turn = advance(FLOWS, at("ask"), event, world)
    assert (turn.run, turn.changes) == (at("ask"), ())


def test_a_question_drawn_again_changes_nothing(world: World) -> None:
    turn = redraw(FLOWS, at("ask"))
    assert turn == replace(begin(FLOWS, "toy", world), changes=())


@pytest.mark.parametrize("event", [Tap("say"), Typed("hello"), Woken()])
def test_a_step_that_is_gone_leads_to_the_one_for_lost_runs(event: Any, world: World) -> None:
    turn = advance(FLOWS, at("from_last_year"), event, world)
    assert (turn.run, keys(turn)) == (at("ask"), ["shared/question"])


def test_a_step_that_is_gone_is_drawn_as_the_one_for_lost_runs() -> None:
    turn = redraw(FLOWS, at("from_last_year"))
    assert (turn.run, keys(turn)) == (at("ask"), ["shared/question"])


def test_a_gone_step_is_drawn_as_a_question_even_if_the_one_for_lost_runs_is_passed_through() -> None:
    """Either such a flow is refused, or what is shown has something to tap."""
    passing = Branch(on=lambda _answers, _facts: "a", to={"a": "ask"})
    try:
        flows = Flows((replace(TOY, start="branch", lost="lost", steps={**TOY.steps, "lost": passing}),))
    except ValueError:
        return
    assert redraw(flows, at("from_last_year")).lines[-1].buttons


@pytest.mark.parametrize("event", [Tap("say"), Typed("hello"), Woken()])
def test_a_flow_that_is_gone_ends_and_gives_back_what_it_interrupted(event: Any, world: World) -> None:
    gone = Run("from_last_year", 1, "ask", under=at("ask"))
    assert advance(FLOWS, gone, event, world) == Turn(None, back=at("ask"))
    assert redraw(FLOWS, gone) == Turn(None, back=at("ask"))


def test_a_tap_on_the_current_question_counts(world: World) -> None:
    turn = press(FLOWS, at("ask"), "toy:ask:say", world)
    assert turn == advance(FLOWS, at("ask"), Tap("say"), world)


@pytest.mark.parametrize(
    "token", ["toy:write:no", "other:hello:leave", "toy:gone:say", "gone:ask:say", "toy:ask:gone", "toy", "::::", ":"]
)
def test_a_stale_tap_draws_the_current_question_again(token: str, world: World) -> None:
    assert press(FLOWS, at("ask"), token, world) == redraw(FLOWS, at("ask"))


def test_a_stale_tap_when_nothing_is_open_shows_nothing(world: World) -> None:
    assert press(FLOWS, None, "toy:ask:say", world) == Turn(None)


def test_a_tap_of_a_run_whose_flow_is_gone_ends_it(world: World) -> None:
    assert press(FLOWS, Run("gone", 1, "ask"), "gone:ask:say", world) == Turn(None)


def test_a_run_of_an_older_version_goes_on_at_its_step(world: World) -> None:
    assert keys(press(FLOWS, Run("toy", 1, "ask"), "toy:ask:say", world)) == ["toy/say", "deck/first"]
