"""Weighs a text: how much it sounds, as a whole, like what people in danger write.

Pure, with no other module of the bot. A weight belongs to one to three words in a row, or to three to five letters in
a row. Weights are learned from the labelled sentences by tools/learn_crisis_words.py; content/en/crisis_weights.tsv
holds them, one a line, so that anybody can read what was learned.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

STRETCH, STEP = 40, 20
"""Words that are weighed together, and from one such stretch to the next: a letter is as telling as its most telling
stretch, however long the rest of it is."""

LETTERS = "#"
"""What begins a feature of letters; no word does."""


def features(words: Sequence[str]) -> set[str]:
    """What of a text has a weight."""
    text = " ".join(("", *words, ""))
    letters = (LETTERS + text[i : i + n] for n in (3, 4, 5) for i in range(len(text) - n + 1))
    return {" ".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)}.union(letters)


def stretches(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """A text in overlapping parts, or whole if it is short."""
    yield words[:STRETCH]
    for start in range(STEP, len(words) - STRETCH + STEP, STEP):
        yield words[start : start + STRETCH]


@dataclass(frozen=True, slots=True)
class Weights:
    """`explicit_from` and `ambiguous_from` are the chances from which a text is taken for one."""

    explicit_from: float
    ambiguous_from: float
    bias: tuple[float, float]
    of: Mapping[str, tuple[float, float]]

    @classmethod
    def from_text(cls, text: str) -> "Weights":
        """Reads a crisis_weights.tsv: lines of a name, a tab, a number, a tab, a number; "%" begins a setting.

        Raises:
            ValueError: names the line and what is wrong with it.
        """
        read: dict[str, tuple[float, float]] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if line and not line.startswith("%%"):
                name, *values = line.split("\t")
                try:
                    first, second = map(float, values)
                except ValueError:
                    raise ValueError(f"line {number}: expected a name and two numbers with tabs between them") from None
                read[name] = (first, second)
        settings = [read.pop(name, (math.nan, math.nan)) for name in ("%from", "%bias")]
        if not read or any(not math.isfinite(value) for pair in (*settings, *read.values()) for value in pair):
            raise ValueError("a setting, the weights or a number is missing")
        return cls(*settings[0], settings[1], read)

    def chances(self, words: Sequence[str]) -> tuple[float, float]:
        """How likely the most telling stretch of a text is explicit, and at least ambiguous."""
        weighed = [self._weigh(features(stretch)) for stretch in stretches(words)]
        return max(explicit for explicit, _ in weighed), max(either for _, either in weighed)

    def _weigh(self, found: set[str]) -> tuple[float, float]:
        pairs = [self.of[name] for name in found & self.of.keys()]
        scale = 1 / math.sqrt(len(found) or 1)
        explicit = _power(self.bias[0] + scale * sum(pair[0] for pair in pairs))
        ambiguous = _power(self.bias[1] + scale * sum(pair[1] for pair in pairs))
        return explicit / (1 + explicit + ambiguous), (explicit + ambiguous) / (1 + explicit + ambiguous)


def _power(score: float) -> float:
    return math.exp(max(-50.0, min(50.0, score)))
