"""Which command a typed sentence means."""

from pathlib import Path

import pytest

from bot.crisis import Phrases

LINES = (Path(__file__).parent / "phrases.tsv").read_text("utf-8").splitlines()


@pytest.mark.parametrize(("command", "sentence"), [line.split("\t") for line in LINES])
def test_a_sentence_means_its_command(phrases: Phrases, command: str, sentence: str) -> None:
    assert (phrases.command(sentence) or "nothing") == command


def test_where_several_fit_the_first_in_the_file_decides() -> None:
    lists = {"first": ["red fox"], "second": ["fox"]}
    assert Phrases.from_rules(lists).command("a red fox") == "first"
    assert Phrases.from_rules(dict(reversed(lists.items()))).command("a red fox") == "second"
    assert Phrases.from_rules(lists).command("a wolf") is None


def test_danger_comes_before_everything_else(phrases: Phrases) -> None:
    assert (
        phrases.command("I texted him, he texted me, now he is outside my house and I want to text him") == "not_safe"
    )
