"""What can go wrong on the way: faults that a test asks for, and the limits on how fast a bot may send."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any

from .errors import Refused

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


class Fault(StrEnum):
    """The kinds of failure. CUT_AFTER and BAD_JSON do the work first, SLOW too."""

    TOO_MANY = auto()
    NOT_MODIFIED = auto()
    CANT_PARSE = auto()
    BAD_REQUEST = auto()
    FORBIDDEN = auto()
    NOT_FOUND = auto()
    UNAUTHORIZED = auto()
    CONFLICT = auto()
    SERVER_ERROR = auto()
    CUT_BEFORE = auto()
    CUT_AFTER = auto()
    BAD_JSON = auto()
    HTML = auto()
    SLOW = auto()


REFUSALS: Mapping[Fault, tuple[int, str]] = {
    Fault.NOT_MODIFIED: (400, NOT_MODIFIED),
    Fault.CANT_PARSE: (
        400,
        "Bad Request: can't parse entities: Can't find end of the entity starting at byte offset 0",
    ),
    Fault.BAD_REQUEST: (400, "Bad Request: something is wrong"),
    Fault.FORBIDDEN: (403, "Forbidden: bot was blocked by the user"),
    Fault.NOT_FOUND: (404, "Not Found"),
    Fault.UNAUTHORIZED: (401, "Unauthorized"),
    Fault.CONFLICT: (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    ),
}
SERVER_ERRORS = {
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(slots=True)
class Planned:
    """A fault that waits for its request."""

    kind: Fault
    times: int
    retry_after: float = 1
    chat: int | None = None
    seconds: float = 1.0
    status: int = 500
    description: str | None = None
    done: bool = False

    def refusal(self) -> Refused | None:
        """The answer of a fault that is a plain refusal."""
        if self.kind is Fault.TOO_MANY:
            return too_many(self.retry_after)
        if self.kind is Fault.SERVER_ERROR:
            return Refused(self.status, self.description or SERVER_ERRORS[self.status])
        if self.kind in REFUSALS:
            code, description = REFUSALS[self.kind]
            return Refused(code, self.description or description)
        return None


def too_many(seconds: float) -> Refused:
    """429: core.telegram.org/bots/api#responseparameters."""
    return Refused(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


class Faults:
    """The faults a test has asked for, first come, first served; those of a method before those of "*"."""

    def __init__(self) -> None:
        self._planned: defaultdict[str, list[Planned]] = defaultdict(list)

    def plan(self, method: str, planned: Planned) -> None:
        """Puts a fault at the end of the queue of a method."""
        self._planned[method].append(planned)

    def take(self, method: str, chat: object) -> Planned | None:
        """The fault that meets this request, used up once."""
        for name in (method, "*") if self._planned else ():
            for planned in self._planned.get(name, ()):
                if planned.chat is None or str(planned.chat) == str(chat):
                    planned.times -= 1
                    if planned.times <= 0:
                        self._planned[name].remove(planned)
                    return planned
        return None

    def waiting(self) -> list[str]:
        """Those that no request has met yet."""
        return [
            f"{method}: {planned.kind} x{planned.times}" for method, some in self._planned.items() for planned in some
        ]

    def clear(self) -> None:
        """Takes all of them back."""
        self._planned.clear()


@dataclass(slots=True)
class Bucket:
    """Tokens that come back over time."""

    rate: float
    capacity: float
    tokens: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until a token is there."""
        self.tokens = min(self.capacity, self.tokens + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.rate


@dataclass
class Flood:
    """How fast a bot may send: core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this.

    About one message a second in a chat, short bursts allowed; 20 a minute in a group; 30 a second in all.
    """

    per_chat_burst: int = 3
    per_second: float = 30
    per_chat: float = 1
    per_group_minute: float = 20
    counts: frozenset[str] = frozenset({"sendMessage", "sendPhoto", "sendDocument"})
    _buckets: dict[tuple[str, Any], Bucket] = field(default_factory=dict, repr=False)

    def check(self, method: str, chat: int | None, is_group: bool, now: float) -> None:
        """Counts a request, or refuses it with 429."""
        if method not in self.counts:
            return
        buckets = [self._bucket("all", None, self.per_second, self.per_second, now)]
        buckets.append(self._bucket("chat", chat, self.per_chat, self.per_chat_burst, now))
        if is_group:
            buckets.append(self._bucket("group", chat, self.per_group_minute / 60, self.per_group_minute, now))
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            raise too_many(math.ceil(wait))
        for bucket in buckets:
            bucket.tokens -= 1

    def _bucket(self, kind: str, chat: int | None, rate: float, capacity: float, now: float) -> Bucket:
        return self._buckets.setdefault((kind, chat), Bucket(rate, max(1, capacity), max(1, capacity), now))
