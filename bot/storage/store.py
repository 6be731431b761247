"""The core's `Store`, on SQLite or PostgreSQL."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from typing import Any

from sqlalchemy import Connection, delete, select, update
from whenever import Instant

from bot.changes import DropLetter, DropReason, Forget, Scrub
from bot.messages import Chat, Receipt
from bot.ports import StorageDown
from bot.records import Countdown, Due, Known, Letter, Link, Person, Queued, Quiet, Received, Since, Work
from bot.storage import countdowns, dead, due, export, forgetting, inbox, known, letters, links, outbox, quiet
from bot.storage.alone import THIS_CHAT, alone
from bot.storage.changes import do
from bot.storage.prepared import Prepared
from bot.storage.room import Room
from bot.storage.tables import CHAT, COUNTDOWN, KEPT, LINK, upsert

log = logging.getLogger(__name__)

SCRUBBED = (Scrub, Forget, DropLetter, DropReason)
"""After these nothing of what was there may be left in the files."""

ADDRESS = Prepared(select(CHAT.c.address).where(THIS_CHAT))
KEEP = upsert(KEPT, "name", "value")
NOTE = upsert(KEPT, "name", "value", sets=("value",))


class SqlStore:
    """Reads and writes in one `Room`."""

    def __init__(self, database: Room) -> None:
        self._database = database

    @property
    def shared(self) -> bool:
        """Whether other processes may be at work on the database."""
        return self._database.shared

    def turn(self, chat: Chat) -> AbstractAsyncContextManager[bool]:
        """While this is entered, no other process handles anything of the chat."""
        return self._database.turn(chat)

    def tell(self, word: str) -> None:
        """Tells all other processes a word."""
        self._database.tell(word)

    def hear(self, what: Callable[[str], None]) -> None:
        """From now on `what` is called with each word of the others."""
        self._database.hear(what)

    async def take_lease(self, name: str, holder: str, seconds: float) -> bool:
        """Leases to a process what only one may do. False if another one has it."""
        from bot.storage import leases

        return await self._database.write(lambda connection: leases.take(connection, name, holder, seconds))

    async def give_lease(self, name: str, holder: str) -> None:
        """Another process may have it at once."""
        from bot.storage import leases

        await self._database.write(lambda connection: leases.let_go(connection, name, holder))

    async def load(self, chat: Chat) -> Known:
        """What is known about the chat and its person, as of one moment."""
        return await self._database.glance(lambda connection: known.load(connection, chat))

    async def commit(self, work: Work) -> Sequence[Queued]:
        """Makes a unit durable and gives its messages, ready to be sent."""
        scrub = any(isinstance(change, SCRUBBED) for change in work.changes)
        done = await self._database.write(lambda connection: do(connection, work), scrub=scrub)
        if any(isinstance(change, Forget) for change in work.changes):
            await self.clean()
        return done

    async def clean(self, *, thoroughly: bool = False) -> None:
        """Leaves no shreds of what was deleted in the files. A large file is looked after `thoroughly` only; what could
        not be done is done the next time."""
        with suppress(StorageDown):
            if await self.noted(forgetting.TO_REBUILD) and await self._database.rebuild(thoroughly=thoroughly):
                await self._database.write(forgetting.nothing_left)

    async def everything(self, person: Person) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """All that is kept about a person, by part."""
        return await self._database.read(lambda connection: export.everything(connection, person))

    async def quiet(self, since: Since, after: str = "") -> Sequence[Quiet]:
        """Some of those who are to be told that everything about them will be deleted, `after` an id."""
        return await self._database.read(lambda connection: quiet.to_tell(connection, since, after))

    async def forget_quiet(self, since: Since) -> int:
        """Deletes some of those who have not done anything for long, and were told. Gives how many."""
        return await self._database.write(lambda connection: quiet.forget(connection, since), scrub=True, long=True)

    async def letters(self, person: Person) -> Sequence[Letter]:
        """The letters a person kept, the newest first."""
        return await self._database.read(lambda connection: letters.of(connection, person))

    async def link(self, code: str) -> Link | None:
        """Who asked for the code of that hash."""
        return await self._database.read(lambda connection: links.find(connection, LINK.c.code == code))

    async def link_of(self, chat: Chat) -> Link | None:
        """The newest code a chat asked for."""
        return await self._database.read(lambda connection: links.find(connection, links.asked_by(chat)))

    async def claim(
        self, now: Instant, platform: str, chat: str = "", *, urgent: bool | None = None, count: int = due.CLAIMED
    ) -> Sequence[Due]:
        """Leases what is due, the earliest first."""
        return await self._database.write(
            lambda connection: due.claim(connection, now, platform, chat, urgent=urgent, count=count), long=True
        )

    async def wake_strays(self, now: Instant, platform: str) -> None:
        """Lets what was set while the machine's clock was far ahead be taken now, so that it is set anew."""
        await self._database.write(lambda connection: due.wake_strays(connection, now, platform), long=True)

    async def free_claims(self, now: Instant, platform: str) -> int:
        """Lets what is leased on a platform be claimed again: who has claimed it is gone."""
        await self._database.write(lambda connection: outbox.free_unasked(connection, platform))
        return await self._database.write(lambda connection: due.free(connection, now, platform), long=True)

    async def coming(self, person: Person) -> Sequence[Due]:
        """What is set for a person in all their chats, where it can be sent: the earliest first."""
        return await self._database.glance(lambda connection: due.coming(connection, person.id))

    async def next_due(self, chat: Chat) -> Instant | None:
        """When something is next to happen in a chat: its moment, or the end of the lease somebody has on it."""
        return await self._database.read(lambda connection: due.next_of(connection, chat))

    async def unsent(self, platform: str, chat: str = "", *, by: Instant | None = None) -> Sequence[Queued]:
        """Messages written down but not known to be sent, in order. One that cannot be read is crossed out."""
        untried_since = None
        if self.shared:
            by = by or Instant.now()  # what others have on their way is theirs
            untried_since = by.subtract(seconds=outbox.UNTRIED_SECONDS)
        found: list[Queued | int] = []
        last = -1
        while last:
            which = partial(
                outbox.unsent, platform=platform, chat=chat, by=by, untried_since=untried_since, after=max(last, 0)
            )
            page, last = await self._database.read(which)
            found += page
        for id in [each for each in found if isinstance(each, int)]:
            log.error("the message %d, on its way out, could not be read; it is left out", id)
            await self._database.write(lambda connection: outbox.cross_out(connection, id))  # noqa: B023
        return [each for each in found if isinstance(each, Queued)]

    async def left_behind(self, chat: Chat) -> Sequence[Queued]:
        """Answers that somebody who had the turn of a chat has written down and not sent: who has it now asks."""
        found = await self._database.glance(lambda connection: outbox.left_behind(connection, chat))
        return [each for each in found if isinstance(each, Queued)]

    async def stands(self, queued: Queued) -> bool:
        """Whether a message is still to be sent."""
        return await self._database.glance(lambda connection: outbox.stands(connection, queued))

    async def sent(self, queued: Queued, now: Instant) -> None:
        """Crosses out a message that has left, and notes when, if it came by itself."""
        if queued.id is not None:
            await self._database.write(lambda connection: outbox.sent(connection, queued, now))

    async def put_off(self, queued: Queued, now: Instant, reason: str) -> None:
        """Notes an attempt that failed."""
        if queued.id is not None:
            await self._database.write(lambda connection: outbox.put_off(connection, queued, now, reason))

    async def let_go(self, messages: Sequence[Queued]) -> None:
        """Messages are not this process's to send any more."""
        ids = [message.id for message in messages if message.id is not None]
        await self._database.write(lambda connection: outbox.let_go(connection, ids))

    async def drop(self, queued: Queued) -> None:
        """Crosses out a message whose time is over."""
        if (id := queued.id) is not None:
            await self._database.write(lambda connection: outbox.cross_out(connection, id))

    async def give_up(self, queued: Queued, now: Instant, reason: str) -> None:
        """Makes a message a dead letter."""
        if queued.id is not None:
            await self._database.write(lambda connection: outbox.give_up(connection, queued, now, reason))

    async def set_gone(self, chat: Chat, gone: bool) -> None:
        """Drops what is on its way to a chat and holds what is due there, or lets it come again."""
        await self._database.write(lambda connection: _set_gone(connection, chat, gone))

    async def take_in(self, received: Sequence[Received], now: Instant) -> None:
        """Makes incoming messages durable."""
        await self._database.write(lambda connection: inbox.take_in(connection, received, now))

    async def handled(self, receipt: Receipt, now: Instant) -> None:
        """An incoming message needs nothing more; nothing of what it said stays in the files."""
        await self._database.write(lambda connection: inbox.handle(connection, receipt, now), scrub=True)

    async def waiting(self, source: str, by: Instant | None = None) -> Sequence[Received]:
        """Incoming messages that are not handled, in order: all, or those that have come by a moment."""
        return await self._database.read(lambda connection: inbox.waiting(connection, source, by))

    async def before(self, receipt: Receipt, chat: str) -> Sequence[Received] | None:
        """What came in a chat before a message and is not handled. None if the message itself is handled."""
        return await self._database.glance(lambda connection: inbox.before(connection, receipt, chat))

    async def arrived(self, source: str, first: int, last: int) -> int:
        """How many messages with numbers from the first to the last have come in."""
        return await self._database.glance(lambda connection: inbox.arrived(connection, source, first, last))

    async def newest(self, source: str, count: int) -> Sequence[int]:
        """The numbers of the messages that came last, handled or not, in order."""
        return await self._database.read(lambda connection: inbox.newest(connection, source, count))

    async def forget_handled(self, before: Instant) -> None:
        """Drops the receipts of what was handled and came before that moment. What was said since leaves the files,
        too."""
        await self._database.write(lambda connection: inbox.forget_handled(connection, before), scrub=True, long=True)

    async def forget_old(self, now: Instant) -> None:
        """Drops what was given up seven days ago, from the files, too, the notes of what came unasked long ago, and
        codes that lead nowhere any more."""
        await self._database.write(lambda connection: dead.drop_old(connection, now), scrub=True)
        await self._database.write(lambda connection: links.forget_old(connection, now))
        await self._database.write(lambda connection: outbox.forget_delivered(connection, now), long=True)

    async def forget_waiting(self, before: Instant) -> None:
        """Drops messages, in and out, that have waited since before that moment; from the files, too."""
        await self._database.write(lambda connection: outbox.forget_waiting(connection, before), scrub=True, long=True)
        await self._database.write(lambda connection: inbox.forget_waiting(connection, before), scrub=True, long=True)

    async def countdown(self, chat: Chat) -> Countdown | None:
        """The message that counts down in a chat."""
        here = (COUNTDOWN.c.platform == chat.platform) & (COUNTDOWN.c.chat == chat.id)
        return next(iter(await self._countdowns(here)), None)

    async def countdowns(self, platform: str) -> Sequence[Countdown]:
        """All messages of a platform that count down."""
        return await self._countdowns(COUNTDOWN.c.platform == platform)

    async def _countdowns(self, where: Any) -> list[Countdown]:
        found = await self._database.read(lambda connection: countdowns.find(connection, where))
        for chat, message in [each for each in found if isinstance(each, tuple)]:
            log.error("the message %s, which counts down, could not be read; it stays as it is", message)
            await self.end_countdown(chat, message)
        return [each for each in found if isinstance(each, Countdown)]

    async def set_countdown(self, countdown: Countdown) -> None:
        """From now on that message counts down in its chat, and no other."""
        await self._database.write(lambda connection: countdowns.begin(connection, countdown))

    async def end_countdown(self, chat: Chat, message: str) -> None:
        """That message counts down no more."""
        that = delete(COUNTDOWN).filter_by(platform=chat.platform, chat=chat.id, message=message)
        await self._database.write(lambda connection: connection.execute(that).rowcount)

    async def address(self, chat: Chat) -> str:
        """Where a chat is written to, if its platform gives that another name than the chat's."""
        return await self._database.glance(lambda connection: _address(connection, chat))

    async def set_address(self, chat: Chat, address: str) -> bool:
        """From now on the chat is written to there. False if the chat is not known yet."""
        here = update(CHAT).filter_by(platform=chat.platform, id=chat.id).values(address=address)
        return bool(await self._database.write(lambda connection: connection.execute(here).rowcount))

    async def addresses(self, platform: str, count: int) -> Sequence[tuple[Chat, str]]:
        """So many chats that have an address, those in which something went on last first."""
        there = (CHAT.c.platform == platform) & (CHAT.c.address != "")
        query = select(CHAT.c.id, CHAT.c.address).where(there).order_by(CHAT.c.run_at.desc()).limit(count)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return [(Chat(platform, row.id), row.address) for row in rows]

    async def noted(self, name: str) -> str:
        """What the bot has noted for itself under a name, or nothing."""
        query = select(KEPT.c.value).where(KEPT.c.name == name)
        return str(await self._database.read(lambda connection: connection.execute(query).scalar()) or "")

    async def note(self, name: str, value: str) -> None:
        """Notes that, in place of what was noted."""
        await self._database.write(lambda connection: NOTE.run(connection, name=name, value=value).rowcount)

    async def keep(self, name: str, value: str) -> str:
        """Keeps a value under a name, unless there is one: gives the one that is kept."""
        return await self._database.write(lambda connection: _keep(connection, name, value))


def _set_gone(connection: Connection, chat: Chat, gone: bool) -> None:
    alone(connection, chat)
    connection.execute(update(CHAT).filter_by(platform=chat.platform, id=chat.id).values(gone=gone))
    due.hold(connection, chat, gone)
    if gone:
        outbox.drop(connection, chat)
        connection.execute(delete(COUNTDOWN).filter_by(platform=chat.platform, chat=chat.id))


def _address(connection: Connection, chat: Chat) -> str:
    found = ADDRESS.rows(connection, platform_=chat.platform, chat_=chat.id)
    return str(found[0][0]) if found else ""


def _keep(connection: Connection, name: str, value: str) -> str:
    KEEP.run(connection, name=name, value=value)
    return str(connection.execute(select(KEPT.c.value).where(KEPT.c.name == name)).scalar_one())
