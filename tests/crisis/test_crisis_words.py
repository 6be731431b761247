"""The labelled sets, counted. docs/safety.md has the figures; the floors here are just below what was reached.

The unseen sets are only counted while rules are written. frozen.tsv was written by somebody else and is read by nobody
who changes rules or weights. A sentence that has been looked at moves to one of the tuned sets.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.crisis import Detector, Tier
from tools.crisis_weights import Row, learn
from tools.safety import TUNED, UNSEEN, interval, labelled, misses
from tools.safety import share as told

HERE = Path(__file__).parent
SETS = {name.removesuffix(".tsv"): labelled(name) for name in (*TUNED.values(), *UNSEEN.values())}
HEARD = {Tier.EXPLICIT, Tier.AMBIGUOUS}


def share(detector: Detector, rows: Sequence[Row], label: Tier, counted: set[Tier]) -> float:
    read = [detector.tier(sentence) in counted for tier, sentence in rows if tier is label]
    return sum(read) / len(read)


def test_the_known_misses_are_those_that_are_missed(detector: Detector) -> None:
    """Who changes rules sees in this file what got better and what got worse; `make safety` writes it anew."""
    known = (HERE / "known_misses.tsv").read_text("utf-8").splitlines()
    assert misses(detector, labelled(*TUNED.values())) == known, "run `make safety` and look at known_misses.tsv"


def test_the_sets_are_large_and_share_no_sentence() -> None:
    sentences = [sentence for rows in SETS.values() for _, sentence in rows]
    assert len(sentences) == len(set(sentences))
    assert all(sum(tier is label for tier, _ in SETS["sentences"]) >= 400 for label in Tier)
    assert all(sum(tier is label for tier, _ in SETS["unseen_veiled"]) >= 140 for label in Tier)


def test_plain_words_are_read_as_well_as_they_were(detector: Detector) -> None:
    rows = SETS["sentences"]
    assert share(detector, rows, Tier.EXPLICIT, {Tier.EXPLICIT}) >= 0.96
    assert share(detector, rows, Tier.EXPLICIT, HEARD) >= 0.97
    assert share(detector, rows, Tier.AMBIGUOUS, HEARD) >= 0.91
    assert share(detector, rows, Tier.NONE, HEARD) <= 0.01
    assert share(detector, rows, Tier.NONE, {Tier.EXPLICIT}) <= 0.005


def test_veiled_words_are_read_as_well_as_they_were(detector: Detector) -> None:
    rows = SETS["veiled"]
    assert share(detector, rows, Tier.EXPLICIT, {Tier.EXPLICIT}) >= 0.64
    assert share(detector, rows, Tier.AMBIGUOUS, HEARD) >= 0.67
    assert share(detector, rows, Tier.NONE, HEARD) <= 0.02


def test_plain_words_that_nobody_looked_at_are_mostly_heard(detector: Detector) -> None:
    rows = SETS["unseen_plain"]
    assert share(detector, rows, Tier.EXPLICIT, {Tier.EXPLICIT}) >= 0.89
    assert share(detector, rows, Tier.EXPLICIT, HEARD) >= 0.96
    assert share(detector, rows, Tier.AMBIGUOUS, HEARD) >= 0.77
    assert share(detector, rows, Tier.NONE, {Tier.EXPLICIT}) == 0


def test_veiled_words_that_nobody_looked_at_are_heard_as_well_as_they_were(detector: Detector) -> None:
    rows = SETS["unseen_veiled"]
    assert share(detector, rows, Tier.EXPLICIT, {Tier.EXPLICIT}) >= 0.43
    assert share(detector, rows, Tier.EXPLICIT, HEARD) >= 0.54
    assert share(detector, rows, Tier.AMBIGUOUS, HEARD) >= 0.58
    assert share(detector, rows, Tier.NONE, HEARD) <= 0.025


def test_a_stranger_is_heard_as_well_as_before(detector: Detector) -> None:
    rows = SETS["unseen_stranger"]
    assert share(detector, rows, Tier.EXPLICIT, {Tier.EXPLICIT}) >= 0.63
    assert share(detector, rows, Tier.EXPLICIT, HEARD) >= 0.78
    assert share(detector, rows, Tier.AMBIGUOUS, HEARD) >= 0.67
    assert share(detector, rows, Tier.NONE, HEARD) <= 0.05


@pytest.mark.parametrize(("name", "at_once", "heard"), [("unseen_crowd", 0.82, 0.87), ("unseen_month", 0.85, 0.87)])
def test_many_strangers_are_heard_as_well_as_before(
    name: str, at_once: float, heard: float, detector: Detector
) -> None:
    rows = SETS[name]
    assert share(detector, rows, Tier.EXPLICIT, {Tier.EXPLICIT}) >= at_once
    assert share(detector, rows, Tier.EXPLICIT, HEARD) >= heard
    assert share(detector, rows, Tier.NONE, HEARD) <= 0.08


@pytest.mark.xfail(reason="the goal; docs/safety.md says how far it is")
def test_plain_words_that_nobody_looked_at_are_almost_all_heard_at_once(detector: Detector) -> None:
    assert share(detector, SETS["unseen_plain"], Tier.EXPLICIT, {Tier.EXPLICIT}) >= 0.98


def test_letters_are_mostly_left_alone(detector: Detector) -> None:
    """Ten everyday sentences on end, as somebody writes a letter."""
    everyday = [sentence for tier, sentence in SETS["sentences"] if tier is Tier.NONE]
    letters = len(everyday) // 10
    read = [detector.tier(". ".join(everyday[i::letters])) for i in range(letters)]
    assert sum(tier is Tier.EXPLICIT for tier in read) <= letters / 30
    assert sum(tier is not Tier.NONE for tier in read) <= letters / 10


PLAIN = [
    "I want to die",
    "im going to kill myself tonight",
    "I don't want to be alive anymore",
    "i took all my pills",
    "I cut myself again",
    "everyone would be better off without me",
    "I hope I don't wake up tomorrow",
    "my affairs are in order",
    "i finally figured out how to do it",
    "I've written goodbye letters to my kids",
    "the gun is loaded and in my lap",
]


@pytest.mark.parametrize("sentence", PLAIN)
def test_plain_words_are_heard(detector: Detector, sentence: str) -> None:
    assert detector.tier(sentence) is Tier.EXPLICIT


@pytest.mark.parametrize(
    "sentence",
    [
        "I'm dying to text her",
        "this is killing me",
        "he ended it last week",
        "I could kill him lol",
        "I'd rather die than text first",
        "we had a plan for the summer and now there's nothing",
        "I packed her things and left the key under the mat",
        "the train was late and I cried on the platform",
    ],
)
def test_breakup_talk_is_left_alone(detector: Detector, sentence: str) -> None:
    assert detector.tier(sentence) is Tier.NONE


def test_the_interval_is_wilsons() -> None:
    assert [round(end, 3) for end in interval(0, 10)] == [0, 0.278]
    assert [round(end, 3) for end in interval(5, 10)] == [0.237, 0.763]
    assert told([(Tier.NONE, Tier.NONE)] * 10, Tier.NONE, HEARD) == "0.0% (0 of 10; 0.0%–27.8%)"
    assert told([], Tier.NONE, HEARD) == "–"


def test_the_model_the_rules_are_compared_with_is_always_the_same() -> None:
    some = SETS["sentences"][::15]
    first, again = (learn(some, str.split) for _ in range(2))
    assert first == again
    explicit, everyday = (
        [first.chances(sentence.split())[0] for tier, sentence in some if tier is label]
        for label in (Tier.EXPLICIT, Tier.NONE)
    )
    assert sum(explicit) / len(explicit) > sum(everyday) / len(everyday) + 0.3
    for odd in ("", "😭" * 8_000, "want " * 1_600):
        chances = first.chances(odd.split())
        assert 0 <= chances[0] <= chances[1] <= 1
