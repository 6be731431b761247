"""Each mistake somebody may make in a text is named: the file, the line, what is wrong, and what helps."""

from typing import Any

import pytest

from bot import content_check
from bot.authoring import read_content
from bot.settings import CONTENT

DAYS = "en/walks/days.md"
DECK = "en/decks/reasons.md"
THREADS = "en/decks/threads.md"


def test_the_words_of_the_repository_are_without_a_mistake() -> None:
    assert read_content(CONTENT).languages.keys() >= {"en"}


def test_a_copy_is_without_a_mistake(copy: Any) -> None:
    """Else the tests below would show nothing."""
    assert copy.problems == ()


def test_a_missing_section_is_named(copy: Any) -> None:
    copy.change(DAYS, "## total\n", "## totel\n")
    problem = copy.complaint(DAYS, "there is no text days/total")
    assert "## total" in problem.cure


def test_a_section_nobody_asks_for_is_named_at_its_line(copy: Any) -> None:
    line = copy.change(DAYS, "## total\n", "## totel\n")
    assert copy.complaint(DAYS, "nobody asks for the text days/totel").line == line


def test_a_missing_file_is_named(copy: Any) -> None:
    (copy.folder / DAYS).unlink()
    assert copy.complaint(DAYS, "there is no text days/since").line == 1


def test_a_missing_file_beside_the_walks_is_named_where_it_belongs(copy: Any) -> None:
    (copy.folder / "en/letters.md").unlink()
    assert copy.complaint("en/letters.md", "there is no text letters/none").line == 1


def test_a_missing_button_is_named_at_its_section(copy: Any) -> None:
    line = copy.change(DAYS, "## since\n", "## since\n")
    copy.change(DAYS, "(yesterday)", "(yesterdy)")
    problem = copy.complaint(DAYS, "the button (yesterday) is missing")
    assert (problem.line, problem.cure) == (line, "add `- [label](yesterday)`")


def test_a_button_nobody_knows_is_named_at_its_section(copy: Any) -> None:
    line = copy.add_to(DAYS, "total", "- [Next year](next_year)")
    assert copy.complaint(DAYS, "nothing knows the button [Next year](next_year)").line == line


@pytest.mark.parametrize("label", ["", " "])
def test_a_button_without_a_label_is_named(label: str, copy: Any) -> None:
    text = copy.text(DAYS)
    start = text.index("](today)")
    copy.write(DAYS, f"{text[: text.rindex('[', 0, start) + 1]}{label}{text[start:]}")
    assert "(today)" in copy.complaint(DAYS, "(today)").wrong


def test_a_label_too_long_for_a_phone_is_named(copy: Any) -> None:
    line = copy.add_to(DAYS, "total", f"- [{'x' * 39}](/menu)")
    problem = copy.complaint(DAYS, "has 39 characters")
    assert (problem.line, str(content_check.LABEL) in problem.cure) == (line, True)


def test_a_label_that_just_fits_is_fine(copy: Any) -> None:
    copy.add_to(DAYS, "total", f"- [{'x' * content_check.LABEL}](/menu)")
    assert copy.problems == ()


def test_a_command_that_does_not_exist_is_named(copy: Any) -> None:
    line = copy.add_to(DAYS, "total", "- [Home](/home page)")
    assert copy.complaint(DAYS, "the command /home, which does not exist").line == line


def test_a_variable_that_does_not_exist_is_named_with_those_that_do(copy: Any) -> None:
    line = copy.add_to(DAYS, "total", "That makes {dayz}.")
    problem = copy.complaint(DAYS, "there is no variable {dayz}")
    assert problem.line == line
    assert "days" in problem.cure


@pytest.mark.parametrize("text", ["{", "}", "a } b", "{days", "{days}}", "{}", "{0}", "{days.real}", "{days[0]}"])
def test_a_stray_brace_is_named(text: str, copy: Any) -> None:
    line = copy.add_to(DAYS, "total", text)
    assert [problem.line for problem in copy.problems] == [line]


@pytest.mark.parametrize("text", ["{days:d}", "{clock: in the evening}", "{days!x}"])
def test_a_variable_that_could_not_be_filled_in_is_named(text: str, copy: Any) -> None:
    line = copy.add_to(DAYS, "total", text)
    assert [problem.line for problem in copy.problems] == [line]


def test_a_variable_nobody_gives_to_this_text_is_named(copy: Any) -> None:
    """{title} is filled in where an article is shown, nowhere else."""
    line = copy.add_to(DAYS, "total", "Read {title}.")
    assert copy.complaint(DAYS, "{title}").line == line


def test_braces_written_twice_are_no_variable(copy: Any) -> None:
    copy.add_to(DAYS, "total", "{{like this}}")
    assert copy.problems == ()


def test_an_exclamation_mark_is_named(copy: Any) -> None:
    line = copy.add_to(DAYS, "total", "Well done!")
    assert copy.complaint(DAYS, "an exclamation mark").line == line


def test_an_exclamation_mark_on_a_button_is_named(copy: Any) -> None:
    line = copy.add_to(DAYS, "total", "- [Go!](/menu)")
    assert copy.complaint(DAYS, "an exclamation mark").line == line


def test_a_character_lost_in_a_conversion_is_named(copy: Any) -> None:
    line = copy.add_to(DAYS, "total", "It\ufffds you.")
    assert copy.complaint(DAYS, "lost in a conversion").line == line


def test_a_screen_that_is_too_long_is_named(copy: Any) -> None:
    line = copy.add_to(DAYS, "total", "word " * 400)
    problem = copy.complaint(DAYS, "characters")
    assert (problem.line, str(content_check.SCREEN) in problem.cure) == (line, True)


def test_a_screen_that_just_fits_is_fine(copy: Any) -> None:
    copy.change(DAYS, "## unclear\n", f"## unclear\n{'x' * content_check.SCREEN}\n\n## left_out\n")
    assert [problem.wrong for problem in copy.problems] == ["nobody asks for the text days/left_out"]


def test_a_section_that_stands_twice_is_named_with_both_lines(copy: Any) -> None:
    first = copy.change(DAYS, "## total\n", "## total\n")
    line = copy.text(DAYS).count("\n") + 2
    copy.write(DAYS, copy.text(DAYS) + "\n## total\nOnce more.\n")
    problem = copy.complaint(DAYS, f"stands at line {first} already")
    assert problem.line == line


@pytest.mark.parametrize("attributes", ["{for}", "{for=}", "{=missing}", "{for=missing side}"])
def test_an_attribute_without_a_value_is_named(attributes: str, copy: Any) -> None:
    text = copy.text(DECK)
    copy.write(DECK, f"{text}\n## spoilt {attributes}\nA reason.\n")
    assert copy.complaint(DECK, "has no value").line == text.count("\n") + 2


@pytest.mark.parametrize(
    "attributes", ["{fro=missing}", "{for=missng}", "{side=lefft}", "{avoid=ordr}", "{stage=week}", "{night=no}"]
)
def test_an_attribute_no_person_can_fit_is_named(attributes: str, copy: Any) -> None:
    """Such a card would never be shown."""
    text = copy.text(DECK)
    copy.write(DECK, f"{text}\n## spoilt {attributes}\nA reason.\n")
    assert [problem.line for problem in copy.problems] == [text.count("\n") + 2]


def test_a_button_on_a_card_is_named(copy: Any) -> None:
    text = copy.text(DECK)
    copy.write(DECK, f"{text}\n## spoilt\nA reason.\n\n- [More](more)\n")
    assert copy.complaint(DECK, "button that nothing knows").line == text.count("\n") + 2


def test_a_check_in_without_a_button_is_named(copy: Any) -> None:
    file = "en/decks/checkins.md"
    text = copy.text(file)
    copy.write(file, f"{text}\n## spoilt\nHow did you sleep?\n")
    assert copy.complaint(file, "has no button").line == text.count("\n") + 2


def test_a_small_thing_that_does_not_say_how_long_it_takes_is_named(copy: Any) -> None:
    file = "en/decks/fresh.md"
    text = copy.text(file)
    copy.write(file, f"{text}\n## spoilt {{where=in}}\nSort the spoons.\n")
    assert copy.complaint(file, "how long it takes").line == text.count("\n") + 2


def test_a_server_needs_questions_for_its_threads(copy: Any) -> None:
    (copy.folder / THREADS).unlink()
    assert copy.complaint(THREADS, "no card in the deck threads").line == 1


def test_a_question_for_a_thread_has_no_button(copy: Any) -> None:
    line = copy.change(THREADS, "\n## small-good\n", "\n## small-good\n- [Good](good)\n\n") + 1
    assert copy.complaint(THREADS, "the card has a button that nothing knows").line == line


def test_a_question_for_a_thread_is_short(copy: Any) -> None:
    copy.add_to(THREADS, "small-good", "x" * content_check.QUESTION)
    assert str(content_check.QUESTION) in copy.complaint(THREADS, "the question has").cure


@pytest.mark.parametrize("name", ["command_setup", "option_city"])
def test_what_says_what_a_command_does_is_shorter(name: str, copy: Any) -> None:
    copy.add_to("en/discord.md", name, "x" * content_check.DESCRIPTION)
    assert str(content_check.DESCRIPTION) in copy.complaint("en/discord.md", "the text has").cure


def test_a_deck_without_a_card_is_named(copy: Any) -> None:
    (copy.folder / DECK).unlink()
    assert copy.complaint(DECK, "no card in the deck reasons").line == 1


def test_a_text_that_stands_in_two_files_is_named(copy: Any) -> None:
    """Which of the two a person would see is chance."""
    copy.write("en/decks/days.md", "## unclear\nAnother text.\n")
    assert any(problem.file.name == "days.md" for problem in copy.problems)


def test_a_picture_that_is_not_there_is_named(copy: Any) -> None:
    line = copy.add_to(DAYS, "total", "![a hand](hand.png)")
    assert copy.complaint(DAYS, "hand.png").line in (line, line + 1)


def test_a_text_too_long_to_stand_below_a_picture_is_named(copy: Any) -> None:
    copy.add_to("en/walks/urge.md", "wait_surf", "word " * 150)
    assert "900" in copy.complaint("en/walks/urge.md", "with its picture the text has").cure


@pytest.mark.parametrize(("name", "most"), [("description", 512), ("about", 120)])
def test_a_profile_text_longer_than_telegram_takes_is_named(copy: Any, name: str, most: int) -> None:
    copy.add_to("en/telegram.md", name, "w" * most)
    assert str(most) in copy.complaint("en/telegram.md", "the text has").cure


def test_every_mistake_of_every_file_is_named_at_once(copy: Any) -> None:
    copy.add_to(DAYS, "total", "Oh!")
    copy.add_to(DAYS, "set", "{nothing}")
    copy.add_to("en/walks/urge.md", "bye", "Oh!")
    assert len(copy.problems) == 3


def test_a_card_whose_name_does_not_fit_into_a_button_is_named(copy: Any) -> None:
    line = copy.change("en/decks/fresh.md", "## bread-or-charcoal ", f"## {'b' * 41} ")
    assert copy.complaint("en/decks/fresh.md", "the name has 41 characters").line == line
