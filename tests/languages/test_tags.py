"""The tags with which platforms and machines name a language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.languages import name, nearest, normalised, of_this_machine


@pytest.mark.parametrize(
    ("tag", "meant"),
    [
        ("de", "de"),
        ("DE", "de"),
        ("en-US", "en-US"),
        ("pt-br", "pt-BR"),
        ("es-419", "es-419"),
        ("zh-hans", "zh-Hans"),
        ("zh-CN", "zh-Hans-CN"),
        ("de_AT.UTF-8", "de-AT"),
        ("de_DE@euro", "de-DE"),
    ],
)
def test_a_tag_is_read(tag: str, meant: str) -> None:
    assert normalised(tag) == meant


@pytest.mark.parametrize(
    "tag",
    ["", "C", "POSIX", "C.UTF-8", "xx", "en-", "-", "de DE", "1", "🙂", "\0", "d" * 300, "de-" + "x" * 40, "../de"],
)
def test_what_names_no_language_is_none(tag: str) -> None:
    assert normalised(tag) == ""


@given(st.text(max_size=50))
def test_any_tag_is_one_that_stays_or_none(tag: str) -> None:
    assert normalised(normalised(tag)) == normalised(tag)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["de-AT"], "de"),
        (["fr", "de"], "de"),
        (["zh-Hans-CN"], "zh-Hans"),
        (["zh-Hant-TW"], ""),
        (["", "en-GB"], "en"),
        (["d"], ""),
        ([], ""),
    ],
)
def test_the_nearest_one_is_found(wanted: list[str], found: str) -> None:
    assert nearest(wanted, {"de", "en", "zh-Hans"}) == found


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de-DE"),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, ""),
        ({"LC_ALL": "", "LC_MESSAGES": "de_CH", "LANG": "en_GB.UTF-8"}, "de-CH"),
        ({"LC_CTYPE": "de_DE.UTF-8"}, ""),
        ({}, ""),
    ],
)
def test_a_machine_names_its_language(environment: dict[str, str], language: str) -> None:
    assert of_this_machine(environment) == language


def test_a_language_has_a_name_of_its_own_and_in_others() -> None:
    assert (name("de"), name("fr"), name("de", "en"), name("en", "de")) == ("Deutsch", "Français", "German", "Englisch")
