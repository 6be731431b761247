"""Updates on their way to the bot, and getUpdates: core.telegram.org/bots/api#getting-updates."""

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

from .errors import Refused
from .faults import REFUSALS, Fault
from .schema import ON_REQUEST, UPDATE_TYPES

Update = dict[str, Any]

FIRST_ID = 700_000_001
ALL = 100
"""At most so many updates in an answer."""

AHEAD = 10
"""An offset may lie above the next id by so much."""


class Updates:
    """The queue of what the bot has not confirmed yet, and who waits for it."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.pending: dict[int, Update] = {}
        self.every: dict[int, Update] = {}
        self.times: dict[int, int] = {}
        self.withheld: list[Update] = []
        self.delivered: set[int] = set()
        self.allowed: frozenset[str] = UPDATE_TYPES - ON_REQUEST
        self.named: list[str] | None = None
        self.again: dict[int, Update] = {}
        self.closing = False
        self.on_push: Callable[[Update], None] | None = None
        self.on_repeat: Callable[[int], None] | None = None
        self._ids = itertools.count(FIRST_ID)
        self._changed = changed
        self._arrived = asyncio.Event()
        self._turn = 0
        self._ended_by: Refused | None = Refused(*REFUSALS[Fault.CONFLICT])

    def next_id(self) -> int:
        """The id of an update that is about to be pushed."""
        return next(self._ids)

    def count_from(self, update_id: int) -> None:
        """Whoever waits is told that there is nothing, and the next update has this id."""
        self._ids = itertools.count(update_id)
        self.end_polls(None)

    def push(self, update: Update, update_id: int | None = None, *, odd: bool = False, times: int = 1) -> int:
        """A new update. What the bot did not allow is never created for it, unless it is `odd`."""
        number = self.next_id() if update_id is None else update_id
        whole = {"update_id": number, **update}
        kind = next((name for name in update if name != "update_id"), "")
        if kind not in UPDATE_TYPES and not odd:
            raise AssertionError(f"no kind of update: {kind!r}")
        self.every[number] = whole
        self.times[number] = times
        if kind not in self.allowed and not odd:
            self.withheld.append(whole)
            return number
        self.pending[number] = whole
        self._announce(whole)
        return number

    def redeliver(self, update_id: int) -> None:
        """Delivers an update once more, also one that was confirmed."""
        self.again[update_id] = self.every[update_id]
        self._announce(self.every[update_id])

    def _announce(self, update: Update) -> None:
        self._arrived.set()
        if self.on_push is not None:
            self.on_push(update)
        self._changed()

    def allow(self, names: Sequence[str] | None) -> None:
        """Remembers allowed_updates. Not given: as before; empty: all but those that have to be asked for."""
        if names is None:
            return
        self.named = list(names) or None
        self.allowed = frozenset(names) or UPDATE_TYPES - ON_REQUEST

    def confirm(self, update_id: int) -> None:
        """Forgets an update that has arrived."""
        self.pending.pop(update_id, None)
        self.again.pop(update_id, None)

    def drop(self) -> None:
        """drop_pending_updates."""
        self.pending.clear()
        self.again.clear()

    def sends(self, update_id: int) -> None:
        """An update is on its way to the bot, perhaps not for the first time."""
        if update_id in self.delivered and self.on_repeat is not None:
            self.on_repeat(update_id)
        self.delivered.add(update_id)

    def end_polls(self, why: Refused | None) -> None:
        """Ends every waiting getUpdates, with an empty answer or an error."""
        self._ended_by = why
        self._turn += 1
        self._arrived.set()

    def close(self) -> None:
        """The server goes away."""
        self.closing = True
        self._arrived.set()

    async def get(self, params: dict[str, Any]) -> list[Update]:
        """getUpdates: waits until there is something, the time is over, or somebody else asks."""
        self.allow(params.get("allowed_updates"))
        self._forget(params.get("offset", 0))
        self.end_polls(Refused(*REFUSALS[Fault.CONFLICT]))
        turn = self._turn
        end = time.monotonic() + params.get("timeout", 0)
        while True:
            self._arrived.clear()
            batch = self._batch(params.get("limit", ALL))
            left = end - time.monotonic()
            if batch or left <= 0 or self.closing:
                return batch
            try:
                async with asyncio.timeout(left):
                    await self._arrived.wait()
            except TimeoutError:
                return []
            if turn != self._turn and not self.closing:
                if self._ended_by is None:
                    return []
                raise self._ended_by

    def _forget(self, offset: int) -> None:
        """Confirms what is below the offset; a negative one counts from the end. One that is far above everything is
        of another count, and means nothing (td, `TQueue::get`; telegram-bot-api, `Client::do_get_updates`)."""
        ids = list(self.pending)
        if ids and offset > max(ids) + AHEAD:
            return
        lost = ids[:offset] if offset < 0 else [number for number in ids if number < offset]
        for number in lost:
            del self.pending[number]

    def _batch(self, limit: int) -> list[Update]:
        batch = sorted({**self.pending, **self.again}.values(), key=lambda update: int(update["update_id"]))[:limit]
        for update in batch:
            self.again.pop(update["update_id"], None)
            self.sends(update["update_id"])
        return [update for update in batch for _ in range(self.times[update["update_id"]])]
