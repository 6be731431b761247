"""Check-ins: off until asked for, at the person's own time, one small question, ended by a tap."""

import re

import pytest
from whenever import Instant

from bot.testing import Bench, Person, content

DECK = content().words("en").decks["checkins"]
TEXTS = content().words("en").texts
EX = re.compile(r"\b(ex|him|her|his|hers|he|she|texted|relationship|break-?up|without contact)\b", re.IGNORECASE)
CORE = pytest.mark.parametrize("make_bench", ["core"], indirect=True)
"""What takes months, and is the same on every platform, is looked at once."""

WAYS = ["Later", "Pause a week", "Stop these"]


def cards(person: Person) -> list[str]:
    """The check-ins that were just seen."""
    return [key for key in person.keys if key in DECK]


async def arrivals(bench: Bench, person: Person, zone: str, days: int) -> list[str]:
    """The half hours on the wall in whose first minute something comes in the next days."""
    came, now = [], bench.clock.now().to_tz("UTC")
    for step in ((1 - now.minute) % 30 or 30, *[30] * (days * 48)):
        person.look_away()
        await bench.forward(minutes=step)
        minute = bench.clock.now().subtract(minutes=1).to_tz(zone).to_plain()
        came += [minute.format("YYYY-MM-DD HH:mm") for _ in person.replies]
    return came


@pytest.fixture
async def on(person: Person, bench: Bench, turns_on) -> Person:
    """Somebody in London who has just got the check-in of Monday, 7:30."""
    await turns_on(person, morning="7:30")
    await bench.forward(hours=5, minutes=31)
    return person


async def test_they_are_off_until_asked_for(person, bench):
    await person.joins()
    person.look_away()
    await bench.forward(days=3)
    assert person.keys == []


async def test_no_check_ins_means_none(person, bench, does):
    await person.joins()
    await does(person, "/checkins", "No check-ins")
    assert person.keys == ["checkins/none"]
    person.look_away()
    await bench.forward(days=3)
    assert person.keys == []


class TestSetUp:
    """Three or four questions."""

    @pytest.mark.parametrize(
        ("when", "asked", "on"),
        [
            ("In the morning", ["morning_time"], "Morning: 08:00. Evening: off"),
            ("In the evening", ["evening_time"], "Morning: off. Evening: 20:00"),
            ("Both", ["morning_time", "evening_time"], "Morning: 08:00. Evening: 20:00"),
        ],
    )
    async def test_only_the_times_that_matter_are_asked_for(self, person, does, when, asked, on):
        await person.joins()
        await does(person, "/checkins", when)
        for question in asked:
            assert person.keys == [f"checkins/{question}"]
            await person.says("8:00")
        assert person.keys == ["checkins/zone"]
        await does(person, "> Leeds", "Yes", "Only the question")
        assert on in person.text
        await person.says("/checkins")
        assert person.keys == ["checkins/status"]
        assert on in person.text

    @pytest.mark.parametrize(
        ("typed", "time"),
        [
            ("7:15", "07:15"),
            ("7.15 am", "07:15"),
            ("at 7", "07:00"),
            ("07h15", "07:15"),
            ("0715", "07:15"),
            ("0:00", "00:00"),
        ],
    )
    async def test_a_time_can_be_typed(self, person, does, typed, time):
        await person.joins()
        await does(person, "/checkins", "In the morning", f"> {typed}", "> Leeds", "Yes", "Only the question")
        assert f"Morning: {time}" in person.text

    @pytest.mark.parametrize(
        ("when", "label", "time"),
        [
            ("In the morning", "7:30", "07:30"),
            ("In the morning", "10:00", "10:00"),
            ("In the evening", "22:00", "22:00"),
        ],
    )
    async def test_a_time_can_be_tapped(self, person, does, when, label, time):
        await person.joins()
        await does(person, "/checkins", when, label, "> Leeds", "Yes", "Only the question")
        assert f": {time}" in person.text

    @pytest.mark.parametrize("typed", ["soonish", "25:00", "7:75", "13 pm", "🙂", "half past", "1" * 300])
    async def test_a_time_that_cannot_be_read_is_asked_again(self, person, does, typed):
        await person.joins()
        await does(person, "/checkins", "In the morning", f"> {typed}")
        assert person.keys == ["checkins/time_unclear"]
        assert person.buttons == ["7:30", "8:30", "10:00"]
        await person.taps("8:30")
        assert person.keys == ["checkins/zone"]

    @pytest.mark.parametrize(
        ("typed", "city", "clock"),
        [
            ("leeds", "London", "02:00"),
            ("Chicago", "Chicago", "20:00"),
            ("São Paulo", "Sao Paulo", "23:00"),
            ("new york", "New York", "21:00"),
            ("Europe/Berlin", "Berlin", "03:00"),
        ],
    )
    async def test_the_clock_is_found_by_a_city(self, person, does, typed, city, clock):
        await person.joins()
        await does(person, "/checkins", "In the morning", "7:30", f"> {typed}")
        assert person.keys == ["checkins/zone_check"]
        assert city in person.text
        assert f"it is {clock} now" in person.text

    @pytest.mark.parametrize(
        ("country", "typed", "city"),
        [("Germany", "it is 3:02 here", "Berlin"), ("France", "2:58", "Paris"), ("India", "it's 7:30 am", "Kolkata")],
    )
    async def test_the_clock_is_found_by_what_it_shows_there(self, person, bench, does, country, typed, city):
        await person.joins()
        await does(person, "/settings", "Country", f"> {country}", "/checkins", "In the morning", "7:30", f"> {typed}")
        assert person.keys == ["checkins/zone_check"]
        assert city in person.text
        await does(person, "Yes", "Only the question")
        assert person.keys[0] == "checkins/on"

    async def test_it_is_2140_here_finds_a_clock_that_shows_it(self, bench_at, does):
        bench = bench_at(2026, 3, 2, 20, 40)
        person = bench.person()
        await person.joins()
        await does(person, "/checkins", "In the morning", "7:30", "> it is 21:40 here")
        assert "it is 21:40 now" in person.text
        await does(person, "Yes", "Only the question")
        person.look_away()
        await bench.forward(hours=9, minutes=49)
        assert person.keys == []
        await bench.forward(minutes=2)
        assert len(cards(person)) == 1

    @pytest.mark.parametrize(
        ("typed", "key"),
        [("it is 2:20 here", "clock_unclear"), ("Qwertyville", "city_unclear"), ("🙂", "city_unclear")],
    )
    async def test_a_clock_that_cannot_be_found_is_asked_again(self, person, does, typed, key):
        await person.joins()
        await does(person, "/checkins", "In the morning", "7:30", f"> {typed}")
        assert person.keys == [f"checkins/{key}"]
        await does(person, "> Leeds", "No, try again")
        assert person.keys == ["checkins/zone"]
        await does(person, "> Tokyo", "Yes", "Only the question")
        assert "Tokyo" in person.text

    async def test_a_clock_that_was_not_confirmed_changes_nothing(self, on, does):
        await does(on, "/checkins change", "In the morning", "7:30", "> Tokyo", "No, try again", "/cancel", "/checkins")
        assert "clock of London" in on.text

    async def test_leaving_in_the_middle_changes_nothing(self, on, bench, does):
        await does(on, "/checkins", "Change", "In the evening", "22:00", "/cancel")
        on.look_away()
        await bench.forward(days=1)
        assert len(cards(on)) == 1
        assert bench.clock.now().to_tz("Europe/London").hour == 7

    async def test_choosing_none_turns_them_off(self, on, bench, does):
        await does(on, "/checkins", "Change", "No check-ins")
        on.look_away()
        await bench.forward(days=2)
        assert on.keys == []


class TestTheMessage:
    """Everything about it can be done on itself."""

    async def test_it_comes_at_the_minute_and_not_before(self, person, bench, turns_on):
        await turns_on(person, morning="7:30")
        await bench.forward(hours=5, minutes=29)
        assert person.keys == []
        await bench.forward(minutes=2)
        assert len(cards(person)) == 1
        assert person.buttons[-3:] == WAYS
        assert len(person.buttons) == 6

    async def test_both_come_each_at_its_time(self, person, bench, turns_on):
        await turns_on(person, morning="7:30", evening="20:30")
        came = await arrivals(bench, person, "Europe/London", 2)
        assert came == ["2026-03-02 07:30", "2026-03-02 20:30", "2026-03-03 07:30", "2026-03-03 20:30"]

    @pytest.mark.parametrize(("answer", "key"), [(0, "answer_good"), (1, "answer_so_so"), (2, "answer_hard")])
    async def test_each_answer_is_answered(self, on, answer, key):
        await on.taps(on.buttons[answer])
        assert on.keys == [f"checkins/{key}"]

    async def test_later_is_two_hours(self, on, bench):
        await on.taps("Later")
        assert on.keys == ["checkins/later"]
        on.look_away()
        await bench.forward(minutes=119)
        assert on.keys == []
        await bench.forward(minutes=1)
        assert len(cards(on)) == 1
        on.look_away()
        await bench.forward(hours=22)
        assert len(cards(on)) == 1

    async def test_later_after_midnight_does_not_ask_about_the_morning(self, person, bench, turns_on):
        await turns_on(person, evening="23:00")
        await bench.forward(hours=21, minutes=1)
        for _ in range(6):
            await person.taps("Later")
            person.look_away()
            await bench.forward(hours=2)
            assert TEXTS[cards(person)[0]].attributes.get("time", ("evening",)) == ("evening",)
            await bench.forward(hours=22)

    async def test_a_week_of_pause_is_a_week_and_they_come_back(self, on, bench):
        await on.taps("Pause a week")
        assert on.keys == ["checkins/paused"]
        on.look_away()
        await bench.forward(days=7)
        assert on.keys == []
        await bench.forward(days=1)
        assert len(cards(on)) == 1

    async def test_a_pause_stops_the_one_that_was_put_off(self, on, bench, does):
        await does(on, "Later", "Pause a week")
        on.look_away()
        await bench.forward(days=6)
        assert on.keys == []

    async def test_a_pause_can_be_ended(self, on, bench, does):
        await does(on, "Pause a week", "/checkins")
        assert on.keys == ["checkins/status_paused"]
        await on.taps("Turn on again")
        assert on.keys == ["checkins/resumed"]
        on.look_away()
        await bench.forward(days=1)
        assert len(cards(on)) == 1

    @pytest.mark.parametrize("way", [("Stop these",), ("/stop",), ("/checkins", "Stop"), ("Later", "Stop these")])
    async def test_stopped_is_stopped(self, on, bench, does, way):
        await does(on, *way)
        assert on.keys == ["checkins/stopped"]
        on.look_away()
        await bench.forward(days=10)
        assert on.keys == []
        await on.says("/checkins")
        assert on.keys == ["checkins/when"]

    async def test_an_old_message_can_still_stop_them(self, on, bench, does):
        stop = on.button("Stop these")
        await bench.forward(days=5)
        await on.presses(stop)
        on.look_away()
        await bench.forward(days=5)
        assert on.keys == []

    async def test_a_new_time_holds_from_the_next_day_if_one_came_today(self, on, bench, does):
        await does(on, "/checkins", "Change", "In the morning", "10:00", "> London", "Yes", "Only the question")
        assert await arrivals(bench, on, "Europe/London", 3) == ["2026-03-03 10:00", "2026-03-04 10:00"]

    async def test_moving_west_does_not_bring_a_second_one_on_one_date(self, on, bench, does):
        await does(on, "/checkins", "Change", "In the morning", "7:30", "> Chicago", "Yes", "Only the question")
        assert await arrivals(bench, on, "America/Chicago", 2) == ["2026-03-03 07:30"]

    async def test_it_interrupts_no_walk(self, on, bench, does):
        await bench.forward(hours=23, minutes=55)
        await does(on, "/urge", "I feel lonely", "Wait with me")
        on.look_away()
        await bench.forward(minutes=10)
        assert len(cards(on)) == 1
        assert [key for key in on.keys if key not in DECK] == ["urge/wait_ground", "urge/wait_surf", "urge/write_offer"]

    @CORE
    async def test_none_comes_twice_within_sixty_days_while_another_fits(self, person, bench, turns_on):
        await turns_on(person, morning="7:30")
        seen: list[str] = []
        for day in range(70):
            person.look_away()
            await bench.forward(days=1)
            (card,) = cards(person)
            stage = "first" if day < 7 else "weeks" if day < 42 else "later"
            fitting = {key for key in DECK if TEXTS[key].fits({"time": "morning", "stage": stage})}
            assert card in fitting
            assert card not in seen[-60:] or fitting <= set(seen[-60:]), (day, card)
            seen.append(card)
            await person.taps(person.buttons[0])
        assert len(set(seen)) > 40

    @CORE
    @pytest.mark.parametrize(
        ("days", "stage"), [(0, "first"), (6, "first"), (7, "weeks"), (41, "weeks"), (42, "later"), (400, "later")]
    )
    async def test_it_goes_by_the_day_the_person_counts_from(self, person, bench, turns_on, does, days, stage):
        await turns_on(person, morning="7:30")
        fitting = {key for key in DECK if TEXTS[key].fits({"time": "morning", "stage": stage})}
        asked = set()
        for _ in fitting:
            await does(person, "/days since", f"> {days + 1} days")
            person.look_away()
            await bench.forward(days=1)
            asked |= set(cards(person))
        assert asked == fitting

    async def test_it_never_names_the_ex(self, person, bench, turns_on):
        await turns_on(person, morning="7:30", evening="20:30")
        for _ in range(21):
            person.look_away()
            await bench.forward(days=1)
            assert len(cards(person)) == 2
            assert EX.search(" ".join((person.text, *person.buttons))) is None
            await person.taps(person.buttons[0])


class TestShortRead:
    """A short read rides along when asked for."""

    LABEL = next(label for target, label in TEXTS["checkins/below"].buttons if target == "read")

    async def test_it_comes_along_as_a_button_when_asked_for(self, person, bench, turns_on):
        await turns_on(person, morning="7:30", read=True)
        await bench.forward(days=1)
        assert len(person.replies) == 1
        await person.taps(self.LABEL)
        assert person.keys == ["reading/excerpt"]

    async def test_only_the_question_is_only_the_question(self, on):
        assert on.text == TEXTS[on.keys[0]].text
        assert self.LABEL not in on.buttons

    async def test_it_comes_alone_when_only_that_is_asked_for(self, person, bench, does):
        await person.joins()
        await does(person, "/checkins", "In the morning", "7:30", "> London", "Yes", "Only the read")
        assert person.keys == ["checkins/on"]
        titles = set()
        for _ in range(3):
            person.look_away()
            await bench.forward(days=1)
            assert person.keys == ["checkins/only_read"]
            assert person.buttons == [self.LABEL, *WAYS]
            await person.taps(self.LABEL)
            titles.add(person.text)
        assert len(titles) == 3
        await does(person, "/checkins", "Change", "In the morning", "7:30", "> London", "Yes", "Only the question")
        person.look_away()
        await bench.forward(days=1)
        assert cards(person)

    async def test_who_reads_it_gets_another_one_next_time(self, person, bench, turns_on):
        await turns_on(person, morning="7:30", read=True)
        reads = []
        for _ in range(10):
            await bench.forward(days=1)
            await person.taps(self.LABEL)
            reads.append(person.text)
        assert len(set(reads)) == len(reads)  # there are more than these for both sides


DST = [
    # city, zone, wall time, start in UTC, what comes in six days
    ("Berlin", "Europe/Berlin", "7:30", (2026, 3, 26, 12), {"2026-03-29": "07:30"}, 27),
    ("Berlin", "Europe/Berlin", "2:30", (2026, 3, 26, 12), {"2026-03-29": "03:30"}, 27),
    ("Berlin", "Europe/Berlin", "7:30", (2026, 10, 22, 12), {}, 23),
    ("Berlin", "Europe/Berlin", "2:30", (2026, 10, 22, 12), {}, 23),
    ("Cairo", "Africa/Cairo", "0:00", (2026, 4, 21, 12), {"2026-04-24": "01:00"}, 22),
    ("Cairo", "Africa/Cairo", "9:00", (2026, 10, 27, 12), {}, 28),
    ("Santiago", "America/Santiago", "23:30", (2026, 4, 1, 12), {}, 1),
    ("Santiago", "America/Santiago", "0:30", (2026, 9, 3, 12), {"2026-09-06": "01:30"}, 4),
    ("Auckland", "Pacific/Auckland", "2:30", (2026, 4, 1, 12), {}, 2),
    ("Auckland", "Pacific/Auckland", "2:30", (2026, 9, 23, 12), {"2026-09-27": "03:30"}, 24),
]


@pytest.mark.parametrize(("city", "zone", "wall", "start", "shifted", "first"), DST)
async def test_it_comes_once_a_local_date_when_the_clocks_change(
    bench_at, turns_on, city, zone, wall, start, shifted, first
):
    bench = bench_at(*start)
    person = bench.person()
    await turns_on(person, morning=wall, city=city)
    came = dict(moment.split() for moment in await arrivals(bench, person, zone, 6))
    begun = bench.clock.now().to_tz(zone)
    usual = f"{int(wall.split(':')[0]):02}:{wall.split(':')[1]}"
    dates = sorted(came)
    assert len(dates) == 6
    assert dates[0].endswith(f"-{first:02}")
    assert came == {date: shifted.get(date, usual) for date in dates}
    assert begun.date().format_iso() >= dates[-1]


@pytest.mark.parametrize(
    ("city", "wall", "start", "moment"),
    [
        ("Berlin", "2:30", (2026, 10, 24, 12), (2026, 10, 25, 0, 30)),
        ("Santiago", "23:30", (2026, 4, 4, 12), (2026, 4, 5, 2, 30)),
        ("Auckland", "2:30", (2026, 4, 4, 1), (2026, 4, 4, 13, 30)),
    ],
)
async def test_of_a_time_that_comes_twice_the_first_counts(bench_at, turns_on, city, wall, start, moment):
    bench = bench_at(*start)
    person = bench.person()
    await turns_on(person, morning=wall, city=city)
    before = Instant.from_utc(*moment).subtract(minutes=1)
    await bench.forward(minutes=round((before - bench.clock.now()).total("minutes")))
    assert person.keys == []
    await bench.forward(minutes=2)
    assert len(cards(person)) == 1
    await bench.forward(hours=2)
    assert len(cards(person)) == 1


@pytest.mark.parametrize("hours", [25, 49, 24 * 30])
async def test_after_a_day_out_of_order_there_is_no_heap(person, bench, turns_on, does, hours):
    await turns_on(person, morning="7:30", evening="20:30")
    await bench.forward(hours=6)
    await does(person, "Later", "/urge", "I feel lonely", "/cancel")
    person.look_away()
    await bench.jump(hours=hours)
    assert len(person.keys) <= 1
    person.look_away()
    await bench.forward(days=1)
    assert len(cards(person)) == 2


async def test_a_check_in_that_is_hours_late_is_left_out(person, bench, turns_on):
    await turns_on(person, morning="7:30")
    await bench.jump(hours=12)
    assert person.keys == []


async def test_a_check_in_that_is_a_little_late_still_comes_once(person, bench, turns_on):
    await turns_on(person, morning="7:30")
    await bench.jump(hours=7)
    assert len(cards(person)) == 1
    person.look_away()
    await bench.restart()
    await bench.tick()
    assert person.keys == []


async def test_it_comes_after_a_restart(person, bench, turns_on):
    await turns_on(person, morning="7:30")
    await bench.restart()
    await bench.forward(days=1)
    assert len(cards(person)) == 1


class TestTheMorningAfter:
    """One short question how it ended, in place of that morning's check-in."""

    async def urge(self, person: Person) -> None:
        for step in ("I feel lonely", "Write it here instead", "Rather not", "It has passed", "Not now"):
            if step == "I feel lonely":
                await person.says("/urge")
            await person.taps(step)
        person.look_away()

    async def test_it_takes_the_place_of_the_check_in(self, on, bench):
        await bench.forward(hours=14)  # Monday, 21:30
        await self.urge(on)
        assert await arrivals(bench, on, "Europe/London", 1) == ["2026-03-03 07:30"]
        await bench.forward(hours=10)
        assert cards(on)

    async def test_it_asks_how_it_ended(self, on, bench):
        await bench.forward(hours=14)
        await self.urge(on)
        await bench.forward(hours=12)
        assert on.keys == ["checkins/followup"]
        assert on.buttons == ["It passed", "It's still with me", "I sent something", "Stop these"]

    @pytest.mark.parametrize(
        ("tap", "key"),
        [
            ("It passed", "checkins/answer_good"),
            ("It's still with me", "checkins/answer_hard"),
            ("I sent something", "urge/did_you"),
            ("Stop these", "checkins/stopped"),
        ],
    )
    async def test_each_answer_leads_on(self, on, bench, tap, key):
        await bench.forward(hours=14)
        await self.urge(on)
        await bench.forward(hours=12)
        await on.taps(tap)
        assert on.keys == [key]

    async def test_after_a_slip_it_does_not_ask_how_it_ended(self, on, bench, does):
        await bench.forward(hours=14)
        await does(on, "/urge", "I feel lonely", "Write it here instead", "Rather not", "I sent it")
        on.look_away()
        await bench.forward(hours=12)
        assert on.keys == ["checkins/followup_slipped"]

    async def test_after_many_urges_it_comes_once(self, on, bench):
        await bench.forward(hours=12)
        for _ in range(3):
            await self.urge(on)
            await bench.forward(hours=1)
        on.look_away()
        await bench.forward(hours=12)
        assert on.keys == ["checkins/followup"]

    async def test_with_evening_check_ins_it_comes_at_ten(self, person, bench, turns_on):
        await turns_on(person, evening="20:30")
        await self.urge(person)
        came = await arrivals(bench, person, "Europe/London", 1)
        assert came == ["2026-03-02 10:00", "2026-03-02 20:30"]

    @pytest.mark.parametrize(("wall", "moment"), [("7:30", "07:30"), ("10:00", "10:00")])
    async def test_after_an_urge_at_two_in_the_morning_it_comes_that_morning(
        self, person, bench, turns_on, wall, moment
    ):
        await turns_on(person, morning=wall)
        await self.urge(person)
        assert await arrivals(bench, person, "Europe/London", 1) == [f"2026-03-02 {moment}"]
        assert person.button("It passed")

    async def test_without_check_ins_nothing_comes(self, person, bench):
        await person.joins()
        await self.urge(person)
        await bench.forward(days=3)
        assert person.keys == []

    @pytest.mark.parametrize("way", [("Stop these",), ("Pause a week",)])
    async def test_after_stopping_or_pausing_nothing_comes(self, on, bench, does, way):
        await bench.forward(hours=14)
        await self.urge(on)
        await does(on, *way)
        on.look_away()
        await bench.forward(days=3)
        assert on.keys == []

    async def test_in_a_pause_nothing_comes(self, on, bench):
        await on.taps("Pause a week")
        await self.urge(on)
        await bench.forward(days=3)
        assert on.keys == []

    async def test_a_new_time_does_not_bring_a_check_in_before_it(self, on, bench, does):
        await bench.forward(hours=14)
        await self.urge(on)
        await does(on, "/checkins", "Change", "In the morning", "> 6:30", "> London", "Yes", "Only the question")
        came = await arrivals(bench, on, "Europe/London", 1)
        assert len(came) == 1
