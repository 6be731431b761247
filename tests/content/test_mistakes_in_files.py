"""Files that cannot be read, articles and sources."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot import content_check, library
from bot.document import ContentError

DAYS = "en/walks/days.md"
ARTICLE = "en/articles/was-it-my-fault.md"


def test_a_file_that_is_not_utf8_is_named(copy: Any) -> None:
    (copy.folder / DAYS).write_bytes("---\ntitle: Tage\n---\n\n## since\nSchön\n".encode("latin-1"))
    assert copy.complaint(DAYS, "is not UTF-8").cure == "save it as UTF-8"


def test_a_file_that_cannot_be_read_is_named(copy: Any) -> None:
    (copy.folder / "en/walks/extra.md").symlink_to(copy.folder / "gone.md")
    assert copy.complaint("en/walks/extra.md", "cannot be read (No such file").line == 1


def test_a_folder_in_the_place_of_a_file_is_named(copy: Any) -> None:
    (copy.folder / DAYS).unlink()
    (copy.folder / DAYS).mkdir()
    assert copy.complaint(DAYS, "cannot be read (Is a directory").line == 1


def test_a_file_without_a_section_is_named(copy: Any) -> None:
    copy.write(DAYS, "---\ntitle: Days\n---\n\nOnly words.\n")
    assert "## name" in copy.complaint(DAYS, "has no section").cure


def test_an_empty_file_is_named(copy: Any) -> None:
    copy.write(DAYS, "")
    copy.complaint(DAYS, "has no section")


@pytest.mark.parametrize("row", ["title: Was it: my fault", "title: [a", "\ttitle: a"])
def test_broken_front_matter_is_named_at_its_line(row: str, copy: Any) -> None:
    copy.change(ARTICLE, "title: Was it my fault?", row)
    problem = copy.complaint(ARTICLE, "front matter")
    assert problem.line in (2, 3)
    assert "quotes" in problem.cure


def test_broken_front_matter_further_down_is_named_at_its_line(copy: Any) -> None:
    line = copy.change(ARTICLE, "evidence: opinion", "evidence: study: a reference")
    assert copy.complaint(ARTICLE, "front matter").line == line


@pytest.mark.parametrize(
    "row", ["minutes: 2026-13-45", "minutes: \0", "? [a]\n: b", "minutes: *nowhere", 'minutes: "5']
)
def test_front_matter_that_yaml_stumbles_over_is_named(row: str, copy: Any) -> None:
    copy.change(ARTICLE, "minutes: 5", row)
    assert copy.complaint(ARTICLE, "").line >= 1


def test_front_matter_that_is_a_list_is_named(copy: Any) -> None:
    copy.change(DAYS, "title: Days", "- Days")
    assert "key: value" in copy.complaint(DAYS, "front matter").cure


@pytest.mark.parametrize("name", ["title", "sources", "hurts", "side", "minutes", "evidence"])
def test_what_an_article_lacks_is_named(name: str, copy: Any) -> None:
    rows = [row for row in copy.text(ARTICLE).splitlines() if not row.startswith(f"{name}:")]
    copy.write(ARTICLE, "\n".join(rows))
    assert copy.complaint(ARTICLE, f"the article has no {name}").cure == f"add `{name}:` at the top"


def test_an_article_without_front_matter_is_named(copy: Any) -> None:
    copy.write(ARTICLE, "## Was it my fault?\nPerhaps.\n")
    copy.complaint(ARTICLE, "the article has no title")


def test_an_article_with_an_empty_source_is_named(copy: Any) -> None:
    copy.change(ARTICLE, "sources: my-ex-pushed-me", "sources: ','")
    copy.complaint(ARTICLE, "source")


def test_an_unknown_source_is_named_at_its_line(copy: Any) -> None:
    line = copy.change(ARTICLE, "sources: my-ex-pushed-me", "sources: my-ex-pushed-me, hearsay")
    assert copy.complaint(ARTICLE, "the source 'hearsay'").line == line


def test_a_title_that_is_too_long_is_named_at_its_line(copy: Any) -> None:
    line = copy.change(ARTICLE, "title: Was it my fault?", f"title: {'x' * 61}")
    problem = copy.complaint(ARTICLE, "the title has 61 characters")
    assert str(content_check.TITLE) in problem.cure
    assert problem.line == line


def test_an_excerpt_that_is_too_long_is_named_at_its_section(copy: Any) -> None:
    text = copy.text(ARTICLE)
    copy.write(ARTICLE, f"{text}\n## One more\n{'word ' * 200}\n")
    problem = copy.complaint(ARTICLE, "the text has 999 characters")
    assert (problem.line, str(content_check.EXCERPT) in problem.cure) == (text.count("\n") + 2, True)


def test_an_article_is_held_to_the_rules_of_every_text(copy: Any) -> None:
    text = copy.text(ARTICLE)
    copy.write(ARTICLE, f"{text}\n## One more\nOh! {{nothing}}\n")
    line = text.count("\n") + 2
    assert [problem.line for problem in copy.problems] == [line, line]


def test_a_file_name_too_long_for_a_button_is_named(copy: Any) -> None:
    (copy.folder / ARTICLE).rename(copy.folder / f"en/articles/{'x' * 41}.md")
    copy.complaint(f"en/articles/{'x' * 41}.md", "the file name has 41 characters")


@pytest.mark.parametrize("side", ["right", "Left", "true"])
def test_a_side_nobody_is_on_is_named(side: str, copy: Any) -> None:
    copy.change(ARTICLE, "side: was-left", f"side: {side}")
    copy.complaint(ARTICLE, "the side is")


def test_something_that_hurts_and_no_button_leads_to_is_named(copy: Any) -> None:
    """Such an article is on no list."""
    copy.change(ARTICLE, "hurts: guilt, why, worth", "hurts: gilt")
    copy.complaint(ARTICLE, "gilt")


def test_a_danger_nobody_can_tell_of_is_named_at_its_line(copy: Any) -> None:
    """Such an article would be shown to everybody."""
    line = copy.change("en/articles/they-wrote-two-views.md", "avoid: order, no, fear", "avoid: order, on, fear")
    assert copy.complaint("en/articles/they-wrote-two-views.md", "the danger 'on'").line == line


def test_a_source_without_a_title_is_named(copy: Any) -> None:
    line = copy.change("sources.toml", 'title = "My Ex Pushed Me Away"', 'titel = "My Ex Pushed Me Away"')
    assert copy.complaint("sources.toml", "title").line in (line - 1, line)


@pytest.mark.parametrize("file", ["sources.toml", "helplines.toml", "en/crisis.toml", "en/phrases.toml"])
def test_broken_toml_is_named_at_its_line(file: str, copy: Any) -> None:
    line = copy.text(file).count("\n") + 1
    copy.write(file, copy.text(file) + "this is = not = toml\n")
    assert copy.complaint(file, "is not TOML").line == line


@pytest.mark.parametrize("file", ["sources.toml", "helplines.toml", "en/crisis.toml", "en/phrases.toml"])
def test_a_missing_toml_file_is_named(file: str, copy: Any) -> None:
    (copy.folder / file).unlink()
    copy.complaint(file, "cannot be read (No such file")


@pytest.mark.parametrize("file", ["sources.toml", "helplines.toml", "en/crisis.toml", "en/phrases.toml"])
def test_a_toml_file_that_is_not_utf8_is_named(file: str, copy: Any) -> None:
    (copy.folder / file).write_bytes(b'name = "Sch\xf6n"\n')
    copy.complaint(file, "")


@pytest.mark.parametrize("rule", ["(never closed", "... starts with a gap", "<no_such_group> x", ""])
def test_a_bad_crisis_rule_is_named_at_its_line(rule: str, copy: Any) -> None:
    line = copy.change("en/crisis.toml", "\nexplicit = [\n", f'\nexplicit = [\n  "{rule}",\n') + 2
    problem = copy.complaint("en/crisis.toml", "self_harm.explicit")
    assert problem.line == line


def test_a_kind_of_danger_without_a_list_is_named(copy: Any) -> None:
    copy.write("en/crisis.toml", copy.text("en/crisis.toml").replace("\nambiguous = [", "\nunclear = ["))
    copy.complaint("en/crisis.toml", "expected explicit, ambiguous and everyday")


def test_rules_without_those_for_self_harm_are_named(copy: Any) -> None:
    """Without them every message would fail."""
    copy.change("en/crisis.toml", "\n[self_harm]\n", "\n[selfharm]\n")
    copy.complaint("en/crisis.toml", "self_harm")


def test_typed_words_for_a_command_that_does_not_exist_are_named(copy: Any) -> None:
    copy.change("en/phrases.toml", "\nurge = [\n", "\nurgent = [\n")
    copy.complaint("en/phrases.toml", "urgent")


def test_mistakes_in_files_of_different_kinds_are_named_at_once(copy: Any) -> None:
    copy.write(DAYS, "")
    copy.write("helplines.toml", "broken")
    copy.write(ARTICLE, "## Nothing\nNo front matter.\n")
    assert {problem.file.name for problem in copy.problems} >= {"days.md", "helplines.toml", Path(ARTICLE).name}


def test_a_folder_without_english_is_named(copy: Any) -> None:
    shutil.rmtree(copy.folder / "en")
    (problem,) = copy.problems
    assert (problem.file, problem.wrong) == (copy.folder, "has no folder en/")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="has no folder en/"):
        library.read(tmp_path / "gone")


def test_english_without_its_main_file_is_named(copy: Any) -> None:
    (copy.folder / "en/common.md").unlink()
    assert "en/common.md" in " ".join(str(problem) for problem in copy.problems)


def test_windows_line_ends_make_no_difference(copy: Any) -> None:
    for file in copy.folder.rglob("*.md"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert copy.problems == ()


def test_a_byte_order_mark_makes_no_difference(copy: Any) -> None:
    for file in (ARTICLE, "helplines.toml", "en/crisis.toml"):
        copy.write(file, "\ufeff" + copy.text(file))
    assert copy.problems == ()


def check(copy: Any, *more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CONTENT_FOLDER": str(copy.folder)}
    command = [sys.executable, "-m", "bot", "content", "check", *more]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)


def test_the_command_names_the_place_and_fails_without_a_traceback(copy: Any) -> None:
    line = copy.add_to(DAYS, "total", "Oh!")
    done = check(copy)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"{copy.folder / DAYS}:{line}: the text has an exclamation mark; write it without"
    ]


def test_the_command_is_content_with_expired_helplines_unless_it_is_strict(copy: Any) -> None:
    text = copy.text("helplines.toml")
    line = text[: text.index("\nname = ", text.index("[[country.line]]"))].count("\n") + 2
    copy.change("helplines.toml", "verified_on = 2", "verified_on = 1")
    copy.change("helplines.toml", "expires_on = 2", "expires_on = 1")
    lenient, strict = check(copy), check(copy, "--strict")
    assert (lenient.returncode, strict.returncode) == (0, 1)
    assert f"helplines.toml:{line}: " in strict.stdout
    assert "Traceback" not in strict.stderr
