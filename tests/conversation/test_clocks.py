"""Another city, another hour, a city whose clock is not known any more, a clock that jumps: still one a date."""

import pytest
from whenever import Instant

from bot.changes import SetPerson
from bot.records import Work
from bot.testing import Bench, Person, content

DECK = content().words("en").decks["checkins"]


async def arrivals(bench: Bench, person: Person, zone: str, days: int) -> list[str]:
    """The half hours on the wall in whose first minute something comes in the next days."""
    came, now = [], bench.clock.now().to_tz("UTC")
    for step in ((1 - now.minute) % 30 or 30, *[30] * (days * 48)):
        person.look_away()
        await bench.forward(minutes=step)
        minute = bench.clock.now().subtract(minutes=1).to_tz(zone).to_plain()
        came += [minute.format("MM-DD HH:mm") for _ in person.replies]
    return came


def cards(person: Person) -> list[str]:
    return [key for key in person.keys if key in DECK]


async def in_city(does, person: Person, city: str) -> None:
    """Moves to another city's clock."""
    await does(person, "/checkins", "Another city", f"> {city}", "Yes")
    assert person.keys[0] == "checkins/clock_set", person.text


async def at_hour(does, person: Person, wall: str, city: str = "London") -> None:
    """Asks for another hour."""
    await does(person, "/checkins", "Change", "In the morning", f"> {wall}", f"> {city}", "Yes", "Only the question")
    assert person.keys[0] == "checkins/on", person.text


class TestAnotherCity:
    """Whoever travels gets one a local date, the next one as soon as it is that hour there."""

    @pytest.mark.parametrize(
        ("home", "there", "zone", "hours", "came"),
        [
            # Monday's has come in London at 7:30; it is 8:00 there
            ("London", "Chicago", "America/Chicago", 6, ["03-03 07:30", "03-04 07:30"]),
            ("London", "Tokyo", "Asia/Tokyo", 6, ["03-03 07:30", "03-04 07:30"]),
            ("London", "Auckland", "Pacific/Auckland", 6, ["03-03 07:30", "03-04 07:30"]),
            # Monday's has not come yet: it is 5:00 in London
            ("London", "Chicago", "America/Chicago", 3, ["03-02 07:30", "03-03 07:30"]),
            ("London", "Berlin", "Europe/Berlin", 3, ["03-02 07:30", "03-03 07:30"]),
            # over the date line: in Auckland Tuesday's has come, in Honolulu Monday has begun
            ("Auckland", "Honolulu", "Pacific/Honolulu", 20, ["03-04 07:30", "03-05 07:30"]),
            ("Honolulu", "Auckland", "Pacific/Auckland", 18, ["03-04 07:30", "03-05 07:30"]),
            # places whose Monday and Tuesday are a day and an hour apart
            ("Kiritimati", "Pago Pago", "Pacific/Pago_Pago", 20, ["03-04 07:30", "03-05 07:30"]),
        ],
    )
    async def test_one_a_local_date(self, person, bench, turns_on, does, home, there, zone, hours, came):
        await turns_on(person, morning="7:30", city=home)
        await bench.forward(hours=hours)
        await in_city(does, person, there)
        found = await arrivals(bench, person, zone, 3)
        assert found[:2] == came
        assert len({moment.split()[0] for moment in found}) == len(found)

    async def test_there_and_back_again(self, person, bench, turns_on, does):
        await turns_on(person, morning="7:30")
        await bench.forward(hours=6)
        await in_city(does, person, "Tokyo")
        await bench.forward(hours=1)
        await in_city(does, person, "London")
        assert await arrivals(bench, person, "Europe/London", 3) == ["03-03 07:30", "03-04 07:30", "03-05 07:30"]

    async def test_a_city_with_the_same_clock_changes_nothing(self, person, bench, turns_on, does):
        await turns_on(person, morning="7:30", city="Berlin")
        await in_city(does, person, "Paris")
        assert await arrivals(bench, person, "Europe/Paris", 2) == ["03-02 07:30", "03-03 07:30"]

    async def test_a_pause_goes_on(self, person, bench, turns_on, does):
        await turns_on(person, morning="7:30")
        await bench.forward(hours=6)
        await does(person, "Pause a week", "/checkins city", "> Berlin", "Yes")
        assert await arrivals(bench, person, "Europe/Berlin", 8) == ["03-10 07:30"]

    async def test_no_answer_changes_nothing(self, person, bench, turns_on, does):
        await turns_on(person, morning="7:30")
        await does(person, "/checkins", "Another city", "> Tokyo", "No, try again", "/cancel")
        assert await arrivals(bench, person, "Europe/London", 1) == ["03-02 07:30"]


class TestAnotherHour:
    """None twice on a date, none lost on the next."""

    @pytest.mark.parametrize(
        ("at", "wall", "came"),
        [
            (3, "10:00", ["03-02 10:00", "03-03 10:00"]),
            (3, "6:00", ["03-02 06:00", "03-03 06:00"]),
            (6, "10:00", ["03-03 10:00", "03-04 10:00"]),
            (6, "8:30", ["03-03 08:30", "03-04 08:30"]),
            (6, "6:00", ["03-03 06:00", "03-04 06:00"]),
            (6, "7:30", ["03-03 07:30", "03-04 07:30"]),
        ],
    )
    async def test_one_a_date(self, person, bench, turns_on, does, at, wall, came):
        await turns_on(person, morning="7:30")
        await bench.forward(hours=at)
        await at_hour(does, person, wall)
        person.look_away()
        assert (await arrivals(bench, person, "Europe/London", 3))[:2] == came

    async def test_changed_many_times_a_day_one_comes(self, person, bench, turns_on, does):
        await turns_on(person, morning="7:30")
        for wall in ("9:00", "11:00", "13:00", "15:00"):
            await bench.forward(hours=2)
            await at_hour(does, person, wall)
        assert await arrivals(bench, person, "Europe/London", 2) == ["03-02 15:00", "03-03 15:00"]


async def lose_the_clock(bench: Bench, person: Person, zone: str = "Europe/Atlantis") -> None:
    """A new release of the time zone database no longer has the person's zone."""
    known = await bench.store.load(person.chat)
    change = SetPerson({"zone": zone})
    await bench.store.commit(Work(person.chat, known.person, bench.clock.now(), (change,)))


class TestACityThatIsNotKnownAnyMore:
    """The check-ins come at the hour they came so far, until the person names another city."""

    async def test_it_is_asked_about_once_kindly_and_check_ins_go_on(self, person, bench, turns_on):
        await turns_on(person, morning="7:30")
        await lose_the_clock(bench, person)
        came = []
        for _ in range(3):
            person.look_away()
            await bench.forward(hours=5, minutes=31)
            came += [*person.keys]
            await bench.forward(hours=18, minutes=29)
        assert came[0] == "checkins/city_lost"
        assert set(came[1:]) <= set(DECK)
        assert len(came) == 3
        assert "Set my city" in person.buttons

    async def test_the_new_city_counts_from_the_next_one_on(self, person, bench, turns_on, does):
        await turns_on(person, morning="7:30")
        await lose_the_clock(bench, person)
        await bench.forward(hours=6)
        await does(person, "Set my city", "> Berlin", "Yes")
        assert "Berlin" in person.text
        assert await arrivals(bench, person, "Europe/Berlin", 2) == ["03-03 07:30", "03-04 07:30"]
        assert "Set my city" not in person.buttons

    @pytest.mark.parametrize(
        "steps",
        [
            ("/menu",),
            ("/days",),
            ("/urge", "I feel lonely", "Wait with me"),
            ("/slipped", "Yes, today"),
            ("/settings",),
            ("/write", "> words", "Show it to me tomorrow"),
            ("/start",),
            ("/lines",),
            ("> I want to kill myself",),
        ],
    )
    async def test_everything_else_answers(self, person, bench, turns_on, does, steps):
        await turns_on(person, morning="7:30", evening="20:30")
        await lose_the_clock(bench, person)
        await does(person, *steps)
        assert person.keys
        assert "common/failed" not in person.keys
        await bench.forward(days=2)

    async def test_status_asks_for_it(self, person, bench, turns_on):
        await turns_on(person, morning="7:30")
        await lose_the_clock(bench, person)
        await person.says("/checkins")
        assert person.keys == ["checkins/city_lost"]
        assert "Atlantis" in person.text

    async def test_a_pause_is_a_week(self, person, bench, turns_on, does):
        await turns_on(person, morning="7:30")
        await bench.forward(hours=6)
        await lose_the_clock(bench, person)
        await person.says("/checkins pause")
        assert await arrivals(bench, person, "UTC", 9) == ["03-10 07:30", "03-11 07:30"]

    async def test_turning_on_again_asks_for_it_first(self, person, bench, turns_on, does):
        await turns_on(person, morning="7:30")
        await bench.forward(hours=6)
        await person.taps("Pause a week")
        await lose_the_clock(bench, person)
        await does(person, "/checkins on", "> Berlin", "Yes")
        assert await arrivals(bench, person, "Europe/Berlin", 2) == ["03-03 07:30", "03-04 07:30"]

    async def test_they_back_off_without_an_answer(self, person, bench, turns_on):
        await turns_on(person, morning="7:30", evening="20:30")
        await lose_the_clock(bench, person)
        days = []
        for day in range(60):
            person.look_away()
            await bench.forward(days=1)
            days += [day] * bool(person.replies)
        assert days == [0, 1, 2, 3, 4, 5, 6, 9, 12, 15, 18, 25, 32, 39, 46, 53]
        assert person.bench.messenger.shown[person.chat][-1].key == "checkins/goodbye"

    @pytest.mark.parametrize(("minutes", "number"), [(50, 1), (70, 0)])
    async def test_after_a_downtime_they_are_caught_up_with_within_the_hour(
        self, person, bench, turns_on, minutes, number
    ):
        await turns_on(person, morning="7:30")
        await lose_the_clock(bench, person)
        await bench.jump(hours=5, minutes=30 + minutes)
        assert len(person.replies) == number
        person.look_away()
        await bench.forward(days=1)
        assert len(person.replies) == 1

    @pytest.mark.parametrize(
        ("city", "zone"),
        [("Kolkata", "Asia/Calcutta"), ("New York", "US/Eastern"), ("Kyiv", "Europe/Kiev"), ("London", "GB")],
    )
    async def test_an_old_name_of_a_zone_is_still_one(self, person, bench, turns_on, city, zone):
        await turns_on(person, morning="7:30", city=city)
        await bench.forward(hours=12)
        await lose_the_clock(bench, person, zone)
        person.look_away()
        await bench.forward(days=3)
        assert len(cards(person)) == 3
        assert "checkins/city_lost" not in person.keys

    async def test_nobody_else_waits_for_it(self, bench, turns_on):
        lost, other = bench.person("lost"), bench.person("other")
        for person in (lost, other):
            await turns_on(person, morning="7:30")
        await lose_the_clock(bench, lost)
        await bench.forward(hours=6)
        assert lost.keys == ["checkins/city_lost"]
        assert len(cards(other)) == 1


class TestTheMachinesClock:
    """It jumps. Nothing comes twice, and nothing is lost for long."""

    @pytest.mark.parametrize("hours", [1, 24, 24 * 30])
    async def test_back_again_nothing_comes_twice(self, person, bench, turns_on, hours):
        await turns_on(person, morning="7:30")
        await bench.forward(hours=6)
        person.look_away()
        await bench.jump(hours=-hours)
        await bench.forward(hours=hours)
        assert person.keys == []
        await bench.forward(hours=24)
        assert len(cards(person)) == 1

    async def test_a_moment_ahead_and_back_the_next_ones_come(self, person, bench, turns_on):
        await turns_on(person, morning="7:30", evening="20:30")
        right = bench.clock.now()
        await bench.jump(days=365)
        bench.clock.move_to(right)
        await bench.store.wake_strays(right, person.chat.platform)
        await bench.tick()
        person.look_away()
        assert await arrivals(bench, person, "Europe/London", 2) == [
            "03-02 07:30", "03-02 20:30", "03-03 07:30", "03-03 20:30"
        ]  # fmt: skip

    async def test_what_is_set_rightly_stays(self, person, bench, turns_on):
        await turns_on(person, morning="7:30")
        await bench.forward(hours=6)
        await person.taps("Pause a week")
        await bench.store.wake_strays(bench.clock.now(), person.chat.platform)
        assert await arrivals(bench, person, "Europe/London", 9) == ["03-10 07:30", "03-11 07:30"]

    async def test_between_the_claim_and_the_waking_it_goes_back(self, person, bench, turns_on):
        await turns_on(person, morning="7:30")
        ahead = bench.clock.now().add(hours=5, minutes=31)
        bench.clock.move_to(ahead)
        (due,) = await bench.store.claim(ahead, person.chat.platform)
        bench.clock.move_to(ahead.subtract(minutes=3))
        await bench.conversation.wake(due)
        assert person.keys == []
        await bench.forward(minutes=3)
        assert len(cards(person)) == 1
        assert bench.clock.now() == Instant.from_utc(2026, 3, 2, 7, 31)
