"""Messages that count down to the end of a wait. Somebody calls `tick` every few seconds."""

from dataclasses import replace

from whenever import Instant

from bot.conversation import Conversation
from bot.messages import Chat
from bot.ports import Countdown, Messenger, Store

AT_ONCE = 20
"""Messages changed in one tick at most, so that many waits at once leave a platform's limit to answers. The others
are changed in the next."""


class Countdowns:
    """Changes each message that counts down once a minute, until the wait is over or left."""

    def __init__(self, store: Store, conversation: Conversation, messenger: Messenger) -> None:
        self._store = store
        self._conversation = conversation
        self._messenger = messenger
        self._showing: dict[Chat, int] = {}

    async def tick(self, now: Instant, platform: str) -> None:
        """Brings what counts down up to date.

        Raises:
            StorageDown: the database cannot be reached.
        """
        changed = 0
        for countdown in await self._store.countdowns(platform):
            left = minutes_left(countdown.reply.until, now) if countdown.reply.until else 0
            if changed < AT_ONCE and self._showing.get(countdown.chat) != left:
                changed += 1
                await self._show(countdown, left)

    async def _show(self, countdown: Countdown, left: int) -> None:
        question = await self._conversation.open_question(countdown.chat)
        if left > 0 and question is not None and question.until == countdown.reply.until:
            self._showing[countdown.chat] = left
            await self._messenger.edit(countdown.chat, countdown.message, countdown.reply)
        else:
            self._showing.pop(countdown.chat, None)
            await self._store.set_countdown(countdown.chat, None)
            await self._messenger.edit(countdown.chat, countdown.message, replace(countdown.reply, until=None))


def minutes_left(until: Instant, now: Instant) -> int:
    """Whole minutes until a wait is over, the one that has begun included."""
    return max(0, -int((now - until).total("seconds") // 60))
