"""Who has not been here for a year is told once, and a month later nothing about them is left. A clock that is wrong
for an hour deletes nobody."""

import pytest
from databases import rows
from sqlalchemy import URL, make_url
from whenever import Date, Instant, Time

from bot.changes import AddReason, Came, SetPerson
from bot.keeping import Housekeeping
from bot.messages import Chat, Reply
from bot.records import Work
from bot.storage.store import SqlStore
from bot.testing import Bench, Person

YEAR = 366


class House:
    """A bench on which days pass."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.look = Housekeeping(bench.store, bench.clock).look

    async def days(self, number: int) -> None:
        """Lets days pass; on each the bot is there, and what is due comes."""
        for _ in range(number):
            await self.bench.forward(days=1)
            await self.look()

    async def is_known(self, person: Person) -> bool:
        return (await self.bench.store.load(person.chat)).met

    def told(self, person: Person) -> int:
        """How often somebody was told."""
        return [reply.key for reply in self.bench.messenger.shown[person.chat]].count("privacy/notice")


@pytest.fixture
def house(bench: Bench) -> House:
    return House(bench)


async def test_the_notice_comes_once_after_a_year_and_a_month_later_everything_is_gone(
    house: House, person: Person
) -> None:
    await person.joins()
    await person.says("/reason")
    await person.says("zebra")
    await house.days(360)
    assert house.told(person) == 0
    await house.days(15)
    assert house.told(person) == 1
    await house.days(20)
    assert await house.is_known(person)
    await house.days(20)
    assert not await house.is_known(person)
    assert house.told(person) == 1
    assert b"zebra" not in house.bench.database_file.read_bytes()


async def test_it_comes_at_ten_by_the_persons_clock(house: House, bench: Bench, person: Person) -> None:
    await person.joins()
    known = await bench.store.load(person.chat)
    change = SetPerson({"zone": "America/New_York"})
    await bench.store.commit(Work(person.chat, known.person, bench.clock.now(), (change,)))
    await house.days(YEAR + 5)
    ((sent,),) = _sent(bench)
    local = Instant.from_timestamp(sent, unit="millisecond").to_tz("America/New_York").time()
    assert Time(10) <= local < Time(10, 1)


async def test_without_a_clock_it_comes_at_ten_utc(house: House, bench: Bench, person: Person) -> None:
    await person.joins()
    await house.days(YEAR + 5)
    ((sent,),) = _sent(bench)
    assert Time(10) <= Instant.from_timestamp(sent, unit="millisecond").to_tz("UTC").time() < Time(10, 1)


def _sent(bench: Bench) -> list[tuple[int]]:
    return rows(_url(bench), "SELECT sent_at FROM delivered WHERE kind = 'notice'")


def _url(bench: Bench) -> URL:
    return make_url(f"sqlite:///{bench.database_file}")


@pytest.mark.parametrize("sign", ["Keep it", "hello"])
async def test_a_tap_or_a_word_keeps_everything(house: House, person: Person, sign: str) -> None:
    await person.joins()
    await house.days(YEAR + 10)
    assert house.told(person) == 1
    if sign == "Keep it":
        await person.taps(sign)
        assert person.sees("privacy/stays")
    else:
        await person.says(sign)
    await house.days(300)
    assert await house.is_known(person)
    assert house.told(person) == 1


async def test_who_comes_back_before_it_is_sent_is_not_told(house: House, bench: Bench, person: Person) -> None:
    await person.joins()
    while not rows(_url(bench), "SELECT 1 FROM due WHERE kind = 'notice'"):
        await house.days(1)
    await person.says("hello")
    await house.days(5)
    assert house.told(person) == 0


async def test_who_is_here_now_and_then_is_never_told(house: House, person: Person) -> None:
    await person.joins()
    for _ in range(5):
        await house.days(200)
        await person.says("/menu")
    assert house.told(person) == 0


async def test_who_cannot_be_written_to_is_not_told_and_gone_after_thirteen_months(
    house: House, bench: Bench, person: Person
) -> None:
    await person.joins()
    await bench.store.set_gone(person.chat, True)
    await house.days(390)
    assert await house.is_known(person)
    await house.days(15)
    assert not await house.is_known(person)
    assert house.told(person) == 0


async def test_who_could_not_be_told_is_not_deleted(house: House, bench: Bench, person: Person) -> None:
    """The platform does not take the notice: nobody was told, so nothing is deleted."""
    await person.joins()
    bench.messenger.broken = True
    await house.days(YEAR + 100)
    assert await house.is_known(person)


async def test_a_clock_that_is_ahead_for_an_hour_tells_and_deletes_nobody(
    house: House, bench: Bench, person: Person
) -> None:
    await person.joins()
    await house.days(20)
    real = bench.clock.now()
    for days in (370, 410, 800):
        bench.clock.move_to(real.add(hours=24 * days))
        await house.look()
        bench.clock.move_to(real.add(hours=24 * days + 1))
        await house.look()
        await bench.tick()
        bench.clock.move_to(real.add(minutes=5))
        await house.look()
    await house.days(30)
    assert await house.is_known(person)
    assert house.told(person) == 0


async def test_a_clock_that_jumps_after_the_notice_deletes_nobody(house: House, bench: Bench, person: Person) -> None:
    await person.joins()
    await house.days(YEAR + 3)
    assert house.told(person) == 1
    real = bench.clock.now()
    for hours in (1, 24, 48, 24 * 31, 24 * 90):
        bench.clock.move_to(real.add(hours=hours))
        await house.look()
        bench.clock.move_to(real)
        await house.look()
        assert await house.is_known(person)
    await house.days(20)
    assert await house.is_known(person)


async def test_a_clock_that_jumps_by_less_than_two_days_shortens_nothing(
    house: House, bench: Bench, person: Person
) -> None:
    """So small a jump looks like a day on which the bot was away."""
    await person.joins()
    await house.days(YEAR + 3)
    ((sent,),) = _sent(bench)
    while bench.clock.now() < Instant.from_timestamp(sent, unit="millisecond").add(hours=24 * 29):
        await house.days(1)
    bench.clock.move_to(bench.clock.now().add(hours=40))
    await house.look()
    assert await house.is_known(person)


async def test_days_on_which_the_bot_was_away_do_not_count(house: House, bench: Bench, person: Person) -> None:
    """Nobody could have answered it then."""
    await person.joins()
    await house.days(YEAR + 3)
    assert house.told(person) == 1
    await bench.jump(days=60)
    await house.look()
    await house.days(3)
    assert await house.is_known(person)
    await house.days(6)
    assert not await house.is_known(person)


async def test_on_both_databases_the_same_people_are_told_and_deleted(store: SqlStore, url: URL) -> None:
    """Deleted is who was told, and who could not be; not who was to be told and was not."""
    now = Instant.from_utc(2027, 6, 1, 3)
    long_ago = Instant.from_utc(2026, 5, 1)
    chats = [Chat("telegram", "1"), Chat("discord", "2"), Chat("telegram", "3")]
    for chat in chats:
        await store.commit(Work(chat, (await store.load(chat)).person, long_ago, (AddReason("zebra"),)))
    await store.set_gone(chats[1], True)
    clock = _Stands(now)
    look = Housekeeping(store, clock).look
    for day in range(9):
        clock.moment = now.add(hours=24 * day)
        await look()
    assert not (await store.load(chats[1])).met
    told = await store.claim(clock.now().add(hours=48), "telegram")
    assert sorted((due.chat.id, due.kind) for due in told) == [("1", "notice"), ("3", "notice")]
    for due in told:
        person = (await store.load(due.chat)).person
        (queued,) = await store.commit(Work(due.chat, person, due.at, (), (Reply("told"),), due))
        if due.chat.id == "1":
            await store.sent(queued, due.at)
    for day in range(9, 45):
        clock.moment = now.add(hours=24 * day)
        await look()
        await store.forget_old(clock.moment)
    assert [chat.id for chat in chats if (await store.load(chat)).met] == ["3"]
    assert rows(url, "SELECT count(*) FROM person") == [(1,)]


async def test_the_date_is_written_once_a_day(bench: Bench, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    came: list[Date] = []
    commit = bench.store.commit

    async def watched(work: Work) -> object:
        came.extend(change.on for change in work.changes if isinstance(change, Came))
        return await commit(work)

    monkeypatch.setattr(bench.store, "commit", watched)
    await person.joins()
    for _ in range(3):
        await person.says("/menu")
    assert came == []
    await bench.jump(days=1)
    for _ in range(3):
        await person.says("/menu")
    assert came == [Date(2026, 3, 3)]
    assert (await bench.store.load(person.chat)).person.seen_on == Date(2026, 3, 3)


class _Stands:
    def __init__(self, moment: Instant) -> None:
        self.moment = moment

    def now(self) -> Instant:
        return self.moment
