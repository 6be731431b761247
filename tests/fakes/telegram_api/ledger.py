"""What was asked of the server, what it objected to, and waiting for something to become true."""

import asyncio
import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False, slots=True)
class Request:
    """A call of a method. `status` is None until it is answered; `cut` says that the answer never arrived."""

    method: str
    params: dict[str, Any]
    at: float = field(default_factory=time.monotonic)
    status: int | None = None
    answer: Any = None
    cut: bool = False
    by_webhook: bool = False

    @property
    def was_heard(self) -> bool:
        """Whether the bot knows that it succeeded."""
        return self.status == 200 and not self.cut

    def __repr__(self) -> str:
        shown = {name: _short(value) for name, value in self.params.items()}
        status = "cut" if self.cut else self.status or "waiting"
        why = f" {self.answer['description']}" if isinstance(self.answer, dict) and "description" in self.answer else ""
        return f"{self.method}({shown}) -> {status}{why}"


def _short(value: object) -> object:
    text = repr(value)
    return value if len(text) < 80 else text[:77] + "..."


class Ledger:
    """All requests and objections, in order."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.violations: list[str] = []
        self._changed = asyncio.Event()

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
        """Waits until a condition holds. Looks after each request and answer, and now and then besides.

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
        lines = [f"  {request!r}" for request in self.requests if request.method != "getUpdates"][-count:]
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
