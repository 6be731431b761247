"""The pure engine: `begin` and `advance` take a state and what happened, and give the next state, the lines to
show and the changes to make. No I/O, no clock, no platform."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from whenever import Instant

from bot.flow import (
    END,
    LONGEST_ANSWER,
    Answers,
    Branch,
    Choice,
    Draw,
    Flow,
    FlowError,
    Handoff,
    Problem,
    Say,
    Step,
    Wait,
    World,
    Write,
)

SEEN = 200
"""Cards of a run that are remembered: more than a deck has."""


@dataclass(frozen=True, slots=True)
class Run:
    """Where a chat is in a flow.

    `seen` are the cards drawn in this run. `ends` is when a wait is over, `shown` how much of it was shown.
    `under` is the run this one interrupted.
    """

    flow: str
    version: int
    step: str
    answers: Answers = field(default_factory=dict)
    seen: tuple[str, ...] = ()
    ends: Instant | None = None
    shown: int = 0
    under: "Run | None" = None


@dataclass(frozen=True, slots=True)
class Line:
    """One message, still to be put into words.

    `key` is its text, `labels` the text that names its buttons (by default the same), `buttons` are (choice, token).
    `answers` are those of the run, for texts that say them back. `quote` is what the person wrote, to be shown below.
    """

    key: str
    labels: str = ""
    buttons: tuple[tuple[str, str], ...] = ()
    until: Instant | None = None
    writes: str = ""
    docked: bool = False
    answers: Answers = field(default_factory=dict)
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one step forward gave: the next state (None: the flow is over), the lines to show, the changes to make.

    `back` is the run that was interrupted by one that is over now. `flow` is the one the last line belongs to.
    """

    run: Run | None
    lines: tuple[Line, ...] = ()
    changes: tuple[object, ...] = ()
    back: Run | None = None
    flow: str = ""


@dataclass(frozen=True, slots=True)
class Tap:
    """A choice was taken."""

    choice: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A text was typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Woken:
    """Time has passed."""


Event = Tap | Typed | Woken


class Flows(Mapping[str, Flow]):
    """All flows by name, checked against each other.

    Raises:
        FlowError: two flows share a name, a handoff leads nowhere, or steps chase each other without stopping.
    """

    def __init__(self, flows: Sequence[Flow]) -> None:
        self._flows = {flow.name: flow for flow in flows}
        if len(self._flows) != len(flows):
            raise FlowError("two flows have the same name")
        for flow in flows:
            for name, step in flow.steps.items():
                if isinstance(step, Handoff):
                    self._check_handoff(f"flow {flow.name}, step {name}", step)
        for flow in flows:
            for name in flow.steps:
                self._check_stops((flow.name, name), ())

    def _check_handoff(self, where: str, step: Handoff) -> None:
        target = self._flows.get(step.flow)
        if target is None:
            raise FlowError(f"{where}: hands off to the flow {step.flow!r}, which does not exist")
        if step.at and step.at not in target.entries:
            raise FlowError(f"{where}: {step.at!r} is no entry of the flow {step.flow!r}")

    def _check_stops(self, at: tuple[str, str], path: tuple[tuple[str, str], ...]) -> None:
        if at in path:
            round_trip = " → ".join("/".join(place) for place in (*path, at))
            raise FlowError(f"{round_trip} goes round without stopping")
        flow, name = at
        step = self._flows[flow].steps.get(name)
        if isinstance(step, Handoff):
            self._check_stops((step.flow, step.at or self._flows[step.flow].start), (*path, at))
        elif isinstance(step, Say | Branch):
            lost = (self._flows[flow].lost,) if isinstance(step, Branch) else ()
            for target in (*step.targets, *lost):
                self._check_stops((flow, target), (*path, at))

    def __getitem__(self, name: str) -> Flow:
        return self._flows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._flows)

    def __len__(self) -> int:
        return len(self._flows)


def begin(flows: Flows, name: str, world: World, *, at: str = "", over: Run | None = None) -> Turn:
    """Starts a flow at its start, or at one of its entries. `over` is the run it interrupts."""
    flow = flows[name]
    return _enter(flows, Run(name, flow.version, at or flow.start, under=_parked(over, name)), world)


def press(flows: Flows, run: Run | None, token: str, world: World) -> Turn:
    """Takes the tap of a flow's button.

    In an urgent flow the token is enough; one that names nothing asks its step again. Elsewhere a tap that does not
    belong to the current question shows that question again, or nothing if there is none.
    """
    name, step, choice, *carried = [*token.split(":"), "", ""]
    flow = flows.get(name)
    if flow is not None and flow.urgent:
        run = _at(flow, run, step, carried)
        taken = flow.step(step).choice(choice) if step in flow.steps else None
        if taken is None or not offers(taken, world):
            return _enter(flows, replace(run, step=flow.asks(step)), world)
        return _take(flows, run, taken, world)
    if run is None:
        return Turn(None)
    if (run.flow, run.step) != (name, step):
        return redraw(flows, run)
    return advance(flows, run, Tap(choice), world)


def offers(choice: Choice, world: World) -> bool:
    """Whether a button is there for this person."""
    return not (choice.keeps and "minor" in world.facts)


def asked(flows: Flows, run: Run | None, token: str) -> Run | None:
    """The run at the question that a text was written to: in an urgent flow whatever came meanwhile, elsewhere only
    if it is still the open one. None if it is not."""
    name, step, _, *carried = [*token.split(":"), "", ""]
    flow = flows.get(name)
    if flow is not None and flow.urgent and isinstance(flow.steps.get(step), Write):
        return _at(flow, run, step, carried)
    return run if run is not None and (run.flow, run.step) == (name, step) else None


def _at(flow: Flow, run: Run | None, step: str, carried: Sequence[str]) -> Run:
    named = zip(flow.carries, carried, strict=False)
    answers = {key: value for key, value in named if flow.step(key).choice(value) is not None}
    own = run if run is not None and run.flow == flow.name else Run(flow.name, flow.version, step)
    return replace(own, step=step, answers={**own.answers, **answers}, under=_parked(run, flow.name))


def advance(flows: Flows, run: Run, event: Event, world: World) -> Turn:
    """Takes one event into a run. What does not fit the step is answered by asking again, never by an error."""
    flow = flows.get(run.flow)
    if flow is None:
        return Turn(None, back=run.under)
    step = flow.steps.get(run.step)
    if step is None:
        return _enter(flows, replace(run, step=flow.lost), world)
    match event:
        case Tap(name):
            choice = step.choice(name)
            if choice is None or not offers(choice, world):
                return redraw(flows, run)
            return _take(flows, run, choice, world)
        case Typed(text):
            return _read(flows, run, step, text, world)
        case Woken():
            return _wake(flows, run, step, world)


def redraw(flows: Flows, run: Run) -> Turn:
    """The current question once more; nothing changes."""
    flow = flows.get(run.flow)
    if flow is None:
        return Turn(None, back=run.under)
    run = replace(run, step=flow.asks(run.step))
    return Turn(run, (_line(flow, run),), flow=flow.name)


def still(flows: Flows, turn: Turn, world: World) -> Turn:
    """The turn, if its question may still be asked: what was told since may lead past it."""
    run = turn.run
    flow = flows.get(run.flow) if run else None
    step = flow.steps.get(run.step) if run and flow else None
    if run is None or flow is None or step is None:
        return turn
    way = flow.steps.get(step.behind)
    if not isinstance(way, Branch) or way.to.get(way.on(run.answers, world.facts)) == run.step:
        return turn
    return _enter(flows, replace(run, step=step.behind), world, turn.changes)


def wakes(flows: Flows, run: Run | None) -> Instant | None:
    """The next moment at which a run goes on by itself."""
    flow = flows.get(run.flow) if run else None
    step = flow.steps.get(run.step) if run and flow else None
    if run is None or not isinstance(step, Wait) or run.ends is None:
        return None
    left = step.meanwhile[run.shown :]
    return _moment(step, run.ends, left[0][0]) if left else run.ends


def _parked(run: Run | None, name: str) -> Run | None:
    """The run to come back to after the flow `name`, which never waits under itself."""
    if run is None:
        return None
    under = _parked(run.under, name)
    return under if run.flow == name else replace(run, under=under)


def _take(flows: Flows, run: Run, choice: Choice, world: World) -> Turn:
    answers = {**run.answers, run.step: choice.name}
    changes = tuple(choice.does(answers, world))
    return _enter(flows, replace(run, answers=answers, step=choice.to), world, changes)


def _read(flows: Flows, run: Run, step: Step, text: str, world: World) -> Turn:
    if not isinstance(step, Write):
        again = redraw(flows, run)
        return replace(again, lines=(Line("common/tap_please"), *again.lines))
    answer = step.reads(text, world)
    if isinstance(answer, Problem):
        line = _line(flows[run.flow], run)
        return Turn(run, (replace(line, key=answer.key),), flow=run.flow)
    name = step.adds_to or step.renews or run.step
    before = run.answers.get(name, "") if step.adds_to else ""
    whole = f"{before}\n\n{answer}" if before else answer
    if before and len(whole) > LONGEST_ANSWER:
        return Turn(run, (replace(_line(flows[run.flow], run), key="limits/letter"),), flow=run.flow)
    return _enter(flows, replace(run, answers={**run.answers, name: whole}, step=step.to), world)


def _wake(flows: Flows, run: Run, step: Step, world: World) -> Turn:
    if not isinstance(step, Wait) or run.ends is None:
        return Turn(run)
    if world.now >= run.ends:
        return _enter(flows, replace(run, step=step.to, ends=None, shown=0), world)
    due = [key for minute, key in step.meanwhile if _moment(step, run.ends, minute) <= world.now]
    lines = tuple(replace(_line(flows[run.flow], run), key=key) for key in due[run.shown :][-1:])
    run = replace(run, shown=len(due))
    return Turn(run, lines, flow=run.flow)


def _moment(step: Wait, ends: Instant, minute: int) -> Instant:
    return ends.subtract(minutes=step.minutes - minute)


def _enter(flows: Flows, run: Run, world: World, changes: tuple[object, ...] = ()) -> Turn:
    """Goes through passing steps until one stops for the person or the flow ends."""
    lines: tuple[Line, ...] = ()
    while run.step != END:
        flow = flows[run.flow]
        step = flow.steps[run.step]
        changes += tuple(step.does(run.answers, world))
        if step.forgets:
            run = replace(run, answers={name: run.answers[name] for name in run.answers if name not in step.forgets})
        match step:
            case Say():
                lines += (_line(flow, run),)
                run = replace(run, step=step.to)
            case Branch():
                run = replace(run, step=step.to.get(step.on(run.answers, world.facts), flow.lost))
            case Handoff():
                run = _handed_over(flow, flows[step.flow], step.at, run)
            case _:
                run = _stop(step, run, world)
                return Turn(run, (*lines, _line(flow, run)), changes, flow=flow.name)
    return Turn(None, lines, changes, back=run.under, flow=run.flow)


def _handed_over(flow: Flow, target: Flow, at: str, run: Run) -> Run:
    """The run in its next flow. What was answered in a secret flow stays there."""
    under = _parked(run.under, target.name)
    fresh = Run(target.name, target.version, at or target.start, under=under)
    return fresh if flow.secret else replace(fresh, answers=run.answers, seen=run.seen)


def _stop(step: Step, run: Run, world: World) -> Run:
    match step:
        case Draw():
            return replace(run, seen=(*run.seen, world.draw(step.deck, run.answers, run.seen))[-SEEN:])
        case Wait():
            return replace(run, ends=world.now.add(minutes=step.minutes), shown=0)
        case _:
            return replace(run, ends=None, shown=0)


def _line(flow: Flow, run: Run) -> Line:
    step = flow.steps[run.step]
    key = flow.key(run.step)
    return Line(
        key=run.seen[-1] if isinstance(step, Draw) and run.seen else key,
        labels=key,
        buttons=tuple((choice.name, flow.token(run.step, choice.name, run.answers)) for choice in step.choices),
        until=run.ends if isinstance(step, Wait) else None,
        writes=flow.token(run.step, "", run.answers) if isinstance(step, Write) else "",
        docked=isinstance(step, Say) and step.docked,
        answers=run.answers,
        quote=_written(flow, step.quotes, run.answers) if step.quotes else "",
    )


def _written(flow: Flow, name: str, answers: Answers) -> str:
    """What was written at a step, if it was not gone round by a button."""
    answer = answers.get(name, "")
    return "" if flow.steps[name].choice(answer) else answer
