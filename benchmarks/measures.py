"""What is measured, how large, and what has come out."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

NAMES = {"ptb": "bare python-telegram-bot", "aiogram": "bare aiogram", "holdfast": "Holdfast, the whole bot"}


@dataclass(frozen=True)
class Measure:
    """One load, alike for all bots but for its size: a bot that answers one at a time needs fewer at 50 ms."""

    key: str
    title: str
    kind: str
    sizes: Mapping[str, int]
    delay: float = 0.0
    rate: float = 0.0
    webhook: bool = False


@dataclass(frozen=True)
class Plan:
    """All measures of a run."""

    rounds: int
    chats: int
    measures: tuple[Measure, ...]


def plan(rounds: int, burst: int, one_at_a_time: int, paced: int) -> Plan:
    """The same measures in any size."""
    every = dict.fromkeys(NAMES, burst)
    slow = {"ptb": one_at_a_time}
    slow_taps = {"ptb": one_at_a_time // 2}
    same = dict.fromkeys(NAMES, paced)
    return Plan(
        rounds,
        burst // 4,
        (
            Measure("text_0", "burst of texts, 0 ms", "text", every),
            Measure("tap_0", "burst of taps, 0 ms", "tap", every),
            Measure("text_50", "burst of texts, 50 ms", "text", every | slow, delay=0.05),
            Measure("tap_50", "burst of taps, 50 ms", "tap", every | slow_taps, delay=0.05),
            Measure("poll", "taps, 100 a second, polling", "tap", same, rate=100),
            Measure("hook", "taps, 100 a second, webhook", "tap", same, rate=100, webhook=True),
        ),
    )


FULL = plan(rounds=3, burst=2_000, one_at_a_time=200, paced=500)
QUICK = plan(rounds=1, burst=600, one_at_a_time=60, paced=200)


class Results:
    """Every figure of every round, by bot and measure."""

    def __init__(self) -> None:
        self._rounds: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))

    def add(self, bot: str, what: Measure, got: dict[str, Any]) -> None:
        """Notes what a load server told."""
        self._rounds[bot][what.key].append(got)

    def add_peak(self, bot: str, megabytes: float) -> None:
        """Notes the peak memory of a bot after all bursts."""
        self._rounds[bot]["peak"].append({"mb": megabytes})

    @property
    def bots(self) -> list[str]:
        """Which bots were measured."""
        return list(self._rounds)

    def median(self, bot: str, key: str, figure: str) -> float | None:
        """The median of the rounds, None if it was not measured."""
        rounds = self._rounds.get(bot, {}).get(key)
        return median(got[figure] for got in rounds) if rounds else None

    def total(self, figure: str) -> int:
        """A count over all rounds, bots and measures."""
        every = (got for keys in self._rounds.values() for rounds in keys.values() for got in rounds)
        return sum(got.get(figure, 0) for got in every)

    def as_json(self) -> str:
        """All of it."""
        return json.dumps(self._rounds, indent=1) + "\n"
