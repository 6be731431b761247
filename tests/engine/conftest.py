"""What an engine needs of the outside, set by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from whenever import Instant

from bot.flow import Answers

NIGHT = Instant.from_utc(2026, 3, 2, 2)


@dataclass(frozen=True)
class Outside:
    """Facts, a moment and one deck whose cards are drawn from the top."""

    facts: Mapping[str, str] = field(default_factory=dict)
    now: Instant = NIGHT
    cards: tuple[str, ...] = ("deck/first", "deck/second")

    def draw(self, deck: str, answers: Answers, seen: Sequence[str]) -> str:
        return next((card for card in self.cards if card not in seen), self.cards[0])


@pytest.fixture
def world() -> Outside:
    return Outside()
