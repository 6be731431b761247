"""kill -9 at random moments, many times, on Discord: no text in private messages stays without an answer, nothing is
handled twice, and nothing is shown twice.

    PYTHONPATH=tests/fakes python -m tests.discord_process.trials --trials 60 --seed 7

Discord brings nothing that was pressed while the bot was away: it shows "interaction failed", and then people press
again, once they have seen that no answer comes. What they typed meanwhile nobody brings; the bot must look for it.
"""

import argparse
import asyncio
import random
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path

from discord_api import Channel, DiscordApi, Interaction, Message, Person

from tests.discord_process.process import Process, act, seen_by, texts
from tests.whole_bot import WORD, said

PEOPLE = 6

SEEN_SOON = 1.0
"""Seconds after a start in which people look whether their answer comes after all."""

APART = 1.1
"""Seconds between two rounds with the same answers: an answer that stands in private messages since less than a second
before another of the same words was written down passes for that one after a kill."""

REASON = (("urge/my_reason",), ("urge/reason_kept", "urge/bye"))
"""What the two texts of a reason are answered with."""

ALONE = {"/help": "common/help", "/privacy": "privacy/kept", "/menu": "common/menu"}
"""Texts and what each of them is answered with. None comes twice: within a second of each other, one answer could pass
for the other that was sent before a kill."""

BEGINNING = 20
"""Characters by which an answer is known."""


@dataclass
class Figures:
    """What is counted, over some trials."""

    trials: int = 0
    kills: int = 0
    texts: int = 0
    presses: int = 0
    again: int = 0
    redelivered: int = 0
    lost: int = 0
    twice: int = 0
    doubled: int = 0
    odd: list[str] = field(default_factory=list)

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    def table(self) -> str:
        """The figures for a person to read."""
        names = {"again": "pressed again", "twice": "handled twice", "doubled": "shown twice"}
        lines = [(names.get(f.name, f.name), getattr(self, f.name)) for f in fields(self) if f.name != "odd"]
        return "\n".join([*(f"{name:16} {value:6}" for name, value in lines), *self.odd])


@dataclass
class Talker:
    """Somebody who keeps numbered reasons and letters. `starts` counts how often the bot was started."""

    api: DiscordApi
    person: Person
    rounds: Sequence[str]
    figures: Figures
    starts: Callable[[], int]
    where: Channel | None = None
    met: int = 0
    sent: list[Message] = field(default_factory=list)

    async def talks(self) -> None:
        """Plays all rounds."""
        raise NotImplementedError

    def judge(self) -> None:
        """Counts what it sees."""


@dataclass
class Typist(Talker):
    """Types a reason and commands in private, and waits for an answer or not."""

    script: Sequence[str] = ()
    waits: bool = False
    patience: float = 20.0
    wanted: list[str] = field(default_factory=list)

    async def talks(self) -> None:
        for text in self.script:
            if self.waits:
                await self._is_answered()
            self.figures.texts += 1
            self.sent.append(self.person.types(text))
            self.wanted += [said(key)[:BEGINNING] for key in self._answers(text)]
        await self._is_answered()

    def _answers(self, text: str) -> Sequence[str]:
        return REASON[text != "/reason"] if text not in ALONE else (ALONE[text],)

    async def _is_answered(self) -> None:
        await self.api.until(lambda: len(self._seen()) >= len(self.wanted), self.patience)

    def _seen(self) -> list[str]:
        return collapsed(self.shown())

    def shown(self) -> list[str]:
        """The beginnings of what was shown since they met."""
        return [text[:BEGINNING] for text in texts(self.person)[self.met :]]

    def judge(self) -> None:
        shown, seen = self.shown(), self._seen()
        self.figures.doubled += len(shown) - len(seen)
        self.figures.lost += (Counter(self.wanted) - Counter(seen)).total()
        self.figures.twice += (Counter(seen) - Counter(self.wanted)).total()
        if shown != self.wanted:
            everything = [message.text[:40] for message in self.person.dm.messages]
            self.figures.odd.append(f"{self.person}: {everything}")


@dataclass
class Presser(Talker):
    """Writes letters with commands, buttons and forms, in private or in a server; presses again what failed."""

    pressed_again: int = 0

    async def talks(self) -> None:
        for words in self.rounds:
            await self._does("/write", said("urge/write"))
            if self.where is not None:
                await self._opens_the_form()
                await self._does(f"({words})", said("urge/letter"))
            else:
                await self._types(words)
            await self._does("[Keep it here]", said("urge/how_now"))
            await asyncio.sleep(APART)

    async def _types(self, words: str) -> None:
        before = self._shown()
        self.figures.texts += 1
        self.sent.append(self.person.types(words))
        await self.api.until(lambda: self._new(before, said("urge/letter")), 20)

    async def _opens_the_form(self) -> None:
        while self.person.modal is None:
            starts = self.starts()
            act(self.person, "[Write it here]", self.where)
            self.figures.presses += 1
            await self.api.until(lambda starts=starts: self.person.modal or self.starts() > starts, 20)

    async def _does(self, what: str, answer: str) -> None:
        """Until it is answered; at a second attempt any answer will do: the first may have been heard."""
        modal = self.person.modal
        while True:
            before, starts = self._shown(), self.starts()
            self._act(what)
            await self.api.until(lambda: self._new(before, answer) or self.starts() > starts, 20)  # noqa: B023
            if await self._sees(before, answer):
                return
            self.pressed_again += 1
            answer = ""
            if modal is not None:
                self.person.world.open_modals[self.person.id] = modal.opened  # Discord leaves it open when it fails

    async def _sees(self, before: Sequence[tuple[int, str]], answer: str) -> bool:
        try:
            await self.api.until(lambda: self._new(before, answer), SEEN_SOON)
        except AssertionError:
            return False
        return True

    def _act(self, what: str) -> Interaction | Message:
        self.figures.presses += 1
        if what.startswith("("):
            return self.person.submits(what.strip("()"))
        return act(self.person, what, self.where)

    def _shown(self) -> list[tuple[int, str]]:
        seen = [message for message in seen_by(self.person, self.where) if not message.thinking]
        return list(zip([message.id for message in seen], texts_of(seen), strict=True))

    def _new(self, before: Sequence[tuple[int, str]], answer: str) -> bool:
        return any(answer in text for id, text in self._shown() if (id, text) not in before)

    def judge(self) -> None:
        shown = texts(self.person, self.where)
        self.figures.again += self.pressed_again
        doubled = len(shown) - len(collapsed(shown)) - self.pressed_again
        if doubled > 0:
            self.figures.doubled += doubled
            self.figures.odd.append(f"{self.person}: {shown}")


def texts_of(messages: Sequence[Message]) -> list[str]:
    """Their words."""
    from bot.adapters.terminal.text import plain
    from tests.whole_bot import squeezed

    return [squeezed(plain(message.text)) for message in messages]


def collapsed(texts: Sequence[str]) -> list[str]:
    """Texts without those that only repeat the one before. No script here wants the same one twice in a row."""
    return [text for before, text in zip([None, *texts], texts, strict=False) if text != before]


def forget_sessions(file: Path) -> None:
    """As if an hour had passed since the sessions that broke off: else the bot waits before further ones."""
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("DELETE FROM kept WHERE name LIKE 'discord sessions%'")


class Trials:
    """Trials one after the other, on one bot that lives on from each to the next."""

    def __init__(self, api: DiscordApi, process: Process, seed: int) -> None:
        self.api = api
        self.process = process
        self.random = random.Random(seed)
        self._ids = iter(range(1001, 10**9))
        self._made = 0
        self._starts = 0

    async def run(self, trials: int) -> Figures:
        """Runs so many trials."""
        self.api.latency = 0.004
        await self._start()
        figures = Figures()
        for _ in range(trials):
            figures += await self._one()
        return figures

    async def _start(self) -> None:
        await self.process.start()
        self._starts += 1

    async def _one(self) -> Figures:
        figures = Figures(trials=1)
        talkers = [self._talker(figures) for _ in range(PEOPLE)]
        await self._meet(talkers)
        talking = asyncio.gather(*(talker.talks() for talker in talkers))
        try:
            for _ in range(self.random.choice((1, 1, 2))):
                await self._some_sends()
                await self.process.is_killed()
                figures.kills += 1
                forget_sessions(self.process.file)
                await asyncio.sleep(self.random.uniform(0, 0.1))
                await self._start()
                self._redeliver(talkers, figures)
            await talking
            await self.process.until(lambda: not self.process.rows("SELECT 1 FROM outbox"))
        except AssertionError as error:
            figures.odd.append(str(error).splitlines()[0])
        finally:
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
        self._judge(talkers, figures)
        return figures

    async def _meet(self, talkers: Sequence[Talker]) -> None:
        """Everybody has said something before: Discord does not say who wrote for the first time meanwhile."""
        for talker in talkers:
            talker.person.types("/cancel")
        await self.process.until(lambda: all(texts(talker.person) for talker in talkers))
        for talker in talkers:
            talker.met = len(texts(talker.person))

    def _talker(self, figures: Figures) -> Talker:
        person = self.api.user(next(self._ids))
        rounds = [self._words() for _ in range(self.random.randint(2, 3))]
        kind = self.random.choice(("typist", "typist", "private", "server"))
        if kind == "typist":
            made = Typist(self.api, person, rounds[:1], figures, lambda: self._starts)
            made.waits = self.random.random() < 0.5
            groups = [["/reason", rounds[0]], *([text] for text in ALONE)]
            made.script = [text for group in self.random.sample(groups, len(groups)) for text in group]
            return made
        where = self.api.guild(5001, "Friends", person).channel() if kind == "server" else None
        self.api.guild(5001).adds(person)
        return Presser(self.api, person, rounds, figures, lambda: self._starts, where)

    def _words(self) -> str:
        self._made += 1
        return f"{WORD} number {self._made} of what I want to remember"

    async def _some_sends(self) -> None:
        """Waits for a moment like any other after the first send."""
        wanted = self.random.randint(1, 30)
        seen = len(self.api.requests)

        def sends() -> Iterator[object]:
            return (one for one in self.api.requests[seen:] if one.method == "POST" and one.status is not None)

        await self.process.until(lambda: any(sends()))
        try:
            await self.api.until(lambda: len(list(sends())) >= wanted, 0.3)
        except AssertionError:
            return
        await asyncio.sleep(self.random.uniform(0, 0.02))

    def _redeliver(self, talkers: Sequence[Talker], figures: Figures) -> None:
        """Lets some of what was handled come once more."""
        handled = {number for (number,) in self.process.rows("SELECT id FROM inbox")}
        typed = [message for talker in talkers for message in talker.sent if message.id in handled]
        for message in self.random.sample(typed, min(len(typed), self.random.randint(1, 4))):
            self.api.redeliver(message)
            figures.redelivered += 1

    def _judge(self, talkers: Sequence[Talker], figures: Figures) -> None:
        kept = Counter(self.process.words())
        for talker in talkers:
            talker.judge()
            counts = [kept[words] for words in talker.rounds]
            if set(counts) != {1}:
                figures.odd.append(f"{talker.person}: kept {counts}: {texts(talker.person, talker.where)}")
            figures.lost += counts.count(0)
            figures.twice += sum(max(count - 1, 0) for count in counts)
        figures.odd += self.api.violations
        self.api.violations.clear()
        self.api.requests[:] = self.api.requests[-1:]


async def run(trials: int, seed: int, folder: Path, *, real: bool, debug: bool = False) -> Figures:
    """Runs trials in a folder."""
    async with DiscordApi() as api:
        process = Process(api, folder, real=real, debug=debug)
        try:
            figures = await Trials(api, process, seed).run(trials)
        finally:
            await process.is_killed()
        process.check_nothing_leaked()
        process.check_no_interaction_is_kept()
        process.check_it_was_clean()
        return figures


def main() -> int:
    """Prints the figures of so many trials. 1 if something was not as it must be."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--trials", type=int, default=20)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--forked", action="store_true", help="cheaper starts, without a new interpreter each time")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = asyncio.run(run(given.trials, given.seed, Path(folder), real=not given.forked))
    print(f"seed {given.seed}\n{made.table()}")
    return int(bool(made.lost or made.twice or made.doubled or made.odd))


if __name__ == "__main__":
    sys.exit(main())
