"""People are spoken to in their language: the one they chose, or that of their app, and they are heard in every one."""

import json
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from discord_bench import DiscordBench
from discord_server import ServerBench
from discord_witness import cells
from languages import english_alone, with_german

from bot.adapters.discord import OPTIONS, PLATFORM
from bot.messages import Button
from bot.testing import Bench, Person

Does = Callable[..., Awaitable[None]]

HELLO = "Hallo, ich bin"
MORNING = "Was steht heute auf dem Herd?"
LINES = "Bitte ruf jemanden an:"
EXCUSE = "Das gibt es hier nur auf Englisch:"


@pytest.fixture(scope="session")
def german(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_german(tmp_path_factory.mktemp("german"))


@pytest.fixture(autouse=True)
def both(german: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bench, "content_folder", german)


async def says(person: Person, text: str) -> None:
    """Says something with what the app is set to. In private messages of Discord only a command that is called does:
    what is written there comes without it."""
    bench = person.bench
    command, _, words = text.removeprefix("/").partition(" ")
    if type(bench) is not DiscordBench or not text.startswith("/") or (words and command not in OPTIONS):
        await person.says(text)
        return
    await bench.run()
    person.look_away()
    bench.locales[int(person.chat.id)] = person.language or "en-US"
    bench.call(person.chat, command, words)
    await bench.settled()


def of(bench: Bench, language: str) -> Person:
    person = bench.person()
    person.language = language
    return person


@pytest.mark.parametrize("language", ["de", "de-AT"])
async def test_a_german_phone_gets_german_from_the_first_word(bench: Bench, language: str) -> None:
    person = of(bench, language)
    await says(person, "/start")
    assert HELLO in person.text


@pytest.mark.parametrize("language", ["", "en-GB", "fr", "xx", "de;drop", "d" * 300])
async def test_any_other_phone_gets_english(bench: Bench, language: str) -> None:
    if language in ("xx", "de;drop", "d" * 300) and bench.platform == PLATFORM:
        pytest.skip("Discord names none but its own languages")
    person = of(bench, language)
    await says(person, "/start")
    assert "I'm **Holdfast**" in person.text


async def test_what_is_missing_comes_in_english_with_a_word_before_it(bench: Bench) -> None:
    person = of(bench, "de")
    await says(person, "/privacy")
    assert person.text.startswith(f"{EXCUSE}\n\n")
    await says(person, "/language")
    assert EXCUSE not in person.text


async def test_a_button_that_is_missing_has_its_english_label(bench: Bench) -> None:
    person = of(bench, "de")
    await says(person, "/start")
    assert "I'm 18 or over, that's fine" in person.buttons


async def test_a_language_is_chosen_and_given_back(bench: Bench, person: Person) -> None:
    await person.joins()
    await says(person, "/language")
    assert [label for label in person.buttons if label not in ("Go on in private",)] == [
        "Deutsch",
        "English",
        "As in the app",
    ]
    await person.taps("Deutsch")
    assert person.text.startswith("Ab jetzt sprechen wir Deutsch.")
    assert "Was brauchst du?" in person.text
    await bench.restart()
    await says(person, "/menu")
    assert person.text == "Was brauchst du?"
    await says(person, "/language")
    await person.taps("Wie in der App")
    assert "From now on we speak English." in person.text
    assert "What do you need?" in person.text


@pytest.mark.parametrize("named", ["de", "DE", "de-CH", "Deutsch", "german", " Deutsch "])
async def test_a_language_is_named_as_people_name_it(person: Person, named: str) -> None:
    await person.joins()
    await says(person, f"/language {named}")
    assert "Ab jetzt sprechen wir Deutsch." in person.text


@pytest.mark.parametrize("named", ["xx", "fr", "../de", "{language}", "de; DROP TABLE person", "english german", "🙂"])
async def test_a_language_nobody_speaks_changes_nothing(bench: Bench, person: Person, named: str) -> None:
    await person.joins()
    await says(person, f"/language {named}")
    assert person.sees("language/unknown")
    assert "Deutsch, English" in person.text
    await says(person, "/menu")
    assert person.text == "What do you need?"


async def test_a_forged_button_chooses_nothing_that_is_not_there(person: Person) -> None:
    await person.joins()
    await person.presses(Button("x", "/language xx"))
    assert person.sees("language/unknown")


async def test_what_was_chosen_wins_and_the_app_is_followed_without(bench: Bench, person: Person) -> None:
    await person.joins()
    await says(person, "/language en")
    person.language = "de"
    await says(person, "/menu")
    assert person.text == "What do you need?"
    await says(person, "/language app")
    assert "Ab jetzt sprechen wir Deutsch." in person.text
    person.language = "en-GB"
    await says(person, "/menu")
    assert person.text == "What do you need?"


async def test_it_is_written_down_when_it_changes(bench: Bench) -> None:
    person = of(bench, "de")
    await says(person, "/start")
    with closing(sqlite3.connect(bench.database_file)) as database:
        database.executescript(
            "CREATE TABLE written (language); CREATE TRIGGER notes AFTER UPDATE OF language ON chat "
            "BEGIN INSERT INTO written VALUES (new.language); END"
        )
        for language in ("de", "de", "fr", "fr", "de"):
            person.language = language
            await says(person, "/menu")
        assert database.execute("SELECT language FROM written").fetchall() == [("fr",), ("de",)]


@pytest.mark.parametrize("said", ["/hide", "/lines", "ich will nicht mehr leben"])
async def test_nobody_becomes_known_by_it(bench: Bench, tables: Callable[[], dict[str, str]], said: str) -> None:
    person = of(bench, "de")
    await says(person, said)
    assert person.replies
    assert tables()["person"] == "[]"


async def test_settings_lead_there(person: Person) -> None:
    await person.joins()
    await says(person, "/settings")
    assert "Language: English" in person.text
    await person.taps("Language")
    assert person.sees("language/which")


async def test_somebody_new_may_choose_before_anything_else(bench: Bench, person: Person) -> None:
    await says(person, "/language de")
    assert HELLO in person.text


async def test_the_open_question_comes_in_the_new_language(person: Person) -> None:
    await says(person, "/urge")
    await says(person, "/language de")
    assert "Was ist es gerade?" in person.text


async def test_a_minor_is_kept_nothing_of(person: Person, tables: Callable[[], dict[str, str]]) -> None:
    await says(person, "/start")
    await person.taps("I'm under 18")
    await says(person, "/language de")
    assert person.sees("welcome/minor")


@pytest.mark.parametrize("chosen", [True, False])
async def test_a_check_in_comes_in_the_language_of_the_person(
    bench_at: Callable[..., Bench], turns_on: Does, chosen: bool
) -> None:
    bench = bench_at(2026, 3, 2, 12)
    person = bench.person()
    await turns_on(person, morning="8:00")
    person.language = "" if chosen else "de"
    await says(person, "/language de" if chosen else "/menu")
    person.look_away()
    await bench.restart()
    await bench.forward(days=1)
    assert MORNING in person.text
    assert "Etwas Gutes" in person.buttons


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "ich will nicht mehr leben"), ("de", "I want to kill myself"), ("", "Ich bringe mich um")],
)
async def test_danger_is_heard_in_every_language(bench: Bench, language: str, sentence: str) -> None:
    person = of(bench, language)
    await says(person, "/start")
    await says(person, sentence)
    assert person.keys == ["safety/self_harm"]
    assert (LINES in person.text) is (language == "de")


@pytest.mark.parametrize(
    ("language", "sentence", "key"),
    [
        ("", "er steht vor meiner tür", "safety/"),
        ("de", "he is outside my door", "safety/"),
        ("", "sie will keinen kontakt", "danger_to_them/"),
    ],
)
async def test_the_other_gates_open_in_every_language(bench: Bench, language: str, sentence: str, key: str) -> None:
    person = of(bench, language)
    await says(person, "/start")
    await person.taps("I'm 18 or over, that's fine")
    await person.taps("Not now")
    await says(person, sentence)
    assert person.sees(key), person.keys


async def test_danger_in_a_letter_is_asked_about_in_every_language(person: Person, does: Does) -> None:
    await person.joins()
    await says(person, "/write")
    await says(person, "sie will keinen kontakt")
    assert person.sees("danger_to_them/unclear_no")


async def test_without_the_database_the_app_decides(bench: Bench) -> None:
    person = of(bench, "de")
    await says(person, "/start")
    bench.lose_the_database()
    await says(person, "/lines Amerika")
    assert "Nummern für Vereinigte Staaten:" in person.text
    await says(person, "/urge")
    assert "Was ist es gerade?" in person.text
    await says(person, "ich will nicht mehr leben")
    assert person.keys[0] == "safety/self_harm"
    assert LINES in person.text


async def test_numbers_have_german_words_around_them(bench: Bench) -> None:
    person = of(bench, "de")
    await says(person, "/lines GB")
    assert "Telefon 116 123, rund um die Uhr" in person.text
    assert "999 oder 112" in person.text


@pytest.mark.parametrize("named", ["Österreich", "Austria", "die Schweiz", "Switzerland"])
async def test_a_country_is_named_in_any_language(person: Person, named: str) -> None:
    await says(person, f"/lines {named}")
    assert person.sees("helplines/here")


async def test_old_buttons_and_their_labels_are_understood(bench: Bench, person: Person) -> None:
    """The docked one stays on the screen, and so does the question."""
    await person.joins()
    await says(person, "/urge")
    await says(person, "/language de")
    await says(person, "I feel lonely")
    assert person.sees("reasons/")
    await says(person, "/cancel")
    await says(person, "I want to text them")
    assert person.sees("urge/name_it")
    await says(person, "/cancel")
    await says(person, "menu")
    assert person.text == "Was brauchst du?"


async def test_what_is_typed_means_a_command_in_every_language(person: Person) -> None:
    await person.joins()
    await says(person, "zeig mir das menü")
    assert person.text == "What do you need?"


async def test_times_are_read_in_every_language(person: Person, does: Does) -> None:
    await person.joins()
    await does(person, "/checkins", "In the evening", "> 8 uhr abends", "> Rom", "Yes", "Only the question")
    assert person.sees("checkins/on")
    assert "20:00" in person.text
    assert "Rome" in person.text


async def test_an_article_that_is_there_in_english_only_can_be_read(person: Person) -> None:
    await person.joins()
    await says(person, "/language de")
    await person.presses(Button("x", "/article was-it-my-fault"))
    assert person.text.startswith(EXCUSE)


async def test_it_is_in_the_export_and_gone_with_everything(bench: Bench, person: Person) -> None:
    await person.joins()
    person.language = "de-AT"
    await says(person, "/language en")
    await says(person, "/export")
    kept = json.loads(next(file.content for file in person.files if file.name.endswith(".json")))
    assert (kept["profile"]["language"], kept["chats"][0]["language"]) == ("en", "de-AT")
    page = next(file.content.decode() for file in person.files if file.name.endswith(".html"))
    assert "<dd>English</dd>" in page
    await says(person, "/delete")
    await person.taps("Delete everything")
    known = await bench.store.load(person.chat)
    assert (known.met, known.language, known.person.language) == (False, "", "")


async def test_with_one_language_there_is_nothing_to_choose(
    tmp_path: Path, make_bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Bench, "content_folder", english_alone(tmp_path / "alone"))
    person = make_bench().person()
    await says(person, "/language")
    assert person.text == "I only speak English so far."


async def test_hiding_says_nothing_in_the_language_of_the_person(bench: Bench) -> None:
    person = of(bench, "de")
    await says(person, "/hide")
    assert person.text == "Gerade keine Erinnerungen."


async def test_discord_says_the_rest_in_that_language_too(bench: Bench) -> None:
    if not isinstance(bench, ServerBench):
        pytest.skip("there only")
    person = of(bench, "de")
    await says(person, "/write")
    labels = {cell["label"] for message in bench.seen(person.chat) for cell in cells(message)}
    assert {"Hier schreiben", "Privat weiter"} <= labels
