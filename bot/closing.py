"""The end of a visit: it is made durable, and its messages leave."""

import contextlib
from collections.abc import Sequence

from bot import engine
from bot.changes import AddSlip, SetPerson
from bot.messages import Receipt, Reply
from bot.outbox import Outbox
from bot.ports import Clock, Due, Outdated, Queued, StorageDown, Store, Work
from bot.reach import Ways
from bot.visit import Visit


class Closing:
    """Closes visits. What could not be noted is kept, and noted at the next opportunity."""

    def __init__(self, store: Store, outbox: Outbox, clock: Clock, ways: Ways) -> None:
        self._store = store
        self._outbox = outbox
        self._clock = clock
        self._ways = ways
        self._unsettled: list[Receipt] = []

    async def close(self, visit: Visit, due: Due | None = None, receipt: Receipt | None = None) -> None:
        """Makes the visit durable, then lets its messages go. Nothing may stand before those about danger."""
        if not visit.stored and _claims(visit):
            visit.say("common/unwritten")
        ahead = visit.replies if not visit.stored or (visit.secret and visit.urgent) else []
        left = False
        try:
            await self._outbox.send_at_once(visit.chat, ahead)
            left = True
        finally:
            visit.replies = [] if ahead else visit.replies
            if visit.way:
                await self._ways.note(visit)
            # The message counts as handled with the commit, unless its answer is nowhere written down: then it is
            # when that has left, and of what it said nothing stays.
            later = visit.secret or not visit.stored
            if visit.stored and (visit.replies or visit.changes or due or (receipt and not later)):
                await self._outbox.send(await self._committed(visit, due, None if later else receipt))
            if later and left:
                await self.settle(receipt)
        if visit.way is False:
            await self._ways.note(visit)

    async def settle(self, receipt: Receipt | None = None) -> None:
        """Notes messages as handled that no commit has noted. What fails is tried again at the next opportunity."""
        self._keep_for_later(receipt)
        with contextlib.suppress(StorageDown):
            while self._unsettled:
                receipt = self._unsettled.pop()
                try:
                    await self._store.handled(receipt, self._clock.now())
                except BaseException:
                    self._keep_for_later(receipt)
                    raise

    async def _committed(self, visit: Visit, due: Due | None, receipt: Receipt | None) -> Sequence[Queued]:
        """Commits, and gives the messages that may leave now. A `secret` one is not written down with the rest."""
        written = [] if visit.secret else visit.replies
        work = Work(visit.chat, visit.person, visit.now, visit.changes, written, due, receipt, visit.address)
        queued: Sequence[Queued] = ()
        try:
            queued = await self._store.commit(work)
        except StorageDown:
            self._keep_for_later(receipt)
            return [Queued(visit.chat, reply) for reply in self._undone(visit)] if visit.replies and not due else []
        except Outdated:
            self._keep_for_later(receipt)
            visit.fail("common/meanwhile")
        return [Queued(visit.chat, reply) for reply in visit.replies] if visit.secret else queued

    def _keep_for_later(self, receipt: Receipt | None) -> None:
        if receipt is not None:
            self._unsettled.append(receipt)

    def _undone(self, visit: Visit) -> list[Reply]:
        """What to say when nothing could be written down.

        What is urgent goes on. What the person wrote is asked for again rather than called kept. Anything else has
        not happened.
        """
        if not visit.urgent:
            visit.fail("common/down")
        elif visit.keeps_words and visit.known.run is not None:
            visit.fail("common/unwritten")
            visit.take(engine.redraw(visit.flows, visit.known.run))
        elif visit.keeps_words or _claims(visit):
            visit.say("common/unwritten")
        return visit.replies


def _claims(visit: Visit) -> bool:
    """Whether the answer says that something about the person is noted from now on."""
    return any(isinstance(change, AddSlip | SetPerson) for change in visit.changes)
