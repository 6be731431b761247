"""/delete: whatever somebody has said, by whichever way, no byte of it is left in any file afterwards."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.messages import Reply
from bot.records import Work
from bot.testing import Bench, Person

CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{5}(?:-[0-9A-HJKMNP-TV-Z]{5,6}){4}")
MARKS = ("heron", "plover", "dunlin", "curlew", "avocet", "siskin", "bunting", "wryneck", "jackdaw")


def left(folder: Path, marks: tuple[str, ...] = MARKS) -> list[tuple[str, str]]:
    """Which marks stand in which files."""
    found = {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    return [(name, mark) for name, held in found.items() for mark in marks if mark.encode() in held]


async def says_everything(bench: Bench, person: Person, does: Any) -> None:
    """Uses every way by which words come in. A mark stands in all of them."""
    await person.joins()
    await does(person, "/write", "> heron " + "and so on " * 300, "Keep it here")
    await does(person, "/write", "> plover by day", "Show it to me tomorrow")
    await does(person, "/write", "> burned dunlin", "Burn it")
    await does(person, "/reason", "> curlew in the morning")
    await person.says("avocet, just like that")
    await person.says("/read siskin")
    await person.says("/lines wryneck")
    await does(person, "/settings", "Country", "> bunting")
    await does(person, "/checkins", "Both", "> 8", "> 21", "> London", "Yes", "Yes")
    await person.says("/link")
    await does(person, "/urge", "I feel lonely", "Wait with me")
    await does(person, "/write", "> jackdaw, half of it")


async def test_no_byte_is_left(bench: Bench, person: Person, does: Any, folder: Path) -> None:
    await says_everything(bench, person, does)
    assert {mark for _, mark in left(folder)} >= {"heron", "plover", "curlew", "jackdaw"}
    id = (await bench.store.load(person.chat)).person.id
    assert left(folder, (id,))
    await does(person, "/delete", "Delete everything")
    assert person.sees("privacy/deleted")
    assert left(folder, (*MARKS, id)) == []


async def test_what_could_not_be_sent_goes_too(bench: Bench, person: Person, does: Any, folder: Path) -> None:
    """An answer that quotes, held up by the platform, and one that was given up."""
    await person.joins()
    await does(person, "/write", "> heron", "Keep it here")
    known = await bench.store.load(person.chat)
    replies = (Reply("waits", quote="plover"), Reply("given up", quote="curlew"))
    _, given_up = await bench.store.commit(Work(person.chat, known.person, bench.clock.now(), (), replies))
    await bench.store.give_up(given_up, bench.clock.now(), "Bad Gateway")
    assert {mark for _, mark in left(folder)} == {"heron", "plover", "curlew"}
    await person.says("/delete everything")
    assert left(folder) == []


async def test_other_chats_of_the_person_go_too_and_nobody_else(
    bench: Bench, person: Person, does: Any, folder: Path, tables: Callable[[], dict[str, str]]
) -> None:
    other, stranger = bench.person("other"), bench.person("stranger")
    await person.joins()
    await does(stranger, "/start", "I'm 18 or over, that's fine", "Not now", "/reason", "> dunlin stays")
    await person.says("/link")
    await other.says(f"/link {CODE.findall(person.text)[0]}")
    await other.taps("Yes, join them")
    await other.taps("I'm 18 or over, that's fine")
    await does(person, "I've entered it there", "Yes, that's me")
    await does(other, "/write", "> plover over there")
    await does(person, "/reason", "> curlew")
    await does(other, "/delete", "Delete everything")
    assert other.sees("privacy/deleted")
    assert {mark for _, mark in left(folder)} == {"dunlin"}
    assert person.chat.id not in tables()["chat"]
    assert stranger.chat.id in tables()["chat"]


async def test_a_sentence_that_was_asked_about_goes_too(person: Person, does: Any) -> None:
    await person.joins()
    await does(person, "/write", "> I can't live without her", "/delete", "Delete everything", "A figure of speech")
    assert person.keys == ["common/menu"]
    assert "live without her" not in person.text


async def test_whoever_writes_again_is_new(person: Person, does: Any) -> None:
    await person.joins()
    await does(person, "/reason", "> curlew", "/delete", "Delete everything", "/reasons")
    assert not person.text.count("curlew")
    await person.says("/export")
    assert not person.files or b"curlew" not in person.files[1].content


async def test_without_a_yes_everything_stays(person: Person, does: Any) -> None:
    await person.joins()
    await does(person, "/reason", "> curlew", "/delete")
    assert {"Delete everything", "Give me a copy first", "Keep it"} <= set(person.buttons)
    await does(person, "Keep it", "/reasons")
    assert "curlew" in person.text
