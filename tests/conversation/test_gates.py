"""The gates before any coaching: a tap or two away from the walk, heard from anywhere, and without the database."""

import pytest

from bot.records import Person as Kept
from bot.testing import Bench, Person

FROM_THE_WALK = {
    "self-harm": (("I'm not safe", "I might hurt myself"), "safety/self_harm"),
    "danger from them": (("I'm not safe", "I'm afraid of them"), "safety/abuse"),
    "danger to them": (("I'm not safe", "Afraid of what I might do to them"), "danger_to_them/what"),
    "a legal order": (("I'm not safe", "There is a court order"), "legal_order/what"),
    "contact that must be": (("Children, work or things",), "practical/what"),
    "under 18": (("I'm not safe", "I'm under 18"), "welcome/minor"),
}

WORDS = {
    "I have to text about the kids": "practical/what",
    "I want to kill myself": "safety/self_harm",
    "he threatened me": "safety/which",
    "I keep driving past her house": "danger_to_them/what",
    "she told me to stop contacting her": "danger_to_them/said_no",
    "he has a restraining order against me": "legal_order/what",
    "I'm 15": "minor/ask",
    "he goes through my phone": "out_of_sight/",
}

PLACES: dict[str, tuple[str, ...]] = {
    "the menu": ("/menu",),
    "the walk": ("/urge", "I feel lonely"),
    "the wait": ("/urge", "I feel lonely", "Wait with me"),
    "the guide": ("/they_wrote", "Hard to tell"),
    "the settings": ("/settings",),
    "the country": ("/settings", "Country"),
    "a time": ("/checkins", "In the morning"),
}

IN_A_LETTER = {
    "he threatened me": ("safety/unclear_danger", "I'm not safe", "safety/which"),
    "I keep driving past her house": ("danger_to_them/unclear", "It may happen", "danger_to_them/what"),
    "she told me to stop contacting her": ("danger_to_them/unclear_no", "They said no", "danger_to_them/said_no"),
    "there's a restraining order between us": ("legal_order/unclear", "There is an order", "legal_order/what"),
    "I'm 15 and I can't sleep": ("minor/unclear", "I'm under 18", "minor/ask"),
}


@pytest.mark.parametrize(("taps", "key"), FROM_THE_WALK.values(), ids=FROM_THE_WALK)
async def test_each_is_reached_by_button_from_the_walk(person, does, taps, key):
    await does(person, "/urge", *taps)
    assert person.keys == [key]


async def test_the_first_screen_of_the_walk_stays_as_short_as_it_was(person):
    await person.says("/urge")
    assert len(person.buttons) == 7


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
async def test_each_is_heard_from_anywhere(person, does, place):
    await person.joins()
    for words, key in WORDS.items():
        await does(person, *place, f"> {words}")
        assert person.sees(key), (words, person.keys)
        assert len(person.keys) == 1
        await does(person, "/safe", "/cancel")


@pytest.mark.parametrize(("taps", "key"), FROM_THE_WALK.values(), ids=FROM_THE_WALK)
async def test_each_is_reached_without_the_database(person, bench, does, taps, key):
    """What may be said to them is not known then, so nothing is."""
    bench.lose_the_database()
    await does(person, "/urge", *taps)
    assert person.keys[0] == ("practical/unread" if key == "practical/what" else key)
    assert not person.sees("common/down")


async def test_each_is_heard_without_the_database(person, bench):
    bench.lose_the_database()
    for words, key in WORDS.items():
        await person.says(words)
        assert person.sees("practical/unread" if key == "practical/what" else key), (words, person.keys)
        await person.says("/safe")


@pytest.mark.parametrize("box", ["/write", "/reason"])
@pytest.mark.parametrize("words", IN_A_LETTER)
async def test_in_a_letter_it_is_asked_about_and_the_letter_is_not_lost(person, does, tables, box, words):
    asked, _, _ = IN_A_LETTER[words]
    await person.joins()
    await does(person, box, f"> {words}, blue jumper")
    assert person.keys == [asked]
    assert "blue jumper" not in str(tables())
    await person.taps("It's only what I write")
    assert person.keys[0] in ("urge/letter", "urge/reason_kept")
    assert "blue jumper" in str(tables())


@pytest.mark.parametrize("words", IN_A_LETTER)
async def test_in_a_letter_it_leads_there_if_it_is_so(person, does, tables, words):
    _, tap, key = IN_A_LETTER[words]
    await person.joins()
    await does(person, "/write", f"> {words}, blue jumper", tap)
    assert person.keys == [key]
    assert "blue jumper" not in str(tables())


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("There is an order", "there's a restraining order between us"),
        ("They want no contact", "she told me to stop contacting her"),
    ],
)
async def test_what_was_told_is_not_asked_about_in_a_letter(person, does, told, words):
    await person.joins()
    await does(person, "/settings", "An order, a no, or fear", told, "/write", f"> {words}")
    assert person.keys == ["urge/letter"]


async def test_what_has_to_be_said_is_no_interruption_of_a_letter(person, does):
    await does(person, "/write", "> I have to text about the kids")
    assert person.keys == ["urge/letter"]


NEAREST = {
    "They said no, and I go on": "said_no",
    "I follow or watch them": "watching",
    "I have threatened them": "threatened",
    "I might hurt them": "hurt",
}


class TestDangerToThem:
    """Going on is harassment: said plainly, and then ways to stop here."""

    @pytest.mark.parametrize("label", NEAREST)
    async def test_each_says_so_and_leads_to_ways_to_stop(self, person, does, label):
        await person.says("/danger_to_them")
        assert "that is harassment" in person.text
        await person.taps(label)
        assert person.keys == [f"danger_to_them/{NEAREST[label]}"]
        assert "harassment" in person.text or label == "I might hurt them"
        await person.taps("Ways to stop here")
        assert person.keys == ["danger_to_them/ways"]
        assert "findahelpline.com" in person.text

    @pytest.mark.parametrize("label", NEAREST)
    async def test_no_step_helps_to_write_to_find_or_to_pass_on(self, person, does, label):
        await does(person, "/danger_to_them", label)
        labels = set(person.buttons)
        await person.taps("Ways to stop here")
        labels |= set(person.buttons)
        assert not labels & {"Write it here instead", "Draft it here first", "I want to text them"}

    @pytest.mark.parametrize("label", list(NEAREST)[:3])
    async def test_their_no_is_remembered_on_a_tap(self, person, bench, does, label):
        await person.joins()
        await does(person, "/danger_to_them", label, "Remember: they want no contact")
        assert person.keys == ["danger_to_them/remembered"]
        await bench.restart()
        await does(person, "I'm calm and staying put", "/settings")
        assert "They want no contact" in person.text

    async def test_when_it_could_happen_now_the_emergency_number_comes(self, person, does):
        await does(person, "/lines Germany", "/danger_to_them", "It could happen now")
        assert person.keys == ["safety/now"]
        assert "112" in person.text

    async def test_nothing_of_it_is_written_down(self, person, does, on_disk):
        await does(person, "/danger_to_them", "I have threatened them", "Ways to stop here")
        assert b"danger_to_them" not in on_disk()
        assert b"threatened" not in on_disk()

    async def test_who_goes_on_writing_gets_people_to_talk_to(self, person, does):
        await does(person, "/danger_to_them", "I might hurt them", "> she made me so angry")
        assert person.keys == ["safety/still_here"]


class TestLegalOrder:
    """Its wording and a lawyer decide."""

    async def test_it_says_who_decides_and_what_counts(self, person, does):
        await person.says("there's a no contact order")
        assert person.keys == ["legal_order/what"]
        for word in ("wording", "lawyer", "Through others counts as contact"):
            assert word in person.text
        assert {"I'm not safe", "Wait with me", "Write it here instead", "Numbers for my country"} <= set(
            person.buttons
        )

    async def test_it_is_remembered_on_a_tap_and_not_offered_again(self, person, bench, does):
        await person.joins()
        await does(person, "/legal_order", "Remember that there is an order")
        assert person.keys == ["legal_order/remembered"]
        await bench.restart()
        await person.says("/legal_order")
        assert person.keys == ["legal_order/known"]
        assert "Remember that there is an order" not in person.buttons
        await person.says("/practical")
        assert person.keys == ["practical/order"]

    async def test_without_a_tap_nothing_is_remembered(self, person, does):
        await person.joins()
        await does(person, "/legal_order", "Wait with me", "/settings")
        assert "There is an order" not in person.text.split("What would you like")[0]

    async def test_what_is_written_there_is_for_oneself(self, person, does):
        await does(person, "/legal_order", "Write it here instead", "> I only want to explain")
        assert person.keys == ["urge/letter"]


class TestHiding:
    """Help to keep the chat out of sight, for the place where it is."""

    @pytest.mark.parametrize(
        "way",
        [
            ("/not_safe", "I'm afraid of them", "Keep this chat out of sight"),
            ("/not_safe", "I'm afraid of them", "Remember this about them", "Keep this chat out of sight"),
            ("> how do I hide this chat",),
            ("> somebody might read this",),
            ("/out_of_sight",),
        ],
    )
    async def test_it_is_for_the_platform_they_are_on(self, person, does, way):
        await does(person, *way)
        assert person.keys == [f"out_of_sight/{person.chat.platform}"]
        assert "findahelpline.com" in person.text

    async def test_it_needs_no_database(self, person, bench):
        bench.lose_the_database()
        await person.says("/out_of_sight")
        assert person.sees("out_of_sight/")

    async def test_it_is_offered_where_fear_is_told(self, person, does):
        await person.joins()
        await does(person, "/settings", "An order, a no, or fear", "I'm afraid of them", "Keep this chat out of sight")
        assert person.sees("out_of_sight/")

    async def test_on_a_platform_nobody_knows_it_is_general(self, tmp_path):
        with Bench(tmp_path) as bench:
            person = bench.person("somebody", "carrier-pigeon")
            await person.says("/out_of_sight")
            assert person.keys == ["out_of_sight/elsewhere"]


class TestMinor:
    """Whoever says that they are under 18 is asked once, and then gets the youth lines and not the programme."""

    @pytest.fixture
    async def fifteen(self, person: Person, does) -> Person:
        await person.joins()
        await does(person, "> I'm 15", "I'm under 18")
        return person

    async def test_words_are_asked_about_once(self, person):
        await person.joins()
        await person.says("I'm 15")
        assert person.keys == ["minor/ask"]
        assert {"I'm under 18", "I'm 18 or over"} <= set(person.buttons)

    async def test_a_wrong_guess_changes_nothing(self, person, does):
        await person.joins()
        await does(person, "> I'm 15", "I'm 18 or over")
        assert person.keys[0] == "minor/mistake"
        await person.says("/urge")
        assert person.keys == ["urge/name_it"]

    async def test_then_the_lines_come_and_the_programme_is_closed(self, fifteen):
        assert fifteen.keys == ["welcome/minor"]
        assert "findahelpline.com" in fifteen.text
        for command in ("/urge", "/practical", "/write", "/read", "/they_wrote", "/checkins"):
            await fifteen.says(command)
            assert fifteen.keys == ["welcome/minor"], command

    async def test_nothing_comes_any_more(self, person, bench, does, turns_on):
        await turns_on(person, morning="7:30", evening="20:30")
        await does(person, "/write", "> words", "Show it to me tomorrow", "/minor", "I'm under 18")
        person.look_away()
        await bench.forward(days=3)
        assert person.keys == []

    @pytest.mark.parametrize(
        "way",
        [
            ("/not_safe", "I'm afraid of them"),
            ("/said_no",),
            ("/danger_to_them", "I follow or watch them"),
            ("/danger_to_them", "I have threatened them"),
            ("/legal_order",),
        ],
    )
    async def test_nothing_is_offered_to_be_remembered_and_an_old_button_remembers_nothing(
        self, person, bench, does, way
    ):
        await person.joins()
        await does(person, *way)
        asked = list(person.keys)
        (old,) = [button for reply in person.replies for button in reply.buttons if button.label.startswith("Remember")]
        await does(person, "/safe", "/minor", "I'm under 18", *way)
        assert person.keys == asked
        assert not [label for label in person.buttons if label.startswith("Remember")]
        await person.presses(old)
        assert person.keys == asked
        assert (await bench.store.load(person.chat)).person.danger == ""

    async def test_nothing_is_kept_about_them_but_that(self, person, bench, does):
        await does(person, "/start", "I'm under 18", "/lines Germany", "/not_safe", "I'm afraid of them")
        await does(person, "I'm safe for now", "/legal_order", "/said_no", "/out_of_sight", "> I'm 15")
        known = await bench.store.load(person.chat)
        told = known.person
        assert told == Kept(told.id, adult=False, seen_on=told.seen_on)
        assert (known.run, known.reasons, known.slips, known.shown) == (None, (), (), {})

    async def test_what_was_told_before_is_theirs_to_delete(self, person, tables, does):
        await person.joins()
        await does(person, "/write", "> the blue jumper", "Keep it here", "/minor", "I'm under 18")
        assert "blue jumper" in tables()["letter"]
        await does(person, "Delete everything", "Delete everything")
        assert tables()["letter"] == "[]"

    async def test_what_was_kept_before_can_be_read_and_taken_away_one_by_one(self, person, tables, does):
        await person.joins()
        await does(person, "/write", "> the blue jumper", "Keep it here", "/cancel", "/reason", "> you slept badly")
        await does(person, "/cancel", "/minor", "I'm under 18")
        assert {"Give me a copy", "Delete everything"} <= set(person.buttons)
        assert "stays until you delete it" in person.text
        await person.says("/letters")
        assert person.replies[0].quote == "the blue jumper"
        await does(person, "Burn this one", "/letters")
        assert person.keys == ["welcome/minor"]
        assert tables()["letter"] == "[]"
        await person.says("/reasons")
        assert person.replies[0].quote == "you slept badly"
        await does(person, "Remove it", "/reasons")
        assert person.keys == ["welcome/minor"]
        for command in ("/write", "/reason"):
            await person.says(command)
            assert person.keys == ["welcome/minor"]

    async def test_what_was_kept_before_is_in_the_copy(self, person, does):
        await person.joins()
        await does(person, "/write", "> the blue jumper", "Keep it here", "/minor", "I'm under 18", "Give me a copy")
        assert any("the blue jumper" in file.content.decode() for file in person.files)

    async def test_a_walk_that_was_open_is_over(self, person, bench, does):
        await does(person, "/urge", "I feel lonely", "Wait with me", "> I'm 15", "I'm under 18")
        person.look_away()
        await bench.forward(minutes=30)
        assert person.keys == []

    @pytest.mark.parametrize(
        ("words", "key"),
        [
            ("I want to kill myself", "safety/self_harm"),
            ("he threatened me", "safety/which"),
            ("Germany", "helplines/here"),
            ("/lines", "helplines/which_country"),
            ("/out_of_sight", "out_of_sight/"),
            ("I'm 15", "welcome/minor"),
        ],
    )
    async def test_the_lines_always_work(self, fifteen, words, key):
        await fifteen.says(words)
        assert fifteen.sees(key), fifteen.keys

    async def test_there_is_a_way_back(self, fifteen, does):
        await does(fifteen, "That was a mistake", "I'm 18 or over, that's fine", "/urge")
        assert fifteen.keys == ["urge/name_it"]

    async def test_an_old_button_of_the_walk_opens_nothing(self, person, does):
        await does(person, "/urge", "> I'm 15", "I'm under 18", "I feel lonely")
        assert person.keys == ["welcome/minor"]
