"""The end of a visit: it is made durable, and its messages leave."""

import asyncio
import contextlib
from collections.abc import Sequence
from functools import partial

from bot import engine
from bot.changes import AddSlip, SetPerson
from bot.line import Then
from bot.messages import Receipt
from bot.outbox import Outbox
from bot.ports import Clock, Full, Outdated, StorageDown, Store
from bot.reach import Ways
from bot.records import Due, Queued, Work
from bot.visit import Visit

URGENT_WITHIN = 0.25
"""Seconds an answer of an urgent flow waits for the database. Then it leaves without: its button is the truth."""


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
        if not visit.stored and (claim := _claim(visit)):
            visit.say(claim)
        ahead = visit.replies if not visit.stored or (visit.secret and visit.urgent) else []
        # The message counts as handled with the commit, unless its answer is nowhere written down: then it is when that
        # has left, and of what it said nothing stays.
        later = visit.secret or not visit.stored
        settling = partial(self.settle, receipt) if later else None
        await self._outbox.send_at_once(visit.chat, ahead, settling if ahead else None)
        visit.replies = [] if ahead else visit.replies
        if visit.way:
            await self._ways.note(visit)
        if visit.stored and (visit.replies or visit.changes or due or (receipt and not later)):
            await self._commit_and_send(visit, due, None if later else receipt, settling)
        elif later and not ahead:
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

    async def _commit_and_send(self, visit: Visit, due: Due | None, receipt: Receipt | None, then: Then | None) -> None:
        """Commits, then lets the messages leave. A `secret` one is not written down with the rest."""
        written = [] if visit.secret else visit.replies
        who = (visit.chat, visit.person, visit.now)
        work = Work(*who, visit.changes, written, due, receipt, visit.address, visit.until)
        commit = asyncio.create_task(self._committed(work))
        if visit.urgent and not due and not visit.keeps_words and not _claim(visit):
            await asyncio.wait((commit,), timeout=URGENT_WITHIN)
            if not commit.done():
                noting = partial(self._note_late, commit, receipt, then)
                await self._outbox.send_at_once(visit.chat, visit.replies, noting, None if visit.secret else commit)
                return
        try:
            queued = await commit
        except Exception as error:
            await self._tell_undone(visit, error, due, receipt, then)
            return
        if visit.secret:
            await self._outbox.send_at_once(visit.chat, visit.replies, then)
        else:
            await self._outbox.send(queued)

    async def _tell_undone(
        self, visit: Visit, error: Exception, due: Due | None, receipt: Receipt | None, then: Then | None
    ) -> None:
        """Says that the unit was not done. The message is handled by that, also where the fault is ours: it would be
        the same the next time.

        Raises:
            Exception: the error, if it is a fault of ours; if something was due, also that the database is down.
        """
        self._keep_for_later(receipt)
        if due and not isinstance(error, Outdated):
            raise error
        if isinstance(error, Outdated):
            visit.fail(error.key)
            if isinstance(error, Full):
                _ask_again(visit)
        elif visit.replies or visit.urgent:
            self._undo(visit, "common/down" if isinstance(error, StorageDown) else "common/failed")
        await self._outbox.send_at_once(visit.chat, visit.replies, then)
        if isinstance(error, StorageDown):
            return
        await self.settle()
        if not isinstance(error, Outdated):
            raise error

    async def _committed(self, work: Work) -> Sequence[Queued]:
        return await self._store.commit(work)

    async def _note_late(
        self, commit: "asyncio.Task[Sequence[Queued]]", receipt: Receipt | None, then: Then | None
    ) -> None:
        """The answer has left before the database has answered: notes that when it does."""
        try:
            await commit
        except (StorageDown, Outdated):
            self._keep_for_later(receipt)
        except Exception:
            await self.settle(receipt)
            raise
        finally:
            if then is not None:
                await then()

    def _keep_for_later(self, receipt: Receipt | None) -> None:
        if receipt is not None:
            self._unsettled.append(receipt)

    def _undo(self, visit: Visit, why: str) -> None:
        """What to say when nothing could be written down.

        What is urgent goes on, or has left already; then only what it claimed is taken back. What the person wrote is
        asked for again rather than called kept. Anything else has not happened.
        """
        if not visit.urgent:
            visit.fail(why)
        elif visit.keeps_words and visit.known.run is not None:
            visit.fail("common/unwritten")
            _ask_again(visit)
        elif visit.keeps_words or _claim(visit):
            visit.say(_claim(visit) or "common/unwritten")


def _ask_again(visit: Visit) -> None:
    """The open question once more, if there is one."""
    if visit.known.run is not None:
        visit.take(engine.redraw(visit.flows, visit.known.run))


def _claim(visit: Visit) -> str:
    """The text that takes back what the answer says is noted about the person from now on; empty if it says nothing of
    the kind."""
    claimed = [change for change in visit.changes if isinstance(change, AddSlip | SetPerson)]
    pauses = any(isinstance(change, SetPerson) and "paused_until" in change.fields for change in claimed)
    return "safety/unpaused" if pauses else "common/unwritten" if claimed else ""
