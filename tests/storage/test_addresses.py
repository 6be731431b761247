"""Where a chat is written to: known as soon as what was said there is, whatever happens then."""

from whenever import Instant

from bot.changes import SaveRun
from bot.engine import Run
from bot.messages import Chat
from bot.records import Work
from bot.storage.store import SqlStore

NOW = Instant.from_utc(2026, 3, 2, 8)
ME, YOU = Chat("discord", "7"), Chat("discord", "8")


async def hears(store: SqlStore, chat: Chat, address: str = "", at: Instant = NOW) -> None:
    """Something is said in a chat."""
    person = (await store.load(chat)).person
    await store.commit(Work(chat, person, at, (SaveRun(Run("urge", 1, "wait")),), address=address))


async def test_an_address_comes_with_the_first_words(store: SqlStore) -> None:
    await hears(store, ME, "70")
    assert await store.address(ME) == "70"


async def test_one_that_changes_is_followed_and_one_that_is_not_said_stays(store: SqlStore) -> None:
    await hears(store, ME)
    assert await store.address(ME) == ""
    for said, kept in (("70", "70"), ("", "70"), ("71", "71")):
        await hears(store, ME, said)
        assert await store.address(ME) == kept


async def test_it_belongs_to_its_chat_alone(store: SqlStore) -> None:
    await hears(store, YOU)
    await hears(store, ME, "70")
    assert await store.address(YOU) == ""


async def test_a_chat_that_is_not_known_has_none(store: SqlStore) -> None:
    assert not await store.set_address(ME, "70")
    assert await store.address(ME) == ""


async def test_chats_in_which_something_went_on_last_come_first(store: SqlStore) -> None:
    await hears(store, ME, "70", NOW)
    await hears(store, YOU, "80", NOW.add(minutes=1))
    assert await store.addresses("discord", 5) == [(YOU, "80"), (ME, "70")]
    assert await store.addresses("discord", 1) == [(YOU, "80")]
    assert await store.addresses("telegram", 5) == []


async def test_a_note_takes_the_place_of_the_one_before(store: SqlStore) -> None:
    assert await store.noted("commands") == ""
    for value in ("one", "two"):
        await store.note("commands", value)
        assert await store.noted("commands") == value
