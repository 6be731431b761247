"""When a message may leave: evenly spaced for what comes unasked, and answers before that.

Telegram asks for about 30 messages a second where many are notified at once, and one a second in a chat, where short
bursts are allowed (core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this). So answers leave at once
as long as nothing comes unasked and nobody has complained; then they share the pace, and are always the next to leave.
"""

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

IN_A_CHAT = 1.0
"""Seconds between anything and what comes unasked in a chat."""

CAUTIOUS_SECONDS = 600.0
"""How long answers keep the pace, too, after the platform has complained about the bot."""

TOGETHER = 3.0
"""Seconds within which two chats are refused because of the bot, and not of themselves."""

BEHIND = 0.5
"""Seconds by which turns that are waited for may lag, as on a busy machine. They catch up a tenth faster, and never
with more in a second than there is room for."""

HASTE = 0.9

LATE = 0.5
"""Seconds after which what has left is taken to have arrived, though no answer has come: a platform that answers slowly
is no busy machine."""

SLOWER = 1.01
"""By how much the shortest round trip is forgotten with each message, as the way may become longer."""

A_SECOND = 1.005
"""A second by our clock: the platform's may be a little shorter."""

REMEMBERED = 10_000

LONG_AGO = 1e9


@dataclass(slots=True, eq=False)
class Departure:
    """Something that has left, and when it will have arrived at the latest."""

    left: float
    by: float


class Pace:
    """The turns of one bot on one platform, `a_second` of them. `room`: what any second holds at most, answers that
    left at once before included. `limit`: what may arrive there in any second at most, where that is known and asks for
    more care than when a message leaves: on a busy machine some may be late, and those behind them not. Times are those
    of the event loop."""

    def __init__(self, a_second: float, room: int = 1_000_000, *, limit: int = 0, in_a_chat: float = IN_A_CHAT) -> None:
        self._gap = 1 / a_second
        self._in_a_chat = in_a_chat
        self._turns: deque[float] = deque(maxlen=room)
        self._left: deque[float] = deque(maxlen=room)
        self._limit = limit
        self._on_the_way: list[Departure] = []
        self._trip = LATE
        self._chats: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._held: OrderedDict[str, float] = OrderedDict()
        self._answers: deque[asyncio.Future[None]] = deque()
        self._unasked: deque[asyncio.Future[None]] = deque()
        self._ideal = self._next = 0.0
        self._spaced_until = 0.0
        self._answers_from = self._unasked_from = 0.0
        self._refused: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self, chat: str = "", *, unasked: bool = True) -> None:
        """Returns when a message may leave. What comes unasked may be looked up once more before `leave`."""
        if unasked and chat:
            await self._after_the_last(chat)
        if not self._answers and not self._unasked:
            self._ideal = max(self._ideal, self._now())
        if not unasked and self._is_free():
            self._turns.append(self._now())
        elif self._is_my_turn(unasked):
            self._give_turn(unasked)
        else:
            waiting = self._unasked if unasked else self._answers
            mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            waiting.append(mine)
            self._arm()
            await mine
        if unasked and chat:
            await self._after_the_last(chat)  # an answer may have left there meanwhile
        if chat:
            _keep(self._chats, chat, (self._last(chat)[1], self._now()))
        if not unasked:
            self._depart()

    async def leave(self) -> Departure:
        """What comes unasked, and has had its turn, leaves now. If several of them were held up together, as by a slow
        database, there may be no room in this second for all."""
        while (wait := max(_free_from(self._left), self._room_from()) - self._now()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(wait)
        return self._depart()

    def answered(self, departure: Departure) -> None:
        """An answer has come, whatever it says: the message was there half the shortest round trip before."""
        now = self._now()
        self._trip = min(self._trip * SLOWER, now - departure.left)
        departure.by = min(departure.by, now - self._trip / 2)

    def _depart(self) -> Departure:
        now = self._now()
        departure = Departure(now, now + LATE)
        self._left.append(now)
        if self._limit:
            self._on_the_way.append(departure)
        return departure

    def _room_from(self) -> float:
        """When one more may arrive."""
        since = self._now() - A_SECOND
        self._on_the_way = [other for other in self._on_the_way if other.by > since]
        if not self._limit or len(self._on_the_way) < self._limit:
            return 0.0
        return sorted(other.by for other in self._on_the_way)[-self._limit] + A_SECOND

    def refused(self, chat: str, seconds: float, *, unasked: bool) -> None:
        """The platform wants to be left alone, because of a chat or of the whole bot: it does not say which. What comes
        unasked waits for that in this chat. A chat that got two messages within a second has that to blame. When two
        others are refused at once it is the bot; what comes unasked is held first, and answers if they are refused
        while it is."""
        now = self._now()
        until = now + seconds
        _keep(self._held, chat, until)
        before, last = self._last(chat)
        if last < before + self._in_a_chat:
            return
        while self._refused and next(iter(self._refused.values()))[0] < now - TOGETHER:
            self._refused.popitem(last=False)
        others = [held for other, (_, held) in self._refused.items() if other != chat]
        self._refused[chat] = (now, until)
        self._refused.move_to_end(chat)
        if others:
            if not unasked and self._unasked_from > now:
                self._answers_from = max(self._answers_from, until)
            self._unasked_from = max(self._unasked_from, until, *others)
            self._spaced_until = max(self._spaced_until, until + CAUTIOUS_SECONDS)
            self._arm()

    async def _after_the_last(self, chat: str) -> None:
        def free_from() -> float:
            return max(self._last(chat)[1] + self._in_a_chat, self._held.get(chat, 0.0))

        while (wait := free_from() - self._now()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(wait)

    def _last(self, chat: str) -> tuple[float, float]:
        """When the last two messages left in a chat."""
        return self._chats.get(chat, (-LONG_AGO, 0.0 - self._in_a_chat))

    def _is_free(self) -> bool:
        now = self._now()
        return not self._answers and not self._unasked and now >= max(self._spaced_until, self._answers_from)

    def _is_my_turn(self, unasked: bool) -> bool:
        """Whether nobody waits and there is room right now."""
        free_from = self._unasked_from if unasked else self._answers_from
        return not self._answers and not self._unasked and self._now() >= max(self._soonest(), free_from)

    def _soonest(self) -> float:
        """When something may leave that keeps the pace."""
        return max(self._next, _free_from(self._turns))

    def _give_turn(self, unasked: bool) -> None:
        """It is the turn of something that keeps the pace."""
        now = self._now()
        if unasked:
            self._spaced_until = max(self._spaced_until, now + 1.0)
        self._turns.append(now)
        self._ideal = max(self._ideal, now - BEHIND) + self._gap
        self._next = max(self._ideal, now + HASTE * self._gap)

    def _arm(self) -> None:
        """Sets the timer for whoever is next."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        moments = [self._answers_from] * bool(self._answers) + [self._unasked_from] * bool(self._unasked)
        if moments:
            at = max(min(moments), self._soonest())
            self._timer = asyncio.get_running_loop().call_at(at, self._go)

    def _go(self) -> None:
        """It is somebody's turn."""
        self._timer = None
        now = self._now()
        for waiting, free_from in ((self._answers, self._answers_from), (self._unasked, self._unasked_from)):
            while waiting and waiting[0].done():  # nobody waits for it any more
                waiting.popleft()
            if waiting and free_from <= now:
                waiting.popleft().set_result(None)
                self._give_turn(waiting is self._unasked)
                break
        self._arm()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _free_from(last: deque[float]) -> float:
    """When there is room again for one more in a second."""
    return last[0] + A_SECOND if len(last) == last.maxlen else 0.0


def _keep(kept: OrderedDict[str, T], chat: str, value: T) -> None:
    """Keeps a value, and forgets those of chats that were quiet longest."""
    kept[chat] = value
    kept.move_to_end(chat)
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)
