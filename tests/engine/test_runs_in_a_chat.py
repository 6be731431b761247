"""The engine in a whole chat: what is said, stored and woken around a run."""

import pytest
from whenever import Instant

from bot.changes import SaveRun
from bot.engine import Run
from bot.messages import Button
from bot.records import Work
from bot.testing import Bench, Person


async def interrupt_with(person: Person, bench: Bench, run: Run) -> None:
    """Puts a run into the chat's row, as an older version of the bot would have left it there."""
    known = await bench.store.load(person.chat)
    await bench.store.commit(Work(person.chat, known.person, bench.clock.now(), (SaveRun(run),)))


async def ten_minutes(person: Person) -> None:
    await person.joins()
    await person.says("/urge")
    await person.presses(Button("wait", "urge:reason:wait:missing"))


@pytest.mark.parametrize("token", ["urge:reason:another:missing", "urge:reason:wait:missing", "urge:plain:done"])
async def test_words_typed_where_a_tap_is_asked_for_are_answered(token: str, person: Person) -> None:
    await person.joins()
    await person.presses(Button("a step", token))
    await person.says("hmm")
    assert person.replies


async def test_words_typed_at_the_first_question_are_answered_with_it(person: Person) -> None:
    await person.joins()
    await person.says("/urge")
    await person.says("hmm")
    assert person.keys == ["common/tap_please", "urge/name_it"]


async def test_a_wait_is_over_once_the_safety_lines_were_looked_at(person: Person, bench: Bench) -> None:
    await ten_minutes(person)
    await person.says("/not_safe")
    person.look_away()
    await bench.forward(minutes=10)
    assert person.keys == []


async def test_a_wait_goes_on_after_another_flow_is_over(person: Person, bench: Bench) -> None:
    await ten_minutes(person)
    await person.says("/days since")
    await person.presses(Button("today", "days:since:today"))
    person.look_away()
    await bench.forward(minutes=10)
    assert person.sees("urge/write_offer")


async def test_nothing_of_the_safety_flow_is_in_the_row_of_the_next(person: Person, bench: Bench) -> None:
    await person.joins()
    await person.presses(Button("back", "safety:which:back"))
    run = (await bench.store.load(person.chat)).run
    assert run is None or dict(run.answers) == {}


@pytest.mark.parametrize("text", ["hello", "/resume", "🙂"])
async def test_somebody_in_a_flow_that_is_gone_gets_an_answer(text: str, person: Person, bench: Bench) -> None:
    await person.joins()
    await interrupt_with(person, bench, Run("from_last_year", 1, "question"))
    await person.says(text)
    assert person.replies


async def test_somebody_in_a_step_that_is_gone_gets_the_lost_step(person: Person, bench: Bench) -> None:
    await person.joins()
    await interrupt_with(person, bench, Run("settings", 1, "from_last_year", ends=Instant.from_utc(2026, 1, 1)))
    await person.says("/resume")
    assert person.keys == ["settings/which"]


@pytest.mark.parametrize(
    "command", ["/letters at", "/letters burn", "/reasons at", "/reasons drop", "/article was-it-my-fault"]
)
async def test_a_number_of_five_thousand_digits_is_no_fault_of_ours(command: str, person: Person) -> None:
    await person.joins()
    await person.says(f"{command} {'9' * 5_000}")
    assert not person.sees("common/failed")


async def test_no_to_which_country_leads_to_no_country(person: Person, bench: Bench) -> None:
    await person.says("/lines no")
    assert (await bench.store.load(person.chat)).person.country == ""


async def test_half_a_character_is_answered(person: Person) -> None:
    """A platform or a pipe may hand over a lone surrogate; it cannot be written down."""
    await person.joins()
    await person.says("/reason")
    await person.says("because \ud83d")
    assert person.replies
