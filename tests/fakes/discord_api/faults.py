"""What can go wrong on the way: faults that a test asks for, and limits. docs.discord.com/developers/topics."""

import time
from dataclasses import dataclass, field
from enum import StrEnum, auto
from fnmatch import fnmatchcase

from .errors import Refused
from .ledger import Request


class Fault(StrEnum):
    """The kinds of failure. CUT_AFTER, SLOW and BAD_JSON do the work first; LATE waits before it."""

    TOO_MANY = auto()
    TOO_MANY_SHARED = auto()
    TOO_MANY_GLOBAL = auto()
    BANNED = auto()
    """By Cloudflare: 429 and a page, after 10,000 invalid requests in 10 minutes."""
    SERVER_ERROR = auto()
    UNAUTHORIZED = auto()
    FORBIDDEN = auto()
    NOT_FOUND = auto()
    CUT_BEFORE = auto()
    CUT_AFTER = auto()
    BAD_JSON = auto()
    LATE = auto()
    SLOW = auto()


LIMITED = (Fault.TOO_MANY, Fault.TOO_MANY_SHARED, Fault.TOO_MANY_GLOBAL)
PAGES = (Fault.BANNED, Fault.SERVER_ERROR)
WITHOUT_ANSWER = (Fault.CUT_BEFORE, Fault.CUT_AFTER)


@dataclass(slots=True)
class Planned:
    """A fault that waits for its request. `times` None: for good. `done`: the work is done all the same."""

    method: str
    pattern: str
    kind: Fault
    times: int | None = 1
    retry_after: float = 1.0
    seconds: float = 1.0
    status: int = 502
    code: int | None = None
    message: str | None = None
    done: bool = False

    def meets(self, request: Request) -> bool:
        """Whether it is for this request."""
        return self.method in (request.method, "*") and fnmatchcase(request.path, self.pattern)

    def refusal(self) -> Refused | None:
        """The answer of a fault that is a plain refusal."""
        usual = {
            Fault.UNAUTHORIZED: (401, 0, "401: Unauthorized"),
            Fault.FORBIDDEN: (403, 50001, "Missing Access"),
            Fault.NOT_FOUND: (404, 10008, "Unknown Message"),
        }.get(self.kind)
        if usual is None:
            return None
        status, code, message = usual
        return Refused(status, code if self.code is None else self.code, self.message or message)


class Faults:
    """The faults a test has asked for, first come, first served."""

    def __init__(self) -> None:
        self._planned: list[Planned] = []

    def plan(self, planned: Planned) -> None:
        """Puts a fault at the end of the queue."""
        self._planned.append(planned)

    def take(self, request: Request) -> Planned | None:
        """The fault that meets this request, used up once."""
        for planned in self._planned:
            if planned.meets(request):
                if planned.times is not None:
                    planned.times -= 1
                    if planned.times <= 0:
                        self._planned.remove(planned)
                return planned
        return None

    def waiting(self) -> list[str]:
        """Those that no request has met yet, and those for good."""
        return [f"{one.method} {one.pattern}: {one.kind} x{one.times}" for one in self._planned]

    def clear(self) -> None:
        """Takes all of them back."""
        self._planned.clear()


@dataclass(slots=True)
class Window:
    """So many requests until it begins anew."""

    limit: int
    seconds: float
    left: int
    ends: float

    def take(self, now: float) -> bool:
        """Counts a request, unless there are too many."""
        if now >= self.ends:
            self.left, self.ends = self.limit, now + self.seconds
        if self.left <= 0:
            return False
        self.left -= 1
        return True


@dataclass
class Flood:
    """How fast a bot may ask. `routes`: requests and seconds, for each channel, server or token apart.

    50 a second in all, but for answers to interactions: …/topics/rate-limits#global-rate-limit. The limits of routes
    are not in the docs; these are those that bots have met.
    """

    per_second: int = 50
    routes: dict[str, tuple[int, float]] = field(
        default_factory=lambda: {
            "POST /channels/{}/messages": (5, 5.0),
            "PATCH /channels/{}/messages/{}": (5, 5.0),
            "POST /webhooks/{}/{token}": (5, 2.0),
        }
    )
    _windows: dict[str, Window] = field(default_factory=dict, repr=False)

    def check(self, request: Request, major: str) -> tuple[Window, bool, bool]:
        """The window of a request, whether it is let through, and whether all of the bot is too fast."""
        now = time.monotonic()
        limit, seconds = self.routes.get(request.route, (1000, 1.0))
        window = self._window(f"{request.route} {major}", limit, seconds, now)
        if request.authorized:
            of_all = self._window("all", self.per_second, 1.0, now)
            if not of_all.take(now):
                return of_all, False, True
        return window, window.take(now), False

    def _window(self, name: str, limit: int, seconds: float, now: float) -> Window:
        return self._windows.setdefault(name, Window(limit, seconds, limit, now + seconds))
