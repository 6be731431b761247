"""Whether what comes unasked finds the person: it may come to another place than the one they speak from."""

import contextlib
from collections import OrderedDict

from bot.changes import Reach
from bot.gate import keep_newest
from bot.messages import Chat
from bot.outbox import Outbox
from bot.ports import StorageDown, Store, Unreachable
from bot.variables import Values
from bot.visit import Visit


class Ways:
    """The way to each person. Who speaks from the place where they are found has one; who is `away` has one when
    something could be shown there."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox
        self._told: OrderedDict[Chat, bool] = OrderedDict()

    async def look(self, visit: Visit) -> None:
        """Opens the way if something comes unasked from now on. Who cannot be reached is told so: then, and once
        later, if it is found out when something was due."""
        if not visit.away:
            visit.way = True if visit.known.gone else None
            self._told.pop(visit.chat, None)
        elif any(isinstance(change, Reach) for change in visit.changes):
            visit.way = await self._is_open(visit)
            if not visit.way:
                self._tell(visit)
            elif not visit.replies:
                visit.say("common/reached")
        elif visit.known.gone and not visit.urgent and visit.chat not in self._told:
            self._tell(visit)

    async def note(self, visit: Visit) -> None:
        """Lets what is due go there again, or holds it."""
        if visit.way is False or (visit.way and visit.known.gone):
            with contextlib.suppress(StorageDown):
                await self._store.set_gone(visit.chat, not visit.way)

    async def _is_open(self, visit: Visit) -> bool:
        try:
            await self._outbox.reach(visit.chat, visit.words.reply("common/here", Values(visit, {})))
        except Unreachable:
            return False
        self._told.pop(visit.chat, None)
        return True

    def _tell(self, visit: Visit) -> None:
        keep_newest(self._told, visit.chat, True)
        visit.say("common/closed")
