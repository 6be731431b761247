"""Learns content/en/crisis_weights.tsv from the labelled sentences: `make learn`, a minute or two, always the same.

A multinomial logistic regression in plain Python: gradient descent over the features of bot/weighing.py, in an order
that a fixed seed decides. What the everyday rules hide is hidden from it, too. The chances from which a text counts are
the lowest that cost fewer false alarms than the two figures below, on sentences that the weights had not seen.
"""

import hashlib
import math
import random
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.crisis import Detector, Tier
from bot.weighing import Weights, features

ROOT = Path(__file__).parents[1]
CONTENT = ROOT / "content" / "en"
SETS = ROOT / "tests" / "crisis"
TIERS = {"explicit": Tier.EXPLICIT, "ambiguous": Tier.AMBIGUOUS, "everyday": Tier.NONE}

ROUNDS, RATE, SLOWING, FOLDS, SEED = 25, 3.0, 1.0, 5, 2026
KEPT = 13_000
"""Weights that are kept, the heaviest: more make the file longer and nothing better."""

ALARMS_AT_ONCE, ALARMS = 0.01, 0.02
"""The share of everyday sentences that may be taken for explicit, and for anything at all, rules included."""

Row = tuple[Tier, str]


def labelled(name: str) -> list[Row]:
    """The sentences of a set with their tiers; none if there is no such set."""
    file = SETS / name
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return [(TIERS[tier], sentence) for tier, _, sentence in (line.partition("\t") for line in lines)]


def rules(weights: Weights | None = None) -> Detector:
    """The detector, without weights if none are given."""
    return Detector.from_rules(tomllib.loads((CONTENT / "crisis.toml").read_text("utf-8")), weights)


def learn(rows: Sequence[Row], detector: Detector, kept: int = KEPT) -> Weights:
    """Learns the weights, with no chance yet from which a text counts."""
    found = [features(detector.words(sentence)) for _, sentence in rows]
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
        rate = RATE / (1 + SLOWING * turn)
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
    heaviest = sorted(pairs, key=lambda name: (-max(map(abs, pairs[name])), name))[:kept]
    return Weights(1.0, 1.0, (round(bias[0], 3), round(bias[1], 3)), {name: pairs[name] for name in sorted(heaviest)})


Weighed = tuple[Row, Tier, tuple[float, float]]


def cross_validated(rows: Sequence[Row], detector: Detector) -> list[Weighed]:
    """Every sentence with the tier the rules give it and the chances by weights that were learned without it."""
    mixed = list(rows)
    random.Random(SEED).shuffle(mixed)
    weighed: list[Weighed] = []
    for fold in range(FOLDS):
        unseen = mixed[fold::FOLDS]
        weights = learn([row for i, row in enumerate(mixed) if i % FOLDS != fold], detector)
        weighed += [(row, detector.tier(row[1]), weights.chances(detector.words(row[1]))) for row in unseen]
    return weighed


def thresholds(weighed: Iterable[Weighed]) -> tuple[float, float]:
    """The lowest chances that keep false alarms below the two figures."""
    everyday = [(by_rules, chances) for (tier, _), by_rules, chances in weighed if tier is Tier.NONE]
    at_once = [chances[0] for by_rules, chances in everyday if by_rules is not Tier.EXPLICIT]
    most = int(ALARMS_AT_ONCE * len(everyday)) - (len(everyday) - len(at_once))
    explicit_from = _lowest(at_once, most)
    alarms = [chances[1] for by_rules, chances in everyday if by_rules is Tier.NONE and chances[0] < explicit_from]
    return explicit_from, _lowest(alarms, int(ALARMS * len(everyday)) - (len(everyday) - len(alarms)))


def _lowest(chances: list[float], most: int) -> float:
    """The chance that no more than `most` of these reach."""
    ranked = sorted(chances, reverse=True)
    return 1.0 if most < 0 else math.ceil(1_000 * ranked[min(most, len(ranked) - 1)] + 1e-9) / 1_000


def source() -> str:
    """A mark of the sentences the weights were learned from."""
    return hashlib.blake2b(
        b"".join((SETS / name).read_bytes() for name in ("sentences.tsv", "development.tsv")), digest_size=8
    ).hexdigest()


def as_text(weights: Weights, explicit_from: float, ambiguous_from: float) -> str:
    """The file that holds the weights."""
    lines = [
        "%% What was learned from the labelled sentences: words in a row, or #letters, and how much they speak for",
        "%% explicit and for ambiguous. ~ is a word that an everyday rule hid. Made by `make learn`, not by hand.",
        f"%% learned from {source()}",
        f"%from\t{explicit_from}\t{ambiguous_from}",
        f"%bias\t{weights.bias[0]}\t{weights.bias[1]}",
        *(f"{name}\t{first:g}\t{second:g}" for name, (first, second) in weights.of.items()),
    ]
    return "\n".join(lines) + "\n"


def misses(detector: Detector, rows: Iterable[Row]) -> list[str]:
    """The sentences that are read otherwise than they are labelled, a line each."""
    names = {tier: name for name, tier in TIERS.items()}
    read = ((tier, detector.tier(sentence), sentence) for tier, sentence in rows)
    return sorted(f"{names[tier]}\t{names[by]}\t{sentence}" for tier, by, sentence in read if by is not tier)


def main() -> None:
    """Learns, and notes which sentences of the tuned set are missed all the same."""
    detector = rules()
    rows = labelled("sentences.tsv") + labelled("development.tsv")
    chosen = thresholds(cross_validated(rows, detector))
    text = as_text(learn(rows, detector), *chosen)
    (CONTENT / "crisis_weights.tsv").write_text(text, encoding="utf-8")
    missed = misses(rules(Weights.from_text(text)), labelled("sentences.tsv"))
    (SETS / "known_misses.tsv").write_text("".join(f"{line}\n" for line in missed), encoding="utf-8")
    print(f"{len(text.encode()) // 1_000} KB learned from {len(rows)} sentences; taken for explicit from a chance of")
    print(f"{chosen[0]}, for ambiguous from {chosen[1]}. {len(missed)} sentences of the tuned set are missed.")


if __name__ == "__main__":
    main()
