"""Messages that count down to the end of a wait. Somebody calls `tick` every few seconds."""

import asyncio
from dataclasses import replace

from whenever import Instant

from bot.conversation import Conversation
from bot.messages import Chat, Reply
from bot.ports import Messenger, Store
from bot.records import Countdown

AT_ONCE = 20
"""Messages changed in one tick at most, so that many waits at once leave a platform's limit to answers. The others
are changed in the next."""


class Countdowns:
    """Changes each message that counts down once a minute, until the wait is over or left.

    One that is new here shows what is right, or nearly: it was sent a moment ago, or the process has just begun.
    """

    def __init__(self, store: Store, conversation: Conversation, messenger: Messenger) -> None:
        self._store = store
        self._conversation = conversation
        self._messenger = messenger
        self._showing: dict[tuple[Chat, str, str], int] = {}

    async def tick(self, now: Instant, platform: str) -> None:
        """Brings what counts down up to date, what lies behind most first.

        Raises:
            StorageDown: the database cannot be reached.
        """
        there = {_name(countdown): countdown for countdown in await self._store.countdowns(platform)}
        left = {name: _left(countdown, now) for name, countdown in there.items()}
        self._showing = {name: self._showing.get(name, minutes) for name, minutes in left.items()}
        late = [name for name, minutes in left.items() if minutes != self._showing[name] or not minutes]
        late.sort(key=lambda name: left[name] - self._showing[name])
        self._showing |= {name: left[name] for name in late[:AT_ONCE]}
        await asyncio.gather(*(self._show(there[name], left[name]) for name in late[:AT_ONCE]))

    async def _show(self, countdown: Countdown, left: int) -> None:
        question = await self._conversation.open_question(countdown.chat)
        if left > 0 and question is not None and question.until == countdown.reply.until:
            await self._messenger.edit(countdown.chat, countdown.message, countdown.reply)
        else:
            await self._store.end_countdown(countdown.chat, countdown.message)
            await self._messenger.edit(countdown.chat, countdown.message, past(countdown.reply))


def past(reply: Reply) -> Reply:
    """What a wait's message says when the wait is over: there is nothing to count or to choose any more."""
    return replace(reply, until=None, buttons=())


def _name(countdown: Countdown) -> tuple[Chat, str, str]:
    return countdown.chat, countdown.message, countdown.reply.key


def _left(countdown: Countdown, now: Instant) -> int:
    return minutes_left(countdown.reply.until, now) if countdown.reply.until else 0


def minutes_left(until: Instant, now: Instant) -> int:
    """Whole minutes until a wait is over, the one that has begun included."""
    return max(0, -int((now - until).total("seconds") // 60))
