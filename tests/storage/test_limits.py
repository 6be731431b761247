"""Every table holds what it holds for as long as PRIVACY.md says, whatever became of it."""

from databases import rows
from sqlalchemy import make_url
from whenever import Instant

from bot.adapters.ticks import Ticking
from bot.changes import SetDue
from bot.messages import Receipt, Reply
from bot.records import NOTICE, Due, Received, Work
from bot.storage.keys import new_key
from bot.storage.models import METADATA
from bot.testing import Bench, Person

LIMITS = {
    "link": {"at < {moment}": 1},
    "delivered": {"kind <> 'notice' AND \"on\" < '{day}'": 30, "\"on\" < '{day}'": 180},
    "outbox": {"dead_at < {moment}": 7, "written_at < {moment}": 30},
    "inbox": {"body IS NULL AND received_at < {moment}": 2, "received_at < {moment}": 30},
}
"""Days after which no such row may be there, by table."""

UNTIL_DELETED = {"person", "chat", "slip", "reason", "letter", "saved", "shown", "due", "countdown"}
NOBODYS = {"kept", "lease", "server"}

LATER = 2
"""Days that may pass besides: dates are believed a day later, and only midnights are looked at."""


def outlived(bench: Bench, now: Instant) -> list[str]:
    """Which rows are there that should not be."""
    found = []
    for table, limits in LIMITS.items():
        for where, days in limits.items():
            moment = now.subtract(hours=24 * (days + LATER))
            day = moment.to_tz("UTC").date().format_iso()
            such = where.format(moment=moment.timestamp(unit="millisecond"), day=day)
            if there(bench, f'SELECT 1 FROM "{table}" WHERE {such}'):  # noqa: S608
                found.append(f"{table}: {where}")
    return found


def there(bench: Bench, query: str) -> list[tuple[object, ...]]:
    return rows(make_url(f"sqlite:///{bench.database_file}"), query)


def counts(bench: Bench) -> dict[str, int]:
    return {table: len(there(bench, f'SELECT 1 FROM "{table}"')) for table in LIMITS}  # noqa: S608


async def leave(bench: Bench, person: Person) -> None:
    """Leaves a row of every kind that has a limit, also such as nobody looks after."""
    chat, now, today = person.chat, bench.clock.now(), bench.clock.now().to_tz("UTC").date()
    await person.joins()
    await person.says("/link")
    known = await bench.store.load(chat)
    for kind in ("morning", NOTICE):
        await bench.store.commit(Work(chat, known.person, now, (SetDue(kind, now, today),)))
        due = Due(chat, kind, now, today)
        await bench.store.commit(Work(chat, known.person, now, (), (Reply(f"never sent {kind}"),), due))
    (given_up,) = await bench.store.commit(Work(chat, known.person, now, (), (Reply("given up"),)))
    await bench.store.give_up(given_up, now, "Bad Gateway")
    for number in (1, 2):
        await bench.store.take_in([Received(Receipt("telegram:old bot", number), "words", chat.id)], now)
    await bench.store.handled(Receipt("telegram:old bot", 1), now)


def test_of_every_table_it_is_decided_how_long_it_holds_what_it_holds() -> None:
    assert {*LIMITS} | UNTIL_DELETED | NOBODYS == set(METADATA.tables)


async def test_no_row_outlives_its_limit_also_when_the_key_is_lost(bench: Bench, person: Person) -> None:
    await leave(bench, person)
    await bench.restart_with(new_key())
    assert counts(bench) == {"link": 1, "delivered": 2, "outbox": 3, "inbox": 2}
    parts = (bench.messenger, bench.conversation, bench.outbox, bench.store, bench.clock)
    ticking = Ticking(person.chat.platform, *parts)
    for _ in range(200):
        await ticking.tidy()
        assert outlived(bench, bench.clock.now()) == []
        bench.clock.move_to(bench.clock.now().add(hours=24))
    assert counts(bench) == dict.fromkeys(LIMITS, 0)
    assert (await bench.store.load(person.chat)).met


async def test_a_clock_that_is_wrong_for_two_days_drops_nothing_that_waits(bench: Bench, person: Person) -> None:
    await leave(bench, person)
    parts = (bench.messenger, bench.conversation, bench.outbox, bench.store, bench.clock)
    ticking, now = Ticking(person.chat.platform, *parts), bench.clock.now()
    for _ in range(10):
        await ticking.tidy()
        bench.clock.move_to(bench.clock.now().add(hours=24))
    before = there(bench, "SELECT id FROM outbox"), there(bench, "SELECT id FROM inbox")
    for day in (400, 401):
        bench.clock.move_to(now.add(hours=24 * day))
        await ticking.tidy()
    assert (there(bench, "SELECT id FROM outbox"), there(bench, "SELECT id FROM inbox")) == before
