"""The labelled sets in German, counted."""

import tomllib
from pathlib import Path

import pytest

from bot.crisis import Detector, Phrases, Tier
from tests.crisis.conftest import CONTENT

SETS = Path(__file__).parent / "de"
TIERS = {"explicit": Tier.EXPLICIT, "ambiguous": Tier.AMBIGUOUS, "everyday": Tier.NONE}
HEARD = {Tier.EXPLICIT, Tier.AMBIGUOUS}
GATES = {"abuse": "not_safe", "harm": "danger_to_them", "order": "legal_order", "contact": "practical", "none": None}
"""The labels of the unseen set for the other gates, where the command has another name."""


def rows(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (SETS / f"{name}.tsv").read_text("utf-8").splitlines()]


def rules(name: str) -> dict[str, object]:
    return tomllib.loads((CONTENT.parent / "de" / f"{name}.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def german() -> Detector:
    return Detector.from_rules(rules("crisis"))


@pytest.fixture(scope="module")
def german_phrases() -> Phrases:
    return Phrases.from_rules(rules("phrases"))


def share(detector: Detector, name: str, label: str, counted: set[Tier]) -> float:
    read = [detector.tier(sentence) in counted for tier, sentence in rows(name) if tier == label]
    return sum(read) / len(read)


def test_what_was_learned_from_is_heard(german: Detector) -> None:
    assert share(german, "sentences", "explicit", {Tier.EXPLICIT}) >= 0.9
    assert share(german, "sentences", "explicit", HEARD) >= 0.93
    assert share(german, "sentences", "ambiguous", HEARD) >= 0.97
    assert share(german, "sentences", "everyday", HEARD) <= 0.01


def test_what_nobody_looked_at_is_heard_as_often_as_it_was(german: Detector) -> None:
    assert share(german, "unseen", "explicit", {Tier.EXPLICIT}) >= 0.63
    assert share(german, "unseen", "explicit", HEARD) >= 0.75
    assert share(german, "unseen", "ambiguous", HEARD) >= 0.62
    assert share(german, "unseen", "everyday", HEARD) <= 0.11


@pytest.mark.parametrize("command", sorted({command for command, _ in rows("phrases")}))
def test_sentences_mean_their_command(german_phrases: Phrases, command: str) -> None:
    sentences = [sentence for name, sentence in rows("phrases") if name == command]
    read = {sentence: german_phrases.command(sentence) or "nothing" for sentence in sentences}
    assert read == dict.fromkeys(sentences, command)


def test_the_other_gates_open_as_often_as_they_did(german_phrases: Phrases) -> None:
    read = [(GATES.get(label, label), german_phrases.command(sentence)) for label, sentence in rows("unseen_gates")]
    assert sum(meant == found for meant, found in read if meant) >= 62
    assert sum(found in (None, "urge", "slipped") for meant, found in read if meant is None) >= 36
