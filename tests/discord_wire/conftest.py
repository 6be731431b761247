"""The whole bot as an operator runs it, on the strict Discord, with faults that a test plans."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord_api import Channel, Clock, DiscordApi, Person

from bot import due, retries
from bot.adapters.discord import PLATFORM, addresses, calls, gateway, places, run
from bot.adapters.discord.run import Discord, Options
from bot.errors import OperatorError
from bot.pace import Pace
from bot.ports import Store
from bot.storage.servers import SqlServers
from bot.testing import MONDAY_NIGHT, Bench, content
from tests.discord_process.process import act, seen_by


class Running(Bench):
    """The bot between `start` and `stop`, again and again on the same database. `ticks` is what the scheduler calls."""

    platform = PLATFORM

    def __init__(self, folder: Path, api: DiscordApi) -> None:
        self.api = api
        self.ticks: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self.running: asyncio.Task[None] | None = None
        super().__init__(folder, start=MONDAY_NIGHT)

    def _build(self, store: Store) -> None:
        parts = (content(), self.clock, store, SqlServers(self.database))
        self.discord = Discord(Options(self.api.token, self.api.url), *parts, Pace(10_000, in_a_chat=0))
        self.messenger = self.discord.messenger
        super()._build(store)

    async def start(self) -> None:
        """Starts the bot; it may not be there yet when this returns."""
        self.ticks.clear()
        parts = (self.conversation, self.outbox, self.store)
        self.running = asyncio.create_task(self.discord.run(*parts, lambda _seconds, do: self.ticks.append(do)))

    async def is_there(self) -> None:
        """Starts it, and waits until it can be reached."""
        seen = len(self.api.gateway.identifies)
        await self.start()
        await self.api.until(
            lambda: len(self.api.gateway.identifies) > seen and self.api.gateway.is_connected and self.api.commands
        )

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
        await self.is_there()

    async def wait(self, *, hours: int = 0, minutes: int = 0) -> None:
        """Lets time pass, and what became due happen."""
        self.clock.move_to(self.clock.now().add(hours=hours, minutes=minutes))
        for tick in self.ticks:
            await tick()
        await self.outbox.quiet()

    async def quiet(self) -> None:
        """Waits until everything that came in is handled, and its answer has left."""
        async with asyncio.timeout(10):
            while not self._is_quiet() or await self.store.unsent(PLATFORM):  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    def _is_quiet(self) -> bool:
        intake = self.discord.client.intake
        return intake is not None and intake.idle

    async def joins(self, user: Person) -> None:
        """Somebody says hello in private, and agrees."""
        await self.does(user, "/start", "[I'm 18 or over, that's fine]", "[Not now]")

    async def wants_check_ins(self, user: Person, where: Channel | None = None) -> None:
        """Somebody asks for a check-in each morning at 7:30, in London."""
        steps = ("/checkins", "[In the morning]", "[7:30]")
        await self.does(user, *steps, "[Write it here]", "(London)", "[Yes]", "[Only the question]", where=where)

    async def does(self, user: Person, *steps: str, where: Channel | None = None) -> None:
        """Does several things in a row, each when the one before is answered."""
        for step in steps:
            before = screen(user, where)
            if step.startswith("("):
                user.submits(step.strip("()"))
            else:
                act(user, step, where)
            if step == "[Write it here]":
                await self.api.until(lambda: user.modal)
            else:
                await self.api.until(lambda: screen(user, where) != before)  # noqa: B023
            await self.quiet()


def screen(user: Person, where: Channel | None = None) -> list[tuple[int, str, list[str]]]:
    """What the bot shows to somebody now."""
    return [(message.id, message.text, message.labels) for message in seen_by(user, where) if not message.thinking]


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is tried again soon, what cannot end is soon given up, and nothing is spread over minutes."""
    monkeypatch.setattr(calls, "FIRST_PAUSE", 0.005)
    monkeypatch.setattr(retries, "FIRST_PAUSE", 0.005)
    monkeypatch.setattr(run, "FIRST_PAUSE", 0.005)
    monkeypatch.setattr(due, "PATIENCE", 0.1)
    monkeypatch.setattr(run, "PATIENCE", 0.1)
    monkeypatch.setattr(addresses, "OPENED_A_SECOND", 100.0)
    monkeypatch.setattr(places, "ACKNOWLEDGED_WITHIN", 0.3)

    monkeypatch.setattr(gateway, "LONGEST_PAUSE", 0.05)


@pytest.fixture
def where(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py knows its addresses for all of the process."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)


@pytest.fixture
async def make_bot(folder: Path, migrated: Path, soon: None, where: None) -> AsyncIterator[Callable[..., Running]]:
    """Makes the bot, to be started. In the end every planned fault was met, and Discord objected to nothing."""
    async with AsyncExitStack() as stack:
        now = Clock(lambda: bots[0].clock.now().timestamp())
        api = await stack.enter_async_context(DiscordApi(clock=now))
        bots: list[Running] = []

        def make() -> Running:
            shutil.copy(migrated, folder)
            bot = Running(folder, api)
            bots.append(bot)
            stack.callback(lambda: bot.database.close())
            stack.push_async_callback(bot.stop)
            return bot

        yield make
        assert api.faults_waiting == []
    assert api.violations == []


@pytest.fixture
async def bot(make_bot: Callable[..., Running]) -> Running:
    """The bot, running."""
    made = make_bot()
    await made.is_there()
    return made


@pytest.fixture
def kim(bot: Running) -> Person:
    return bot.api.user(1001, "Kim")


@pytest.fixture
def lee(bot: Running) -> Person:
    return bot.api.user(1002, "Lee")


@pytest.fixture
def general(bot: Running, kim: Person, lee: Person) -> Channel:
    """A channel of a server in which both are."""
    return bot.api.guild(5001, "Friends", kim, lee).channel()
