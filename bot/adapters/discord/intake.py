"""What Discord brings: a person's things in order and people at once, each answered in time and once."""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Awaitable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import discord
from discord.utils import snowflake_time, utcnow
from whenever import Instant

from bot.adapters.discord import PLATFORM, components, reading
from bot.adapters.discord.calls import FAULTS, insist, reason
from bot.adapters.discord.messenger import DiscordMessenger
from bot.adapters.discord.places import Expired, Place
from bot.adapters.discord.reading import Act
from bot.adapters.discord.servers import ServerSettings
from bot.adapters.door import Door
from bot.adapters.lanes import Lanes
from bot.conversation import Conversation
from bot.flood import Verdict
from bot.library import Library
from bot.messages import Chat, Incoming, Receipt
from bot.outbox import Outbox
from bot.pace import Pace
from bot.ports import Refused, StorageDown, Store, TryLater, Unreachable

log = logging.getLogger(__name__)

TYPING_AFTER = 1.0
"""Seconds an answer to a text may take before the person is shown that it comes."""

REMEMBERED = 10_000
"""Things whose numbers are kept in memory, so that one that comes again is not begun again."""

MISSED_CHATS, MISSED_MESSAGES = 500, 100
"""Private messages that are looked through after a start for what came while nobody was there, and how far: one request
for each."""

OVERLAP = timedelta(hours=1)
"""How long before the newest thing that is handled is looked, too: what one person wrote may have been handled before
what another had written earlier."""

QUIET = timedelta(hours=47)
"""How far is looked back if nothing is known to have come: less than receipts are kept."""

LOOKS_A_SECOND = 20.0
"""Looks at private messages whose person has not written again yet."""

LOOK_SECONDS = 5.0
"""How long a person's next text waits for a look at what was written before it. One that fails is made again, up to
`PERSISTENT` times in some eight minutes, while the conversation goes on."""

PERSISTENT = 20


class Intake:
    """Takes in interactions and private messages. Discord brings each of them while the bot is there, and again when a
    connection is resumed; what was written while it was away must be looked for."""

    def __init__(
        self,
        client: discord.Client,
        messenger: DiscordMessenger,
        conversation: Conversation,
        outbox: Outbox,
        store: Store,
        library: Library,
        servers: ServerSettings | None = None,
    ) -> None:
        self._client = client
        self._messenger = messenger
        self._conversation = conversation
        self._outbox = outbox
        self._store = store
        self._words = library.words("")
        self._servers = servers
        self._lanes = Lanes()
        self._door = Door(conversation)
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._newest = 0
        self._edits: deque[tuple[int, datetime | None]] = deque(maxlen=REMEMBERED // 10)
        self._since: datetime | None = None
        self._caught_up: set[int] = set()
        self._looks = Pace(LOOKS_A_SECOND)
        self._asides: set[asyncio.Task[None]] = set()

    @property
    def source(self) -> str:
        """Names the bot in the inbox."""
        return f"{PLATFORM}:{self._client.application_id}"

    @property
    def idle(self) -> bool:
        """Whether everything that came in is handled and everything said aside is said."""
        return self._lanes.idle and not self._asides

    async def recover(self) -> None:
        """Begins with what a process before this one left: the messages not sent."""
        for id in await self._store.newest(self.source, REMEMBERED):
            self._remember(id)
        await self._outbox.take_up(PLATFORM)

    def look_back(self) -> None:
        """A new session has begun: what people wrote since the last thing that came in was not brought to us."""
        self._since = snowflake_time(self._newest) - OVERLAP if self._newest else utcnow() - QUIET
        self._caught_up.clear()
        self._aside(self._look_everywhere())

    def interact(self, interaction: discord.Interaction[Any]) -> None:
        """Takes in an interaction."""
        if not self._is_new(interaction.id):
            return
        act = reading.read(interaction)
        if act is None:
            return
        act = self._placed(interaction, act)
        chat = Chat(PLATFORM, str(interaction.user.id))
        private = reading.is_private(interaction)
        place = self._messenger.places.new(interaction, private=private)
        if private and interaction.channel_id is not None:
            self._messenger.addresses.note(chat, interaction.channel_id)
        verdict = self._door.looks_at(interaction.id, _done(chat, act))
        if verdict is not Verdict.IN:
            self._turn_away(verdict, place, chat, act)
        elif act.kind == "form":
            self._door.is_done(interaction.id)
            self._aside(self._open_form(place, chat, act.question))
        elif act.kind == "private":
            self._door.is_done(interaction.id)
            self._aside(self._go_private(place, chat))
        else:
            self._lanes.put(chat, partial(self._handle, interaction, place, chat, act))

    def lets_set(self, user: int) -> bool:
        """Whether somebody may set something in a server, who has perhaps done too much."""
        return self._conversation.admits(Incoming(Chat(PLATFORM, str(user)))) is Verdict.IN

    def message(self, message: discord.Message) -> None:
        """Takes in a private message."""
        if not reading.is_for_us(message) or not self._is_new(message.id):
            return
        incoming = self._read(message)
        verdict = self._door.looks_at(message.id, incoming)
        if verdict is Verdict.IN:
            self._lanes.put(incoming.chat, partial(self._catch_up, message.channel.id))
            self._lanes.put(incoming.chat, partial(self._converse, incoming, message.channel.id))
        elif verdict is Verdict.TELL:
            self._lanes.put(incoming.chat, partial(self._tell, incoming.chat))

    def edited(self, message: discord.Message) -> None:
        """Takes in a private message that was changed: only danger is listened for in it."""
        edit = (message.id, message.edited_at)
        if reading.is_for_us(message) and message.content and message.edited_at and edit not in self._edits:
            self._edits.append(edit)
            chat = Chat(PLATFORM, str(message.author.id))
            incoming = Incoming(chat, text=message.content, edited=True)
            if self._door.looks_at(-message.id, incoming) is Verdict.IN:
                self._lanes.put(chat, partial(self._converse, incoming, message.channel.id, -message.id))

    async def stop(self, seconds: float) -> None:
        """Lets what has begun come to its end, for so long at most."""
        until = asyncio.get_running_loop().time() + seconds
        await self._lanes.drain(seconds)
        await self._outbox.drain(PLATFORM, max(0.1, until - asyncio.get_running_loop().time()))
        for task in self._asides:
            task.cancel()
        await asyncio.gather(*self._asides, return_exceptions=True)

    def _is_new(self, id: int) -> bool:
        if id in self._seen:
            return False
        self._remember(id)
        return True

    def _remember(self, id: int) -> None:
        self._seen[id] = None
        self._newest = max(self._newest, id)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def _read(self, message: discord.Message) -> Incoming:
        chat = Chat(PLATFORM, str(message.author.id))
        self._messenger.addresses.note(chat, message.channel.id)
        self._messenger.saw(message.channel.id, message.id)
        return Incoming(
            chat,
            text=reading.words_of(message),
            at=Instant.from_timestamp(snowflake_time(message.id).timestamp()),
            receipt=Receipt(self.source, message.id),
            wordless=reading.is_wordless(message),
            address=str(message.channel.id),
        )

    def _turn_away(self, verdict: Verdict, place: Place, chat: Chat, act: Act) -> None:
        """Leaves an interaction out. Discord hears that it was seen; what was written into a form is given back."""
        form = act.value if act.kind == "answer" else ""
        if verdict is Verdict.TELL or form:
            self._lanes.put(chat, partial(self._tell, chat, place, form))
        else:
            self._aside(_acknowledge(place))

    async def _tell(self, chat: Chat, place: Place | None = None, form: str = "") -> None:
        """Says, where the person is, that this was too much at once."""
        if place is None:
            self._messenger.places.leave(chat)
            await self._conversation.turn_away(chat)
            return
        self._messenger.places.enter(chat, place)
        async with place:
            await self._conversation.turn_away(chat, form)

    async def _handle(self, interaction: discord.Interaction[Any], place: Place, chat: Chat, act: Act) -> None:
        self._door.is_done(interaction.id)
        self._messenger.places.enter(chat, place)
        try:
            async with place:
                match act.kind:
                    case "foreign":
                        await self._say(place, chat, "discord/not_yours")
                    case "elsewhere":
                        await self._say(place, chat, "discord/elsewhere", channels=act.value)
                    case _:
                        await self._conversation.receive(self._incoming(interaction, place, chat, act))
        finally:
            await self._messenger.addresses.write(chat)

    def _placed(self, interaction: discord.Interaction[Any], act: Act) -> Act:
        """The same, or that it is not to be done here. What was written into a form is never turned away, and what is
        urgent may be done everywhere."""
        places = self._servers.elsewhere(interaction) if self._servers is not None else ()
        if not places or act.kind in ("private", "foreign", "answer"):
            return act
        tap = act.kind == "tap"
        said = {"token": act.value} if tap else {"text": act.value}
        if self._conversation.is_for_everywhere(**said, question=act.question):
            return act
        return Act("elsewhere", ", ".join(f"<#{place}>" for place in places))

    def _incoming(self, interaction: discord.Interaction[Any], place: Place, chat: Chat, act: Act) -> Incoming:
        tap = act.kind == "tap"
        return Incoming(
            chat,
            text="" if tap else act.value,
            token=act.value if tap else "",
            receipt=Receipt(self.source, interaction.id),
            message=self._replaceable(interaction, place) if tap else "",
            question=act.question,
            away=not place.private,
            address=str(interaction.channel_id or "") if place.private else "",
        )

    def _replaceable(self, interaction: discord.Interaction[Any], place: Place) -> str:
        """The message whose button was pressed, if nothing stands below it and nobody else sees it."""
        message = interaction.message
        if message is None:
            return ""
        last = self._messenger.is_last(message.channel.id, message.id) if place.private else reading.is_hidden(message)
        return str(message.id) if last else ""

    async def _converse(self, incoming: Incoming, channel: int, id: int = 0) -> None:
        self._door.is_done(incoming.receipt.id if incoming.receipt else id)
        self._messenger.places.leave(incoming.chat)
        soon = asyncio.get_running_loop().call_later(TYPING_AFTER, lambda: self._aside(self._type(channel)))
        try:
            await self._conversation.receive(incoming)
        finally:
            soon.cancel()
            await self._messenger.addresses.write(incoming.chat)

    async def _open_form(self, place: Place, chat: Chat, question: str) -> None:
        async with place:
            await place.ask(components.form(self._words, int(chat.id), question))

    async def _go_private(self, place: Place, chat: Chat) -> None:
        """Goes on in private messages, with the open question or with everything there is."""
        async with place:
            try:
                question = await self._conversation.open_question(chat)
            except StorageDown:
                question = None
            reply = question or self._words.reply("common/menu", {})
            try:
                shown = await self._messenger.show_in_private(chat, reply)
            except Unreachable:
                await self._say(place, chat, "discord/private_closed")
                return
            except (*FAULTS, TryLater, Refused) as error:
                log.warning("Discord: private messages could not be opened (%s)", reason(error))
                await self._say(place, chat, "discord/private_later")
                return
            where = f"https://discord.com/channels/@me/{await self._messenger.addresses.of(chat)}"
            await self._say(place, chat, "discord/went_private", where=where)
            self._messenger.places.leave(chat)
            await self._outbox.count_down(chat, shown, reply)

    async def _say(self, place: Place, chat: Chat, key: str, **values: str) -> None:
        """Says something of the platform's own, if it is not too late for that."""
        with suppress(Expired):
            await self._messenger.answer(place, chat, self._words.reply(key, values))

    async def _look_everywhere(self) -> None:
        for chat, address in await self._store.addresses(PLATFORM, MISSED_CHATS):
            await self._looks.turn()
            self._lanes.put(chat, partial(self._catch_up, int(address)))

    async def _catch_up(self, channel: int) -> None:
        """Once in each session, before anything that is written there is answered: what was written meanwhile."""
        if channel in self._caught_up or self._since is None:
            return
        self._caught_up.add(channel)
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                missed = await insist(partial(self._missed, channel, self._since), 1)
        except FAULTS:
            self._aside(self._look_later(channel, self._since))
            return
        for message in missed:
            if reading.is_for_us(message) and self._is_new(message.id):
                await self._converse(self._read(message), channel)

    async def _look_later(self, channel: int, since: datetime) -> None:
        for message in await insist(lambda: self._missed(channel, since), PERSISTENT):
            self.message(message)

    async def _missed(self, channel: int, since: datetime) -> list[discord.Message]:
        there = self._client.get_partial_messageable(channel, type=discord.ChannelType.private)
        found = [one async for one in there.history(after=since, limit=MISSED_MESSAGES, oldest_first=False)]
        return found[::-1]

    async def _type(self, channel: int) -> None:
        there = self._client.get_partial_messageable(channel, type=discord.ChannelType.private)
        await insist(lambda: there.typing(), 1)

    def _aside(self, what: Awaitable[object]) -> None:
        """Does something beside the conversation; that it fails is of no account."""
        task = asyncio.ensure_future(_quietly(what))
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)


def _done(chat: Chat, act: Act) -> Incoming:
    """What somebody did, as far as it decides whether it is taken in."""
    match act.kind:
        case "tap":
            return Incoming(chat, token=act.value)
        case "text" | "answer" | "form":
            return Incoming(chat, text=act.value, question=act.question)
    return Incoming(chat)


async def _acknowledge(place: Place) -> None:
    async with place:
        pass


async def _quietly(what: Awaitable[object]) -> None:
    try:
        await what
    except (*FAULTS, StorageDown) as error:
        log.info("Discord: something beside the conversation failed (%s)", type(error).__name__)
