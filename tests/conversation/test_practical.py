"""Contact that must be: logistics only, four questions, and only what goes beyond it is a slip."""

import pytest

from bot.testing import Person

DRAFT = "Pick-up at five on Friday, at the school gate."
TIED = ("/settings", "Contact that can't be avoided", "Children", "Nothing more")


@pytest.fixture
async def drafted(person: Person, does) -> Person:
    """Somebody who has written what has to be said."""
    await person.joins()
    await does(person, "/practical", "Only that", f"> {DRAFT}")
    return person


@pytest.fixture
async def tied(person: Person, does) -> Person:
    """Somebody with children, five days after hello."""
    await person.joins()
    await does(person, *TIED)
    await person.bench.forward(days=5)
    return person


def told_of(danger: str) -> tuple[str, ...]:
    """How it is told under /settings."""
    return ("/settings", "An order, a no, or fear", danger, "Go on", "Nothing more")


async def total(person: Person) -> str:
    """What is said of the days."""
    await person.says("/days")
    return person.text


@pytest.mark.parametrize(
    "way", [("/practical",), ("/urge", "Children, work or things"), ("/menu", "Something that has to be said")]
)
async def test_the_ways_in_ask_whether_that_is_all(person, does, way):
    await person.joins()
    await does(person, *way)
    assert person.keys == ["practical/what"]
    await person.taps("There is more in it")
    assert person.sees("reasons/")


async def test_the_draft_is_shown_back_unchanged_with_four_questions(drafted):
    assert drafted.keys == ["practical/check"]
    assert drafted.replies[0].quote == DRAFT
    for word in ("Brief", "Informative", "Friendly", "Firm"):
        assert f"**{word}**" in drafted.replies[0].text


async def test_a_new_version_takes_its_place(drafted):
    await drafted.says("Friday, five, school gate?")
    assert drafted.keys == ["practical/check"]
    assert drafted.replies[0].quote == "Friday, five, school gate?"


async def test_the_questions_come_without_a_draft_too(person, does):
    await does(person, "/practical", "Only that", "Only the four questions")
    assert person.keys == ["practical/check"]
    assert person.replies[0].quote == ""


@pytest.mark.parametrize("tap", ["I sent the practical part only", "More slipped in", "I'm leaving it"])
async def test_afterwards_nothing_of_it_is_left(drafted, on_disk, tap):
    await drafted.taps(tap)
    assert b"school gate" not in on_disk()


async def test_nothing_of_it_is_left_when_a_danger_is_told(drafted, does, on_disk):
    await does(drafted, *told_of("There is an order"), "Go on")
    assert drafted.keys == ["practical/order"]
    assert b"school gate" not in on_disk()


async def test_it_is_kept_when_asked_and_comes_back_in_the_morning(drafted, bench):
    await drafted.taps("Show it to me tomorrow")
    assert drafted.keys == ["practical/kept"]
    drafted.look_away()
    await bench.forward(days=1)
    assert drafted.keys == ["letters/aside"]
    await drafted.taps("Open")
    assert drafted.replies[0].quote == DRAFT


async def test_nothing_is_called_kept_when_it_is_gone(drafted, does):
    keep = drafted.button("Show it to me tomorrow")
    await drafted.taps("I'm leaving it")
    await drafted.presses(keep)
    assert drafted.keys == ["practical/gone"]
    await drafted.says("/letters")
    assert drafted.keys == ["letters/none"]


async def test_the_practical_part_is_no_slip(drafted, bench):
    await bench.forward(days=5)
    await drafted.taps("I sent the practical part only")
    assert drafted.keys == ["urge/only_plain"]
    assert "stretch: 6 days" in await total(drafted)


async def test_more_that_slipped_in_is_a_slip_and_is_met_kindly(drafted, bench):
    await bench.forward(days=5)
    await drafted.taps("More slipped in")
    assert drafted.keys == ["urge/sent"]
    assert "5 days" in await total(drafted)
    assert "stretch: 0 days" in drafted.text


async def test_a_practical_message_of_theirs_is_answered_the_same_way(person, does):
    await does(person, "/they_wrote", "Something practical", "Draft it here first", f"> {DRAFT}")
    assert person.keys == ["practical/check"]
    assert person.replies[0].quote == DRAFT


class TestWhoHasTies:
    """Before a day counts as a slip they are asked whether it was only practical."""

    @pytest.mark.parametrize("when", ["Yes, today", "Yesterday or last night"])
    async def test_only_practical_counts_nothing(self, tied, does, when):
        await does(tied, "/slipped", when)
        assert tied.keys == ["urge/what"]
        await tied.taps("Only that")
        assert tied.keys == ["urge/only_plain"]
        assert "stretch: 6 days" in await total(tied)

    @pytest.mark.parametrize(
        ("when", "stretch"), [("Yes, today", "stretch: 0 days"), ("Yesterday or last night", "stretch: 1 day")]
    )
    async def test_more_counts_the_day(self, tied, does, when, stretch):
        await does(tied, "/slipped", when, "There was more in it")
        assert tied.keys == ["urge/sent"]
        assert stretch in await total(tied)

    async def test_at_the_end_of_the_walk_too(self, tied, does):
        await does(tied, "/urge", "I miss them", "Write it here instead", "Rather not", "I sent it")
        assert tied.keys == ["urge/what"]

    async def test_without_ties_it_counts_at_once(self, person, does):
        await person.joins()
        await does(person, "/slipped", "Yes, today")
        assert person.keys == ["urge/sent"]

    async def test_without_ties_who_came_for_something_practical_is_asked(self, person, does):
        await does(person, "/urge", "Children, work or things", "Only that", "Wait with me first")
        await does(person, "That's enough waiting", "No need", "I sent it")
        assert person.keys == ["urge/what"]

    @pytest.mark.parametrize(
        ("told", "key"),
        [
            ("There is an order", "urge/only_order"),
            ("They want no contact", "urge/only_no"),
            ("I'm afraid of them", "urge/only_fear"),
        ],
    )
    async def test_it_is_not_called_all_right_where_something_told_speaks_against_it(self, tied, does, told, key):
        await does(tied, *told_of(told), "/slipped", "Yes, today", "Only that")
        assert tied.keys == [key]
        assert "stretch: 6 days" in await total(tied)


@pytest.mark.parametrize(
    ("told", "key", "word"),
    [
        ("There is an order", "urge/sent_order", "lawyer"),
        ("They want no contact", "urge/sent_no", "harassment"),
        ("I'm afraid of them", "urge/sent_fear", "findahelpline.com"),
    ],
)
async def test_after_a_slip_what_was_told_gets_a_plain_word(person, does, told, key, word):
    await person.joins()
    await does(person, *told_of(told), "/slipped", "Yes, today", "I don't know")
    assert person.keys == ["urge/sent_unknown", key]
    assert word in person.text


async def test_without_the_database_no_button_helps_with_a_message(person, bench, does):
    await does(person, "/practical", "Only that", "Only the four questions")
    bench.lose_the_database()
    for tap in ("Only that", "Only the four questions"):
        await person.taps(tap)
        assert person.keys == ["practical/unread"]
    await person.taps("I sent the practical part only")
    assert person.keys == ["urge/only_unread"]
    await does(person, "/practical", "Wait with me")
    assert person.keys == ["urge/wait"]


@pytest.mark.parametrize("told", ["There is an order", "They want no contact", "I'm afraid of them"])
@pytest.mark.parametrize(
    ("way", "key"),
    [
        (("/practical",), "practical/unread"),
        (("/urge", "Children, work or things"), "practical/unread"),
        (("/they_wrote",), "they_wrote/unread"),
        (("/urge", "They wrote to me"), "they_wrote/unread"),
        (("/slipped", "Yes, today", "I don't know"), "urge/sent_unread"),
    ],
)
async def test_without_the_database_what_was_told_is_not_known_so_all_of_it_is_spoken_of(
    person, bench, does, told, way, key
):
    await person.joins()
    await does(person, *told_of(told))
    bench.lose_the_database()
    await does(person, *way)
    assert key in person.keys
    for word in ("I can't reach my notes", " order", " no", "afraid" if "practical" not in key else "Fear of them"):
        assert word in person.text
    assert "findahelpline.com" in person.text


async def test_when_the_database_is_back_so_is_the_walk(person, bench, does):
    bench.lose_the_database()
    await person.says("/practical")
    await bench.restart()
    await person.taps("Look again")
    assert person.keys == ["practical/what"]


@pytest.mark.parametrize("way", ["/practical", "/they_wrote"])
@pytest.mark.parametrize(
    ("tap", "key"), [("There is an order", "legal_order/what"), ("They said no", "danger_to_them/said_no")]
)
async def test_without_the_database_a_tap_leads_to_what_comes_first(person, bench, way, tap, key):
    bench.lose_the_database()
    await person.says(way)
    await person.taps(tap)
    assert person.keys == [key]


async def test_without_the_database_a_draft_is_not_pretended_to_be_there(person, bench, does):
    await person.says("/practical")
    bench.lose_the_database()
    await does(person, "Only that", f"> {DRAFT}")
    assert person.keys == ["common/down"]
