"""Two persons become one, and one becomes several: counted before and after, whatever they had."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from databases import rows
from sqlalchemy import URL
from whenever import Date, Instant

from bot.changes import (
    AcceptLink,
    AddLetter,
    AddReason,
    AddSlip,
    AppLanguage,
    AskLink,
    DropDue,
    Forget,
    Join,
    MarkShown,
    Part,
    Receive,
    SaveArticle,
    SaveRun,
    SetDue,
    SetHome,
    SetPerson,
)
from bot.engine import Run
from bot.messages import Chat, Reply
from bot.ports import Outdated
from bot.records import CHECKIN_KINDS, HELPED, REFUSED, Due, Work
from bot.storage.store import SqlStore

NOW = Instant.from_utc(2026, 3, 2, 8)
TODAY = Date(2026, 3, 2)
HERE, THERE = Chat("test", "here"), Chat("elsewhere", "there")
KEYED = ("slip", "saved", "shown", "delivered")
PLAIN = ("letter", "reason")


def belongings(url: URL) -> dict[str, Counter[Any]]:
    """What is there, without whose it is and without row numbers."""
    columns = {
        "letter": "text, written_at, tomorrow, chat",
        "reason": "text",
        "slip": '"on"',
        "saved": "article",
        "shown": "card",
        "delivered": 'kind, "on"',
    }
    return {table: Counter(rows(url, f"SELECT {names} FROM {table}")) for table, names in columns.items()}  # noqa: S608


async def commit(store: SqlStore, chat: Chat, *changes: Any, now: Instant = NOW, **more: Any) -> None:
    await store.commit(Work(chat, (await store.load(chat)).person, now, changes, **more))


async def fill(store: SqlStore, chat: Chat, random: Random) -> None:
    """Somebody with anything, of which much may be the same on both sides."""

    def some(most: int) -> range:
        return range(random.randint(0, most))

    def day() -> Date:
        return TODAY.subtract(days=random.randint(0, 5))

    for _ in some(4):
        due = Due(chat, "morning", NOW, day())
        await commit(store, chat, SetDue(due.kind, due.at, due.on))
        await commit(store, chat, answers=due)
    profile = {
        "adult": True,
        "side": random.choice(["", "left", "both"]),
        "danger": random.choice(["", "none", "order", "fear"]),
        "country": random.choice(["", "IE", "DE"]),
        "counting_since": random.choice([None, day(), day().subtract(days=9)]),
    }
    if random.random() < 0.6:
        times = random.choice([("08:00", ""), ("", "20:00"), ("08:00", "20:00")])
        profile |= {"zone": random.choice(["Europe/Berlin", "Asia/Tokyo"]), "morning": times[0], "evening": times[1]}
        kinds = [kind for kind in ("morning", "evening") if profile[kind]]
        dues = [SetDue(kind, NOW.add(hours=random.randint(1, 20)), TODAY) for kind in kinds]
        dues += [SetDue(kind, NOW.add(hours=2), TODAY) for kind in ("later", "followup") if random.random() < 0.4]
    else:
        dues = []
    await commit(
        store,
        chat,
        SetPerson(profile),
        *dues,
        SetDue("wait", NOW.add(minutes=5), TODAY),
        SaveRun(Run("urge", 1, "wait")),
        *(AddLetter(f"letter {random.randint(0, 3)}", random.random() < 0.4) for _ in some(5)),
        *(AddReason(f"reason {random.randint(0, 3)}") for _ in some(5)),
        *(AddSlip(day()) for _ in some(5)),
        *(SaveArticle(f"article {random.randint(0, 3)}") for _ in some(5)),
        *(MarkShown(f"card {random.randint(0, 9)}", random.randint(0, 3)) for _ in some(9)),
        *(Receive(f"card {random.randint(0, 9)}", random.choice([HELPED, REFUSED, ""])) for _ in some(5)),
        now=NOW.subtract(hours=random.randint(0, 50)),
        replies=(Reply(f"on its way to {chat}"),),
    )


async def accepted(store: SqlStore, here: Chat = HERE, there: Chat = THERE) -> None:
    await commit(store, here, AskLink("code"))
    await commit(store, there, AcceptLink("code"))


@pytest.mark.parametrize("seed", range(40))
async def test_nothing_is_doubled_and_nothing_is_lost(store: SqlStore, url: URL, seed: int) -> None:
    random = Random(seed)
    await fill(store, HERE, random)
    await fill(store, THERE, random)
    apart, before = belongings(url), [await store.load(chat) for chat in (HERE, THERE)]
    runs = sorted(rows(url, "SELECT platform, id, run, run_at FROM chat"))
    outbox = rows(url, "SELECT * FROM outbox")
    waits = sorted(rows(url, "SELECT platform, chat, at FROM due WHERE kind = 'wait'"))
    await accepted(store)
    await commit(store, HERE, Join("code"))

    here, there = [await store.load(chat) for chat in (HERE, THERE)]
    assert here.person == there.person
    assert here.person.id == before[0].person.id
    assert rows(url, f"SELECT * FROM person WHERE id = '{before[1].person.id}'") == []  # noqa: S608
    together = belongings(url)
    for table in PLAIN:
        assert together[table] == apart[table], table
    for table in KEYED:
        assert set(together[table]) == set(apart[table]), table
    for table in (*KEYED, *PLAIN):
        assert {row[0] for row in rows(url, f"SELECT person_id FROM {table}")} <= {here.person.id}  # noqa: S608
    assert set(here.slips) == set(before[0].slips) | set(before[1].slips)
    assert set(here.saved) == set(before[0].saved) | set(before[1].saved)
    assert here.shown == {
        card: max(at for known in before if (at := known.shown.get(card)))
        for card in before[0].shown.keys() | before[1].shown.keys()
    }
    for card in here.shown:
        older, newer = sorted(before, key=lambda known: known.shown.get(card, Instant.MIN))
        if older.shown.get(card) != newer.shown[card]:
            assert here.pages.get(card) == newer.pages.get(card)
            assert here.received.get(card) == (newer.received.get(card) or older.received.get(card))
    since = [known.person.counting_since for known in before if known.person.counting_since]
    assert here.person.counting_since == min(since, default=None)
    told = {known.person.danger for known in before} & {"order", "fear"}
    assert told == set(here.person.danger.split(",")) & {"order", "fear"}
    assert here.person.side == (before[0].person.side or before[1].person.side)
    assert sorted(rows(url, "SELECT platform, id, run, run_at FROM chat")) == runs
    assert rows(url, "SELECT * FROM outbox") == outbox
    assert sorted(rows(url, "SELECT platform, chat, at FROM due WHERE kind = 'wait'")) == waits
    assert rows(url, "SELECT * FROM link") == []


@pytest.mark.parametrize(
    ("chosen", "together"), [(("de", ""), "de"), (("", "de"), "de"), (("de", "en"), "de"), (("", ""), "")]
)
async def test_a_chosen_language_is_the_persons_and_that_of_an_app_its_chats(
    store: SqlStore, chosen: tuple[str, str], together: str
) -> None:
    for chat, language, app in zip((HERE, THERE), chosen, ("en-GB", "pt-BR"), strict=True):
        await commit(store, chat, SetPerson({"adult": True, "language": language}), AppLanguage(app))
    await accepted(store)
    await commit(store, HERE, Join("code"))
    here, there = [await store.load(chat) for chat in (HERE, THERE)]
    assert (here.person.language, here.language, there.language) == (together, "en-GB", "pt-BR")
    await commit(store, HERE, Part(TODAY))
    there = await store.load(THERE)
    assert (there.person.language, there.language) == (together, "pt-BR")


@pytest.mark.parametrize("seed", range(40))
async def test_check_ins_go_on_in_one_chat(store: SqlStore, url: URL, seed: int) -> None:
    random = Random(seed)
    await fill(store, HERE, random)
    await fill(store, THERE, random)
    first, second = [(await store.load(chat)).person for chat in (HERE, THERE)]
    put_off = {kind for (kind,) in rows(url, "SELECT kind FROM due WHERE kind IN ('later', 'followup')")}
    await accepted(store)
    await commit(store, HERE, Join("code"))

    known = await store.load(HERE)
    here_on = bool(first.morning or first.evening)
    if not here_on and not (second.morning or second.evening):
        assert (known.person.home, known.home) == ("", None)
        return
    winner, home = (first, HERE) if here_on else (second, THERE)
    times = (known.person.morning, known.person.evening, known.person.zone)
    assert times == (winner.morning, winner.evening, winner.zone)
    assert known.home == home
    due = [(chat, kind) for chat, kind in rows(url, "SELECT chat, kind FROM due") if kind in CHECKIN_KINDS]
    wanted = {kind for kind in ("morning", "evening") if getattr(winner, kind)} | put_off
    assert sorted(due) == sorted((home.id, kind) for kind in wanted)


async def test_everybody_else_is_left_alone(store: SqlStore) -> None:
    other = Chat("test", "somebody else")
    for number, chat in enumerate((HERE, THERE, other)):
        await fill(store, chat, Random(number))
    before = await store.load(other)
    await accepted(store)
    await commit(store, HERE, Join("code"))
    await commit(store, HERE, Part(TODAY))
    assert await store.load(other) == before


@pytest.mark.parametrize("seed", range(10))
async def test_parting_leaves_everything_where_it_was_said(store: SqlStore, url: URL, seed: int) -> None:
    random = Random(seed)
    third = Chat("third", "me")
    for chat in (HERE, THERE, third):
        await fill(store, chat, random)
    await accepted(store)
    await commit(store, HERE, Join("code"))
    await accepted(store, there=third)
    await commit(store, HERE, Join("code"))
    before, all_of_it = await store.load(THERE), belongings(url)
    runs = sorted(rows(url, "SELECT platform, id, run, run_at FROM chat"))
    await commit(store, THERE, Part(TODAY))

    after = await store.load(THERE)
    assert (after.reasons, after.slips, after.saved) == (before.reasons, before.slips, before.saved)
    assert after.others == {}
    whose = {row[0] for table in (*KEYED, *PLAIN) for row in rows(url, f"SELECT person_id FROM {table}")}  # noqa: S608
    assert whose <= {after.person.id}
    now = belongings(url)
    letters = Counter(text for (text, *_), number in all_of_it.pop("letter").items() for _ in range(number))
    assert Counter(text for (text, *_), number in now.pop("letter").items() for _ in range(number)) == letters
    assert now == all_of_it
    assert sorted(rows(url, "SELECT platform, id, run, run_at FROM chat")) == runs
    for chat in (HERE, third):
        fresh = await store.load(chat)
        told = (fresh.person.adult, fresh.person.country, fresh.person.danger)
        danger = ",".join(part for part in before.person.danger.split(",") if part in ("none", "order", "no"))
        assert told == (True, before.person.country, danger)
        assert (fresh.person.side, fresh.person.morning, fresh.person.zone) == ("", "", "")
        assert (fresh.others, fresh.reasons, fresh.shown, fresh.person.counting_since) == ({}, (), {}, TODAY)
    elsewhere = rows(url, "SELECT kind FROM due WHERE chat != 'there'")
    assert not {kind for (kind,) in elsewhere} & {*CHECKIN_KINDS, "letter"}


@pytest.mark.parametrize(
    ("prepare", "change"),
    [
        ((), AcceptLink("code")),
        ((AskLink("code"),), AcceptLink("other")),
        ((), Join("code")),
        ((AskLink("code"),), Join("code")),
        ((), Part(TODAY)),
        ((), SetHome(THERE)),
    ],
)
async def test_what_cannot_be_done_any_more_changes_nothing(
    store: SqlStore, url: URL, prepare: tuple[Any, ...], change: Any
) -> None:
    for chat in (HERE, THERE):
        await commit(store, chat, SetPerson({"adult": True}), AddReason("why"))
    await commit(store, HERE, *prepare)
    before = (belongings(url), rows(url, "SELECT * FROM person"), rows(url, "SELECT * FROM link"))
    with pytest.raises(Outdated):
        await commit(store, HERE, AddReason("half of it"), change, replies=(Reply("done"),))
    assert (belongings(url), rows(url, "SELECT * FROM person"), rows(url, "SELECT * FROM link")) == before
    assert await store.unsent("test") == []


async def test_a_code_is_accepted_once(store: SqlStore) -> None:
    third = Chat("third", "me")
    for chat in (HERE, THERE, third):
        await commit(store, chat, SetPerson({"adult": True}))
    await accepted(store)
    for chat in (third, THERE):
        with pytest.raises(Outdated):
            await commit(store, chat, AcceptLink("code"))
    link = await store.link("code")
    assert link is not None
    assert link.joins == THERE


@pytest.mark.parametrize(("here", "there"), [(True, False), (None, True), (False, True)])
async def test_who_is_no_adult_is_not_joined(store: SqlStore, here: bool | None, there: bool | None) -> None:
    await commit(store, HERE, SetPerson({"adult": here}))
    await commit(store, THERE, SetPerson({"adult": there}))
    await accepted(store)
    with pytest.raises(Outdated):
        await commit(store, HERE, Join("code"))
    assert (await store.load(HERE)).others == {}


async def test_a_chat_has_one_code_and_old_ones_are_gone(store: SqlStore, url: URL) -> None:
    await commit(store, HERE, AskLink("first"))
    await commit(store, HERE, AskLink("second"))
    assert rows(url, "SELECT code FROM link") == [("second",)]
    person = (await store.load(THERE)).person
    await store.commit(Work(THERE, person, NOW.add(hours=25), (AskLink("third"),)))
    assert rows(url, "SELECT code FROM link") == [("third",)]


@pytest.mark.parametrize("gone", [HERE, THERE])
async def test_who_is_forgotten_leaves_no_code_behind(store: SqlStore, url: URL, gone: Chat) -> None:
    await commit(store, HERE, SetPerson({"adult": True}))
    await commit(store, THERE, SetPerson({"adult": True}))
    await accepted(store)
    await commit(store, gone, Forget())
    assert rows(url, "SELECT * FROM link") == []


@pytest.mark.parametrize("teller", [HERE, THERE])
async def test_joined_chats_are_forgotten_together_from_either(store: SqlStore, url: URL, teller: Chat) -> None:
    await fill(store, HERE, Random(1))
    await fill(store, THERE, Random(2))
    await accepted(store)
    await commit(store, HERE, Join("code"))
    await commit(store, teller, Forget())
    for table in ("person", "chat", "due", "outbox", *KEYED, *PLAIN):
        assert rows(url, f"SELECT * FROM {table}") == [], table  # noqa: S608


async def test_a_visit_that_began_before_the_join_writes_to_the_one_person(store: SqlStore) -> None:
    for chat in (HERE, THERE):
        await commit(store, chat, SetPerson({"adult": True}))
    old = (await store.load(THERE)).person
    await accepted(store)
    await commit(store, HERE, Join("code"))
    await store.commit(Work(THERE, old, NOW, (AddReason("late"), SetPerson({"hope": "heal"}))))
    known = await store.load(HERE)
    assert ([reason.text for reason in known.reasons], known.person.hope) == (["late"], "heal")


class TestHome:
    """Check-ins are due in one chat, whoever sets them."""

    @pytest.fixture
    async def joined(self, store: SqlStore) -> SqlStore:
        for chat in (HERE, THERE):
            await commit(store, chat, SetPerson({"adult": True}))
        await accepted(store)
        await commit(store, HERE, Join("code"))
        return store

    async def test_what_is_set_elsewhere_is_due_at_home(self, joined: SqlStore, url: URL) -> None:
        await commit(joined, HERE, SetHome(THERE))
        await commit(joined, HERE, *(SetDue(kind, NOW, TODAY) for kind in (*CHECKIN_KINDS, "wait", "letter")))
        due = rows(url, "SELECT kind, chat FROM due ORDER BY kind")
        assert dict(due) == {**dict.fromkeys(CHECKIN_KINDS, "there"), "wait": "here", "letter": "here"}

    async def test_what_is_dropped_elsewhere_is_dropped_at_home(self, joined: SqlStore, url: URL) -> None:
        await commit(joined, THERE, SetDue("morning", NOW, TODAY), SetDue("wait", NOW, TODAY))
        await commit(joined, HERE, DropDue((*CHECKIN_KINDS, "wait")))
        assert rows(url, "SELECT kind FROM due") == [("wait",)]

    async def test_what_was_claimed_and_moved_is_delivered_at_home_only(self, joined: SqlStore) -> None:
        await commit(joined, HERE, SetDue("morning", NOW, TODAY))
        (due,) = await joined.claim(NOW, "test")
        await commit(joined, THERE, SetHome(THERE))
        person = (await joined.load(HERE)).person
        assert await joined.commit(Work(HERE, person, NOW, (), (Reply("good morning"),), due)) == []
        (moved,) = await joined.claim(NOW, "elsewhere")
        assert await joined.commit(Work(THERE, person, NOW, (), (Reply("good morning"),), moved))

    async def test_what_is_set_for_a_home_that_is_gone_waits_there(self, joined: SqlStore) -> None:
        await commit(joined, HERE, SetHome(THERE))
        await joined.set_gone(THERE, True)
        await commit(joined, HERE, SetDue("morning", NOW, TODAY))
        assert await joined.claim(NOW, "elsewhere") == []
        await joined.set_gone(THERE, False)
        assert [due.chat for due in await joined.claim(NOW, "elsewhere")] == [THERE]

    async def test_what_is_moved_to_a_chat_that_is_gone_waits_there(self, joined: SqlStore) -> None:
        await commit(joined, HERE, SetDue("morning", NOW, TODAY))
        await joined.set_gone(THERE, True)
        await commit(joined, HERE, SetHome(THERE))
        assert await joined.claim(NOW, "elsewhere") == []
        await joined.set_gone(THERE, False)
        assert [due.chat for due in await joined.claim(NOW, "elsewhere")] == [THERE]

    async def test_what_is_moved_from_a_chat_that_is_gone_waits_no_more(self, joined: SqlStore) -> None:
        await commit(joined, THERE, SetDue("morning", NOW, TODAY))
        await joined.set_gone(THERE, True)
        await commit(joined, HERE, SetHome(HERE))
        assert [due.chat for due in await joined.claim(NOW, "test")] == [HERE]
