"""What a command is, and how the files of handlers/ list what they can do."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, TypeVar

from bot.flow import Flow
from bot.records import Due
from bot.visit import Visit

T = TypeVar("T")
Handler = Callable[[Visit, str], Awaitable[None]]
Waker = Callable[[Visit, Due], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Command:
    """What a command does.

    `offline` ones work without the database, `open` ones for a minor too, and `everywhere` ones also where somebody
    keeps the bot out of a place; what is both offline and everywhere is never too much. `hides`: what the chat shows is
    taken away first.
    """

    handle: Handler
    offline: bool = False
    open: bool = False
    everywhere: bool = False
    hides: bool = False


@dataclass(frozen=True, slots=True)
class Routes:
    """What the bot can do, or a part of it.

    `commands` are by name; `wakers` by the kind of what is due; `texts` are the texts that handlers ask for beside
    those of flows, with the buttons they need in them.
    """

    flows: tuple[Flow, ...] = ()
    commands: Mapping[str, Command] = field(default_factory=dict)
    wakers: Mapping[str, Waker] = field(default_factory=dict)
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def joined(cls, parts: Sequence["Routes"]) -> Self:
        """All parts as one.

        Raises:
            ValueError: two parts have a command, a waker or a text of the same name.
        """
        return cls(
            tuple(flow for part in parts for flow in part.flows),
            _joined([part.commands for part in parts]),
            _joined([part.wakers for part in parts]),
            _joined([part.texts for part in parts]),
        )


def _joined(parts: Sequence[Mapping[str, T]]) -> Mapping[str, T]:
    whole: dict[str, T] = {}
    for part in parts:
        if twice := whole.keys() & part.keys():
            raise ValueError(f"two handlers claim {', '.join(sorted(twice))}")
        whole |= part
    return whole
