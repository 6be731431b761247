"""In an urgent flow the button is the truth: its token is enough, whatever is stored."""

from dataclasses import replace

import pytest

from bot.engine import Flows, Run, Tap, Turn, Typed, advance, begin, press
from bot.flow import END, Ask, Branch, Choice, Draw, Flow, Handoff, Problem, Say, World, Write

URGENT = Flow(
    name="urgent",
    version=2,
    start="feel",
    lost="feel",
    urgent=True,
    carries=("feel", "where"),
    entries=("passing",),
    steps={
        "feel": Ask(choices=(Choice("sad", "where"), Choice("angry", "where"))),
        "where": Ask(choices=(Choice("home", "card"), Choice("out", "card"))),
        "card": Draw(deck="deck", choices=(Choice("another", "card"), Choice("done", "bye"))),
        "passing": Branch(on=lambda answers, _facts: answers.get("feel", "none"), to={"sad": "card", "none": "feel"}),
        "bye": Say(to=END),
    },
)
CALM = Flow(
    name="calm",
    version=1,
    start="one",
    lost="one",
    steps={"one": Ask(choices=(Choice("on", "two"),)), "two": Ask(choices=(Choice("leave", END),))},
)
SECRET = Flow(
    name="secret",
    version=1,
    start="ask",
    lost="ask",
    urgent=True,
    secret=True,
    entries=("write",),
    steps={
        "ask": Ask(choices=(Choice("lines", "lines"), Choice("write", "write"), Choice("back", "back"))),
        "write": Write(
            reads=lambda text, _world: Problem("secret/unclear") if text == "?" else text,
            to="lines",
            choices=(Choice("no", "lines"),),
        ),
        "lines": Ask(choices=(Choice("back", "back"), Choice("bye", "bye"))),
        "bye": Say(to=END),
        "back": Handoff(flow="urgent"),
    },
)
FLOWS = Flows((URGENT, CALM, SECRET))


def tokens(turn: Turn) -> dict[str, str]:
    return dict(turn.lines[-1].buttons)


def keys(turn: Turn) -> list[str]:
    return [line.key for line in turn.lines]


def test_a_tap_works_without_stored_state(world: World) -> None:
    turn = press(FLOWS, None, "urgent:feel:sad", world)
    assert turn.run == Run("urgent", 2, "where", {"feel": "sad"})


def test_a_tap_on_an_old_message_counts(world: World) -> None:
    later = Run("urgent", 2, "card", {"feel": "sad", "where": "home"}, seen=("deck/first",))
    turn = press(FLOWS, later, "urgent:feel:angry", world)
    assert turn.run == replace(later, step="where", answers={"feel": "angry", "where": "home"})


def test_answers_travel_in_the_token(world: World) -> None:
    one = press(FLOWS, None, tokens(begin(FLOWS, "urgent", world))["sad"], world)
    assert tokens(one)["home"] == "urgent:where:home:sad"
    two = press(FLOWS, None, tokens(one)["home"], world)
    assert tokens(two)["done"] == "urgent:card:done:sad:home"
    three = press(FLOWS, None, tokens(two)["another"], world)
    assert three.run is not None
    assert three.run.answers == {"feel": "sad", "where": "home", "card": "another"}


def test_an_answer_that_is_missing_before_one_that_is_not_keeps_its_place(world: World) -> None:
    turn = press(FLOWS, None, "urgent:where:home", world)
    assert tokens(turn)["done"] == "urgent:card:done::home"
    again = press(FLOWS, None, tokens(turn)["another"], world)
    assert again.run is not None
    assert again.run.answers == {"where": "home", "card": "another"}


def test_the_answers_of_a_message_go_before_the_stored_ones(world: World) -> None:
    stored = Run("urgent", 2, "card", {"feel": "sad", "where": "home"})
    turn = press(FLOWS, stored, "urgent:card:another:angry", world)
    assert turn.run is not None
    assert turn.run.answers == {"feel": "angry", "where": "home", "card": "another"}


def test_a_tap_on_an_urgent_message_interrupts_another_flow(world: World) -> None:
    calm = Run("calm", 1, "two")
    turn = press(FLOWS, calm, "urgent:feel:sad", world)
    assert turn.run == Run("urgent", 2, "where", {"feel": "sad"}, under=calm)


def test_a_stale_tap_of_another_flow_draws_the_urgent_question_again(world: World) -> None:
    turn = press(FLOWS, Run("urgent", 2, "where"), "calm:one:on", world)
    assert keys(turn) == ["urgent/where"]


def test_a_step_that_is_gone_from_an_urgent_flow_leads_to_its_lost_step(world: World) -> None:
    turn = press(FLOWS, None, "urgent:from_last_year:sad", world)
    assert (turn.run, keys(turn)) == (Run("urgent", 2, "feel"), ["urgent/feel"])


@pytest.mark.parametrize("step", ["feel", "where", "card"])
def test_a_choice_that_is_gone_draws_its_question_again(step: str, world: World) -> None:
    turn = press(FLOWS, None, f"urgent:{step}:from_last_year", world)
    assert turn.lines[-1].buttons


@pytest.mark.parametrize("step", ["passing", "bye"])
def test_a_token_of_a_step_that_became_a_passing_one_leaves_a_question_or_the_end(step: str, world: World) -> None:
    turn = press(FLOWS, None, f"urgent:{step}:yes", world)
    assert turn.run is None or turn.lines[-1].buttons


@pytest.mark.parametrize("token", ["urgent", "urgent:", "urgent::", "urgent:feel", "urgent:feel:sad:a:b:c:d:e"])
def test_half_a_token_of_an_urgent_flow_leaves_a_question(token: str, world: World) -> None:
    turn = press(FLOWS, None, token, world)
    assert turn.run is not None
    assert turn.lines[-1].buttons


def test_every_turn_of_a_secret_flow_says_whose_it_is(world: World) -> None:
    """What belongs to a secret flow is not written down."""
    begun = begin(FLOWS, "secret", world)
    run = begun.run
    assert run is not None
    asked = [begun, advance(FLOWS, run, Typed("x"), world), advance(FLOWS, run, Tap("gone"), world)]
    ways = [press(FLOWS, None, token, world) for token in ("secret:ask:lines", "secret:lines:bye", "secret:gone:x")]
    assert [turn.flow for turn in (*asked, *ways)] == ["secret"] * 6


def test_a_text_that_could_not_be_read_says_whose_it_is(world: World) -> None:
    assert advance(FLOWS, Run("secret", 1, "write"), Typed("?"), world).flow == "secret"


def test_a_flow_reached_from_a_secret_one_knows_nothing_of_it(world: World) -> None:
    """The run that follows is written down, so no answer of the secret flow may be in it."""
    turn = press(FLOWS, None, "secret:lines:back", world)
    assert (turn.flow, turn.run) == ("urgent", Run("urgent", 2, "feel"))
