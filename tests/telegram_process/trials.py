"""kill -9 at random moments, many times: nothing is lost, nothing is handled twice, and at most the message that was
just being sent comes once more.

    PYTHONPATH=tests/fakes python -m tests.telegram_process.trials --trials 100 --seed 7 --webhook

A send is in flight at a kill if the Bot API had done it and the bot had not crossed it out yet. Whether the bot had
heard the answer cannot be told apart from outside, and makes no difference to it.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path
from typing import Any

from telegram_api import BotApi, Person

from bot.adapters.terminal.text import plain
from tests.telegram_process.process import SHOWS, Process, shown
from tests.whole_bot import WORD, said, squeezed

PEOPLE = 5
ANSWERED_WITHIN = 40.0
TIMES_ANSWERED_TWICE = "was answered twice"
"""A tap is acknowledged once more when its update is taken up again: the real Bot API refuses that, and so what."""

REASON = (("urge/my_reason",), ("urge/reason_kept", "urge/bye"))
LETTER = (("urge/write",), ("urge/letter",), ("urge/letter_kept", "urge/how_now"))
"""What each update of a round is answered with."""


@dataclass
class Figures:
    """What is counted, over some trials."""

    trials: int = 0
    kills: int = 0
    updates: int = 0
    redelivered: int = 0
    lost: int = 0
    twice: int = 0
    copies: int = 0
    in_flight: int = 0
    odd: list[str] = field(default_factory=list)

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    def table(self) -> str:
        """The figures for a person to read."""
        names = {"twice": "handled twice", "copies": "extra copies", "in_flight": "sends in flight"}
        lines = [(names.get(f.name, f.name), getattr(self, f.name)) for f in fields(self) if f.name != "odd"]
        return "\n".join([*(f"{name:16} {value:6}" for name, value in lines), *self.odd])


@dataclass
class Talker:
    """Somebody who keeps numbered reasons and letters, and what they ought to see."""

    person: Person
    rounds: Sequence[tuple[str, str, bool]]
    updates: list[int] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    flights: int = 0
    """Kills at which a send to this person was in flight."""
    patience: float = ANSWERED_WITHIN
    """Seconds an answer may take."""

    async def talks(self, api: BotApi) -> None:
        """Plays all rounds. Some people wait for each answer, some do not, but everybody does before a tap."""
        for kind, words, waits in self.rounds:
            steps: list[Callable[[], int]] = [lambda kind=kind: self.person.says(f"/{kind}")]
            steps.append(lambda words=words: self.person.says(words))
            if kind == "write":
                steps.append(lambda: self.person.taps(self.person.chat.last, "Keep it here"))
            answers = LETTER if kind == "write" else REASON
            for number, (step, answer) in enumerate(zip(steps, answers, strict=True)):
                if waits or number == 2:
                    await self.is_answered(api)
                self.updates.append(step())
                self.wanted += [said(key) for key in answer]
        await self.is_answered(api)

    async def is_answered(self, api: BotApi) -> None:
        """Waits until everything is there that ought to be."""
        await api.until(lambda: len(collapsed(shown(api, self.person.id))) >= len(self.wanted), self.patience)


def collapsed(texts: Sequence[str]) -> list[str]:
    """Texts without those that only repeat the one before. No script here wants the same one twice in a row."""
    return [text for before, text in zip([None, *texts], texts, strict=False) if text != before]


class Trials:
    """Trials one after the other, on one bot that lives on from each to the next."""

    def __init__(self, api: BotApi, process: Any, seed: int) -> None:
        self.api = api
        self.process = process
        self.random = random.Random(seed)
        self._ids = iter(range(1001, 10**9))
        self._made = 0

    async def run(self, trials: int) -> Figures:
        """Runs so many trials."""
        self.api.latency = 0.004
        self.api.slow_deliveries["callback_query"] = 0.02  # by webhook a text would overtake the tap before it
        await self.process.start()
        figures = Figures()
        for _ in range(trials):
            figures += await self._one()
        return figures

    async def _one(self) -> Figures:
        talkers = [Talker(self.api.user(next(self._ids)), list(self._rounds())) for _ in range(PEOPLE)]
        figures = Figures(trials=1)
        talking = asyncio.gather(*(talker.talks(self.api) for talker in talkers))
        try:
            for _ in range(self.random.choice((1, 1, 2))):
                await self._some_sends(talkers)
                await self._kill(talkers, figures)
                await self.process.start()
                self._redeliver(talkers, figures)
            await talking
            await self.process.until(self._is_settled)
        except AssertionError as error:
            figures.odd.append(str(error))
        finally:
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
        self._judge(talkers, figures)
        return figures

    def _rounds(self) -> Iterator[tuple[str, str, bool]]:
        waits = self.random.random() < 0.5
        for _ in range(self.random.randint(2, 3)):
            self._made += 1
            kind = self.random.choice(("reason", "write"))
            yield kind, f"{WORD} number {self._made} of what I want to remember", waits

    async def _some_sends(self, talkers: Sequence[Talker]) -> None:
        """Waits for a moment like any other after the first send."""
        wanted = self.random.randint(1, 30)
        ids = {talker.person.id for talker in talkers}
        seen = len(self.api.requests)

        def enough() -> bool:
            sends = [r for r in self.api.requests[seen:] if r.method in SHOWS and r.params.get("chat_id") in ids]
            return len(sends) >= wanted or (len(sends) > 0 and not self.api.pending)

        await self.process.until(enough)
        await asyncio.sleep(self.random.uniform(0, 0.02))

    def _redeliver(self, talkers: Sequence[Talker], figures: Figures) -> None:
        """Lets some of what was sent come once more, as Telegram does when it has not heard that it arrived."""
        sent = [update for talker in talkers for update in talker.updates]
        for update in self.random.sample(sent, self.random.randint(1, 4)):
            self.api.redeliver(update)
            figures.redelivered += 1

    async def _kill(self, talkers: Sequence[Talker], figures: Figures) -> None:
        await self.process.is_killed()
        figures.kills += 1
        waiting: dict[str, str] = {}
        for chat, message in self.process.unsent():
            waiting.setdefault(chat, squeezed(plain(message["text"])))
        for talker in talkers:
            first = waiting.get(str(talker.person.id))
            if first is not None and shown(self.api, talker.person.id)[-1:] == [first]:
                talker.flights += 1
                figures.in_flight += 1

    def _is_settled(self) -> bool:
        """Whether everything is handled and everything is sent."""
        rows = self.process.rows("SELECT 1 FROM inbox WHERE body IS NOT NULL UNION ALL SELECT 1 FROM outbox")
        return not self.api.pending and not rows

    def _judge(self, talkers: Sequence[Talker], figures: Figures) -> None:
        kept = Counter(self.process.words())
        for talker in talkers:
            texts = shown(self.api, talker.person.id)
            seen, wanted = collapsed(texts), talker.wanted
            copies = len(texts) - len(seen)
            counts = [kept[words] for _, words, _ in talker.rounds]
            figures.updates += len(talker.updates)
            figures.copies += copies
            figures.lost += (Counter(wanted) - Counter(seen)).total() + counts.count(0)
            figures.twice += (Counter(seen) - Counter(wanted)).total() + sum(max(count - 1, 0) for count in counts)
            if copies > talker.flights:
                figures.odd.append(f"{talker.person}: {copies} copies, {talker.flights} sends in flight: {texts}")
            if seen != wanted and Counter(seen) == Counter(wanted):
                figures.odd.append(f"{talker.person}: out of order: {seen}")
        figures.odd += [v for v in self.api.violations if TIMES_ANSWERED_TWICE not in v]
        self.api.violations.clear()
        self.api.requests[:] = self.api.requests[-1:]


async def run(trials: int, seed: int, folder: Path, *, webhook: bool, real: bool, debug: bool = False) -> Figures:
    """Runs trials in a folder."""
    async with BotApi() as api:
        process = Process(api, folder, webhook=webhook, real=real, debug=debug)
        try:
            figures = await Trials(api, process, seed).run(trials)
        finally:
            await process.is_killed()
        process.check_nothing_leaked()
        process.check_it_was_clean()
        return figures


def main() -> int:
    """Prints the figures of so many trials. 1 if something was not as it must be."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--trials", type=int, default=20)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--webhook", action="store_true", help="by webhook instead of long polling")
    options.add_argument("--forked", action="store_true", help="cheaper starts, without a new interpreter each time")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = asyncio.run(run(given.trials, given.seed, Path(folder), webhook=given.webhook, real=not given.forked))
    print(f"{'webhook' if given.webhook else 'long polling'}, seed {given.seed}\n{made.table()}")
    return int(bool(made.lost or made.twice or made.odd))


if __name__ == "__main__":
    sys.exit(main())
