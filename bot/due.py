"""Who is due, and what becomes of it. Knows no scheduler: somebody calls `deliver` from time to time."""

import logging

from whenever import Instant

from bot.conversation import Conversation
from bot.ports import Store

log = logging.getLogger(__name__)


class Deliveries:
    """Takes what is due and lets it happen in its chat, the earliest first."""

    def __init__(self, store: Store, conversation: Conversation) -> None:
        self._store = store
        self._conversation = conversation

    async def deliver(self, now: Instant, platform: str, chat: str = "") -> int:
        """Delivers everything due by `now` on a platform, or in one chat of it. Gives how many items there were.

        An item that fails keeps its lease and is taken up again when that has run out.

        Raises:
            StorageDown: the database cannot be reached.
        """
        delivered = 0
        while claimed := await self._store.claim(now, platform, chat):
            for due in claimed:
                try:
                    await self._conversation.wake(due)
                except Exception:
                    log.exception("a due %s could not be delivered; it is tried again later", due.kind)
            delivered += len(claimed)
        return delivered
