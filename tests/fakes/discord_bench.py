"""A bench on which people reach the bot through Discord: the real adapter and discord.py, on the Discord that simcord
keeps in memory. The same `Person` drives it, so every conversation test can run on it."""

import asyncio
import contextlib
import contextvars
from collections import defaultdict
from collections.abc import Coroutine, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import simcord
from discord_witness import BUTTON, SELECT, Witness, cells, unnumbered
from simcord import _runtime
from simcord._clock import Clock as BackendClock
from simcord.backend import serializers
from simcord.backend.models import Interaction, Message, User
from simcord.interactions import base_payload
from whenever import Instant

from bot.adapters.discord import OPTIONS, PLATFORM
from bot.adapters.discord.client import HoldfastClient
from bot.adapters.discord.commands import Commands
from bot.adapters.discord.intake import Intake
from bot.adapters.discord.messenger import DiscordMessenger
from bot.countdowns import Countdowns
from bot.messages import Chat, Incoming
from bot.pace import Pace
from bot.ports import StorageDown, Store
from bot.testing import MONDAY_NIGHT, Bench, HandClock, Person

T = TypeVar("T")

FIRST_USER = 80351110224678912
"""The id of the first person; the next ones follow."""

LOCALE = "en-US"
"""What Discord's app is set to, unless somebody set it otherwise."""

COMMAND, COMPONENT, FORM = 2, 3, 5
"""Types of interactions (discord.com/developers/docs/interactions/receiving-and-responding#interaction-object)."""


class Clock(BackendClock):
    """The clock of the bench, for simcord."""

    def __init__(self, hand: HandClock) -> None:
        super().__init__()
        self._hand = hand

    def now(self) -> datetime:
        """The present moment."""
        return self._hand.now().to_stdlib()


class DiscordBench(Bench):
    """The whole bot, with Discord in front of it. It starts with the first message; `aclose` stops it.

    simcord follows what a bot does by standing between it and the loop. Our database works in a thread of its own, so
    the loop is given back as soon as the bot is connected, and `settled` waits for the bot itself.
    """

    platform = PLATFORM
    strangers = False
    """Whether people have no private messages with the bot: then there may be no place to show something."""

    def __init__(self, folder: Path, *, start: Instant = MONDAY_NIGHT) -> None:
        self._context = contextvars.copy_context()
        self._attached: contextlib.AsyncExitStack | None = None
        self._running = False
        self._starting = asyncio.Lock()
        self._ids: dict[str, str] = {}
        self.carried: dict[tuple[Chat, str], int] = {}
        self.interactions: list[Interaction] = []
        self.locales: defaultdict[int, str] = defaultdict(lambda: LOCALE)
        self._simulated = simcord.run(HoldfastClient())
        self.env = self._simulated._env
        self.env._settle_internal = partial(self.env._settle_internal, idle=0.001)  # type: ignore[method-assign]
        super().__init__(folder, start=start)
        self.backend = self.env.backend
        self.backend.clock = Clock(self.clock)

    def _build(self, store: Store) -> None:
        if not isinstance(self.messenger, Witness):
            self.messenger = Witness(self)
        super()._build(store)
        self._serving = store
        self._stale = True

    @property
    def witness(self) -> Witness:
        """What has been seen."""
        assert isinstance(self.messenger, Witness)
        return self.messenger

    # What people see

    def person(self, name: str = "me", platform: str = "") -> Person:
        """Somebody with a private chat with the bot."""
        if (platform or PLATFORM) != PLATFORM:
            return super().person(name, platform)
        number = self._ids.setdefault(name, str(FIRST_USER + len(self._ids)))
        if int(number) not in self.backend.users:
            self.backend.users[int(number)] = User(id=self.backend.reserve_id(int(number)), name=name)
        return Person(self, Chat(PLATFORM, number))

    def seen(self, chat: Chat) -> list[Message]:
        """Every message of the bot that somebody can see, the oldest first."""
        user = int(chat.id)
        private = self.backend.dm_channels.get(user)
        return sorted(
            (
                message
                for channel, messages in self.backend.messages.items()
                for message in messages.values()
                if message.author_id == self.backend.bot_user.id
                and (channel == private or self.backend.get_channel(channel).guild_id is not None)
                and message.visible_to(user)
            ),
            key=lambda message: message.id,
        )

    def screen(self, chat: Chat) -> dict[int, str]:
        """The same as something to compare."""
        return {
            message.id: f"{message.content}{message.components}{message.attachments}" for message in self.seen(chat)
        }

    def message(self, id: int) -> Message:
        """A message that is there."""
        return next(messages[id] for messages in self.backend.messages.values() if id in messages)

    # What people do

    async def receive(self, incoming: Incoming) -> None:
        """Types or taps in private messages, and waits until the bot has nothing more to do."""
        await self.run()
        self.locales[int(incoming.chat.id)] = incoming.language or LOCALE
        if incoming.token:
            self.tap(incoming.chat, incoming.token)
        else:
            self.write(incoming.chat, incoming.text)
        await self.settled()

    def write(self, chat: Chat, text: str, **more: Any) -> Message:
        """Somebody writes to the bot: anything, also what no app of Discord's would send."""
        user = int(chat.id)
        channel = self.backend.get_dm_channel(user)
        now = self.backend.now_iso()
        message = Message(self.backend.snowflake(), channel.id, user, text, now, **more)
        with self.env._bot_scope():
            return self.backend.commit_message(message)

    def tap(self, chat: Chat, token: str) -> Interaction:
        """Presses the newest button that sends this, or chooses it, on the screen or gone from it. What was never
        there is made up."""
        user = int(chat.id)
        for message in reversed(self.seen(chat)):
            for cell in cells(message):
                if cell["type"] == BUTTON and unnumbered(cell["custom_id"]) == f"h1b:{user}:{token}":
                    return self.press(user, message, cell["custom_id"])
                if cell["type"] == SELECT and token in [option["value"] for option in cell["options"]]:
                    return self.press(user, message, cell["custom_id"], [token])
        return self.press(user, self._carrier(chat, token), f"h1b:{user}:{token}")

    def _carrier(self, chat: Chat, token: str) -> Message:
        """The message that once had a button, or some message."""
        if (chat, token) in self.carried:
            with contextlib.suppress(StopIteration):
                return self.message(self.carried[chat, token])
        return Message(self.backend.snowflake(), self.backend.get_dm_channel(int(chat.id)).id, self.backend.bot_user.id)

    def press(self, user: int, message: Message, custom_id: str, values: Sequence[str] = ()) -> Interaction:
        """Presses a button, or chooses in a select."""
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": SELECT if values else BUTTON}
        if values:
            data["values"] = list(values)
        return self.interact(user, COMPONENT, message.channel_id, data, message)

    def call(self, chat: Chat, command: str, words: str = "", *, channel: int = 0) -> Interaction:
        """Calls a command, in private messages or in another channel."""
        data: dict[str, Any] = {"id": "1", "name": command, "type": 1, "options": []}
        if words:
            data["options"] = [{"name": OPTIONS[command], "type": 3, "value": words}]
        user = int(chat.id)
        return self.interact(user, COMMAND, channel or self.backend.get_dm_channel(user).id, data)

    def fill_in(self, chat: Chat, opened: Interaction, text: str) -> Interaction:
        """Fills in the form that an interaction has opened, and sends it."""
        assert opened.modal is not None, "no form was opened"
        (label,) = opened.modal["components"]
        typed = {"type": 4, "id": 2, "custom_id": label["component"]["custom_id"], "value": text}
        data = {"custom_id": opened.modal["custom_id"], "components": [{"type": 18, "id": 1, "component": typed}]}
        source = self.message(opened.source_message_id) if opened.source_message_id else None
        return self.interact(int(chat.id), FORM, opened.channel_id, data, source)

    def interact(
        self, user: int, kind: int, channel: int, data: dict[str, Any], message: Message | None = None
    ) -> Interaction:
        """Somebody does something that Discord calls an interaction."""
        guild = self.backend.get_channel(channel).guild_id
        made, payload = base_payload(
            self.backend, type=kind, channel_id=channel, guild_id=guild, user_id=user, data=data
        )
        if message is not None:
            made.source_message_id = message.id
            payload["message"] = dict(serializers.message_payload(self.backend, message))
        self.interactions.append(made)
        payload["locale"] = self.locales[user]
        self.again = payload
        self.backend.emit("INTERACTION_CREATE", payload)
        return made

    # The bot

    async def run(self) -> None:
        """Starts what is not running."""
        async with self._starting:
            if self._stale:
                await self.inside(self._run_anew())

    async def inside(self, what: Coroutine[Any, Any, T]) -> T:
        """Does something where simcord is there instead of Discord."""
        return await asyncio.get_running_loop().create_task(what, context=self._context)

    async def _run_anew(self) -> None:
        await self._stop()
        self._stale = False
        client = HoldfastClient()
        self.discord = DiscordMessenger(client, self.library, self.clock, self._serving, Pace(10_000, in_a_chat=0))
        self.countdowns = Countdowns(self._serving, self.conversation, self.messenger)
        parts = (self.conversation, self.outbox, self._serving)
        self.intake = Intake(client, self.discord, *parts)
        if self._attached is None:
            self.env.bot = client
            self._attached = contextlib.AsyncExitStack()
            await self._attached.enter_async_context(self._simulated)
        else:
            await self.env.restart_bot(client)
        _runtime._restore_loop(self.env)
        self.commands = Commands(client, self.library)  # it takes what the client talks through when it is made
        client.intake = self.intake
        self._running = True
        with contextlib.suppress(StorageDown):
            await self.intake.recover()
            self.intake.look_back()

    async def settled(self) -> None:
        """Waits until everything that came in is answered."""
        async with asyncio.timeout(20):
            while not self.intake.idle or _is_dispatching():  # noqa: ASYNC110
                await asyncio.sleep(0.0005)

    async def restart(self) -> None:
        """Stops the process and starts another on the same file; what was left unsent is sent."""
        await self.inside(self._stop())
        self.database.close()
        self._start()
        if self._attached is not None:
            await self.run()
            await self.settled()
            await self.inside(self.outbox.quiet())

    async def tick(self) -> None:
        """Delivers what is due now, and brings what counts down up to date."""
        await self.run()
        await self.inside(self._tick())

    async def _tick(self) -> None:
        await super().tick()
        await self.countdowns.tick(self.clock.now(), PLATFORM)

    async def _stop(self) -> None:
        if self._running:
            self._running = False
            await self.intake.stop(seconds=1)
            await self.env.bot.close()

    async def aclose(self) -> None:
        """Stops everything. What was seen wrong, failed or was never acknowledged fails the test."""
        await self.inside(self._stop())
        self.database.close()
        if self._attached is not None:
            await self.inside(self._attached.aclose())
        assert not self.witness.objections, self.witness.objections[0]
        assert not [interaction for interaction in self.interactions if not interaction.responded]


def _is_dispatching() -> bool:
    """Whether discord.py still hands something over."""
    return any(task.get_name().startswith("discord") for task in asyncio.all_tasks())
