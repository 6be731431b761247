"""Another language may lack what English has: that is named, and shown in English. What it has must be without a
mistake."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from languages import english_alone
from whenever import Instant

from bot import library, untranslated
from bot.document import CONDITIONS
from bot.library import ONLY_ENGLISH, Library

EXCUSE = "Only in English:"
DAYS = "fr/walks/days.md"


@pytest.fixture
def french(copy: Any) -> Any:
    """Two languages, the other one whole. They have hardly any rules: those take longest to read."""
    shutil.rmtree(copy.folder)
    copy.folder.mkdir()
    english_alone(copy.folder)
    copy.write("en/crisis.toml", "[self_harm]\nexplicit = []\nambiguous = []\neveryday = []\n")
    copy.write("en/phrases.toml", "everyday = []\n")
    shutil.copytree(copy.folder / "en", copy.folder / "fr")
    copy.write("fr/common.md", copy.text("fr/common.md") + f"\n## only_english\n{EXCUSE}\n")
    said = library.helplines.in_english(library.read(copy.folder).helplines)
    copy.write("fr/helplines.toml", "".join(f'"{text}" = "{text}"\n' for text in said))
    return copy


def read(copy: Any) -> Library:
    return library.read(copy.folder)


def missing(copy: Any) -> Mapping[str, Sequence[str]]:
    return untranslated.missing(read(copy)).get("fr", {})


def without(copy: Any, file: str, heading: str) -> None:
    """Takes a section away."""
    before, _, rest = copy.text(file).partition(f"\n## {heading}\n")
    assert rest
    after = rest.partition("\n## ")[2]
    copy.write(file, f"{before}\n## {after}" if after else f"{before}\n")


def test_a_whole_language_lacks_nothing_and_is_chosen_by_its_tag(french: Any) -> None:
    assert french.problems == ()
    assert missing(french) == {}
    found = read(french)
    assert [found.words(tag).language for tag in ("fr", "fr-CA", "de", "")] == ["fr", "fr", "en", "en"]
    assert found.words("de", "fr-BE").language == "fr"


def test_what_is_missing_is_no_mistake_and_named_by_kind(french: Any) -> None:
    for file in ("letters.md", "decks/fresh.md", "articles/was-it-my-fault.md", "crisis.toml", "typed.toml"):
        (french.folder / "fr" / file).unlink()
    french.change(DAYS, "(yesterday)", "(/menu)")
    french.change("fr/walks/settings.md", "{hope}", "")
    assert french.problems == ()
    found = missing(french)
    assert set(found["text"]) == {
        f"letters/{name}" for name in ("one", "sealed", "none", "burned", "aside", "tomorrow")
    }
    assert (found["deck"], found["article"], found["file"]) == (
        ["fresh"],
        ["was-it-my-fault"],
        ["crisis.toml", "typed.toml"],
    )
    assert (found["button"], found["variable"]) == (["days/since (yesterday)"], ["settings/which {hope}"])


def test_a_deck_may_have_fewer_cards(french: Any) -> None:
    first = read(french).words("fr").decks["reasons"][0].split("/")[1]
    text = french.text("fr/decks/reasons.md")
    french.write("fr/decks/reasons.md", text[: text.index("\n## ", text.index(f"## {first}") + 5)] + "\n")
    assert missing(french) == {}
    assert read(french).words("fr").decks["reasons"] == (f"reasons/{first}",)


def test_a_text_that_is_missing_is_shown_in_english_with_a_word_before_it(french: Any) -> None:
    without(french, DAYS, "total")
    words = read(french).words("fr")
    english = read(french).words().texts["days/total"].text
    values = {"days": "3 jours", "stretch": "2 jours"}
    assert words.reply("days/total", values).text.startswith(f"{EXCUSE}\n\n")
    assert words.text("days/total", values) == english.format(**values)
    assert not words.reply("common/menu", {}).text.startswith(EXCUSE)


def test_where_no_card_fits_an_english_one_does(french: Any) -> None:
    """Nobody is shown one that does not fit: who wants quiet notifications gets a discreet one."""
    french.write("fr/decks/checkins.md", "---\ntitle: x\n---\n\n## loud {time=morning}\nHow?\n\n- [Good](good)\n")
    words = read(french).words("fr")
    facts = {"time": "morning", "stage": "first"}
    assert words.draw("checkins", facts, (), {}, "1") == "checkins/loud"
    quiet = words.draw("checkins", {**facts, "discreet": "yes"}, (), {}, "1")
    assert words.texts[quiet].attributes["discreet"] == ("yes",)
    assert quiet in words.missing


def test_a_card_that_may_not_be_shown_gives_way_to_an_english_one(french: Any) -> None:
    french.write("fr/decks/reasons.md", "---\ntitle: x\n---\n\n## one {avoid=fear}\nOne.\n")
    words = read(french).words("fr")
    facts: dict[str, str] = dict.fromkeys(CONDITIONS, "")
    card = words.draw("reasons", {**facts, "danger": "fear"}, (), {"reasons/one": Instant.MIN}, "1")
    assert card != "reasons/one"


def test_without_any_article_the_english_ones_are_there(french: Any) -> None:
    shutil.rmtree(french.folder / "fr/articles")
    found = read(french)
    assert found.words("fr").articles == found.words().articles


def test_a_card_that_would_be_shown_to_more_people_is_named(french: Any) -> None:
    """Somebody who is afraid would be told to write."""
    line = french.change("fr/decks/reasons.md", " avoid=order,no,fear", " avoid=order")
    problem = french.complaint("fr/decks/reasons.md", "for more people than in English: fear, no")
    assert problem.line in (line, line + 1)


def test_an_article_that_would_be_shown_to_more_people_is_named(french: Any) -> None:
    french.change("fr/articles/they-wrote-two-views.md", "avoid: order, no, fear", "avoid: order")
    french.complaint("fr/articles/they-wrote-two-views.md", "for more people than in English: fear, no")


def test_the_word_before_english_texts_must_be_there(french: Any) -> None:
    without(french, "fr/common.md", "only_english")
    assert ONLY_ENGLISH in french.complaint("fr/common.md", "there is no text").wrong


def test_it_is_not_asked_for_in_english(french: Any) -> None:
    french.write("en/common.md", french.text("en/common.md") + "\n## only_english\nNo.\n")
    french.complaint("en/common.md", "nobody asks for the text common/only_english")


def test_a_mistake_in_another_language_is_named_there(french: Any) -> None:
    line = french.add_to(DAYS, "total", "Bravo!")
    assert french.complaint(DAYS, "exclamation").line == line


def test_a_broken_file_is_named_there(french: Any) -> None:
    french.write("fr/crisis.toml", "[self_harm")
    french.complaint("fr/crisis.toml", "is not TOML")


def test_what_nobody_asks_for_is_named_there(french: Any) -> None:
    french.add_to(DAYS, "total", "- [Next year](next_year)")
    french.complaint(DAYS, "nothing knows the button [Next year](next_year)")


@pytest.mark.parametrize("name", ["klingon", "xx", "FR-fr"])
def test_a_folder_that_is_named_after_no_language_is_named(name: str, french: Any) -> None:
    (french.folder / "fr").rename(french.folder / name)
    french.complaint(name, "is no tag of a language")


@pytest.mark.parametrize(
    ("said", "meant"),
    [("0800 800 800 or 0800 900 900", "0800 800 800 ou 0800 900 909"), ("9:00 to 10:00", "9 à 10"), ("x", "")],
)
def test_other_numbers_than_the_english_ones_are_named(said: str, meant: str, french: Any) -> None:
    french.write("fr/helplines.toml", f'"24/7" = "jour et nuit"\n"{said}" = "{meant}"\n')
    assert french.complaint("fr/helplines.toml", said).line == 2


@pytest.mark.parametrize(
    "row",
    [
        "[countries]\ngermany = ['Allemagne']",
        "[cities]\n'Europe/Paname' = ['Paname']",
        "noon = ['midi']",
        "morning = 'matin'",
    ],
)
def test_what_nobody_can_understand_of_what_people_type_is_named(row: str, french: Any) -> None:
    french.write("fr/typed.toml", row)
    (problem,) = french.problems
    assert problem.file == french.folder / "fr/typed.toml"


def check(copy: Any, *more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CONTENT_FOLDER": str(copy.folder)}
    command = [sys.executable, "-m", "bot", "content", "check", *more]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)


def test_the_command_lists_it_and_fails_on_it_only_if_it_is_strict(french: Any) -> None:
    without(french, DAYS, "total")
    (french.folder / "fr/articles/was-it-my-fault.md").unlink()
    lenient, strict = check(french), check(french, "--strict")
    assert (lenient.returncode, strict.returncode) == (0, 1)
    assert strict.stdout == "fr: 1 text, 1 article missing: days/total, was-it-my-fault\n"
    assert lenient.stdout.startswith(strict.stdout)
