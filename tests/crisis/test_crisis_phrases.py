"""Which command a typed sentence means."""

from pathlib import Path

import pytest

from bot.crisis import Detector, Phrases
from tools.safety import GATE_SETS, GATES, opened

LINES = [line.split("\t") for line in (Path(__file__).parent / "phrases.tsv").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("command", sorted({command for command, _ in LINES}))
def test_sentences_mean_their_command(phrases: Phrases, command: str) -> None:
    sentences = [sentence for name, sentence in LINES if name == command]
    read = {sentence: phrases.command(sentence) or "nothing" for sentence in sentences}
    assert read == dict.fromkeys(sentences, command)


def test_where_several_fit_the_first_in_the_file_decides() -> None:
    lists = {"first": ["red fox"], "second": ["fox"]}
    assert Phrases.from_rules(lists).command("a red fox") == "first"
    assert Phrases.from_rules(dict(reversed(lists.items()))).command("a red fox") == "second"
    assert Phrases.from_rules(lists).command("a wolf") is None


def test_danger_comes_before_everything_else(phrases: Phrases) -> None:
    assert (
        phrases.command("I texted him, he texted me, now he is outside my house and I want to text him") == "not_safe"
    )


@pytest.mark.parametrize(("name", "own", "any_of_none"), [("frozen", 0.76, 0.045), ("unseen", 0.68, 0.1)])
def test_words_that_nobody_looked_at_open_the_other_gates_as_often_as_they_did(
    detector: Detector, phrases: Phrases, name: str, own: float, any_of_none: float
) -> None:
    heard = opened(detector, phrases, GATE_SETS[name])
    gates = {command for commands in GATES.values() for command in commands}
    none = heard.pop("none")
    hits = sum(by in GATES[gate] for gate, found in heard.items() for by in found)
    assert hits / sum(map(len, heard.values())) >= own
    assert sum(by in gates for by in none) / len(none) <= any_of_none
