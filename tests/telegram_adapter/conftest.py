"""The whole bot as an operator runs it, on the strict Bot API, with faults that a test plans."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from telegram_api import BotApi, Message, Person
from telegram_bench import TelegramBench

from bot import due, retries
from bot.adapters.telegram import PLATFORM, calls, run
from bot.adapters.telegram.run import Options, Telegram
from bot.errors import OperatorError
from bot.pace import Pace
from bot.ports import Store
from bot.testing import MONDAY_NIGHT, Bench, content
from bot.testing import Person as Somebody


class Running(Bench):
    """The bot between `start` and `stop`, again and again on the same database. `ticks` is what the scheduler calls."""

    platform = PLATFORM

    def __init__(self, folder: Path, api: BotApi, **options: Any) -> None:
        self.api = api
        self.options = Options(api.token, api.url, **options)
        self.ticks: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self.running: asyncio.Task[None] | None = None
        super().__init__(folder, start=MONDAY_NIGHT)

    def _build(self, store: Store) -> None:
        self.telegram = Telegram(self.options, content(), self.clock, Pace(10_000, in_a_chat=0))
        self.messenger = self.telegram.messenger
        super()._build(store)

    async def start(self) -> None:
        """Starts the bot; it may not be there yet when this returns."""
        self.ticks.clear()
        parts = (self.conversation, self.outbox, self.store)
        self.running = asyncio.create_task(self.telegram.run(*parts, lambda _seconds, do: self.ticks.append(do)))

    async def stop(self) -> None:
        """Stops it as SIGTERM does."""
        if self.running is not None:
            self.running.cancel()
            with suppress(asyncio.CancelledError):
                await self.running
            self.running = None

    async def ends(self) -> str:
        """What the operator is told when the bot ends by itself, and soon."""
        assert self.running is not None
        with pytest.raises(OperatorError) as told:
            await asyncio.wait_for(self.running, 5)
        self.running = None
        return str(told.value)

    async def restart(self) -> None:
        """Stops the process and starts another on the same file."""
        await self.stop()
        self.database.close()
        self._start()
        await self.start()

    async def wait(self, *, hours: int = 0, minutes: int = 0) -> None:
        """Lets time pass, with hours also the minute in which check-ins come; what became due happens."""
        self.clock.move_to(self.clock.now().add(hours=hours, minutes=minutes, seconds=59 if hours else 0))
        for tick in self.ticks:
            await tick()
        await self.outbox.quiet()

    async def quiet(self) -> None:
        """Waits until every update has come in, is handled, and its answer has left."""
        source = f"{PLATFORM}:{self.api.me['id']}"
        async with asyncio.timeout(10):
            while self.api.pending or await self.store.waiting(source) or await self.store.unsent(PLATFORM):  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def joins(self, user: Person) -> None:
        """Somebody says hello and agrees."""
        await self.does(user, "/start", "I'm 18 or over, that's fine")

    async def wants_check_ins(self, user: Person) -> None:
        """Somebody asks for a check-in each morning at eight, in London."""
        await self.joins(user)
        await self.does(user, "/checkins", "In the morning", "> 08:00", "> London", "Yes", "Only the question")

    async def does(self, user: Person, *steps: str) -> None:
        """Does several things in a row: "/commands" and "> texts" are typed, everything else is a button."""
        for step in steps:
            before = shown(user)
            if step.startswith(("/", "> ")):
                user.says(step.removeprefix("> "))
            else:
                user.taps(with_button(user, step), step)
            await self.api.until(lambda: shown(user) != before)  # noqa: B023
            await self.quiet()


def with_button(user: Person, label: str) -> Message:
    """The newest message that shows a button."""
    found = [message for message in user.messages if any(b.label == label for row in message.buttons for b in row)]
    assert found, f"no button {label!r} in {user.messages}"
    return found[-1]


def shown(user: Person) -> list[tuple[int, str | None]]:
    """What the bot shows in a chat now."""
    return [(message.message_id, message.text or message.caption) for message in user.messages if message.from_bot]


def texts(user: Person) -> list[str]:
    """The words of the bot's messages in a chat."""
    return [text or "" for _, text in shown(user)]


def by_webhook() -> dict[str, object]:
    """Where the bot listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {"webhook_url": f"http://127.0.0.1:{port}/hook", "listen": ("127.0.0.1", port), "secret": "s3cret"}


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is tried again soon, and what cannot end is soon given up."""
    monkeypatch.setattr(calls, "FIRST_PAUSE", 0.005)
    monkeypatch.setattr(retries, "FIRST_PAUSE", 0.005)
    monkeypatch.setattr(due, "PATIENCE", 0.1)
    monkeypatch.setattr(run, "PATIENCE", 0.1)


@pytest.fixture
async def make_bot(folder: Path, migrated: Path, soon: None) -> AsyncIterator[Callable[..., Running]]:
    """Makes the bot, to be started. In the end every planned fault was met, and the Bot API objected to nothing."""
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(BotApi(now=lambda: bots[0].clock.now().timestamp()))
        bots: list[Running] = []

        def make(**options: Any) -> Running:
            shutil.copy(migrated, folder)
            bot = Running(folder, api, **options)
            bots.append(bot)
            stack.callback(lambda: bot.database.close())
            stack.push_async_callback(bot.stop)
            return bot

        yield make
        assert api.faults_waiting == []
    assert api.violations == []
    tried = {call.params.get("callback_query_id") for call in api.calls("answerCallbackQuery")}
    assert {query.id for query in api.unanswered_callbacks} <= tried


@pytest.fixture
async def bot(make_bot: Callable[..., Running]) -> Running:
    """The bot, running, by long polling."""
    made = make_bot()
    await made.start()
    await made.api.until(lambda: made.api.calls("getUpdates") and made.api.short_description)
    return made


@pytest.fixture
def kim(bot: Running) -> Person:
    return bot.api.user(1001, "Kim")


@pytest.fixture
async def telegram(folder: Path, migrated: Path) -> AsyncIterator[TelegramBench]:
    """The bot behind Telegram, driven step by step."""
    shutil.copy(migrated, folder)
    bench = TelegramBench(folder)
    await bench.run()
    yield bench
    await bench.aclose()


@pytest.fixture
def person(telegram: TelegramBench) -> Somebody:
    """Somebody who does things, whatever the platform."""
    return telegram.person()


@pytest.fixture
def phone(telegram: TelegramBench, person: Somebody) -> Person:
    """The same person's Telegram: what only happens there, and what the screen looks like."""
    return telegram.user(person.chat)
