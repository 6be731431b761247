"""The platforms a trial can be made on: who is there, what was sent to whom, and what goes wrong on the wire."""

import random
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from balancer import Balancer
from discord_api import DiscordApi, Interaction
from discord_api import Fault as DiscordFault
from discord_api import Flood as DiscordFlood
from discord_api import Person as DiscordPerson
from discord_api.clock import Clock as DiscordClock
from telegram_api import BotApi, Fault, Flood
from telegram_api import Person as TelegramPerson

from tests.chaos.clock import Clock
from tests.chaos.people import PATIENCE, Seat
from tests.discord_process import process as discord
from tests.discord_process import trials as discord_trials
from tests.telegram_process import process as telegram
from tests.telegram_process import trials as telegram_trials
from tests.whole_bot import WholeBot, free_port, squeezed

LATENCY = 0.01
"""Seconds on the way to the platform and back."""

INTERACTION_SECONDS = 3.5
"""Discord shows "the application did not respond" after 3 seconds."""

THINKING_SECONDS = 8.0
"""How long somebody looks at "is thinking" before they press once more."""

BURST = 20
"""Messages in one chat that Telegram lets pass at once: people here write faster than anybody can."""

NOT_MODIFIED = "message is not modified"

PROGRAM = "tests.chaos.moved_clock"


@dataclass(frozen=True)
class Sent:
    """A message that stands in a chat: since when, by the trial's clock, and whether the bot heard that it does."""

    text: str
    at: float
    heard: bool


class Talker(Protocol):
    """Somebody of whom is known, word for word, what they ought to see."""

    wanted: list[str]
    words: Sequence[str]
    """Each of these is to be kept, once."""

    async def talks(self) -> None:
        """Says everything, and returns when all of it is answered."""

    def shown(self) -> list[str]:
        """What was shown to them, in order."""


class Stage(ABC):
    """A platform, and everybody on it."""

    name: str
    api: Any
    first_writer: int
    copies = True
    """Whether a message that was in flight may come twice."""

    @abstractmethod
    def process(self, folder: Path, environment: Mapping[str, str], *, real: bool) -> WholeBot:
        """The bot on it."""

    async def several(
        self, stack: AsyncExitStack, folders: Sequence[Path], environment: Mapping[str, str], *, real: bool
    ) -> Sequence[WholeBot]:
        """So many bots that share a database, and whatever stands in front of them until the stack is closed."""
        return [self.process(folder, environment, real=real) for folder in folders]

    @abstractmethod
    def admit(self, id: int) -> str:
        """Lets somebody be there who has met the bot before. Gives the address that the bot then knows."""

    @abstractmethod
    def leaves(self, id: int, *, told: bool) -> None:
        """Somebody lets the bot write to them no more; the bot is told, or finds out."""

    @abstractmethod
    def seat(self, id: int) -> Seat:
        """Where somebody sits who writes and presses."""

    @abstractmethod
    def talker(self, id: int, words: Sequence[str], chance: random.Random) -> "Talker":
        """Somebody who types a row of things, each of which has exactly one right answer, and may not wait for it."""

    @abstractmethod
    def sent_to(self, id: int) -> Sequence[Sent]:
        """What stands in somebody's chat, in order."""

    @abstractmethod
    def sends(self) -> int:
        """How many messages stand in all chats together."""

    @abstractmethod
    def spoil(self, kind: str, times: int = 1, *, chat: int | None = None, seconds: float = 1.0) -> None:
        """Lets the next sends fail, those of one chat if it is given: "cut before", "cut after", "slow", "5xx", "429"
        (for the bot, or for the chat), "anything" (the next requests of any kind are cut)."""

    @abstractmethod
    def refused(self) -> int:
        """How many requests were answered with 429."""

    @abstractmethod
    def odd(self) -> list[str]:
        """What the platform objects to."""

    @property
    def is_quiet(self) -> bool:
        """Whether the bot has fetched everything."""
        return True

    def mend(self) -> None:
        """From now on nothing goes wrong."""
        self.api.clear_faults()


@dataclass
class TelegramSeat(Seat):
    """Before a private chat on Telegram."""

    api: BotApi
    person: TelegramPerson

    def __post_init__(self) -> None:
        self.id = self.person.id

    def seen(self) -> list[str]:
        """A change to what stands there already is an answer, too: by chance the same reason was drawn again."""
        mine = (
            one for one in self.api.requests if one.method in telegram.SHOWS and one.params.get("chat_id") == self.id
        )
        return [squeezed(one.params["text"]) for one in mine if one.status == 200 or NOT_MODIFIED in repr(one)]

    def does(self, what: str) -> Any:
        if not what.startswith("["):
            return self.person.says(what)
        label = what.strip("[]")
        for message in reversed(self.person.chat.from_bot):
            if any(button.label == label for row in message.buttons for button in row):
                return self.person.taps(message, label)
        raise LookupError(what)


@dataclass
class TelegramTalker(telegram_trials.Talker):
    """One of those to whom the bot is killed in the trials of Telegram."""

    api: BotApi = field(kw_only=True)
    words: Sequence[str] = field(kw_only=True)

    async def talks(self) -> None:  # type: ignore[override]
        await super().talks(self.api)

    def shown(self) -> list[str]:
        return telegram.shown(self.api, self.person.id)


@dataclass
class TelegramStage(Stage):
    """Telegram, by long polling or by webhook."""

    api: BotApi
    clock: Clock
    webhook: bool
    name = "telegram"
    first_writer = 1001

    def process(self, folder: Path, environment: Mapping[str, str], *, real: bool) -> WholeBot:
        how = {"real": real, "program": PROGRAM, "environment": dict(environment)}
        return telegram.Process(self.api, folder, webhook=self.webhook, **how)  # type: ignore[arg-type]

    async def several(
        self, stack: AsyncExitStack, folders: Sequence[Path], environment: Mapping[str, str], *, real: bool
    ) -> Sequence[WholeBot]:
        if len(folders) == 1 or not self.webhook:
            return await super().several(stack, folders, environment, real=real)
        front, ports = free_port(), [free_port() for _ in folders]
        await stack.enter_async_context(Balancer(front, ports))
        where = {"TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{front}/hook"}
        listens = [{"TELEGRAM_WEBHOOK_LISTEN": f"127.0.0.1:{port}"} for port in ports]
        mine = zip(folders, listens, strict=True)
        return [self.process(folder, {**environment, **where, **one}, real=real) for folder, one in mine]

    def admit(self, id: int) -> str:
        self.api.user(id, met=True)
        return ""

    def leaves(self, id: int, *, told: bool) -> None:
        person = self.api.user(id)
        if told:
            person.blocks()
        else:
            person.deletes_account()

    def seat(self, id: int) -> Seat:
        return TelegramSeat(self.api, self.api.user(id))

    def talker(self, id: int, words: Sequence[str], chance: random.Random) -> Talker:
        waits = chance.random() < 0.5
        kinds = ("reason", "write") if waits else ("reason",)  # a tap may be overtaken by what is typed after it
        rounds = [(chance.choice(kinds), one, waits) for one in words]
        return TelegramTalker(self.api.user(id), rounds, api=self.api, words=words, patience=PATIENCE)

    def sent_to(self, id: int) -> Sequence[Sent]:
        return [
            Sent(squeezed(one.params["text"]), self.clock.at(one.at), one.was_heard)
            for one in self.api.requests
            if one.status == 200 and one.method in telegram.SHOWS and one.params["chat_id"] == id
        ]

    def sends(self) -> int:
        return sum(one.status == 200 and one.method in telegram.SHOWS for one in self.api.requests)

    def spoil(self, kind: str, times: int = 1, *, chat: int | None = None, seconds: float = 1.0) -> None:
        methods = {"anything": ("*",), "429": telegram.SHOWS}.get(kind, ("sendMessage",))
        for method in methods:
            self.api.fault(method, TELEGRAM_FAULTS[kind], times=times, chat=chat, seconds=seconds, retry_after=seconds)

    def refused(self) -> int:
        return sum(one.status == 429 for one in self.api.requests)

    def odd(self) -> list[str]:
        return [one for one in self.api.violations if telegram_trials.TIMES_ANSWERED_TWICE not in one]

    @property
    def is_quiet(self) -> bool:
        return not self.api.pending


TELEGRAM_FAULTS = {
    "cut before": Fault.CUT_BEFORE,
    "cut after": Fault.CUT_AFTER,
    "slow": Fault.SLOW,
    "5xx": Fault.SERVER_ERROR,
    "429": Fault.TOO_MANY,
    "anything": Fault.CUT_BEFORE,
}


@dataclass
class DiscordSeat(Seat):
    """Before private messages on Discord."""

    api: DiscordApi
    person: DiscordPerson

    def __post_init__(self) -> None:
        self.id = self.person.id

    def seen(self) -> list[str]:
        shown = [one for one in discord.seen_by(self.person) if not one.thinking]
        return [squeezed(text) for one in shown for text in (*one.edits, one.text)]

    def does(self, what: str) -> Any:
        if what.startswith("[") and not any(
            what.strip("[]") in discord.labels(one) for one in discord.seen_by(self.person)
        ):
            raise LookupError(what)
        if what == "/reason":
            return self.person.types(what)
        return discord.act(self.person, what)

    def has_failed(self, done: Any) -> bool:
        if not isinstance(done, Interaction):
            return False
        patience = THINKING_SECONDS if done.acknowledged else INTERACTION_SECONDS
        return self.api.clock() - done.at > patience


@dataclass
class DiscordTalker:
    """One of those to whom the bot is killed in the trials of Discord."""

    typist: discord_trials.Typist
    words: Sequence[str]

    @property
    def wanted(self) -> list[str]:
        return self.typist.wanted

    async def talks(self) -> None:
        await self.typist.talks()

    def shown(self) -> list[str]:
        return self.typist.shown()


@dataclass
class DiscordStage(Stage):
    """Discord."""

    api: DiscordApi
    name = "discord"
    first_writer = 1001
    copies = False

    def process(self, folder: Path, environment: Mapping[str, str], *, real: bool) -> WholeBot:
        return discord.Process(self.api, folder, real=real, program=PROGRAM, environment=dict(environment))

    def admit(self, id: int) -> str:
        return str(self.api.user(id).dm.place.id)

    def leaves(self, id: int, *, told: bool) -> None:
        self.api.user(id).closes_dms()

    def seat(self, id: int) -> Seat:
        return DiscordSeat(self.api, self.api.user(id))

    def talker(self, id: int, words: Sequence[str], chance: random.Random) -> Talker:
        words = words[:1]
        groups = [["/reason", words[0]], *([text] for text in discord_trials.ALONE)]
        script = [text for group in chance.sample(groups, len(groups)) for text in group]
        figures = discord_trials.Figures()
        made = discord_trials.Typist(
            self.api, self.api.user(id), words, figures, lambda: 0, script=script, patience=PATIENCE
        )
        made.waits = chance.random() < 0.5
        return DiscordTalker(made, words)

    def sent_to(self, id: int) -> Sequence[Sent]:
        mine = discord.seen_by(self.api.user(id))
        return [Sent(squeezed(one.text), one.at, True) for one in mine if not one.thinking]

    def sends(self) -> int:
        return sum(one.method == "POST" and one.status == 200 for one in self.api.requests)

    def spoil(self, kind: str, times: int = 1, *, chat: int | None = None, seconds: float = 1.0) -> None:
        channel = "*" if chat is None else str(self.api.user(chat).dm.place.id)
        method, path = ("*", "*") if kind == "anything" else ("POST", f"/channels/{channel}/messages")
        fault = DISCORD_FAULTS[f"{kind} chat" if kind == "429" and chat is not None else kind]
        self.api.fault(method, path, fault, times=times, seconds=seconds, retry_after=seconds)

    def refused(self) -> int:
        return sum(one.status == 429 for one in self.api.requests)

    def odd(self) -> list[str]:
        return list(self.api.violations)


DISCORD_FAULTS = {
    "cut before": DiscordFault.CUT_BEFORE,
    "cut after": DiscordFault.CUT_AFTER,
    "slow": DiscordFault.SLOW,
    "5xx": DiscordFault.SERVER_ERROR,
    "429": DiscordFault.TOO_MANY_GLOBAL,
    "429 chat": DiscordFault.TOO_MANY,
    "anything": DiscordFault.CUT_BEFORE,
}


@asynccontextmanager
async def stage(name: str, clock: Clock, chance: random.Random) -> AsyncIterator[Stage]:
    """A platform with its limits enforced. By chance Telegram brings updates by long polling or by webhook."""
    if name == "telegram":
        async with BotApi(now=clock.now) as api:
            api.flood, api.latency = Flood(per_chat_burst=BURST), LATENCY
            api.slow_deliveries["callback_query"] = 0.02  # by webhook a text would overtake the tap before it
            yield TelegramStage(api, clock, webhook=chance.random() < 0.5)
    else:
        async with DiscordApi(clock=DiscordClock(clock.now)) as api:
            api.flood, api.latency = DiscordFlood(), LATENCY
            yield DiscordStage(api)
