"""Wrong numbers do harm: a row that is not complete is refused, one that is old is told."""

from datetime import date
from pathlib import Path

import pytest

from bot import content_check, helplines, library
from bot.document import ContentError, Problem
from bot.testing import content

HEAD = """[directory]
name = "Find A Helpline"
url = "https://findahelpline.com"

[[country]]
code = "DE"
name = "Germany"
emergency = "112"

[[country.line]]
kind = "abuse"
name = "First"
call = "1"
source = "a page"
verified_on = 2026-05-01
expires_on = 2026-11-01

[[country.line]]
"""
LINE = {
    "kind": '"crisis"',
    "name": '"Somebody"',
    "call": '"0800 111 0 111"',
    "source": '"somebody.de"',
    "verified_on": "2026-05-01",
    "expires_on": "2026-11-01",
}
ROW = HEAD.count("\n") + 1


def rows(**changed: str | None) -> dict[str, str]:
    return {name: value for name, value in {**LINE, **changed}.items() if value is not None}


def read(folder: Path, line: dict[str, str]) -> helplines.Helplines:
    file = folder / "helplines.toml"
    file.write_text(HEAD + "\n".join(f"{name} = {value}" for name, value in line.items()), encoding="utf-8")
    return helplines.read(file)


def refused(folder: Path, **changed: str | None) -> Problem:
    with pytest.raises(ContentError) as caught:
        read(folder, rows(**changed))
    (problem,) = caught.value.problems
    assert problem.cure
    assert problem.file == folder / "helplines.toml"
    return problem


def test_a_whole_row_is_read(tmp_path: Path) -> None:
    first, second = read(tmp_path, rows()).lines("DE", "abuse", "crisis")
    assert (first.name, second.name, second.expires_on) == ("First", "Somebody", date(2026, 11, 1))


@pytest.mark.parametrize("name", ["verified_on", "expires_on", "source", "kind"])
def test_a_row_that_lacks_something_is_named_at_its_place(name: str, tmp_path: Path) -> None:
    problem = refused(tmp_path, **{name: None})
    assert name in problem.wrong
    assert "Somebody" in problem.wrong
    assert ROW <= problem.line <= ROW + len(LINE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("verified_on", '"in spring"'),
        ("expires_on", "20261101"),
        ("kind", '"weather"'),
        ("call", "112"),
        ("expires_on", "2026-11-01T12:00:00"),
    ],
)
def test_a_value_that_is_none_is_named_at_its_place(name: str, value: str, tmp_path: Path) -> None:
    problem = refused(tmp_path, **{name: value})
    assert name in problem.wrong
    assert ROW <= problem.line <= ROW + len(LINE)


def test_a_row_without_any_number_is_named_at_its_line(tmp_path: Path) -> None:
    problem = refused(tmp_path, call=None)
    assert (problem.line, problem.wrong) == (ROW + 1, "Somebody has no number")


@pytest.mark.parametrize("way", ["call", "text", "whatsapp", "chat", "url"])
def test_one_way_to_reach_a_line_is_enough(way: str, tmp_path: Path) -> None:
    line = read(tmp_path, rows(call=None) | {way: '"0170 1"'}).lines("DE", "crisis")[0]
    assert getattr(line, way) == "0170 1"


def test_a_key_nobody_knows_is_named(tmp_path: Path) -> None:
    assert "phone" in refused(tmp_path, phone='"112"').wrong


def test_a_date_before_which_a_number_was_read_is_no_end(tmp_path: Path) -> None:
    """Somebody mixed the two up."""
    refused(tmp_path, verified_on="2026-11-01", expires_on="2026-05-01")


@pytest.mark.parametrize("code", ["de", "DEU", "D", ""])
def test_a_country_code_of_another_form_is_named(code: str, tmp_path: Path) -> None:
    file = tmp_path / "helplines.toml"
    file.write_text(HEAD.replace('"DE"', f'"{code}"').removesuffix("[[country.line]]\n"), encoding="utf-8")
    with pytest.raises(ContentError, match="code"):
        helplines.read(file)


def test_a_country_that_stands_twice_is_named(tmp_path: Path) -> None:
    """The second would hide the lines of the first."""
    file = tmp_path / "helplines.toml"
    whole = HEAD.removesuffix("[[country.line]]\n")
    file.write_text(f'{whole}\n[[country]]\ncode = "DE"\nname = "Germany"\n', encoding="utf-8")
    with pytest.raises(ContentError, match="DE"):
        helplines.read(file)


def test_a_file_without_a_directory_is_named(tmp_path: Path) -> None:
    file = tmp_path / "helplines.toml"
    file.write_text('[[country]]\ncode = "DE"\nname = "Germany"\n', encoding="utf-8")
    with pytest.raises(ContentError, match="directory"):
        helplines.read(file)


def test_a_number_is_good_on_its_last_day_and_told_the_day_after(tmp_path: Path) -> None:
    found = read(tmp_path, rows())
    assert found.expired(date(2026, 11, 1)) == ()
    assert [line.name for _, line, _ in found.expired(date(2026, 11, 2))] == ["First", "Somebody"]


def test_lines_come_in_the_order_of_the_kinds_asked_for(tmp_path: Path) -> None:
    found = read(tmp_path, rows())
    assert [line.kind for line in found.lines("DE", "crisis", "abuse")] == ["crisis", "abuse"]
    assert found.lines("FR", "crisis") == found.lines("", "crisis") == ()


@pytest.mark.parametrize("kind", ["text", "chat"])
def test_a_channel_is_no_kind(kind: str, tmp_path: Path) -> None:
    """What a line is for decides who sees it; how it is reached stands beside that."""
    assert "kind" in refused(tmp_path, kind=f'"{kind}"').wrong


def test_the_ways_to_reach_a_line_come_in_one_order(tmp_path: Path) -> None:
    line = read(tmp_path, rows(chat='"https://c.de"', text='"0170 1"')).lines("DE", "crisis")[0]
    assert list(line.ways()) == [("call", "0800 111 0 111"), ("text", "0170 1"), ("chat", "https://c.de")]


def real(copy: object) -> helplines.Helplines:
    return library.read(copy.folder).helplines  # type: ignore[attr-defined]


def test_every_line_of_the_real_file_is_checked_again_within_half_a_year(copy: object) -> None:
    late = [
        (country.code, line.name)
        for country in real(copy).countries.values()
        for line in country.line
        if (line.expires_on - line.verified_on).days > 182
    ]
    assert late == []


def test_every_country_of_the_real_file_is_found_by_its_name_there(copy: object) -> None:
    names = {code: country.name for code, country in real(copy).countries.items()}
    assert {code: content().names.country(name) for code, name in names.items()} == {code: code for code in names}


def test_every_country_of_the_real_file_has_a_line_or_an_emergency_number(copy: object) -> None:
    assert [code for code, country in real(copy).countries.items() if not (country.line or country.emergency)] == []


@pytest.mark.parametrize("way", ["chat", "url"])
def test_a_page_of_the_real_file_is_a_web_address(way: str, copy: object) -> None:
    pages = [getattr(line, way) for country in real(copy).countries.values() for line in country.line]
    assert [page for page in pages if page and not page.startswith("https://")] == []


def test_a_number_stands_once_in_a_country_and_kind(copy: object) -> None:
    for country in real(copy).countries.values():
        called = [(line.kind, line.call) for line in country.line if line.call]
        assert len(called) == len(set(called)), country.code


def test_an_expired_line_of_the_real_file_is_named_at_its_line(copy: object) -> None:
    found = library.read(copy.folder)  # type: ignore[attr-defined]
    text = (found.folder / "helplines.toml").read_text(encoding="utf-8").splitlines()
    for problem in content_check.expired(found, date(2099, 1, 1)):
        name = problem.wrong.rsplit(" (", 1)[0]
        assert f'"{name}"' in text[problem.line - 1]


def test_expired_lines_of_one_name_in_two_countries_are_named_at_their_own_lines(copy: object) -> None:
    found = library.read(copy.folder)  # type: ignore[attr-defined]
    problems = content_check.expired(found, date(2099, 1, 1))
    assert len({problem.line for problem in problems}) == len(problems)
