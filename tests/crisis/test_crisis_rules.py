"""The rules as data: the pattern language, which pattern wins, and what is said about a faulty rule."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.crisis import Detector, Phrases, Tier

CONTENT = Path(__file__).parents[2] / "content" / "en"


def kind(explicit: object = (), ambiguous: object = (), everyday: object = ()) -> dict[str, object]:
    lists = {"explicit": explicit, "ambiguous": ambiguous, "everyday": everyday}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in lists.items()}


def reads(pattern: str, text: str, **language: object) -> bool:
    rules = {"self_harm": kind(explicit=(pattern,)), **language}
    return Detector.from_rules(rules).tier(text) is Tier.EXPLICIT


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("red fox", "a red fox ran", "a red and grey fox"),
        ("(red|grey) fox", "grey fox", "blue fox"),
        ("my [own] fox", "my fox", "my red fox"),
        ("my [very (own|old)] fox", "my very old fox", "my very fox"),
        ("red ... fox", "red one two three fox", "red one two three four fox"),
        ("red ...5 fox", "red one two three four five fox", "red one two three four five six fox"),
        ("red ... fox", "red fox", "fox red"),
        ("^fox", "fox red", "red fox"),
        ("fox$", "red fox", "fox red"),
        ("^ fox $", "Fox!", "red fox"),
        ("(fox|red) ($|now)", "come fox now", "come fox later"),
        ("don't run", "dont run", "do run"),
        ("red fox & [deep] snow", "in the snow sat a red fox", "a red fox"),
        ("fox & snow & night", "night, a fox, snow", "night, a fox, a fox"),
    ],
)
def test_the_pattern_language(pattern: str, yes: str, no: str) -> None:
    assert reads(pattern, yes)
    assert not reads(pattern, no)


def test_a_group_stands_for_its_words() -> None:
    words = {"animal": ["fox", "<bird>"], "bird": ["crow", "blue jay"]}
    assert reads("red <animal>", "a red blue jay", words=words)


def test_spellings_and_fillers_work_on_both_sides() -> None:
    language = {"spellings": {"i'm": "i am"}, "fillers": ["so", "really"]}
    assert reads("i'm red", "I am really so red", **language)
    assert reads("i am red", "I’m red", **language)


def test_a_guarded_word_is_known_in_pieces_and_behind_asterisks() -> None:
    for typed in ("c*t", "c u t", "c.u.t", "cu t", "c**"):
        assert reads("cut", typed, guarded=["cut"])
        assert not reads("cut", typed)


def test_only_a_long_guarded_word_forgives_a_wrong_letter() -> None:
    assert reads("suicide", "suicde suicede", guarded=["suicide"])
    assert not reads("killing", "kidding", guarded=["killing"])


def test_a_longer_ambiguous_match_wins_over_the_explicit_part_of_it() -> None:
    detector = Detector.from_rules({"self_harm": kind(explicit=("red fox",), ambiguous=("no red fox",))})
    assert detector.tier("no red fox") is Tier.AMBIGUOUS
    assert detector.tier("no red fox, a red fox") is Tier.EXPLICIT


def test_of_two_ways_through_a_pattern_the_longer_one_counts() -> None:
    rules = {"self_harm": kind(explicit=("(fox|not a red fox) here",), ambiguous=("red fox here",))}
    assert Detector.from_rules(rules).tier("not a red fox here") is Tier.EXPLICIT


def test_what_is_joined_stands_within_sixteen_words() -> None:
    assert reads("fox & snow", "fox " + "and " * 14 + "snow")
    assert not reads("fox & snow", "fox " + "and " * 15 + "snow")


def test_everyday_words_hide_what_they_are_joined_with() -> None:
    detector = Detector.from_rules({"self_harm": kind(explicit=("fox", "hen"), everyday=("fox & zoo",))})
    assert detector.tier("to the zoo, to see a fox") is Tier.NONE
    assert detector.tier("to the zoo, to see a fox and a hen") is Tier.EXPLICIT


def test_a_joined_ambiguous_match_does_not_win_over_an_explicit_part_of_it() -> None:
    detector = Detector.from_rules({"self_harm": kind(explicit=("red fox",), ambiguous=("a red fox & snow",))})
    assert detector.tier("snow and a red fox") is Tier.EXPLICIT


def test_words_in_a_gap_are_not_hidden() -> None:
    detector = Detector.from_rules({"self_harm": kind(explicit=("fox",), everyday=("red ... hat",))})
    assert detector.tier("red fox hat") is Tier.EXPLICIT
    assert detector.tier("red hat") is Tier.NONE


def test_another_kind_is_only_another_table() -> None:
    rules = {"self_harm": kind(explicit=("fox",)), "danger_from_them": kind(explicit=("wolf",))}
    detector = Detector.from_rules(rules)
    assert detector.tier("wolf") is Tier.NONE
    assert detector.tier("wolf", "danger_from_them") is Tier.EXPLICIT
    with pytest.raises(ValueError, match="no rules for 'bears'"):
        detector.tier("wolf", "bears")


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({}, "no rules for self_harm"),
        ({"self_harm": ["fox"]}, "self_harm: expected a table"),
        ({"self_harm": {"explicit": []}}, "self_harm: expected explicit, ambiguous and everyday"),
        ({"self_harm": kind(explicit="fox")}, "self_harm.explicit: expected a list"),
        ({"self_harm": kind(explicit=(1,))}, "self_harm.explicit: expected a list of texts"),
        ({"self_harm": kind(explicit=("fox", " "))}, "none of them empty"),
        ({"self_harm": kind(everyday=("fox", "(red"))}, r"self_harm.everyday, number 2, '\(red': '\(' is never closed"),
        ({"self_harm": kind(explicit=("[red",))}, "is never closed"),
        ({"self_harm": kind(explicit=("(red]",))}, "is never closed"),
        ({"self_harm": kind(explicit=("red)",))}, r"'\)' was not expected here"),
        ({"self_harm": kind(explicit=("red | blue",))}, r"'\|' was not expected here"),
        ({"self_harm": kind(explicit=("(red|)",))}, "an empty alternative"),
        ({"self_harm": kind(explicit=("(red & blue)",))}, "is never closed"),
        ({"self_harm": kind(explicit=("red &",))}, "would match everything"),
        ({"self_harm": kind(explicit=("[red]",))}, "would match everything"),
        ({"self_harm": kind(explicit=("... red",))}, "begins with a gap"),
        ({"self_harm": kind(explicit=("red ...9 fox",))}, "a gap has 1 to 8 words"),
        ({"self_harm": kind(explicit=("red ...0 fox",))}, "a gap has 1 to 8 words"),
        ({"self_harm": kind(explicit=("^$",))}, "no words"),
        ({"self_harm": kind(explicit=("red ! fox",))}, "'!' is a filler, or not a word"),
        ({"self_harm": kind(explicit=("so red",)), "fillers": ["so"]}, "'so' is a filler"),
        ({"self_harm": kind(explicit=("<animal>",))}, "no group 'animal'"),
        ({"self_harm": kind(explicit=("<a>",)), "words": {"a": ["<a> b"]}}, "groups that hold each other"),
        ({"self_harm": kind(explicit=("<a>",)), "words": {"a": "b"}}, "words.a: expected a list"),
        ({"self_harm": kind(explicit=("a < b",))}, "stray <"),
        ({"self_harm": kind(), "spellings": {"a": 1}}, "spellings: expected a list of texts"),
        ({"self_harm": kind(), "guarded": "kill"}, "guarded: expected a list"),
    ],
)
def test_a_faulty_rule_is_named(rules: Mapping[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Detector.from_rules(rules)


def test_a_faulty_phrase_is_named() -> None:
    with pytest.raises(ValueError, match="urge, number 1"):
        Phrases.from_rules({"urge": ["(red"]})


@pytest.mark.parametrize("name", ["crisis.toml", "phrases.toml"])
def test_the_content_has_no_exclamation_marks(name: str) -> None:
    rules = (CONTENT / name).read_text("utf-8").splitlines()
    assert not [line for line in rules if "!" in line and not line.startswith("#")]


def test_both_files_spell_alike() -> None:
    crisis, phrases = (tomllib.loads((CONTENT / f"{name}.toml").read_text("utf-8")) for name in ("crisis", "phrases"))
    both = crisis["spellings"].keys() & phrases["spellings"].keys()
    assert {word: crisis["spellings"][word] for word in both} == {word: phrases["spellings"][word] for word in both}
