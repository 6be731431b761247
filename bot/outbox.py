"""One way out: every message leaves through here, is written down first and crossed out when it has left."""

import logging
from collections.abc import Mapping, Sequence

from bot.messages import Chat, Reply
from bot.ports import Messenger, Queued, StorageDown, Store

log = logging.getLogger(__name__)


class Outbox:
    """Sends what the store has made durable, in order."""

    def __init__(self, store: Store, messengers: Mapping[str, Messenger]) -> None:
        self._store = store
        self._messengers = messengers

    async def send(self, queued: Sequence[Queued]) -> None:
        """Sends messages that are written down. One that fails stays for `resend`."""
        for message in queued:
            await self._messengers[message.chat.platform].send(message.chat, message.reply)
            try:
                await self._store.sent(message)
            except StorageDown:
                log.warning("a sent message could not be crossed out; it may be sent once more")

    async def send_at_once(self, chat: Chat, replies: Sequence[Reply]) -> None:
        """Sends without writing down: crisis lines, which leave no trace, and anything when the database is gone."""
        for reply in replies:
            await self._messengers[chat.platform].send(chat, reply)

    async def resend(self, platform: str, chat: str = "") -> None:
        """Sends what a process that was killed has left behind."""
        await self.send(await self._store.unsent(platform, chat))
