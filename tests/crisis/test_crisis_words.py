"""The labelled set: every sentence gets its tier, except the known misses, which are listed.

held_out.tsv is only counted. Whoever tunes the rules does not look at it; a sentence that has been looked at moves to
sentences.tsv, and a new one by an imagined other person takes its place.
"""

from pathlib import Path

import pytest

from bot.crisis import Detector, Tier

HERE = Path(__file__).parent
TIERS = {"explicit": Tier.EXPLICIT, "ambiguous": Tier.AMBIGUOUS, "everyday": Tier.NONE}
KNOWN_MISSES = {
    line for line in (HERE / "known_misses.txt").read_text("utf-8").splitlines() if not line.startswith("#")
}


def labelled(name: str) -> list[tuple[Tier, str]]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [(TIERS[tier], sentence) for tier, _, sentence in (line.partition("\t") for line in lines)]


SENTENCES = labelled("sentences.tsv")
HELD_OUT = labelled("held_out.tsv")


def share(detector: Detector, of: Tier, read_as: set[Tier]) -> float:
    sentences = [sentence for tier, sentence in HELD_OUT if tier is of]
    return sum(detector.tier(sentence) in read_as for sentence in sentences) / len(sentences)


@pytest.mark.parametrize(("tier", "sentence"), SENTENCES)
def test_a_sentence_gets_its_tier(detector: Detector, tier: Tier, sentence: str) -> None:
    assert (detector.tier(sentence) is tier) is (sentence not in KNOWN_MISSES)


def test_every_known_miss_is_in_the_set() -> None:
    assert {sentence for _, sentence in SENTENCES} >= KNOWN_MISSES


def test_no_sentence_is_in_both_sets() -> None:
    assert not {sentence for _, sentence in SENTENCES} & {sentence for _, sentence in HELD_OUT}


def test_the_sets_are_large_enough() -> None:
    assert len(SENTENCES) >= 300
    assert len(HELD_OUT) >= 120


def test_held_out_people_in_danger_are_mostly_heard(detector: Detector) -> None:
    """The floor that was reached, counted as "lines at once" and as "lines at once or offered"."""
    assert share(detector, Tier.EXPLICIT, {Tier.EXPLICIT}) >= 0.79
    assert share(detector, Tier.EXPLICIT, {Tier.EXPLICIT, Tier.AMBIGUOUS}) >= 0.86


@pytest.mark.xfail(reason="the goal; 35 of 44 so far. Sentences that name no dying word are what is missed most")
def test_nine_of_ten_held_out_people_in_danger_get_the_lines_at_once(detector: Detector) -> None:
    assert share(detector, Tier.EXPLICIT, {Tier.EXPLICIT}) >= 0.9


def test_held_out_ambiguous_talk_is_mostly_heard(detector: Detector) -> None:
    assert share(detector, Tier.AMBIGUOUS, {Tier.EXPLICIT, Tier.AMBIGUOUS}) >= 0.9


def test_held_out_breakup_talk_is_left_alone(detector: Detector) -> None:
    assert share(detector, Tier.NONE, {Tier.EXPLICIT, Tier.AMBIGUOUS}) <= 0.05
