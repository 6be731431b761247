"""Runs and replies survive being written down; what cannot be read is no run."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from whenever import Instant

from bot.changes import SaveRun
from bot.engine import Run
from bot.messages import Button, Chat, File, Picture, Reply
from bot.records import Work
from bot.storage.codec import reply_from_json, reply_to_json, run_from_json, run_to_json
from bot.storage.room import Room
from bot.storage.store import SqlStore

NOW = Instant.from_utc(2026, 3, 2, 8)
ME = Chat("test", "me")

words = st.text(max_size=20)
moments = st.integers(-(10**12), 10**13).map(lambda number: Instant.from_timestamp(number, unit="millisecond"))
waits = st.one_of(st.tuples(st.none(), st.just(0)), st.tuples(moments, st.integers(0, 9)))


def run(flow: str, version: int, step: str, answers: dict[str, str], seen: list[str], wait: Any, under: Any) -> Run:
    return Run(flow, version, step, answers, tuple(seen), wait[0], wait[1], under)


parts = (words, st.integers(0, 10**6), words, st.dictionaries(words, words, max_size=4), st.lists(words, max_size=4))
runs = st.recursive(st.none(), lambda under: st.builds(run, *parts, waits, under), max_leaves=4)
tokens = st.text(st.characters(codec="ascii"), min_size=1, max_size=64)
replies = st.builds(
    Reply,
    text=words,
    key=words,
    buttons=st.lists(st.builds(Button, words, tokens), max_size=4).map(tuple),
    quote=words,
    picture=st.none() | st.builds(Picture, words, words),
    until=st.none() | moments,
    writes=words,
    listed=st.integers(0, 4),
    ways=st.integers(0, 4),
)
plain = st.none() | st.booleans() | st.integers() | st.floats() | words
anything = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4), max_leaves=12
)
spoilt = st.fixed_dictionaries(
    {"flow": anything, "version": anything, "step": anything, "answers": anything},
    optional={"seen": anything, "ends": anything, "shown": anything, "under": anything},
)


@given(runs)
def test_a_run_survives_being_written_down(kept: Run | None) -> None:
    assert run_from_json(json.loads(json.dumps(run_to_json(kept)))) == kept


@given(replies)
def test_a_reply_survives_being_written_down(reply: Reply) -> None:
    assert reply_from_json(reply_to_json(reply)) == reply


@given(anything | spoilt)
def test_whatever_stands_in_a_row_is_a_run_or_none(row: Any) -> None:
    assert isinstance(run_from_json(row), Run | None)


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"flow": "urge"},
        [],
        "urge",
        7,
        {"flow": "urge", "version": "x", "step": "wait", "answers": {}},
        {"flow": "urge", "version": 1, "step": "wait", "answers": []},
        {"flow": "urge", "version": 1, "step": "wait", "answers": None},
        {"flow": "urge", "version": 1, "step": "wait", "answers": {}, "ends": 10**30},
        {"flow": "urge", "version": 1, "step": "wait", "answers": {}, "ends": "soon"},
        {"flow": "urge", "version": 1, "step": "wait", "answers": {}, "seen": 3},
    ],
)
def test_a_row_that_is_garbage_is_no_run(row: Any) -> None:
    assert run_from_json(json.dumps(row)) is None


def test_a_text_that_is_no_json_is_no_run() -> None:
    assert run_from_json("{") is None


def test_a_run_over_one_that_is_garbage_is_a_run() -> None:
    row = {"flow": "urge", "version": 1, "step": "wait", "answers": {}, "under": {"flow": "days"}}
    assert run_from_json(json.dumps(row)) == Run("urge", 1, "wait")


@given(runs)
def test_a_run_is_written_without_what_it_does_not_say(kept: Run | None) -> None:
    row = json.loads(run_to_json(kept) or "null")
    assert row is None or {"flow", "version", "step", "answers"} <= row.keys()
    assert row is None or ("ends" in row) == (kept is not None and kept.ends is not None)


async def saved(store: SqlStore, kept: Run | None) -> None:
    await store.commit(Work(ME, (await store.load(ME)).person, NOW, (SaveRun(kept),)))


async def test_a_run_is_stored_replaced_and_taken_away(store: SqlStore) -> None:
    first, second = Run("urge", 1, "wait", ends=NOW), Run("days", 2, "since", {"a": "ü"}, under=Run("urge", 1, "bye"))
    for kept in (first, second, None):
        await saved(store, kept)
        assert (await store.load(ME)).run == kept


@pytest.mark.parametrize("row", ["", "urge", "{", "{}", "[]", '"x"', "3", "null", "[[[[", '{"flow": 1}', "\x00"])
async def test_a_chat_whose_row_is_garbage_has_no_run(row: str, database: Room, store: SqlStore) -> None:
    """Such a person must still be answered: everything they say begins with reading that row."""
    await saved(store, Run("urge", 1, "wait"))

    def spoil(connection: Connection) -> None:
        if "\0" in row and connection.dialect.name != "sqlite":
            pytest.skip("PostgreSQL holds no such text")
        connection.execute(text("UPDATE chat SET run = :row"), {"row": row})

    await database.write(spoil)
    known = await store.load(ME)
    assert (known.met, known.run) == (True, None)


def test_a_reply_with_files_is_never_written_down() -> None:
    with pytest.raises(ValueError, match="privacy/exported has files"):
        reply_to_json(Reply("here", "privacy/exported", files=(File("a.json", b"zebra"),)))
    assert "zebra" not in repr(Reply("here", files=(File("a.json", b"zebra"),)))
