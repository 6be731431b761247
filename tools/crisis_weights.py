"""What a small local model would make of crisis words, to be compared with the rules: `make safety SAFETY=--weights`.

A multinomial logistic regression over one to three words in a row and three to five letters in a row, in plain Python:
gradient descent in an order that a fixed seed decides, so it always learns the same. What the everyday rules hide is
hidden from it, too. docs/safety.md says why it is not shipped.
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.crisis import Tier

ROUNDS, RATE, FOLDS, SEED = 25, 3.0, 5, 2026
KEPT = 13_000
"""Weights that are kept, the heaviest: about 230 KB as text."""

STRETCH, STEP = 40, 20
"""Words that are weighed together, and from one such stretch of a long text to the next."""

ALARMS_AT_ONCE, ALARMS = 0.01, 0.02
"""The share of everyday sentences that may be taken for explicit, and for anything at all, rules included."""

Row = tuple[Tier, str]
Words = Callable[[str], Sequence[str]]
Weighed = tuple[Row, Tier, tuple[float, float]]
"""A labelled sentence, the tier the rules give it, and the chances that it is explicit, and at least ambiguous."""


def features(words: Sequence[str]) -> set[str]:
    """What of a text has a weight."""
    text = " ".join(("", *words, ""))
    letters = ("#" + text[i : i + n] for n in (3, 4, 5) for i in range(len(text) - n + 1))
    return {" ".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)}.union(letters)


def stretches(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """A text in overlapping parts, or whole if it is short."""
    yield words[:STRETCH]
    for start in range(STEP, len(words) - STRETCH + STEP, STEP):
        yield words[start : start + STRETCH]


@dataclass(frozen=True, slots=True)
class Weights:
    """For each feature, how much it speaks for explicit and for ambiguous."""

    bias: tuple[float, float]
    of: dict[str, tuple[float, float]]

    def chances(self, words: Sequence[str]) -> tuple[float, float]:
        """How likely the most telling stretch of a text is explicit, and at least ambiguous."""
        weighed = [self._weigh(features(stretch)) for stretch in stretches(words)]
        return max(explicit for explicit, _ in weighed), max(either for _, either in weighed)

    def _weigh(self, found: set[str]) -> tuple[float, float]:
        pairs = [self.of[name] for name in found & self.of.keys()]
        scale = 1 / math.sqrt(len(found) or 1)
        explicit, ambiguous = (
            math.exp(max(-50.0, min(50.0, bias + scale * sum(pair[which] for pair in pairs))))
            for which, bias in enumerate(self.bias)
        )
        return explicit / (1 + explicit + ambiguous), (explicit + ambiguous) / (1 + explicit + ambiguous)


def learn(rows: Sequence[Row], words: Words) -> Weights:
    """Learns the weights of labelled sentences."""
    found = [features(words(sentence)) for _, sentence in rows]
    often = Counter(name for names in found for name in names)
    index = {name: i for i, name in enumerate(sorted(name for name, many in often.items() if many > 1))}
    weights = ([0.0] * len(index), [0.0] * len(index))
    bias = [0.0, 0.0]
    examples = [
        ([index[name] for name in sorted(names) if name in index], 1 / math.sqrt(len(names) or 1), tier)
        for names, (tier, _) in zip(found, rows, strict=True)
    ]
    order = random.Random(SEED)
    for turn in range(ROUNDS):
        order.shuffle(examples)
        rate = RATE / (1 + turn)
        for places, scale, tier in examples:
            powers = [math.exp(b + scale * sum(map(w.__getitem__, places))) for b, w in zip(bias, weights, strict=True)]
            for which, label in enumerate((Tier.EXPLICIT, Tier.AMBIGUOUS)):
                wrong = powers[which] / (1 + sum(powers)) - (tier is label)
                if abs(wrong) > 0.01:
                    bias[which] -= 0.05 * rate * wrong
                    step, column = rate * wrong * scale, weights[which]
                    for place in places:
                        column[place] -= step
    pairs = {name: (round(weights[0][i], 2), round(weights[1][i], 2)) for name, i in index.items()}
    heaviest = sorted(pairs, key=lambda name: (-max(map(abs, pairs[name])), name))[:KEPT]
    return Weights((bias[0], bias[1]), {name: pairs[name] for name in heaviest})


def cross_validated(rows: Sequence[Row], tier: Callable[[str], Tier], words: Words) -> list[Weighed]:
    """Every sentence with the tier the rules give it and the chances by weights that were learned without it."""
    mixed = list(rows)
    random.Random(SEED).shuffle(mixed)
    weighed: list[Weighed] = []
    for fold in range(FOLDS):
        weights = learn([row for i, row in enumerate(mixed) if i % FOLDS != fold], words)
        weighed += [(row, tier(row[1]), weights.chances(words(row[1]))) for row in mixed[fold::FOLDS]]
    return weighed


def thresholds(weighed: Iterable[Weighed]) -> tuple[float, float]:
    """The lowest chances from which a text may count without more false alarms than the two figures above."""
    everyday = [(by_rules, chances) for (tier, _), by_rules, chances in weighed if tier is Tier.NONE]
    at_once = [chances[0] for by_rules, chances in everyday if by_rules is not Tier.EXPLICIT]
    most = int(ALARMS_AT_ONCE * len(everyday)) - (len(everyday) - len(at_once))
    explicit_from = _lowest(at_once, most)
    quiet = [chances[1] for by_rules, chances in everyday if by_rules is Tier.NONE and chances[0] < explicit_from]
    return explicit_from, _lowest(quiet, int(ALARMS * len(everyday)) - (len(everyday) - len(quiet)))


def _lowest(chances: list[float], most: int) -> float:
    """The chance that no more than `most` of these reach."""
    ranked = sorted(chances, reverse=True)
    return 1.0 if most < 0 else math.nextafter(ranked[min(most, len(ranked) - 1)], 2)
