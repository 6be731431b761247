"""A bench on which people reach the bot through Telegram: the real adapter, python-telegram-bot, real sockets, and the
strict Bot API of telegram_api. The same `Person` drives it, so every conversation test can run on it."""

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

from telegram_api import BotApi, Message
from telegram_api import Person as TelegramPerson
from whenever import Instant

from bot.adapters.telegram import PLATFORM
from bot.adapters.telegram.intake import Intake
from bot.adapters.telegram.polling import poll
from bot.adapters.telegram.run import Options, Telegram
from bot.adapters.terminal.text import plain
from bot.countdowns import Countdowns
from bot.messages import Chat, Incoming, Reply
from bot.pace import Pace
from bot.ports import StorageDown, Store
from bot.records import Queued
from bot.testing import MONDAY_NIGHT, Bench, FakeMessenger, Person

FIRST_USER = 1001


class Witness(FakeMessenger):
    """Stands between the outbox and the adapter: notes each reply once the Bot API shows it as it was meant."""

    def __init__(self, bench: "TelegramBench") -> None:
        super().__init__()
        self._bench = bench

    async def send(self, queued: Queued) -> str:
        """Sends a reply and looks at the screen."""
        self.check_it_works()
        chat, reply = queued.chat, queued.reply
        screen = self._bench.user(chat).chat
        before = len(screen.messages)
        shown = await self._bench.telegram.messenger.send(queued)
        if reply.replaces and reply.replaces == shown:
            check(reply, [screen.by_id[int(shown)]])
        else:
            check(reply, screen.messages[before:])
            if reply.docked:
                assert [label for row in screen.reply_keyboard or () for label in row] == [
                    button.label for button in reply.buttons
                ]
        self.shown[chat].append(reply)
        return shown

    async def edit(self, chat: Chat, message: str, reply: Reply) -> None:
        """Changes a message."""
        await self._bench.telegram.messenger.edit(chat, message, reply)

    async def hide(self, chat: Chat) -> None:
        """Takes away what a chat shows."""
        await super().hide(chat)
        await self._bench.telegram.messenger.hide(chat)


def check(reply: Reply, messages: Sequence[Message]) -> None:
    """Every word and every button of a reply is on the screen, and nothing else but what the adapter adds."""
    assert messages, f"nothing was shown of {reply}"
    seen = words("\n".join(message.text or message.caption or "" for message in messages))
    wanted = words(f"{plain(reply.text)}\n{reply.quote}")
    assert seen[: len(wanted)] == wanted
    assert len(seen) - len(wanted) <= 60, seen[len(wanted) :]
    if not reply.docked:
        buttons = [(button.label, button.data) for row in messages[-1].buttons for button in row]
        assert buttons == [(button.label, button.token) for button in reply.buttons]
    assert bool(reply.picture) == any(message.photo for message in messages)
    documents = [message.document for message in messages if message.document]
    assert [(each.name, each.data) for each in documents] == [(file.name, file.content) for file in reply.files]


def words(text: str) -> list[str]:
    """The words of a text, without what marks a list."""
    return [word for word in text.split() if word not in ("-", "•")]


class TelegramBench(Bench):
    """The whole bot, with Telegram in front of it. It starts with the first message; `aclose` stops it."""

    platform = PLATFORM

    def __init__(self, folder: Path, *, start: Instant = MONDAY_NIGHT) -> None:
        self._ids: dict[str, str] = {}
        self._api: BotApi | None = None
        self._polling: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        super().__init__(folder, start=start)

    def _build(self, store: Store) -> None:
        if not isinstance(self.messenger, Witness):
            self.messenger = Witness(self)
        super()._build(store)
        self._serving = store
        self._stale = True

    @property
    def api(self) -> BotApi:
        """The Bot API."""
        assert self._api is not None, "nobody has said anything yet"
        return self._api

    def person(self, name: str = "me", platform: str = "") -> Person:
        """Somebody with a private chat with the bot."""
        if (platform or PLATFORM) != PLATFORM:
            return super().person(name, platform)
        number = self._ids.setdefault(name, str(FIRST_USER + len(self._ids)))
        return Person(self, Chat(PLATFORM, number))

    def user(self, chat: Chat) -> TelegramPerson:
        """Who sits before the screen of a chat."""
        return self.api.user(int(chat.id))

    async def receive(self, incoming: Incoming) -> None:
        """Types or taps in the chat, and waits until the bot has nothing more to do."""
        await self.run()
        user = self.user(incoming.chat)
        if incoming.language:
            user.user["language_code"] = incoming.language.lower()
        if incoming.token:
            self._tap(user, incoming.token)
        else:
            user.says(incoming.text, odd=True)
        await self.settled()

    def _tap(self, user: TelegramPerson, token: str) -> None:
        """Taps the newest button that sends this, on the screen or gone from it; or the one below the chat. A button
        that was never there is one that somebody has made up."""
        docked = {target: label for label, target in self.library.words("").docked.items()}
        for stale in (False, True):
            for message in reversed(user.messages):
                with contextlib.suppress(AssertionError):
                    user.taps(message, token, stale=stale)
                    return
        if token in docked and user.chat.reply_keyboard:
            user.taps_reply_keyboard(docked[token])
        else:
            user.forges(token)

    async def settled(self) -> None:
        """Waits until everything that came in is answered."""
        async with asyncio.timeout(20):
            while self.api.pending or not self.intake.idle:  # noqa: ASYNC110
                await asyncio.sleep(0.001)

    async def run(self) -> None:
        """Starts what is not running."""
        async with self._starting:
            if self._api is None:
                self._api = await BotApi(now=lambda: self.clock.now().timestamp()).__aenter__()
            if self._stale:
                await self._run_anew()

    async def _run_anew(self) -> None:
        await self._stop()
        self._stale = False
        self.telegram = Telegram(
            Options(self.api.token, self.api.url), self.library, self.clock, Pace(10_000, in_a_chat=0)
        )
        self.countdowns = Countdowns(self._serving, self.conversation, self.messenger)
        parts = (self.conversation, self.outbox, self._serving, self.library, self.clock)
        self.intake = Intake(self.telegram.bot, self.telegram.calls, self.telegram.messenger, *parts)
        await self.telegram.bot.initialize()
        with contextlib.suppress(StorageDown):
            await self.intake.recover()
        self._polling = asyncio.create_task(poll(self.telegram.bot, self.telegram.calls, self.intake))

    async def restart(self) -> None:
        """Stops the process and starts another on the same file; what was left unsent is sent."""
        await self._stop()
        self.database.close()
        self._start()
        if self._api is not None:
            await self.run()
            await self.settled()
            await self.outbox.quiet()

    async def tick(self) -> None:
        """Delivers what is due now, and brings what counts down up to date."""
        await self.run()
        await super().tick()
        await self.countdowns.tick(self.clock.now(), PLATFORM)

    async def _stop(self) -> None:
        if self._polling is not None:
            self._polling.cancel()
            await asyncio.gather(self._polling, return_exceptions=True)
            self._polling = None
            await self.intake.stop(seconds=1)
            await self.telegram.bot.shutdown()

    async def aclose(self) -> None:
        """Stops everything. What the Bot API objected to fails the test."""
        await self._stop()
        self.database.close()
        if self._api is not None:
            await self._api.__aexit__(None, None, None)
            assert not self._api.violations, self._api.violations
            assert not self._api.unanswered_callbacks
