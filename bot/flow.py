"""A conversation as data: a flow is a set of named steps, checked when it is built.

`engine.py` walks it. What a step may know of the outside comes in as `World`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from whenever import Instant

from bot.messages import TOKEN_BYTES

if TYPE_CHECKING:
    from bot.names import Names

END = "end"
"""The target that ends a flow."""

LONGEST_ANSWER = 20_000
"""Characters of an answer that came in several messages."""

Answers = Mapping[str, str]
"""What was chosen or written so far, by the name of the step."""


class World(Protocol):
    """What a pure step may know of the outside."""

    @property
    def facts(self) -> Mapping[str, str]:
        """What the person has told of themselves; a fact that is not known is missing."""

    @property
    def now(self) -> Instant:
        """The moment this happens."""

    @property
    def seed(self) -> str:
        """What chance hangs on, the same for a person at any time."""

    @property
    def names(self) -> "Names":
        """What people type for countries, cities and times."""

    def draw(self, deck: str, answers: Answers, seen: Sequence[str]) -> str:
        """The key of the next card of a deck that fits; none of `seen` while others are left."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What was typed is no answer to this question: the key of the text that says so."""

    key: str


Effect = Callable[[Answers, World], Sequence[object]]
"""Gives the changes that happen when a choice is taken or a step is reached. Pure."""

Reader = Callable[[str, World], "str | Problem"]
"""Turns a typed text into an answer. Pure."""


def nothing(_answers: Answers, _world: World) -> Sequence[object]:
    """The effect of most choices."""
    return ()


def plain_text(text: str, _world: World) -> str | Problem:
    """Any text that is not blank."""
    seen = any(sign.isprintable() and not sign.isspace() for sign in text)
    return text.strip() if seen else Problem("common/empty_text")


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of a step: its name, where it leads and what it changes. One that `keeps` something about the person is
    not there for a minor."""

    name: str
    to: str
    does: Effect = nothing
    keeps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What all steps share. `text` is the key of its words; by default `<flow>/<step>`.

    When a step is reached, `does` gives its changes; then the answers it `forgets` are gone from the run. What was
    written at the step it `quotes` stands below its text. One that stands `behind` a branch passes that again when it
    is shown once more. When a `fleeting` one is answered by a tap, what comes next takes its place on the screen.
    """

    text: str = ""
    choices: tuple[Choice, ...] = ()
    does: Effect = nothing
    forgets: tuple[str, ...] = ()
    quotes: str = ""
    behind: str = ""
    fleeting: bool = False

    @property
    def targets(self) -> tuple[str, ...]:
        """Every step this one can lead to."""
        return tuple(choice.to for choice in self.choices)

    def choice(self, name: str) -> Choice | None:
        """The button of that name."""
        return next((choice for choice in self.choices if choice.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Step):
    """Shows a text and goes on at once. The buttons of a `docked` one stay in reach below the chat."""

    to: str
    docked: bool = False

    @property
    def targets(self) -> tuple[str, ...]:
        return (self.to,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Step):
    """Shows a question and waits for one of its choices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw(Step):
    """Shows a card of a deck, with the buttons of this step, and waits for one of its choices."""

    deck: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Write(Step):
    """Waits for a text, which `reads` turns into the answer. Choices are ways round it.

    With `adds_to` the text goes below the answer of that step, for what comes in several messages, as long as the whole
    has no more than `LONGEST_ANSWER` characters; with `renews` it takes the place of that answer.
    """

    to: str
    reads: Reader = plain_text
    adds_to: str = ""
    renews: str = ""

    @property
    def free(self) -> bool:
        """Whether any words are an answer, so that no words can mean a command."""
        return self.reads is plain_text

    @property
    def targets(self) -> tuple[str, ...]:
        return (self.to, *(choice.to for choice in self.choices))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Step):
    """Waits some minutes, then goes on by itself; a choice cuts it short.

    `meanwhile` holds (minute, key) in rising order: what is shown while the time passes.
    """

    minutes: int
    to: str
    meanwhile: tuple[tuple[int, str], ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        return (self.to, *(choice.to for choice in self.choices))


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch(Step):
    """Goes where a pure function of answers and facts says. Shows nothing."""

    on: Callable[[Answers, Mapping[str, str]], str]
    to: Mapping[str, str]

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(self.to.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff(Step):
    """Goes on in another flow, at its start or at one of its entries."""

    flow: str
    at: str = ""


PASSING = Say | Branch | Handoff
"""Steps that do not stop for the person."""

NAME = re.compile(r"[a-z0-9_-]+")
"""Names travel in tokens, which are split at colons and counted in bytes."""


class FlowError(ValueError):
    """A flow that cannot work; the message names the flow and the step."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A conversation: where it starts, its steps, and where a run goes whose step is gone (`lost`).

    In an `urgent` flow the button is the truth: a tap works without stored state and from an old message, so the
    answers of the steps named in `carries` travel inside every token. Of a `secret` flow, which must be urgent,
    nothing is written down: neither where the person is in it nor its messages. An `open` one is for minors too.
    `entries` are further steps a run may
    begin at. A step whose meaning changes gets a new name; `version` is raised with it.

    Raises:
        FlowError: a target is missing, a step cannot be reached or cannot end, or a token would be longer than
            64 bytes.
    """

    name: str
    version: int
    start: str
    lost: str
    steps: Mapping[str, Step]
    urgent: bool = False
    secret: bool = False
    open: bool = False
    entries: tuple[str, ...] = ()
    carries: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.secret and not self.urgent:
            raise FlowError(f"flow {self.name}: a secret flow keeps no state, so it must be urgent")
        for check in (
            self._check_names,
            self._check_targets,
            self._check_reachable,
            self._check_ends,
            self._check_waits,
            self._check_tokens,
        ):
            check()

    def step(self, name: str) -> Step:
        """The step of that name, or the one for lost runs."""
        return self.steps.get(name) or self.steps[self.lost]

    def asks(self, name: str) -> str:
        """The name itself if that step stops for the person, else that of the one for lost runs."""
        return self.lost if isinstance(self.steps.get(name), PASSING | None) else name

    def key(self, name: str) -> str:
        """Where the words of a step are."""
        return self.steps[name].text or f"{self.name}/{name}"

    def token(self, step: str, choice: str, answers: Answers) -> str:
        """What a button of this flow sends back: flow, step, choice and the carried answers."""
        return ":".join((self.name, step, choice, *(answers.get(name, "") for name in self.carries))).rstrip(":")

    def _check_names(self) -> None:
        for name in (self.name, *self.steps):
            if not NAME.fullmatch(name) or name == END:
                raise FlowError(f"flow {self.name}: {name!r} is no name; use lower case, digits, _ and -")
        for name, step in self.steps.items():
            names = [choice.name for choice in step.choices]
            if wrong := [choice for choice in names if not NAME.fullmatch(choice)]:
                raise FlowError(f"flow {self.name}, step {name}: {wrong[0]!r} is no name for a choice")
            if len(names) != len(set(names)):
                raise FlowError(f"flow {self.name}, step {name}: two choices have the same name")

    def _check_waits(self) -> None:
        for name, step in self.steps.items():
            if isinstance(step, Wait):
                minutes = [0, *(minute for minute, _ in step.meanwhile), step.minutes]
                if minutes != sorted(set(minutes)):
                    raise FlowError(f"flow {self.name}, step {name}: the minutes do not rise from 1 to the end")

    def _check_targets(self) -> None:
        roots = {"start": self.start, "lost": self.lost} | {entry: entry for entry in self.entries}
        for name, target in roots.items():
            if target not in self.steps:
                raise FlowError(f"flow {self.name}: {name} names the step {target!r}, which does not exist")
        for name, step in self.steps.items():
            for target in step.targets:
                if target != END and target not in self.steps:
                    raise FlowError(f"flow {self.name}, step {name}: leads to {target!r}, which does not exist")
            if step.quotes and not isinstance(self.steps.get(step.quotes), Write):
                raise FlowError(f"flow {self.name}, step {name}: quotes {step.quotes!r}, where nothing is written")
            way = self.steps.get(step.behind)
            if step.behind and not (isinstance(way, Branch) and name in way.targets):
                raise FlowError(f"flow {self.name}, step {name}: {step.behind!r} is no branch that leads to it")
            if not step.targets and not isinstance(step, Handoff):
                raise FlowError(f"flow {self.name}, step {name}: is a dead end; give it a choice")

    def _check_reachable(self) -> None:
        reached = self._closure({self.start, self.lost, *self.entries}, lambda name: self.steps[name].targets)
        if unreached := sorted(set(self.steps) - reached):
            raise FlowError(f"flow {self.name}: no way leads to {', '.join(unreached)}")

    def _check_ends(self) -> None:
        sources: dict[str, list[str]] = {}
        for name, step in self.steps.items():
            for target in step.targets or (END,):
                sources.setdefault(target, []).append(name)
        ending = self._closure({END}, lambda name: sources.get(name, ()))
        if stuck := sorted(set(self.steps) - ending):
            raise FlowError(f"flow {self.name}: no way out of {', '.join(stuck)}")

    def _check_tokens(self) -> None:
        for name in self.carries:
            if name not in self.steps:
                raise FlowError(f"flow {self.name}: carries {name!r}, which is no step")
            if isinstance(self.steps[name], Write) or not self.steps[name].choices:
                raise FlowError(f"flow {self.name}: carries {name!r}, which is not answered by buttons alone")
        carried = [[choice.name for choice in self.steps[name].choices] for name in self.carries]
        longest = [max(names, key=len) for names in carried]
        for name, step in self.steps.items():
            for choice in step.choices:
                token = self.token(name, choice.name, dict(zip(self.carries, longest, strict=True)))
                if len(token.encode()) > TOKEN_BYTES:
                    raise FlowError(f"flow {self.name}, step {name}: token {token!r} is over {TOKEN_BYTES} bytes")

    @staticmethod
    def _closure(roots: set[str], neighbours: Callable[[str], Sequence[str]]) -> set[str]:
        reached: set[str] = set()
        waiting = set(roots)
        while waiting:
            name = waiting.pop()
            reached.add(name)
            waiting |= {other for other in neighbours(name) if other not in reached and other != END}
        return reached
