"""An export has all that /delete removes. A table or a column that is new cannot be forgotten."""

import re
from pathlib import Path

from databases import rows
from sqlalchemy import URL

from bot.changes import AcceptLink, AskLink, Forget
from bot.export import as_json
from bot.messages import Chat
from bot.records import Work
from bot.storage.export import NOBODYS, OF_THE_MACHINE, PARTS, columns
from bot.storage.models import METADATA
from bot.storage.store import SqlStore
from tests.storage.test_forgetting import COUNTING, NOW, counts, fill

PAGE = Path(__file__).parents[2] / "docs" / "export.md"


def test_every_table_is_a_persons_and_exported_or_nobodys() -> None:
    assert {*PARTS.values()} | {*NOBODYS} == set(METADATA.sorted_tables)
    assert {table.name for table in PARTS.values()} == set(COUNTING)


def test_every_column_is_exported_or_of_the_machine() -> None:
    for table in PARTS.values():
        hidden = {"person_id", *OF_THE_MACHINE.get(table, ())}
        assert {*columns(table)} | hidden >= {column.name for column in table.columns}
        assert hidden - {"person_id"} <= {column.name for column in table.columns}


def test_every_key_is_described() -> None:
    """docs/export.md has a row for each part and each of its keys."""
    described = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    keys = {part: set(re.findall(r"`(\w+)`", told)) for part, told in described.items()}
    for part, table in PARTS.items():
        assert keys[part] == set(columns(table)), part


async def test_every_row_that_forgetting_removes_is_in_it(store: SqlStore, url: URL) -> None:
    chat = Chat("test", "me")
    await fill(store, Chat("test", "you"), "giraffe")
    others = counts(url)
    known = await fill(store, chat, "zebra")
    mine = {name: number - others[name] for name, number in counts(url).items()}
    kept = await store.everything(known.person)
    assert {PARTS[part].name: len(found) for part, found in kept.items()} == mine
    assert all(mine.values())
    await store.commit(Work(chat, known.person, NOW, (Forget(),)))
    assert counts(url) == others
    assert not any((await store.everything(known.person)).values())


async def test_every_word_is_in_it_and_nobody_elses(store: SqlStore) -> None:
    await fill(store, Chat("test", "you"), "giraffe")
    known = await fill(store, Chat("test", "me"), "zebra")
    told = as_json(await store.everything(known.person), NOW).decode()
    for words in ("reason 39 zebra", "letter 9 zebra", "run zebra", "quote zebra", "morning zebra", "counting zebra"):
        assert words in told
    assert "giraffe" not in told


async def test_a_code_that_was_entered_here_is_in_it_without_the_chat_it_is_from(store: SqlStore, url: URL) -> None:
    """It goes with the chat that entered it, too. Neither side is told the other's number before they are joined."""
    mine, theirs = Chat("test", "me"), Chat("test", "you")
    for chat, change in ((theirs, AskLink("code")), (mine, AcceptLink("code"))):
        await store.commit(Work(chat, (await store.load(chat)).person, NOW, (change,)))
    me = (await store.load(mine)).person
    (code,) = (await store.everything(me))["codes"]
    assert (code["platform"], code["chat"], code["other_platform"], code["other_chat"]) == (None, None, "test", "me")
    (code,) = (await store.everything((await store.load(theirs)).person))["codes"]
    assert (code["platform"], code["chat"], code["other_platform"], code["other_chat"]) == ("test", "you", None, None)
    await store.commit(Work(mine, me, NOW, (Forget(),)))
    assert rows(url, "SELECT * FROM link") == []
