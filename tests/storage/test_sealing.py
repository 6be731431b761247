"""Words at rest: without the keys what stands in the database tells nobody anything, and nothing is lost."""

import re
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from databases import ON_A_FILE, rows
from sqlalchemy import URL, Connection, select, update
from whenever import Instant

from bot.changes import AcceptLink, AddLetter, AddReason, AskLink, Join, SaveRun, SetPerson
from bot.engine import Run
from bot.errors import OperatorError
from bot.messages import Chat, Receipt, Reply
from bot.records import Countdown, Received, Work
from bot.storage.keys import new_key, read_or_make
from bot.storage.resealing import PLACES, State, look, reseal, settle
from bot.storage.room import Room, open_room
from bot.storage.seal import Seal
from bot.storage.store import SqlStore
from bot.storage.tables import KEPT, LETTER
from bot.testing import content
from tests.storage.test_forgetting import COUNTING

NOW = Instant.from_utc(2026, 3, 2, 8)
ME, YOU = Chat("test", "me"), Chat("test", "you")
MARK = "zebra"
OLD, NEW = new_key(), new_key()
PAGE = Path(__file__).parents[2] / "docs" / "decisions" / "sealing.md"
TABLES = [*COUNTING, "inbox", "kept"]


@pytest.fixture
async def sealed(url: URL) -> AsyncIterator[Room]:
    async with open_room(url, Seal([OLD])) as room:
        yield room


async def commit(store: SqlStore, chat: Chat, *changes: Any, replies: tuple[Reply, ...] = ()) -> None:
    await store.commit(Work(chat, (await store.load(chat)).person, NOW, changes, replies))


async def fill(room: Room, chat: Chat = ME, mark: str = MARK) -> SqlStore:
    """Words wherever a person's words may stand."""
    store = SqlStore(room)
    run = Run("urge", 1, "letter", {"write": f"half a letter {mark}"}, under=Run("days", 1, "since", {"x": mark}))
    texts = (AddLetter(f"letter {mark}"), AddReason(f"reason {mark}"), SaveRun(run))
    await commit(store, chat, *texts, replies=(Reply("Here it is:", quote=f"quote {mark}"),))
    await store.set_countdown(Countdown(chat, "7", Reply("Waiting.", quote=f"counting {mark}", until=NOW)))
    await store.take_in([Received(Receipt("bot", len(chat.id)), f"incoming {mark}", chat.id)], NOW)
    return store


async def all_of(store: SqlStore, chat: Chat = ME) -> list[str]:
    """The same words, as the bot has them from the database."""
    known = await store.load(chat)
    letters = [letter.text for letter in await store.letters(known.person)]
    run = [*known.run.answers.values(), *(known.run.under.answers.values() if known.run.under else ())]
    unsent = [queued.reply.quote for queued in await store.unsent("test", chat.id)]
    counting = [found.reply.quote for found in [await store.countdown(chat)] if found]
    coming = [received.body for received in await store.waiting("bot")]
    return [*letters, *(reason.text for reason in known.reasons), *run, *unsent, *counting, *coming]


def holds(url: URL, word: str) -> list[str]:
    """Tables in which the word stands."""
    return [table for table in TABLES if word in repr(rows(url, f"SELECT * FROM {table}"))]  # noqa: S608


async def test_no_word_of_a_person_stands_in_any_table(sealed: Room, url: URL) -> None:
    store = await fill(sealed)
    assert holds(url, MARK) == []
    words = await all_of(store)
    assert len(words) == 7
    assert all(MARK in word for word in words)


def test_which_columns_are_sealed_is_told() -> None:
    """docs/decisions/sealing.md names each of them, and no other."""
    (told,) = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("Sealed are ")]
    columns = [place.column for place in PLACES.values()]
    sealed = {f"{column.table.name}.{column.name}" for column in columns if column.table is not KEPT}
    assert set(re.findall(r"`([\w.]+)`", told)) == sealed


async def test_what_was_told_of_a_danger_holds_without_the_key_and_people_are_told_that_it_is_plain(url: URL) -> None:
    async with open_room(url, Seal([OLD])) as room:
        await commit(SqlStore(room), ME, SetPerson({"danger": "order,fear"}), AddReason(MARK))
    async with open_room(url, Seal([NEW])) as room:
        known = await SqlStore(room).load(ME)
    assert known.person.danger == "order,fear"
    assert [reason.sealed for reason in known.reasons] == [True]
    assert holds(url, "order,fear") == ["person"]
    said = content().words("").texts["privacy/kept"].text
    assert "Your answers are not encrypted by me, also those about an order or fear." in said


@ON_A_FILE
async def test_no_word_of_a_person_stands_in_the_files(sealed: Room, url: URL) -> None:
    await fill(sealed)
    folder = Path(str(url.database)).parent
    assert [file.name for file in folder.iterdir() if MARK.encode() in file.read_bytes()] == []


async def test_what_was_put_in_another_persons_place_is_not_opened(sealed: Room) -> None:
    store = await fill(sealed)
    await fill(sealed, YOU, "okapi")
    mine, yours = [(await store.load(chat)).person for chat in (ME, YOU)]

    def swap(connection: Connection) -> None:
        text = select(LETTER.c.text).where(LETTER.c.person_id == yours.id).scalar_subquery()
        connection.execute(update(LETTER).where(LETTER.c.person_id == mine.id).values(text=text))

    await sealed.write(swap)
    assert [(letter.text, letter.sealed) for letter in await store.letters(mine)] == [("", True)]


async def test_without_the_key_nothing_is_read_and_nothing_is_lost(sealed: Room, url: URL) -> None:
    before = await all_of(await fill(sealed))
    async with open_room(url, Seal([NEW])) as other:
        store = SqlStore(other)
        known = await store.load(ME)
        assert [(letter.text, letter.sealed) for letter in await store.letters(known.person)] == [("", True)]
        assert [(reason.text, reason.sealed) for reason in known.reasons] == [("", True)]
        assert known.run is None
        assert await store.unsent("test") == []
        assert await store.waiting("bot") == []
        assert (await look(other))["letters"] == {State.CLOSED: 1}
    assert await all_of(SqlStore(sealed)) == before


async def test_an_older_key_still_opens(sealed: Room, url: URL) -> None:
    before = await all_of(await fill(sealed))
    async with open_room(url, Seal([NEW, OLD])) as both:
        assert await all_of(SqlStore(both)) == before


async def test_a_new_key_seals_everything(sealed: Room, url: URL) -> None:
    before = await all_of(await fill(sealed))
    assert await settle(sealed)
    async with open_room(url, Seal([NEW, OLD])) as both:
        await reseal(both)
    async with open_room(url, Seal([NEW])) as new:
        assert await all_of(SqlStore(new)) == before
        assert {state for states in (await look(new)).values() for state in states} == {State.SEALED}
        assert await settle(new)


async def test_more_than_a_page_is_sealed(sealed: Room, url: URL) -> None:
    store = SqlStore(sealed)
    everybody = [Chat("test", str(number)) for number in range(13)]
    for chat in everybody:
        await commit(store, chat, *(AddReason(f"reason {number}") for number in range(95)))
    async with open_room(url, Seal([NEW, OLD])) as both:
        await reseal(both)
    async with open_room(url, Seal([NEW])) as new:
        for chat in everybody:
            reasons = (await SqlStore(new).load(chat)).reasons
            assert [reason.text for reason in reasons] == [f"reason {number}" for number in range(95)]


async def test_what_was_written_before_there_were_keys_is_sealed_at_the_start(url: URL) -> None:
    async with open_room(url) as plain:
        before = await all_of(await fill(plain))
    assert holds(url, MARK)
    async with open_room(url, Seal([OLD])) as sealed:
        assert await settle(sealed)
        assert holds(url, MARK) == []
        assert await all_of(SqlStore(sealed)) == before


@ON_A_FILE
async def test_and_is_gone_from_the_files(url: URL) -> None:
    async with open_room(url) as plain:
        await fill(plain)
    async with open_room(url, Seal([OLD])) as sealed:
        await settle(sealed)
        folder = Path(str(url.database)).parent
        assert [file.name for file in folder.iterdir() if MARK.encode() in file.read_bytes()] == []


async def test_other_keys_than_the_databases_are_noticed(sealed: Room, url: URL) -> None:
    assert await settle(sealed)
    assert await settle(sealed)
    async with open_room(url, Seal([NEW])) as other:
        assert not await settle(other)
    async with open_room(url, Seal([NEW, OLD])) as both:
        assert await settle(both)


async def test_words_stay_readable_when_two_persons_become_one(sealed: Room, url: URL) -> None:
    store = await fill(sealed)
    await fill(sealed, YOU, "okapi")
    for chat in (ME, YOU):
        await commit(store, chat, SetPerson({"adult": True}))
    await commit(store, ME, AskLink("code"))
    await commit(store, YOU, AcceptLink("code"))
    await commit(store, ME, Join("code"))
    known = await store.load(ME)
    assert {letter.text for letter in await store.letters(known.person)} == {"letter zebra", "letter okapi"}
    assert {reason.text for reason in known.reasons} == {"reason zebra", "reason okapi"}
    assert (await store.load(YOU)).person == known.person


class TestTheFile:
    def test_it_is_made_once_for_this_user_alone(self, tmp_path: Path) -> None:
        file = tmp_path / "somewhere" / "holdfast.keys"
        made = read_or_make(file)
        assert read_or_make(file) == made
        assert len(made) == 1
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert [each.name for each in file.parent.iterdir()] == [file.name]

    @pytest.mark.parametrize(
        "text",
        ["", "# only words\n", "abc\n", f"{OLD}\n{OLD[:-2]}\n", f"{OLD}x\n"],
        ids=["empty", "words", "short", "the second", "long"],
    )
    def test_one_without_a_good_key_is_left_as_it_is(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "holdfast.keys"
        file.touch(0o600)
        file.write_text(text)
        with pytest.raises(OperatorError, match="ENCRYPTION_KEY_FILE") as raised:
            read_or_make(file)
        assert OLD[:10] not in str(raised.value)
        assert file.read_text() == text

    def test_one_that_others_can_read_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "holdfast.keys"
        read_or_make(file)
        file.chmod(0o640)
        with pytest.raises(OperatorError, match="chmod 600"):
            read_or_make(file)

    def test_where_none_can_be_made_the_cure_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(OperatorError, match=r"ENCRYPTION_KEY_FILE: .* cannot be made"):
            read_or_make(tmp_path / "file" / "holdfast.keys")
