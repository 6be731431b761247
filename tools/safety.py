"""Counts how well crisis words are heard, and writes it into docs/safety.md: `make safety`, a few seconds.

It also writes tests/crisis/known_misses.tsv. Of the frozen set only the counts are told, without what happens to stand
in a tuned set, too: whoever changes rules does not read it. With --weights (two minutes) a small model is counted as
well, alone and together with the rules.
"""

import math
import random
import re
import statistics
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bot.crisis import Detector, Phrases, Tier
from bot.wording import Rules
from tools import crisis_weights
from tools.crisis_weights import Row, Weighed

ROOT = Path(__file__).parents[1]
CONTENT = ROOT / "content" / "en"
SETS = ROOT / "tests" / "crisis"
PAGE = ROOT / "docs" / "safety.md"

TIERS = {"explicit": Tier.EXPLICIT, "ambiguous": Tier.AMBIGUOUS, "everyday": Tier.NONE}
HEARD = {Tier.EXPLICIT, Tier.AMBIGUOUS}
TUNED = {"tuned to, plain": "sentences.tsv", "tuned to, veiled": "veiled.tsv"}
UNSEEN = {
    "unseen, plain": "unseen_plain.tsv",
    "unseen, veiled": "unseen_veiled.tsv",
    "unseen, by a stranger": "unseen_stranger.tsv",
    "unseen, a crowd": "unseen_crowd.tsv",
    "unseen, a month": "unseen_month.tsv",
}
FROZEN = {"frozen": "frozen.tsv"}
GATE_SETS = {"frozen": "frozen_gates.tsv", "unseen": "unseen_gates.tsv"}

GATES = {
    "abuse": ("not_safe", "crisis"),
    "harm": ("danger_to_them", "said_no", "not_safe", "crisis"),
    "order": ("legal_order",),
    "contact": ("practical",),
    "minor": ("minor",),
    "no_means_no": ("said_no",),
}
"""The other gates, and the commands that words for them may mean."""

COLUMNS = ("explicit: lines at once", "at once or offered", "ambiguous: offered or at once", "everyday: false alarms",
           "of these at once")  # fmt: skip

Read = tuple[Tier, Tier]
"""How a sentence is labelled, and how it is read."""


def labelled(*names: str) -> list[Row]:
    """The sentences of sets with their tiers; none of a set that is not there."""
    files = [SETS / name for name in names]
    lines = [line for file in files if file.exists() for line in file.read_text("utf-8").splitlines()]
    return [(TIERS[tier], sentence) for tier, _, sentence in (line.partition("\t") for line in lines)]


def misses(detector: Detector, rows: Iterable[Row]) -> list[str]:
    """The sentences that are read otherwise than they are labelled, a line each."""
    names = {tier: name for name, tier in TIERS.items()}
    read = ((tier, detector.tier(sentence), sentence) for tier, sentence in rows)
    return sorted(f"{names[tier]}\t{names[by]}\t{sentence}" for tier, by, sentence in read if by is not tier)


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


def head(*first: str) -> str:
    """The first lines of a table."""
    columns = (*first, *COLUMNS)
    return f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n"


def line(read: Sequence[Read], *first: str) -> str:
    """A line of a table."""
    cells = (
        share(read, Tier.EXPLICIT, {Tier.EXPLICIT}),
        share(read, Tier.EXPLICIT, HEARD),
        share(read, Tier.AMBIGUOUS, HEARD),
        share(read, Tier.NONE, HEARD),
        share(read, Tier.NONE, {Tier.EXPLICIT}),
    )
    return f"| {' | '.join((*first, *cells))} |\n"


def by_rules(detector: Detector) -> str:
    """The table of the rules, a line a set."""
    rows = {name: labelled(file) for name, file in {**TUNED, **UNSEEN, **FROZEN}.items()}
    seen = {sentence.casefold() for _, sentence in labelled(*TUNED.values())}
    rows |= {name: [row for row in rows[name] if row[1].casefold() not in seen] for name in FROZEN}
    return head("sentences") + "".join(
        line([(tier, detector.tier(sentence)) for tier, sentence in found], name)
        for name, found in rows.items()
        if found
    )


def with_weights(detector: Detector) -> str:
    """The table of the rules, the weights and both, all on sentences that the weights had not seen."""
    language = tomllib.loads((CONTENT / "crisis.toml").read_text("utf-8"))
    words = Rules(language, language["self_harm"]).words
    folds = crisis_weights.cross_validated(labelled(*TUNED.values(), *UNSEEN.values()), detector.tier, words)
    from_, or_from = crisis_weights.thresholds(folds)

    def weigh(chances: tuple[float, float]) -> Tier:
        return Tier.EXPLICIT if chances[0] >= from_ else Tier.AMBIGUOUS if chances[1] >= or_from else Tier.NONE

    readers: dict[str, Callable[[Weighed], Tier]] = {
        "rules": lambda each: each[1],
        "weights": lambda each: weigh(each[2]),
        "both": lambda each: weigh(each[2]) if each[1] is Tier.NONE else each[1],
    }
    table = head("sentences", "read by")
    for name, files in {
        "all": [*TUNED.values(), *UNSEEN.values()],
        **{n: [file] for n, file in UNSEEN.items()},
    }.items():
        held = {sentence for _, sentence in labelled(*files)}
        for reader, read in readers.items():
            table += line([(each[0][0], read(each)) for each in folds if each[0][1] in held], name, reader)
    weights = crisis_weights.learn(labelled(*TUNED.values(), *UNSEEN.values()), words)
    pages = [
        page for file in sorted((CONTENT / "articles").glob("*.md")) for page in file.read_text("utf-8").split("\n## ")
    ]
    alone = sum(detector.tier(page) is not Tier.NONE for page in pages)
    both = sum(
        detector.tier(page) is not Tier.NONE or weigh(weights.chances(words(page))) is not Tier.NONE for page in pages
    )
    articles = f"Of {len(pages)} sections of the bot's own articles the rules hear danger in {alone}, both in {both}."
    return f"{table}\n{articles}\n"


def by_gate(detector: Detector) -> str:
    """The table of the other gates, on sentences nobody tuned to: how many of them open their gate, or any."""
    phrases = Phrases.from_rules(tomllib.loads((CONTENT / "phrases.toml").read_text("utf-8")))
    sets = [opened(detector, phrases, file) for file in GATE_SETS.values()]
    table = f"| the other gates | {' | '.join(f'{name}: its own | {name}: any' for name in GATE_SETS)} |\n"
    table += f"|{'---|' * (1 + 2 * len(sets))}\n"
    gates = {command for commands in GATES.values() for command in commands}
    for gate in (*GATES, "none"):
        counts = [
            f"{sum(by in opens for by in found)} of {len(found)}" if found else "–"
            for found in (heard.get(gate, []) for heard in sets)
            for opens in (GATES.get(gate, ()), gates)
        ]
        table += f"| {gate} | {' | '.join(counts)} |\n"
    return table


def opened(detector: Detector, phrases: Phrases, file: str) -> dict[str, list[str | None]]:
    """What the sentences of a set open, by the gate they are labelled with."""
    found: dict[str, list[str | None]] = {}
    for each in (SETS / file).read_text("utf-8").splitlines():
        gate, _, sentence = each.partition("\t")
        is_crisis = detector.tier(sentence) is not Tier.NONE
        found.setdefault(gate, []).append("crisis" if is_crisis else phrases.command(sentence))
    return found


def pace(detector: Detector) -> str:
    """How long it takes to read an ordinary message, and a text of 8,000 characters."""
    sentences = [sentence for _, sentence in labelled(*TUNED.values())]
    random.Random(1).shuffle(sentences)
    ordinary = sorted(_seconds(detector, sentence) for sentence in sentences[:2_000])
    long = statistics.median(_seconds(detector, " ".join(sentences[i : i + 400])[:8_000]) for i in range(0, 2_000, 400))
    return (
        f"An ordinary message is read in {1_000 * statistics.median(ordinary):.1f} ms (99 % in less than "
        f"{1_000 * ordinary[int(0.99 * len(ordinary))]:.1f} ms), a text of 8,000 characters in {1_000 * long:.0f} ms.\n"
    )


def _seconds(detector: Detector, text: str) -> float:
    began = time.process_time()
    detector.tier(text)
    return time.process_time() - began


def write(name: str, figures: str) -> None:
    """Prints figures, and puts them between their marks in the page."""
    print(figures)
    marks = re.compile(rf"(<!-- {name}: [^>]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    PAGE.write_text(marks.sub(lambda found: found[1] + figures + found[2], PAGE.read_text("utf-8")), encoding="utf-8")


def main() -> None:
    """Counts, prints and writes."""
    detector = Detector.from_rules(tomllib.loads((CONTENT / "crisis.toml").read_text("utf-8")))
    missed = misses(detector, labelled(*TUNED.values()))
    (SETS / "known_misses.tsv").write_text("".join(f"{miss}\n" for miss in missed), encoding="utf-8")
    write("figures", f"{by_rules(detector)}\n{by_gate(detector)}\n{pace(detector)}")
    if "--weights" in sys.argv:
        write("comparison", with_weights(detector))


if __name__ == "__main__":
    main()
