"""One way out: every message leaves through here, is written down first and crossed out when it has left."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from bot.messages import Chat, Reply
from bot.ports import Countdown, Messenger, Queued, StorageDown, Store, Unreachable

log = logging.getLogger(__name__)


class Outbox:
    """Sends what the store has made durable, in order."""

    def __init__(self, store: Store, messengers: Mapping[str, Messenger]) -> None:
        self._store = store
        self._messengers = messengers
        self._uncrossed: list[Queued] = []
        self._under_way: set[asyncio.Task[None]] = set()

    async def send(self, queued: Sequence[Queued]) -> None:
        """Sends messages that are written down. One that fails stays for `resend`."""
        for chat, messages in groupby(queued, key=lambda message: message.chat):
            await self._send(chat, list(messages))

    async def send_at_once(self, chat: Chat, replies: Sequence[Reply]) -> None:
        """Sends without writing down: crisis lines, which leave no trace, and anything when the database is gone."""
        await self._send(chat, [Queued(chat, reply) for reply in replies])

    async def resend(self, platform: str, chat: str = "") -> None:
        """Sends what a process that was killed has left behind."""
        left = await self._store.unsent(platform, chat)
        shown = [message for message in left if await self._messengers[platform].is_shown(message)]
        for message in shown:
            await self._store.sent(message)
        await self.send([message for message in left if message not in shown])

    async def reach(self, chat: Chat, reply: Reply) -> None:
        """Makes sure that what comes unasked will reach the person; where it comes, the reply is shown.

        Raises:
            Unreachable: it will not.
        """
        await self._messengers[chat.platform].reach(chat, reply)

    async def _send(self, chat: Chat, messages: Sequence[Queued]) -> None:
        messenger = self._messengers[chat.platform]
        if messenger.patience is None:
            await self._send_all(messenger, chat, messages)
            return
        sending = asyncio.create_task(self._send_all(messenger, chat, messages))
        self._under_way.add(sending)
        sending.add_done_callback(self._under_way.discard)
        try:
            await asyncio.wait((sending,), timeout=messenger.patience)
        except asyncio.CancelledError:
            sending.cancel()
            raise
        if sending.done():
            sending.result()
        else:
            sending.add_done_callback(_look_at)

    async def _send_all(self, messenger: Messenger, chat: Chat, messages: Sequence[Queued]) -> None:
        """Sends to one chat. If nothing can be sent there, nothing is until the person comes back."""
        try:
            for message in messages:
                shown = await messenger.send(chat, message.reply, message.nonce)
                await self._sent(message, shown)
        except Unreachable:
            log.info("a chat cannot be written to any more; what is due there waits until the person comes back")
            with contextlib.suppress(StorageDown):
                await self._store.set_gone(chat, True)

    async def _sent(self, message: Queued, shown: str) -> None:
        self._uncrossed.append(message)
        try:
            await self.cross_out()
        except StorageDown:
            log.warning("a sent message could not be crossed out; that is tried again")
        await self.count_down(message.chat, shown, message.reply)

    async def cross_out(self) -> None:
        """Notes what has left, also what could not be noted at once.

        Raises:
            StorageDown: it still cannot.
        """
        while self._uncrossed:
            message = self._uncrossed.pop()
            try:
                await self._store.sent(message)
            except BaseException:
                self._uncrossed.append(message)
                raise

    async def count_down(self, chat: Chat, message: str, reply: Reply) -> None:
        """From now on this message counts down, if it shows a wait; the one that did before stops."""
        if reply.until is None or not message:
            return
        with contextlib.suppress(StorageDown):
            before = await self._store.countdown(chat)
            await self._store.set_countdown(Countdown(chat, message, reply))
            if before is not None and before.message != message:
                left = replace(before.reply, until=None, buttons=())
                await self._messengers[chat.platform].edit(chat, before.message, left)


def _look_at(late: asyncio.Task[None]) -> None:
    """What nobody waited for has ended. If it failed it is still written down."""
    if not late.cancelled() and late.exception() is not None:
        log.error("a message that took long could not be sent", exc_info=late.exception())
