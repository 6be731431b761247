"""What Discord brings: a person's things in order and people at once, each answered in time and once."""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import discord

from bot.adapters.discord import PLATFORM, reading
from bot.adapters.discord.backlog import Backlog
from bot.adapters.discord.calls import FAULTS, insist
from bot.adapters.discord.messenger import DiscordMessenger
from bot.adapters.discord.places import Place
from bot.adapters.discord.reading import Act
from bot.adapters.discord.servers import ServerSettings
from bot.adapters.discord.signposts import Signposts
from bot.adapters.door import Door
from bot.adapters.lanes import Lanes
from bot.conversation import Conversation
from bot.flood import Verdict
from bot.messages import Chat, Incoming, Receipt
from bot.outbox import Outbox
from bot.ports import StorageDown, Store

log = logging.getLogger(__name__)

TYPING_AFTER = 1.0
"""Seconds an answer to a text may take before the person is shown that it comes."""

REMEMBERED = 10_000
"""Things whose numbers are kept in memory, so that one that comes again is not begun again."""


class Intake:
    """Takes in interactions and private messages. Discord brings each of them while the bot is there, and again when a
    connection is resumed; what was written while it was away is in the backlog."""

    def __init__(
        self,
        client: discord.Client,
        messenger: DiscordMessenger,
        conversation: Conversation,
        outbox: Outbox,
        store: Store,
        servers: ServerSettings | None = None,
    ) -> None:
        self._client = client
        self._messenger = messenger
        self._conversation = conversation
        self._outbox = outbox
        self._store = store
        self._backlog = Backlog(messenger.private, store)
        self._signposts = Signposts(messenger, conversation, outbox, servers)
        self._lanes = Lanes()
        self._door = Door(conversation)
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._newest = 0
        self._edits: deque[tuple[int, datetime | None]] = deque(maxlen=REMEMBERED // 10)
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
        self._backlog.begin(self._newest)
        self._aside(self._look_everywhere())

    def interact(self, interaction: discord.Interaction[Any]) -> None:
        """Takes in an interaction."""
        if not self._is_new(interaction.id):
            return
        act = reading.read(interaction)
        if act is None:
            return
        act = self._signposts.placed(interaction, act)
        chat = Chat(PLATFORM, str(interaction.user.id))
        private = reading.is_private(interaction)
        place = self._messenger.places.new(interaction, private=private)
        if private and interaction.channel_id is not None:
            self._messenger.addresses.note(chat, interaction.channel_id)
        incoming = reading.incoming(chat, act, place.language)
        verdict = self._door.looks_at(interaction.id, incoming)
        if verdict is not Verdict.IN:
            self._turn_away(verdict, place, chat, act)
        elif act.kind == "form":
            self._door.is_done(interaction.id)
            self._aside(self._signposts.open_form(place, chat, act.question))
        elif act.kind == "private":
            self._door.is_done(interaction.id)
            self._aside(self._signposts.go_private(place, chat))
        else:
            handle = partial(self._handle, interaction, place, act, incoming)
            self._lanes.put(chat, handle, partial(self._conversation.is_urgent, incoming))

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
            converse = partial(self._converse, incoming, message.channel.id)
            self._lanes.put(incoming.chat, converse, partial(self._conversation.is_urgent, incoming))
        elif verdict is Verdict.TELL:
            self._lanes.put(incoming.chat, partial(self._signposts.too_much, incoming.chat))

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
        incoming = reading.written(message, self.source)
        self._messenger.addresses.note(incoming.chat, message.channel.id)
        self._messenger.private.saw(message.channel.id, message.id)
        return incoming

    def _turn_away(self, verdict: Verdict, place: Place, chat: Chat, act: Act) -> None:
        """Leaves an interaction out. Discord hears that it was seen; what was written into a form is given back."""
        form = act.value if act.kind == "answer" else ""
        if verdict is Verdict.TELL or form:
            self._lanes.put(chat, partial(self._signposts.too_much, chat, place, form))
        else:
            self._aside(_acknowledge(place))

    async def _handle(self, interaction: discord.Interaction[Any], place: Place, act: Act, incoming: Incoming) -> None:
        self._door.is_done(interaction.id)
        self._messenger.places.enter(incoming.chat, place)
        try:
            async with place:
                match act.kind:
                    case "foreign":
                        await self._signposts.not_yours(place, incoming.chat)
                    case "elsewhere":
                        await self._signposts.elsewhere(place, incoming.chat, act.value)
                    case _:
                        await self._conversation.receive(self._whole(interaction, place, act, incoming))
        finally:
            await self._messenger.addresses.write(incoming.chat)

    def _whole(self, interaction: discord.Interaction[Any], place: Place, act: Act, incoming: Incoming) -> Incoming:
        """With what is known of its interaction now that it has its turn."""
        return replace(
            incoming,
            receipt=Receipt(self.source, interaction.id),
            message=self._replaceable(interaction, place) if act.kind == "tap" else "",
            away=not place.private,
            address=str(interaction.channel_id or "") if place.private else "",
        )

    def _replaceable(self, interaction: discord.Interaction[Any], place: Place) -> str:
        """The message whose button was pressed, if nothing stands below it and nobody else sees it."""
        message = interaction.message
        if message is None:
            return ""
        if place.private:
            free = self._messenger.private.is_last(message.channel.id, message.id)
        else:
            free = reading.is_hidden(message)
        return str(message.id) if free else ""

    async def _converse(self, incoming: Incoming, channel: int, id: int = 0) -> None:
        self._door.is_done(incoming.receipt.id if incoming.receipt else id)
        self._messenger.places.leave(incoming.chat)
        soon = asyncio.get_running_loop().call_later(TYPING_AFTER, lambda: self._aside(self._type(channel)))
        try:
            await self._conversation.receive(incoming)
        finally:
            soon.cancel()
            await self._messenger.addresses.write(incoming.chat)

    async def _type(self, channel: int) -> None:
        there = self._messenger.private.at(channel)
        await insist(lambda: there.typing(), 1)

    async def _look_everywhere(self) -> None:
        async for chat, channel in self._backlog.everywhere():
            self._lanes.put(chat, partial(self._catch_up, channel))

    async def _catch_up(self, channel: int) -> None:
        """Before anything that is written there is answered: what was written while the bot was away."""
        try:
            missed = await self._backlog.look(channel)
        except FAULTS:
            self._aside(self._catch_up_later(channel))
            return
        for message in missed:
            if reading.is_for_us(message) and self._is_new(message.id):
                await self._converse(self._read(message), channel)

    async def _catch_up_later(self, channel: int) -> None:
        for message in await self._backlog.look_again(channel):
            self.message(message)

    def _aside(self, what: Awaitable[object]) -> None:
        """Does something beside the conversation; that it fails is of no account."""
        task = asyncio.ensure_future(_quietly(what))
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)


async def _acknowledge(place: Place) -> None:
    async with place:
        pass


async def _quietly(what: Awaitable[object]) -> None:
    try:
        await what
    except (*FAULTS, StorageDown) as error:
        log.info("Discord: something beside the conversation failed (%s)", type(error).__name__)
