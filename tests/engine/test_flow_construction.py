"""A flow that cannot work is refused when it is built, and the message says where."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.engine import Flows
from bot.flow import END, Ask, Branch, Choice, Draw, Flow, FlowError, Handoff, Say, Step, Wait, Write
from bot.messages import TOKEN_BYTES, Button

LEAVE = Ask(choices=(Choice("leave", END),))


def flow(steps: Mapping[str, Step], **more: Any) -> Flow:
    return Flow(**{"name": "toy", "version": 1, "start": "one", "lost": "one", "steps": steps, **more})


def refused(*said: str, **more: Any) -> None:
    with pytest.raises(FlowError) as caught:
        flow(**more)
    assert "toy" in str(caught.value)
    for part in said:
        assert part in str(caught.value)


def test_a_flow_of_one_question_is_accepted() -> None:
    assert flow({"one": LEAVE}).step("one") is LEAVE


def test_a_flow_without_steps_is_refused() -> None:
    refused("start", "one", steps={})


@pytest.mark.parametrize("root", ["start", "lost"])
def test_a_root_that_is_no_step_is_refused(root: str) -> None:
    refused(root, "'gone'", steps={"one": LEAVE}, **{root: "gone"})


def test_an_entry_that_is_no_step_is_refused() -> None:
    refused("'side_door'", steps={"one": LEAVE}, entries=("side_door",))


@pytest.mark.parametrize(
    "step",
    [
        Ask(choices=(Choice("on", "gone"), Choice("leave", END))),
        Say(to="gone"),
        Draw(deck="deck", choices=(Choice("on", "gone"), Choice("leave", END))),
        Write(to="gone", choices=(Choice("leave", END),)),
        Write(to=END, choices=(Choice("on", "gone"),)),
        Wait(minutes=1, to="gone"),
        Wait(minutes=1, to=END, choices=(Choice("on", "gone"),)),
        Branch(on=lambda _answers, _facts: "a", to={"a": "gone", "b": END}),
    ],
    ids=lambda step: type(step).__name__,
)
def test_a_step_that_leads_nowhere_is_refused(step: Step) -> None:
    refused("step one", "'gone'", steps={"one": step})


def test_a_step_nobody_comes_to_is_refused() -> None:
    refused("no way leads to forgotten", steps={"one": LEAVE, "forgotten": LEAVE})


def test_steps_that_only_lead_to_each_other_are_out_of_reach() -> None:
    refused("here, there", steps={"one": LEAVE, "here": Say(to="there"), "there": Ask(choices=(Choice("a", "here"),))})


@pytest.mark.parametrize("root", ["lost", "entries"])
def test_a_step_only_lost_or_an_entry_leads_to_is_in_reach(root: str) -> None:
    more = {"lost": "two"} if root == "lost" else {"entries": ("two",)}
    assert flow({"one": LEAVE, "two": LEAVE}, **more).steps.keys() == {"one", "two"}


@pytest.mark.parametrize("step", [Ask(), Draw(deck="deck"), Branch(on=lambda _answers, _facts: "", to={})])
def test_a_question_without_a_choice_is_a_dead_end(step: Step) -> None:
    refused("step two", "dead end", steps={"one": Ask(choices=(Choice("a", "two"), Choice("b", END))), "two": step})


def test_questions_that_never_lead_out_are_refused() -> None:
    trap = {"two": Ask(choices=(Choice("a", "three"),)), "three": Ask(choices=(Choice("a", "two"),))}
    refused("no way out of three, two", steps={"one": Ask(choices=(Choice("a", "two"), Choice("b", END))), **trap})


def test_a_handoff_counts_as_a_way_out() -> None:
    assert flow({"one": Handoff(flow="other")}).steps["one"].targets == ()


def test_secret_but_not_urgent_is_refused() -> None:
    refused("secret", "urgent", steps={"one": LEAVE}, secret=True)


def test_a_token_of_64_bytes_is_accepted_and_one_more_is_refused() -> None:
    fits = TOKEN_BYTES - len("toy:one:")
    assert flow({"one": Ask(choices=(Choice("x" * fits, END),))})
    refused("step one", "64 bytes", steps={"one": Ask(choices=(Choice("x" * (fits + 1), END),))})


def test_a_token_over_64_bytes_is_refused() -> None:
    refused("64 bytes", steps={"one": Ask(choices=(Choice("u" * 60, END),))})


def test_carried_answers_count_in_the_length_of_a_token() -> None:
    steps = {
        "one": Ask(choices=(Choice("x" * 25, "two"),)),
        "two": Ask(choices=(Choice("y" * 32, END),)),
    }
    assert flow(steps)
    refused("step two", "64 bytes", steps=steps, carries=("one",))


def test_the_longest_carried_answer_counts() -> None:
    one = Ask(choices=(Choice("u", "two"), Choice("x" * 30, "two")))
    two = Ask(choices=(Choice("y" * 30, END),))
    refused("64 bytes", steps={"one": one, "two": two}, carries=("one",))


def test_a_carried_step_that_does_not_exist_is_refused() -> None:
    refused("carries", "'gone'", steps={"one": LEAVE}, carries=("gone",))


def test_an_answer_that_is_typed_cannot_be_carried() -> None:
    """Its length is not known; a long one would make a token over 64 bytes, and a colon would cut it."""
    refused("carries", steps={"one": Write(to="two"), "two": LEAVE}, carries=("one",))


@pytest.mark.parametrize(
    "more",
    [
        {"name": "toy:s"},
        {"steps": {"o:ne": LEAVE}, "start": "o:ne", "lost": "o:ne"},
        {"steps": {"one": Ask(choices=(Choice("07:30", END),))}},
    ],
    ids=["flow", "step", "choice"],
)
def test_a_name_with_a_colon_is_refused_because_its_button_would_not_work(more: dict[str, Any]) -> None:
    refused(**{"steps": {"one": LEAVE}, **more})


def test_two_choices_of_one_name_are_refused() -> None:
    refused("same", steps={"one": Ask(choices=(Choice("same", END), Choice("same", "one")))})


@pytest.mark.parametrize("minutes", [(6, 3), (3, 3), (3, 12)], ids=["falling", "twice", "after the end"])
def test_what_is_shown_meanwhile_stands_in_rising_order_before_the_end(minutes: tuple[int, int]) -> None:
    meanwhile = tuple((minute, f"toy/{place}") for place, minute in enumerate(minutes))
    refused("step one", steps={"one": Wait(minutes=10, to=END, meanwhile=meanwhile)})


def test_two_flows_of_one_name_are_refused() -> None:
    with pytest.raises(FlowError, match="same name"):
        Flows((flow({"one": LEAVE}), flow({"one": LEAVE})))


def test_a_handoff_to_a_flow_that_does_not_exist_is_refused() -> None:
    with pytest.raises(FlowError, match="flow toy, step one: hands off to the flow 'nowhere'"):
        Flows((flow({"one": Handoff(flow="nowhere")}),))


def test_a_handoff_to_a_step_that_is_no_entry_is_refused() -> None:
    other = flow({"one": Ask(choices=(Choice("a", "two"),)), "two": LEAVE}, name="other")
    with pytest.raises(FlowError, match="'two' is no entry of the flow 'other'"):
        Flows((flow({"one": Handoff(flow="other", at="two")}), other))


PASSING: dict[str, dict[str, Step]] = {
    "itself": {"one": Branch(on=lambda _answers, _facts: "a", to={"a": "one", "b": "out"})},
    "two": {"one": Branch(on=lambda _answers, _facts: "a", to={"a": "two", "b": "out"}), "two": Say(to="one")},
}


@pytest.mark.parametrize("steps", PASSING.values(), ids=PASSING)
def test_steps_that_chase_each_other_are_refused(steps: dict[str, Step]) -> None:
    with pytest.raises(FlowError, match="goes round without stopping"):
        Flows((flow({"out": LEAVE, **steps}),))


def test_flows_that_chase_each_other_are_refused() -> None:
    here = flow({"one": Say(to="over"), "over": Handoff(flow="there")}, name="here")
    there = flow({"one": Handoff(flow="here")}, name="there")
    with pytest.raises(FlowError, match="here/one → here/over → there/one → here/one goes round"):
        Flows((here, there))


def test_a_question_on_the_way_round_is_enough_to_stop() -> None:
    here = flow({"one": Ask(choices=(Choice("over", "over"),)), "over": Handoff(flow="there")}, name="here")
    there = flow({"one": Handoff(flow="here")}, name="there")
    assert list(Flows((here, there))) == ["here", "there"]


def test_a_branch_that_is_lost_at_itself_is_refused() -> None:
    """A value nobody foresaw leads to `lost`; if that is the branch, the bot would never stop."""
    branch = Branch(on=lambda _answers, _facts: "unforeseen", to={"a": "out"})
    with pytest.raises(FlowError):
        Flows((flow({"one": branch, "out": LEAVE}),))


@pytest.mark.parametrize("token", ["", "x" * 65, "ü" * 33])
def test_a_button_whose_token_no_platform_takes_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        Button("label", token)
