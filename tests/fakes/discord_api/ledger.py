"""What was asked of the server, what it objected to, and waiting for something to become true."""

import asyncio
import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent."""

    filename: str
    content_type: str
    data: bytes


@dataclass(eq=False, slots=True)
class Request:
    """A call over HTTP. `status` is None until it is answered; `cut` says that the answer never arrived."""

    method: str
    path: str
    query: dict[str, str]
    route: str = ""
    body: Any = None
    files: dict[int, Upload] = field(default_factory=dict)
    authorized: bool = False
    at: float = field(default_factory=time.monotonic)
    status: int | None = None
    answer: Any = None
    cut: bool = False
    shared: bool = False

    @property
    def was_heard(self) -> bool:
        """Whether the bot knows that it succeeded."""
        return self.status in (200, 201, 204) and not self.cut

    def __repr__(self) -> str:
        status = "cut" if self.cut else self.status or "waiting"
        why = f" {self.answer['message']}" if isinstance(self.answer, dict) and "message" in self.answer else ""
        body = "" if self.body is None else f" {_short(self.body)}"
        return f"{self.method} {self.path}{body} -> {status}{why}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) < 160 else text[:157] + "..."


class Ledger:
    """All requests and objections, in order."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.violations: list[str] = []
        self._changed = asyncio.Event()

    def object_to(self, what: str) -> None:
        """Lists a violation."""
        self.violations.append(what)
        self.changed()

    def changed(self) -> None:
        """Wakes whoever waits."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait(self, seconds: float) -> bool:
        """Waits for the next change; False if there was none."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True

    async def until(self, condition: Callable[[], object], seconds: float, hint: Callable[[], str]) -> None:
        """Waits until a condition holds. Looks after each request, answer and event, and now and then besides.

        A LookupError in it means: not yet.
        """
        end = time.monotonic() + seconds
        while not _holds(condition):
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(f"not true after {seconds} s: {_source(condition)}\n{hint()}")
            await self.wait(min(left, 0.05))

    def recent(self, count: int = 12) -> str:
        """The last requests, a line each, for a message to whoever reads a failed test."""
        lines = [f"  {request!r}" for request in self.requests][-count:]
        return "\n".join(["last requests:", *(lines or ["  none"])])


def _holds(condition: Callable[[], object]) -> bool:
    try:
        return bool(condition())
    except LookupError:
        return False


def _source(condition: Callable[[], object]) -> str:
    try:
        return inspect.getsource(condition).strip()
    except (OSError, TypeError):
        return repr(condition)
