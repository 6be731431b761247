"""Counts how well crisis words are heard, and writes it into docs/safety.md: `make safety`, a minute or two.

Of the frozen set only the counts are told. Whoever changes rules or weights does not read it.
"""

import math
import random
import re
import statistics
import time
from collections.abc import Callable, Iterable, Sequence

from bot.crisis import Detector, Tier
from bot.weighing import Weights
from tools.learn_crisis_words import CONTENT, ROOT, Row, Weighed, cross_validated, labelled, rules

PAGE = ROOT / "docs" / "safety.md"
FIGURES = re.compile(r"(<!-- figures: made by `make safety` -->\n).*?(<!-- end of figures -->)", re.DOTALL)

HEAD = """| sentences | read by | explicit: lines at once | at once or offered | ambiguous: lines offered or at once | everyday: false alarms | of these at once |
|---|---|---|---|---|---|---|
"""

Read = tuple[Tier, Tier]
"""How a sentence is labelled, and how it is read."""


def interval(hits: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    z, share = 1.96, hits / of
    middle = share + z * z / (2 * of)
    reach = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, (middle - reach) / (1 + z * z / of)), min(1.0, (middle + reach) / (1 + z * z / of))


def share(read: Iterable[Read], label: Tier, counted: set[Tier]) -> str:
    """A share with its counts and its interval."""
    these = [by in counted for tier, by in read if tier is label]
    if not these:
        return "–"
    low, high = interval(sum(these), len(these))
    return f"{sum(these) / len(these):.1%} ({sum(these)} of {len(these)}; {low:.1%}–{high:.1%})"


def row(name: str, reader: str, read: Sequence[Read]) -> str:
    """A row of the table."""
    heard = {Tier.EXPLICIT, Tier.AMBIGUOUS}
    cells = (
        share(read, Tier.EXPLICIT, {Tier.EXPLICIT}),
        share(read, Tier.EXPLICIT, heard),
        share(read, Tier.AMBIGUOUS, heard),
        share(read, Tier.NONE, heard),
        share(read, Tier.NONE, {Tier.EXPLICIT}),
    )
    return f"| {name} | {reader} | {' | '.join(cells)} |\n"


def three(name: str, weighed: Sequence[Weighed], weights: Weights) -> str:
    """Three rows: what the rules, the weights and both make of the same sentences."""

    def by_weights(chances: tuple[float, float]) -> Tier:
        if chances[0] >= weights.explicit_from:
            return Tier.EXPLICIT
        return Tier.AMBIGUOUS if chances[1] >= weights.ambiguous_from else Tier.NONE

    readers: dict[str, Callable[[Tier, tuple[float, float]], Tier]] = {
        "rules": lambda by_rules, _chances: by_rules,
        "weights": lambda _by_rules, chances: by_weights(chances),
        "**both**": lambda by_rules, chances: by_weights(chances) if by_rules is Tier.NONE else by_rules,
    }
    return "".join(
        row(name, reader, [(tier, read(by_rules, chances)) for (tier, _), by_rules, chances in weighed])
        for reader, read in readers.items()
    )


def table(weights: Weights) -> str:
    """All rows."""
    alone = rules()
    tuned, unseen, frozen = map(labelled, ("sentences.tsv", "development.tsv", "frozen.tsv"))
    folds = cross_validated(tuned + unseen, alone)
    held = {sentence for _, sentence in unseen}

    def weighed(rows: Iterable[Row]) -> list[Weighed]:
        return [(row, alone.tier(row[1]), weights.chances(alone.words(row[1]))) for row in rows]

    return (
        HEAD
        + three("tuned to", weighed(tuned), weights)
        + three("all, each by weights that had not seen it", folds, weights)
        + three("development", [each for each in folds if each[0][1] in held], weights)
        + (three("frozen", weighed(frozen), weights) if frozen else "")
    )


def pace(detector: Detector) -> str:
    """How long it takes to read an ordinary message, and a text of 8,000 characters."""
    sentences = [sentence for _, sentence in labelled("sentences.tsv")]
    random.Random(1).shuffle(sentences)
    ordinary = sorted(_seconds(detector, sentence) for sentence in sentences[:2_000])
    long = statistics.median(_seconds(detector, " ".join(sentences[i : i + 400])[:8_000]) for i in range(0, 2_000, 400))
    return (
        f"An ordinary message is read in {1_000 * statistics.median(ordinary):.2f} ms (99 % in less than "
        f"{1_000 * ordinary[int(0.99 * len(ordinary))]:.1f} ms), a text of 8,000 characters in {1_000 * long:.0f} ms."
    )


def _seconds(detector: Detector, text: str) -> float:
    began = time.perf_counter()
    detector.tier(text)
    return time.perf_counter() - began


def main() -> None:
    """Prints the figures, and writes them into the page."""
    weights = Weights.from_text((CONTENT / "crisis_weights.tsv").read_text("utf-8"))
    figures = f"{table(weights)}\n{pace(rules(weights))}\n"
    print(figures)
    page = PAGE.read_text("utf-8")
    PAGE.write_text(FIGURES.sub(lambda found: found[1] + figures + found[2], page), encoding="utf-8")


if __name__ == "__main__":
    main()
