"""What is held in memory is known to every process of the same bot: the next message may be answered by another one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import handlers
from bot.conversation import Conversation
from bot.storage.store import SqlStore
from bot.testing import Bench, Person, content

AMBIGUOUS = "I can't live without her"
HIS_NO = "He told me to stop texting him"


class Telling(SqlStore):
    """What a server does with what a process tells: it reaches every other one. `heard` is all of it."""

    def __init__(self, bench: Bench, others: "list[Telling]", heard: list[str]) -> None:
        super().__init__(bench.database)
        self._hearers: list[Callable[[str], None]] = []
        self._others, self._told = others, heard
        others.append(self)

    def tell(self, what: str) -> None:
        """Tells all others."""
        self._told.append(what)
        for hear in [hear for other in self._others if other is not self for hear in other._hearers]:
            hear(what)

    def hear(self, what: Callable[[str], None]) -> None:
        """Hears what the others tell."""
        self._hearers.append(what)


class Two(Bench):
    """Two processes on one database, which take turns."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        stores: list[Telling] = []
        self.told: list[str] = []
        parts = (content(), handlers.ROUTES)
        self._waiting = [
            Conversation(*parts, Telling(self, stores, self.told), self.outbox, self.clock) for _ in range(2)
        ]
        self.switch()

    def switch(self) -> None:
        """What comes now reaches the other one."""
        self._waiting.reverse()
        self.conversation = self._waiting[0]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    with Two(tmp_path) as running:
        yield running


@pytest.fixture
async def person(two: Two) -> Person:
    made = two.person()
    await made.joins()
    return made


async def test_what_was_said_of_a_danger_holds_in_both_and_is_taken_back_in_both(two, person, does):
    await does(person, "/they_wrote", "It frightens me")
    two.switch()
    await does(person, "/cancel", "/they_wrote")
    assert person.keys == ["they_wrote/fear"]
    await does(person, "That isn't so", "None of these")
    two.switch()
    await does(person, "/cancel", "/they_wrote")
    assert person.keys == ["they_wrote/kind"]


async def test_a_figure_of_speech_is_believed_of_its_kind_in_both(two, person, does):
    await does(person, "/write", f"> {HIS_NO}")
    two.switch()
    await does(person, "It's only what I write", f"> {HIS_NO}")
    assert person.keys == ["urge/letter"]
    two.switch()
    await person.says(HIS_NO)
    assert person.keys == ["urge/letter"]
    for _ in range(2):
        await person.says(AMBIGUOUS)
        assert person.keys == ["safety/unclear"]
        two.switch()


async def test_what_one_tells_another_names_nobody_and_nothing(two, person, does):
    await does(person, "> I'm scared of him", "/safe", "/legal_order", "/write", f"> {AMBIGUOUS}", "A figure of speech")
    assert {word.split()[0] for word in two.told} == {"danger", "safe", "heard", "asked", "believed"}
    for word in two.told:
        assert not any(told in word for told in ("fear", "order", "self_harm", person.chat.id, AMBIGUOUS))
