"""What was written is shown back and renewed, and a question gives way to what was told since."""

from dataclasses import replace
from typing import Any

import pytest

from bot.engine import Flows, Run, Tap, Typed, advance, redraw, still
from bot.flow import END, Ask, Branch, Choice, Flow, FlowError, Write

DRAFTS = Flow(
    name="drafts",
    version=1,
    start="before",
    lost="stop",
    steps={
        "before": Branch(on=lambda _answers, facts: facts.get("told", "no"), to={"yes": "stop", "no": "write"}),
        "write": Write(to="look", behind="before", choices=(Choice("nothing", "look"),)),
        "look": Write(to="look", renews="write", quotes="write", choices=(Choice("done", "stop"),)),
        "stop": Ask(choices=(Choice("leave", END),)),
    },
)
FLOWS = Flows((DRAFTS,))
AT_THE_BOX = Run("drafts", 1, "write")


def written(world: Any, *texts: str) -> Any:
    """The turn after these were typed one after another."""
    turn = redraw(FLOWS, AT_THE_BOX)
    for text in texts:
        turn = advance(FLOWS, turn.run, Typed(text), world)  # type: ignore[arg-type]
    return turn


def quotes(turn: Any) -> list[str]:
    return [line.quote for line in turn.lines]


def test_it_is_shown_back(world: Any) -> None:
    assert quotes(written(world, "at five")) == ["at five"]


def test_a_new_text_takes_the_place_of_the_one_before(world: Any) -> None:
    turn = written(world, "at five", "at six")
    assert quotes(turn) == ["at six"]
    assert turn.run.answers == {"write": "at six"}


def test_it_is_shown_when_the_question_is_drawn_again(world: Any) -> None:
    assert quotes(redraw(FLOWS, written(world, "at five").run)) == ["at five"]


def test_a_button_that_went_round_it_is_no_text(world: Any) -> None:
    assert quotes(advance(FLOWS, AT_THE_BOX, Tap("nothing"), world)) == [""]


def test_a_question_that_may_still_be_asked_stays(world: Any) -> None:
    turn = redraw(FLOWS, AT_THE_BOX)
    assert still(FLOWS, turn, world) is turn


def test_a_question_gives_way_to_what_was_told_since(world: Any) -> None:
    turn = still(FLOWS, redraw(FLOWS, AT_THE_BOX), replace(world, facts={"told": "yes"}))
    assert [line.key for line in turn.lines] == ["drafts/stop"]


def test_one_that_stands_behind_nothing_stays(world: Any) -> None:
    turn = redraw(FLOWS, Run("drafts", 1, "look", {"write": "at five"}))
    assert still(FLOWS, turn, replace(world, facts={"told": "yes"})) is turn


@pytest.mark.parametrize("behind", ["gone", "write", "before"])
def test_a_step_behind_no_branch_that_leads_to_it_is_refused(behind: str) -> None:
    steps = {**DRAFTS.steps, "look": Ask(behind=behind, choices=(Choice("done", "stop"),))}
    with pytest.raises(FlowError, match=f"look: '{behind}'"):
        replace(DRAFTS, steps=steps)


@pytest.mark.parametrize("quoted", ["gone", "stop"])
def test_quoting_what_is_never_written_is_refused(quoted: str) -> None:
    steps = {**DRAFTS.steps, "look": Ask(quotes=quoted, choices=(Choice("done", "stop"),))}
    with pytest.raises(FlowError, match=f"quotes '{quoted}'"):
        replace(DRAFTS, steps=steps)
