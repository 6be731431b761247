"""How many letters and reasons of a person are kept."""

import pytest
from whenever import Instant

from bot.changes import AddLetter, AddReason
from bot.messages import Chat
from bot.ports import Full
from bot.records import Known, Work
from bot.storage import letters, reasons
from bot.storage.store import SqlStore

NOW = Instant.from_utc(2026, 3, 2, 8)
ME, OTHER = Chat("test", "me"), Chat("test", "other")


async def keep(store: SqlStore, chat: Chat, *wanted: object) -> None:
    known: Known = await store.load(chat)
    await store.commit(Work(chat, known.person, NOW, wanted))


@pytest.fixture(autouse=True)
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "MOST", 3)
    monkeypatch.setattr(reasons, "MOST", 2)


async def test_one_letter_too_many_is_not_kept_and_nothing_else_of_its_unit_is_done(store: SqlStore) -> None:
    for number in range(3):
        await keep(store, ME, AddLetter(f"letter {number}"))
    with pytest.raises(Full) as told:
        await keep(store, ME, AddReason("because"), AddLetter("one more"))
    assert told.value.key == "limits/letters"
    known = await store.load(ME)
    assert [letter.text for letter in await store.letters(known.person)] == ["letter 2", "letter 1", "letter 0"]
    assert known.reasons == ()


async def test_so_it_is_with_reasons(store: SqlStore) -> None:
    for number in range(2):
        await keep(store, ME, AddReason(f"reason {number}"))
    with pytest.raises(Full) as told:
        await keep(store, ME, AddReason("one more"))
    assert told.value.key == "limits/reasons"
    assert len((await store.load(ME)).reasons) == 2


async def test_everybody_has_room_of_their_own(store: SqlStore) -> None:
    for chat in (ME, OTHER):
        for number in range(3):
            await keep(store, chat, AddLetter(f"letter {number}"))
    assert len(await store.letters((await store.load(OTHER)).person)) == 3
