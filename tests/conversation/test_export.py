"""/export: everything that is kept, as a page to read and as JSON, and nothing that could be anything else."""

import json
from html.parser import HTMLParser
from typing import Any

import pytest

from bot import page as pages
from bot.messages import File
from bot.testing import Bench, Person
from handlers import privacy

ODD = "<script>alert(1)</script> & \"quotes\" 'n' </p> 😀 ünï\n\nsecond line"


class Reader(HTMLParser):
    """Reads a page as a browser does: its texts, and what it would fetch or run."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(page.decode())
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta",):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def files(person: Person) -> dict[str, File]:
    """The two files, by the ends of their names."""
    return {file.name.rpartition(".")[2]: file for file in person.files}


def exported(person: Person) -> dict[str, Any]:
    return json.loads(files(person)["json"].content)  # type: ignore[no-any-return]


async def lives(person: Person, does: Any) -> None:
    """Leaves something of every kind that can be left in one chat."""
    await person.joins()
    await does(person, "/write", f"> {ODD}", "Keep it here", "/reason", "> my garden", "/slipped", "Yes, today")
    await does(person, "/settings", "Country", "> Ireland")
    await does(person, "/checkins", "In the morning", "> 8", "> London", "Yes", "Only the question")


async def test_both_files_come_with_a_word_about_them(person: Person, does: Any) -> None:
    await lives(person, does)
    await person.says("/export")
    assert person.sees("privacy/exported")
    assert [file.name for file in person.files] == ["holdfast-2026-03-02.html", "holdfast-2026-03-02.json"]


async def test_what_was_written_is_in_both_as_it_was(person: Person, does: Any) -> None:
    await lives(person, does)
    await person.says("/export")
    (letter,) = exported(person)["letters"]
    assert letter["text"] == ODD
    assert [reason["text"] for reason in exported(person)["reasons"]] == ["my garden"]
    read = Reader(files(person)["html"].content)
    assert ODD in read.text
    assert "my garden" in read.text


async def test_the_profile_and_the_days_are_there(person: Person, does: Any) -> None:
    await lives(person, does)
    await person.says("/export")
    told = exported(person)
    assert (told["format"], told["version"]) == ("holdfast", 1)
    profile = told["profile"]
    assert (profile["country"], profile["zone"], profile["morning"]) == ("IE", "Europe/London", "08:00")
    assert (profile["adult"], profile["seen_on"]) == (True, "2026-03-02")
    assert told["slips"] == [{"on": "2026-03-02"}]
    assert [due["kind"] for due in told["coming"]] == ["morning"]
    text = Reader(files(person)["html"].content).text
    for shown in ("Ireland", "Europe/London", "08:00", "2026-03-02", "Morning check-in"):
        assert shown in text


async def test_the_page_needs_nothing_and_runs_nothing(person: Person, does: Any) -> None:
    await lives(person, does)
    await person.says("/export")
    read = Reader(files(person)["html"].content)
    assert not {"script", "link", "img", "iframe", "object", "form", "a", "base"} & {tag for tag, _ in read.tags}
    assert not [about for _, about in read.tags if {"src", "href", "style", "onload", "onclick"} & about.keys()]
    policies = [about["content"] for tag, about in read.tags if about.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert b"url(" not in files(person)["html"].content
    assert b"@import" not in files(person)["html"].content


async def test_a_letter_that_is_half_written_is_in_it(person: Person, does: Any) -> None:
    await person.joins()
    await does(person, "/write", "> half of a heron")
    await person.says("/export")
    assert [chat["run"]["answers"] for chat in exported(person)["chats"] if "half of a heron" in str(chat)]
    assert "half of a heron" in Reader(files(person)["html"].content).text
    assert "Back to where we were" in person.buttons


async def test_nothing_of_it_is_written_down(person: Person, does: Any, on_disk: Any, tables: Any) -> None:
    await lives(person, does)
    await person.says("/export")
    assert b"Everything I keep" not in on_disk()
    assert "privacy/exported" not in str(tables())


async def test_whoever_is_new_is_told_that_there_is_nothing(person: Person) -> None:
    await person.says("/export")
    assert person.sees("privacy/nothing")
    assert not person.files


async def test_a_minor_gets_what_is_kept_of_them(person: Person) -> None:
    await person.says("/start")
    await person.taps("I'm under 18")
    await person.says("/export")
    assert exported(person)["profile"]["adult"] is False


async def test_without_the_database_nothing_is_called_complete(person: Person, bench: Bench, does: Any) -> None:
    await person.joins()
    bench.lose_the_database()
    await person.says("/export")
    assert person.keys == ["common/down"]


async def test_much_is_packed(person: Person, does: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    await lives(person, does)
    monkeypatch.setattr(privacy, "LARGEST", 4_000)
    await person.says("/export")
    assert [file.name for file in person.files] == ["holdfast-2026-03-02.zip"]
    assert person.files[0].content.startswith(b"PK")


async def test_too_much_is_told(person: Person, does: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    await lives(person, does)
    monkeypatch.setattr(privacy, "LARGEST", 100)
    await person.says("/export")
    assert person.sees("privacy/too_much")
    assert not person.files


async def test_every_label_on_the_page_is_one_of_ours(person: Person, does: Any) -> None:
    """A part that is shown has its heading, and every value of it a label."""
    await lives(person, does)
    await person.says("/export")
    text = Reader(files(person)["html"].content).text
    for part in ("letters", "reasons", "profile", "slips", "coming", "chats"):
        assert pages.SHOWN[part] is not None
        for name in pages.SHOWN[part]:
            assert privacy.ROUTES.texts[f"export/{part}"].count(name) == 1
    assert "export/" not in text
    assert "None" not in text
