"""The first hello: consent, five questions, a minor, and the emergency before all of it."""

import pytest

from bot.testing import Bench, Person

ADULT, MINOR = "I'm 18 or over, that's fine", "I'm under 18"
QUESTIONS = ["profile/side", "profile/ties", "profile/danger", "profile/hope", "profile/country"]


async def test_the_hello_says_what_it_is_and_offers_help_before_consent(person):
    await person.says("/start")
    assert person.keys == ["welcome/hello"]
    assert "Nobody watches this chat" in person.text
    assert {ADULT, MINOR, "I want to text them now", "Numbers to call"} <= set(person.buttons)


async def test_consent_takes_one_tap_and_the_questions_can_wait(person, does):
    await does(person, "/start", ADULT)
    assert person.keys == ["common/docked", "welcome/agreed"]
    await person.taps("Not now")
    assert person.keys == ["welcome/done"]
    await person.says("/start")
    assert person.keys == ["common/again", "common/menu"]


async def test_every_question_can_be_skipped(person, does):
    await does(person, "/start", ADULT, "Ask me")
    asked = list(person.keys)
    for _ in QUESTIONS:
        await person.taps("Skip")
        asked += person.keys
    assert asked == [*QUESTIONS, "welcome/done"]


async def test_the_answers_are_remembered(person, does):
    await does(person, "/start", ADULT, "Ask me", "I did", "Children", "None of these", "To get over it", "> ireland")
    assert person.keys == ["welcome/kept", "welcome/done"]
    await person.says("/settings")
    for answer in ("Who ended it: I did", "avoided: Children", "hope for: To get over it", "Country: Ireland"):
        assert answer in person.text


@pytest.mark.parametrize(
    ("answer", "key", "words"),
    [("I'm afraid of them", "welcome/fear", "people who know about this"), ("There is an order", "welcome/order", "")],
)
async def test_fear_and_an_order_are_answered_before_the_next_question(person, does, answer, key, words):
    await does(person, "/start", ADULT, "Ask me", "Skip", "Skip", answer)
    assert person.keys == [key]
    assert words in person.text
    await person.taps("Go on")
    assert person.keys == ["profile/hope"]


async def test_a_country_nobody_knows_is_asked_again_and_can_be_skipped(person, does):
    await does(person, "/start", ADULT, "Ask me", "Skip", "Skip", "Skip", "Skip", "> Narnia")
    assert person.keys == ["profile/country_unknown"]
    assert person.buttons == ["Skip"]
    await person.says("no/where {0} 🙂")
    assert person.keys == ["profile/country_unknown"]
    await person.says("  south korea ")
    assert person.sees("welcome/kept")


@pytest.mark.parametrize("name", ["UK", "united kingdom", "GB", "England"])
async def test_a_country_has_many_names(person, does, name):
    await does(person, "/start", ADULT, "Ask me", "Skip", "Skip", "Skip", "Skip", f"> {name}", "/settings")
    assert "Country: United Kingdom" in person.text


async def test_the_emergency_works_before_consent_and_the_hello_comes_back(person, does):
    await does(person, "/start", "I want to text them now", "I feel lonely", "Write it here instead", "Rather not")
    await does(person, "It has passed", "Not now")
    assert person.keys == ["urge/bye", "common/interrupted"]
    await person.taps("Go on")
    assert person.keys == ["welcome/hello"]
    await person.taps(ADULT)
    assert person.keys == ["common/docked", "welcome/agreed"]


async def test_somebody_who_begins_with_the_emergency_can_still_say_hello(person, does):
    await does(person, "/urge", "I feel lonely", "/cancel", "/start")
    assert person.keys == ["welcome/hello"]


async def test_the_numbers_can_be_looked_up_before_consent(person, does):
    await does(person, "/start", "Numbers to call")
    assert person.keys == ["helplines/which_country"]
    assert "findahelpline.com" in person.text
    await person.taps("Back to where we were")
    assert person.keys == ["welcome/hello"]


@pytest.mark.parametrize("command", ["/checkins", "/days", "/settings"])
async def test_what_keeps_things_asks_for_consent_first(person, command):
    await person.says(command)
    assert person.keys == ["welcome/hello"]


class TestMinor:
    """Somebody under 18 gets the youth lines and nothing halfway."""

    @pytest.fixture
    async def minor(self, person: Person) -> Person:
        await person.says("/start")
        await person.taps(MINOR)
        return person

    async def test_the_lines_are_shown(self, minor):
        assert minor.keys == ["welcome/minor"]
        assert "findahelpline.com" in minor.text

    @pytest.mark.parametrize(
        ("command", "key"),
        [
            ("/lines", "helplines/which_country"),
            ("/help", "common/help"),
            ("/privacy", "privacy/kept"),
            ("/stop", "checkins/stopped"),
            ("/delete", "privacy/delete"),
            ("/start", "welcome/hello"),
            ("/not_safe", "safety/which"),
        ],
    )
    async def test_these_stay_open(self, minor, command, key):
        await minor.says(command)
        assert minor.keys == [key]

    CLOSED = (
        "/menu",
        "/urge",
        "/write",
        "/read",
        "/checkins",
        "/days",
        "/settings",
        "/letters",
        "/reason",
        "/reasons",
        "/saved",
        "/they_wrote",
        "/slipped",
        "/resume",
        "/cancel",
        "/later",
        "/another",
        "/it_helped",
        "/no_more",
        "/may_come",
        "/checkin",
    )

    async def test_everything_else_is_closed(self, minor):
        open_ = []
        for command in self.CLOSED:
            await minor.says(command)
            open_ += [] if minor.keys == ["welcome/minor"] else [(command, minor.keys)]
        assert open_ == []

    @pytest.mark.parametrize("text", ["I'm about to text him", "he texted me", "hello", "I did it again"])
    async def test_typed_words_open_nothing(self, minor, text):
        await minor.says(text)
        assert minor.keys == ["welcome/minor"]

    async def test_the_buttons_of_the_hello_open_nothing(self, minor):
        await minor.taps("I want to text them now")
        assert minor.keys == ["welcome/minor"]

    async def test_a_deep_link_opens_nothing(self, minor):
        await minor.says("/start urge")
        assert not minor.sees("urge/name_it")

    async def test_the_way_back_from_i_am_not_safe_opens_nothing(self, minor, does):
        await does(minor, "/not_safe", "I'm safe, go back")
        assert not minor.sees("urge/name_it")

    async def test_words_that_mean_danger_are_met(self, minor):
        await minor.says("I want to kill myself")
        assert minor.keys == ["safety/self_harm"]

    async def test_a_wrong_tap_can_be_mended(self, minor, does):
        await does(minor, "/start", ADULT)
        assert minor.keys == ["common/docked", "welcome/agreed"]
        await minor.says("/menu")
        assert minor.keys == ["common/menu"]

    async def test_a_walk_begun_before_is_over(self, person, does):
        await does(person, "/urge", "/days", MINOR, "/start")
        assert person.keys == ["welcome/hello"]


class TestSettings:
    """Each answer can be changed later."""

    @pytest.fixture
    async def settled(self, person: Person) -> Person:
        await person.joins()
        await person.says("/settings")
        return person

    @pytest.mark.parametrize(
        ("question", "answer", "shown"),
        [
            ("Who ended it", "They did", "Who ended it: They did"),
            ("Who ended it", "I did", "Who ended it: I did"),
            ("Who ended it", "Both of us", "Who ended it: Both of us"),
            ("Contact that can't be avoided", "No", "avoided: No"),
            ("Contact that can't be avoided", "Children", "avoided: Children"),
            ("Contact that can't be avoided", "Work", "avoided: Work"),
            ("Contact that can't be avoided", "Home or things", "avoided: Home or things"),
            ("An order, a no, or fear", "None of these", "fear: None of these"),
            ("What I hope for", "To get over it", "hope for: To get over it"),
            ("What I hope for", "To be together again", "hope for: To be together again"),
            ("What I hope for", "I don't know", "hope for: I don't know"),
        ],
    )
    async def test_an_answer_is_changed_and_shown(self, settled, does, question, answer, shown):
        await does(settled, question, answer)
        assert settled.keys[-2:] == ["settings/changed", "settings/which"]
        assert shown in settled.text

    @pytest.mark.parametrize(("answer", "said"), [("There is an order", "order"), ("I'm afraid of them", "fear")])
    async def test_an_order_and_fear_are_answered_first(self, settled, does, answer, said):
        await does(settled, "An order, a no, or fear", answer)
        assert settled.keys == [f"welcome/{said}"]
        await settled.taps("Go on")
        assert f"fear: {answer}" in settled.text

    async def test_the_country_is_typed_and_decides_the_numbers(self, settled, does):
        await does(settled, "Country", "> Narnia")
        assert settled.keys == ["profile/country_unknown"]
        await settled.says("Germany")
        assert "Country: Germany" in settled.text
        await settled.says("/lines")
        assert "For Germany" in settled.text

    async def test_leaving_changes_nothing(self, settled, does):
        await does(settled, "Who ended it", "I did", "Who ended it", "Skip")
        assert settled.keys == ["settings/back"]
        await settled.says("/settings")
        assert "Who ended it: I did" in settled.text


async def test_everything_can_be_deleted_and_the_hello_comes_again(person: Person, bench: Bench, does, tables):
    await person.joins()
    await does(person, "/write", "> I still have your blue jumper", "Keep it here", "/delete", "Delete everything")
    assert person.keys == ["privacy/deleted"]
    rows = {name: text for name, text in tables().items() if name not in ("alembic_version", "inbox")}
    assert set(rows.values()) == {"[]"}
    assert person.chat.id not in tables()["inbox"]
    await person.says("/letters")
    assert person.keys == ["letters/none"]
    await person.says("/start")
    assert person.keys == ["welcome/hello"]


async def test_asking_to_delete_deletes_nothing_yet(person, does):
    await person.joins()
    await does(person, "/write", "> I still have your blue jumper", "Keep it here", "/delete", "/letters")
    assert person.sees("letters/one")
