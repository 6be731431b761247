"""Whatever somebody does in the real flows, there is a question to answer or the conversation is over."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whenever import Date

from bot.changes import AddReason
from bot.engine import Flows, Run, Turn, Typed, Woken, advance, begin, press, redraw
from bot.flow import Branch, Flow, Handoff, Say, Wait
from bot.messages import Chat
from bot.records import Known, Person, Reason
from bot.storage.codec import run_from_json, run_to_json
from bot.testing import MONDAY_NIGHT, NoStore, content
from bot.visit import Visit
from handlers import ROUTES

FLOWS = Flows(ROUTES.flows)

PEOPLE = (
    Person(id="new"),
    Person(id="afraid", danger="fear", side="was-left", country="DE", zone="Europe/Berlin", evening="20:30"),
    Person(id="ordered", danger="order", side="both", ties="children,home", counting_since=Date(2026, 2, 1)),
    Person(id="calm", adult=True, side="left", zone="Australia/Lord_Howe", morning="07:30", hope="heal"),
)
TYPED = ("", " ", "8", "8:30 pm", "25:00", "Berlin", "São Paulo", "Norway", "no", "12 days ago", "-1", "0", "\0", "🙂")

taps = st.tuples(st.just("tap"), st.integers(0, 5))
stale = st.tuples(st.just("tap"), st.integers(0, 200))
texts = st.tuples(st.just("type"), st.one_of(st.sampled_from(TYPED), st.text(max_size=40)))
wakes = st.tuples(st.just("wake"), st.sampled_from((0, 1, 3, 6, 10, 600, 100_000)))
starts = st.tuples(
    st.just("begin"), st.sampled_from([(name, at) for name in FLOWS for at in ("", *FLOWS[name].entries)])
)
doings = st.lists(st.one_of(taps, taps, stale, texts, wakes, starts), max_size=25)


PASSER_BY = Visit(Chat("test", "1"), MONDAY_NIGHT, Known(PEOPLE[0]), content(), FLOWS, NoStore())
ANSWERED = {"when": "both", "morning_time": "0730", "evening_time": "2030", "zone": "Europe/Berlin"}


@dataclass
class Talk:
    """One chat, with what is stored of it, going through the engine and into words."""

    known: Known
    minute: int = 0
    tokens: list[str] = field(default_factory=list)
    turn: Turn = field(default_factory=lambda: Turn(None))

    def does(self, what: str, how: Any) -> None:
        self.minute += how if what == "wake" else 0
        visit = Visit(Chat("test", "1"), MONDAY_NIGHT.add(minutes=self.minute), self.known, content(), FLOWS, NoStore())
        turn = self._turn(visit, what, how)
        if turn is None:
            return
        self.turn = turn
        visit.take(turn)
        self.tokens += [token for line in turn.lines for _, token in line.buttons]
        reasons = tuple(Reason(1, change.text) for change in visit.changes if isinstance(change, AddReason))
        stored = run_from_json(run_to_json(visit.run))
        self.known = replace(visit.known, run=stored, reasons=(*self.known.reasons, *reasons)[:3])

    def _turn(self, visit: Visit, what: str, how: Any) -> Turn | None:
        run = visit.run
        match what:
            case "begin":
                return begin(FLOWS, how[0], visit, at=how[1], over=run)
            case "tap":
                return press(FLOWS, run, self.tokens[-1 - how % len(self.tokens)], visit) if self.tokens else None
            case "type":
                return advance(FLOWS, run, Typed(how), visit) if run else None
            case _:
                return advance(FLOWS, run, Woken(), visit) if run else None


def stands_at_a_question(run: Run) -> bool:
    """Whether something is asked that can be answered, by a tap, a text or by waiting."""
    turn = redraw(FLOWS, run)
    step = FLOWS[run.flow].steps[run.step]
    answerable = len(turn.lines) == 1 and bool(turn.lines[0].buttons or turn.lines[0].writes)
    return turn.run == run and answerable and not isinstance(step, Say | Branch | Handoff)


def stack(run: Run | None) -> Iterator[str]:
    while run is not None:
        yield run.flow
        run = run.under


@pytest.mark.parametrize("name", FLOWS)
@given(person=st.sampled_from(PEOPLE), done=doings)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_anything_done_in_a_real_flow_leaves_a_question_or_the_end(name: str, person: Person, done: Any) -> None:
    talk = Talk(Known(person, met=True))
    for what, how in (("begin", (name, "")), *done):
        talk.does(what, how)
        assert talk.turn.run is None or stands_at_a_question(talk.turn.run)
        assert talk.known.run is None or stands_at_a_question(talk.known.run)


@given(person=st.sampled_from(PEOPLE), done=doings)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_flow_waits_under_itself_whatever_is_done(person: Person, done: Any) -> None:
    talk = Talk(Known(person, met=True))
    for what, how in done:
        talk.does(what, how)
        flows = list(stack(talk.known.run))
        assert len(flows) == len(set(flows))


@given(person=st.sampled_from(PEOPLE), done=doings)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_wait_that_is_stored_knows_its_end(person: Person, done: Any) -> None:
    talk = Talk(Known(person, met=True))
    for what, how in done:
        talk.does(what, how)
        run = talk.known.run
        if run is not None and isinstance(FLOWS[run.flow].steps.get(run.step), Wait):
            assert run.ends is not None


@pytest.mark.parametrize("flow", FLOWS.values(), ids=lambda flow: flow.name)
def test_a_token_of_any_step_with_a_choice_that_is_gone_leaves_a_question_or_the_end(flow: Flow) -> None:
    """A token may be years old, or made by hand: it may name a step that is only passed through today."""
    stuck = []
    for step in flow.steps:
        turn = press(FLOWS, None, f"{flow.name}:{step}:from_last_year", PASSER_BY)
        if turn.run is not None and not stands_at_a_question(turn.run):
            stuck.append(step)
    assert not stuck


def test_old_buttons_of_two_flows_that_lead_to_each_other_do_not_pile_up() -> None:
    talk = Talk(Known(PEOPLE[0]), tokens=["they_wrote:logistics:wait"])
    for _ in range(20):
        talk.does("tap", 0)
        talk.tokens = ["they_wrote:logistics:wait"]
    assert len(list(stack(talk.known.run))) <= len(FLOWS)


@pytest.mark.parametrize("token", ["", ":", "::", "urge", "urge:", "urge::lonely", "nothing:at:all", "🙂:🙂:🙂", "\0"])
@pytest.mark.parametrize("run", [None, Run("days", 1, "since"), Run("gone", 1, "gone"), Run("urge", 0, "gone")])
def test_a_token_that_is_none_never_raises(token: str, run: Run | None) -> None:
    talk = Talk(Known(PEOPLE[0], run=run), tokens=[token])
    talk.does("tap", 0)
    assert talk.known.run is None or stands_at_a_question(talk.known.run)


@pytest.mark.parametrize(
    ("flow", "step"), [("days", "since"), ("checkins", "morning_time"), ("checkins", "zone"), ("settings", "country")]
)
@pytest.mark.parametrize("text", ["9" * 5_000, "٩" * 5_000, "x" * 8_000, "1" * 8_000, "8 " * 4_000])
def test_eight_thousand_characters_are_an_answer_or_are_asked_for_again(flow: str, step: str, text: str) -> None:
    talk = Talk(Known(PEOPLE[3], run=Run(flow, 1, step, {"when": "both"})))
    talk.does("type", text)
    assert talk.turn.run is None or stands_at_a_question(talk.turn.run)


def test_every_choice_of_every_real_flow_can_be_tapped() -> None:
    for flow in FLOWS.values():
        for name, step in flow.steps.items():
            for choice in step.choices:
                run = Run(flow.name, flow.version, name, ANSWERED)
                talk = Talk(Known(PEOPLE[3], run=run), tokens=[flow.token(name, choice.name, {})])
                talk.does("tap", 0)
                assert talk.turn.run is None or stands_at_a_question(talk.turn.run), (flow.name, name, choice.name)
