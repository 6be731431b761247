"""The emergency walk, as the person sees it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from bot.messages import Button
from bot.testing import Bench, Person, content

URGENT_TOKENS = ("urge:", "they_wrote:", "practical:", "safety:", "danger_to_them:", "legal_order:", "minor:")

STEPS: dict[str, tuple[str, ...]] = {
    "urge/name_it": ("/urge",),
    "reasons/": ("/urge", "I feel lonely"),
    "practical/what": ("/urge", "Children, work or things"),
    "practical/draft": ("/urge", "Children, work or things", "Only that"),
    "practical/check": ("/practical", "Only that", "Only the four questions"),
    "urge/wait": ("/urge", "I miss them", "Wait with me"),
    "urge/write_offer": ("/urge", "I miss them", "Wait with me", "That's enough waiting"),
    "urge/write": ("/write",),
    "urge/how_now": ("/write", "Rather not"),
    "exercises/": ("/write", "Rather not", "Still there"),
    "urge/passed": ("/write", "Rather not", "It has passed"),
    "urge/my_reason": ("/write", "Rather not", "It has passed", "Leave a line"),
    "urge/did_you": ("/slipped",),
    "urge/sent": ("/slipped", "Yes, today"),
    "they_wrote/kind": ("/they_wrote",),
    "they_wrote/fear": ("/they_wrote", "It frightens me"),
    "they_wrote/logistics": ("/they_wrote", "Something practical"),
    "they_wrote/goal": ("/they_wrote", "Hard to tell"),
    "they_wrote/views": ("/they_wrote", "Hard to tell", "To get over this"),
    "they_wrote/reply": ("/they_wrote", "Hard to tell", "To get over this", "A short reply"),
    "they_wrote/silence": ("/they_wrote", "Hard to tell", "To get over this", "Silence"),
    "safety/which": ("/not_safe",),
    "safety/self_harm": ("/not_safe", "I might hurt myself"),
    "safety/abuse": ("/not_safe", "I'm afraid of them"),
    "danger_to_them/what": ("/not_safe", "Afraid of what I might do to them"),
    "danger_to_them/said_no": ("/said_no",),
    "danger_to_them/watching": ("/danger_to_them", "I follow or watch them"),
    "danger_to_them/threatened": ("/danger_to_them", "I have threatened them"),
    "danger_to_them/hurt": ("/danger_to_them", "I might hurt them"),
    "danger_to_them/ways": ("/danger_to_them", "I might hurt them", "Ways to stop here"),
    "legal_order/what": ("/not_safe", "There is a court order"),
    "minor/ask": ("/minor",),
    "safety/now": ("/not_safe", "I might hurt myself", "I'm in danger now"),
}
"""How to get to each step of the walks that are urgent."""


@pytest.fixture
async def letter(person: Person, does) -> Person:
    """Somebody who has just written a letter."""
    await does(person, "/write", "> I still have your blue jumper")
    return person


def kinds(person: Person) -> list[str]:
    """The keys that are seen, a card only by its deck."""
    return [key.split("/")[0] if key.split("/")[0] in ("reasons", "exercises") else key for key in person.keys]


async def test_the_walk_goes_on_after_a_restart(person: Person, bench: Bench) -> None:
    await person.says("/urge")
    await bench.restart()
    await person.taps("I feel lonely")
    assert person.sees("reasons/")


async def test_ten_minutes_together_and_then_a_letter_that_is_burned(person: Person, bench: Bench) -> None:
    await person.says("/urge")
    await person.taps("I miss them")
    await person.taps("Wait with me")
    person.look_away()
    await bench.forward(minutes=10)
    assert person.keys == ["urge/wait_ground", "urge/wait_surf", "urge/write_offer"]
    await person.taps("Write it here instead")
    await person.says("I still have your blue jumper")
    await person.taps("Burn it")
    assert person.keys == ["urge/letter_burned", "urge/how_now"]
    await person.says("/letters")
    assert person.sees("letters/none")


@pytest.mark.parametrize(
    ("choice", "kind"),
    [
        ("I miss them", "reasons"),
        ("I feel lonely", "reasons"),
        ("I'm angry", "reasons"),
        ("I want an answer", "reasons"),
        ("They wrote to me", "they_wrote/kind"),
        ("Children, work or things", "practical/what"),
        ("I'm not safe", "safety/which"),
    ],
)
async def test_each_first_choice_leads_on(person, does, choice, kind):
    await person.says("/urge")
    assert person.keys == ["urge/name_it"]
    assert choice in person.buttons
    await person.taps(choice)
    assert kinds(person) == [kind]


@pytest.mark.parametrize(
    ("feeling", "label"),
    [("missing", "I miss them"), ("lonely", "I feel lonely"), ("angry", "I'm angry"), ("answer", "I want an answer")],
)
@pytest.mark.parametrize(
    ("side", "told"), [("left", "I did"), ("was-left", "They did"), ("", ""), ("both", "Both of us")]
)
async def test_no_reason_repeats_until_the_deck_is_through_and_all_fit(person, does, feeling, label, side, told):
    await person.joins()
    if told:
        await does(person, "/settings", "Who ended it", told)
    await does(person, "/urge", label)
    shown = list(person.keys)
    facts = {"side": "left,was-left" if side == "both" else side, "for": feeling, "tie": "none"}
    texts = content().words("en").texts
    fitting = {key for key in content().words("en").decks["reasons"] if texts[key].fits(facts)}
    for _ in range(len(fitting) - 1):
        await person.taps("Another reason")
        shown += person.keys
    assert set(shown) == fitting
    assert len(shown) == len(fitting)
    await person.taps("Another reason")
    assert person.sees("reasons/")
    assert person.keys[-1] != shown[-1]


@pytest.mark.parametrize(("told", "never"), [("I did", "was-left"), ("They did", "left")])
async def test_nobody_sees_a_card_for_the_other_side(person, does, told, never):
    await person.joins()
    await does(person, "/settings", "Who ended it", told, "/urge", "I miss them")
    sides = set()
    for _ in range(60):
        await person.taps("Another reason")
        sides |= set(content().words("en").texts[person.keys[0]].attributes.get("side", ()))
    assert never not in sides
    assert sides


async def test_their_own_reasons_come_first_and_are_quoted(person, does):
    await does(person, "/reason", "> You slept badly for a week", "/reason", "> Think of Sunday", "/urge", "I'm angry")
    assert person.keys == ["urge/own_reason"]
    assert person.replies[0].quote == "You slept badly for a week"
    await person.taps("Another reason")
    assert person.replies[0].quote == "Think of Sunday"
    await person.taps("Another reason")
    assert person.sees("reasons/")


async def test_a_reason_taken_away_is_not_shown_any_more(person, does):
    await does(person, "/reason", "> You slept badly", "/urge", "I'm angry", "/reasons", "Remove it")
    assert person.keys == ["reasons_own/dropped"]
    await person.taps("Back to where we were")
    assert person.replies[0].text
    assert not person.sees("urge/own_reason")


async def test_own_reasons_are_listed_one_by_one(person, does):
    await does(person, "/reason", "> one", "/reason", "> two", "/reasons")
    assert "1 of 2" in person.text
    await person.taps("The next one")
    assert person.replies[0].quote == "two"
    await does(person, "Remove it", "/reasons")
    assert "1 of 1" in person.text


@pytest.mark.parametrize("tie", ["Children", "Work", "Home or things"])
async def test_what_has_to_be_said_is_kept_brief_and_more_is_an_urge(person, does, tie):
    await person.joins()
    await does(person, "/settings", "Contact that can't be avoided", tie, "/urge", "Children, work or things")
    await person.taps("Only that")
    assert person.keys == ["practical/draft"]
    await does(person, "/urge", "Children, work or things", "There is more in it")
    assert person.sees("reasons/")


class TestTenMinutes:
    """The wait."""

    @pytest.fixture
    async def waiting(self, person: Person, does) -> Person:
        await does(person, "/urge", "I miss them", "Wait with me")
        return person

    async def test_a_countdown_of_ten_minutes_is_shown(self, waiting, bench):
        assert waiting.keys == ["urge/wait"]
        assert waiting.replies[0].until == bench.clock.now().add(minutes=10)

    async def test_each_text_comes_at_its_minute_and_the_end_at_ten(self, waiting, bench):
        came = {}
        for minute in range(1, 13):
            waiting.look_away()
            await bench.forward(minutes=1)
            came |= {minute: list(waiting.keys)} if waiting.keys else {}
        assert came == {3: ["urge/wait_ground"], 6: ["urge/wait_surf"], 10: ["urge/write_offer"]}

    @pytest.mark.parametrize(
        ("tap", "key"), [("That's enough waiting", "urge/write_offer"), ("Write it here instead", "urge/write")]
    )
    async def test_it_is_cut_short_by_a_tap_and_then_stays_quiet(self, waiting, bench, tap, key):
        await bench.forward(minutes=4)
        await waiting.taps(tap)
        assert waiting.keys == [key]
        waiting.look_away()
        await bench.forward(minutes=20)
        assert waiting.keys == []

    async def test_a_text_in_between_can_cut_it_short_too(self, waiting, bench):
        await bench.forward(minutes=3)
        button = next(b for b in waiting.replies[-1].buttons if b.label == "That's enough waiting")
        await waiting.presses(button)
        assert waiting.keys == ["urge/write_offer"]

    @pytest.mark.parametrize(
        ("minutes", "key"), [(7, "urge/wait_surf"), (11, "urge/write_offer"), (600, "urge/write_offer")]
    )
    async def test_after_a_time_out_of_order_there_is_one_message(self, waiting, bench, minutes, key):
        waiting.look_away()
        await bench.jump(minutes=minutes)
        assert waiting.keys == [key]

    async def test_it_survives_a_restart(self, waiting, bench):
        await bench.forward(minutes=4)
        await bench.restart()
        waiting.look_away()
        await bench.forward(minutes=6)
        assert waiting.keys == ["urge/wait_surf", "urge/write_offer"]

    async def test_waiting_twice_is_twice_ten_minutes(self, waiting, bench, does):
        await bench.forward(minutes=4)
        await does(waiting, "That's enough waiting", "No need", "Still there", "Wait with me once more")
        waiting.look_away()
        await bench.forward(minutes=10)
        assert waiting.keys == ["urge/wait_ground", "urge/wait_surf", "urge/write_offer"]

    async def test_typing_does_not_end_it(self, waiting, bench):
        await waiting.says("mhm")
        assert waiting.keys == ["common/tap_please", "urge/wait"]
        waiting.look_away()
        await bench.forward(minutes=10)
        assert waiting.keys == ["urge/wait_ground", "urge/wait_surf", "urge/write_offer"]

    async def test_leaving_ends_it(self, waiting, bench):
        await waiting.says("/cancel")
        waiting.look_away()
        await bench.forward(minutes=20)
        assert waiting.keys == []

    async def test_a_menu_in_between_does_not_disturb_it(self, waiting, bench):
        await waiting.says("/help")
        waiting.look_away()
        await bench.forward(minutes=10)
        assert waiting.keys == ["urge/wait_ground", "urge/wait_surf", "urge/write_offer"]

    async def test_another_flow_in_between_is_not_disturbed_by_it(self, waiting, bench, does):
        await does(waiting, "/days", "I'm 18 or over, that's fine", "Not now", "/settings")
        waiting.look_away()
        await bench.forward(minutes=20)
        assert waiting.keys == []
        await does(waiting, "Nothing more", "Go on")
        assert waiting.keys == ["urge/wait"]
        waiting.look_away()
        await bench.forward(minutes=1)
        assert waiting.keys == ["urge/write_offer"]


class TestLetter:
    """What was written here instead."""

    async def test_it_is_asked_what_should_become_of_it(self, letter):
        assert letter.keys == ["urge/letter"]
        assert letter.buttons == ["Keep it here", "Burn it", "Show it to me tomorrow"]

    async def test_it_is_kept_word_for_word(self, letter, does):
        await does(letter, "Keep it here")
        assert letter.keys == ["urge/letter_kept", "urge/how_now"]
        await letter.says("/letters")
        assert letter.replies[0].quote == "I still have your blue jumper"

    async def test_a_burned_one_is_nowhere_on_disk(self, letter, does, tables):
        await letter.taps("Burn it")
        assert letter.keys == ["urge/letter_burned", "urge/how_now"]
        await letter.taps("It has passed")
        assert "blue jumper" not in str(tables())

    async def test_a_kept_one_can_be_burned_later(self, letter, does, tables):
        await does(letter, "Keep it here", "It has passed", "Not now", "/letters", "Burn this one")
        assert letter.keys == ["letters/burned"]
        assert "blue jumper" not in str(tables())

    async def test_several_are_shown_the_newest_first(self, letter, does):
        await does(letter, "Keep it here", "/write", "> And your key", "Keep it here", "/letters")
        assert letter.replies[0].quote == "And your key"
        await letter.taps("An older one")
        assert letter.replies[0].quote == "I still have your blue jumper"
        assert "An older one" not in letter.buttons

    async def test_tomorrow_is_the_next_morning_at_ten_on_their_clock(self, bench, person, does, turns_on):
        await turns_on(person, evening="22:00", city="Auckland")
        await bench.forward(hours=8)  # 23:00 in Auckland
        await does(person, "/write", "> I still have your blue jumper", "Show it to me tomorrow")
        assert person.keys == ["urge/letter_tomorrow", "urge/how_now"]
        person.look_away()
        await bench.forward(hours=10, minutes=59)
        assert person.keys == []
        await bench.forward(minutes=1)
        assert person.keys == ["letters/aside"]
        assert person.replies[0].quote == ""
        assert bench.clock.now().to_tz("Pacific/Auckland").hour == 10
        await person.taps("Open")
        assert person.keys == ["letters/tomorrow"]
        assert person.replies[0].quote == "I still have your blue jumper"
        await person.taps("Burn it")
        assert person.keys == ["letters/burned"]

    async def test_the_letter_for_tomorrow_is_the_one_that_comes(self, letter, bench, does):
        await does(letter, "Show it to me tomorrow", "/write", "> And your key", "Keep it here")
        letter.look_away()
        await bench.forward(days=1)
        assert letter.keys == ["letters/aside"]
        await letter.taps("Open")
        assert [reply.quote for reply in letter.replies] == ["I still have your blue jumper"]

    async def test_a_letter_burned_meanwhile_does_not_bring_another(self, letter, bench, does):
        await does(letter, "Keep it here", "/write", "> And your key", "Show it to me tomorrow", "/letters")
        await letter.taps("Burn this one")
        letter.look_away()
        await bench.forward(days=1)
        assert letter.keys == []

    async def test_a_second_tap_on_keep_keeps_it_once(self, letter, does):
        await does(letter, "Keep it here", "Keep it here", "/letters")
        assert "1 of 1" in letter.text

    async def test_burning_after_keeping_leaves_no_copy(self, letter, does):
        await does(letter, "Keep it here", "Burn it")
        said_burned = letter.sees("urge/letter_burned")
        await letter.says("/letters")
        assert letter.sees("letters/none") or not said_burned

    async def test_nothing_is_called_kept_when_there_is_nothing_to_keep(self, letter, does):
        keep = letter.button("Keep it here")
        await does(letter, "Burn it", "It has passed", "Not now")
        await letter.presses(keep)
        assert not letter.sees("urge/letter_kept")

    async def test_nothing_is_called_kept_when_the_database_is_lost(self, letter, bench):
        bench.lose_the_database()
        await letter.taps("Keep it here")
        assert letter.replies
        assert not letter.sees("urge/letter_kept")


async def test_still_there_leads_to_an_exercise_and_another_round(person, does):
    await does(person, "/write", "Rather not", "Still there")
    first = list(person.keys)
    assert person.sees("exercises/")
    await does(person, "Ask me how it is", "Still there")
    assert person.sees("exercises/")
    assert list(person.keys) != first
    await person.taps("Give me a reason")
    assert person.sees("reasons/")


async def test_no_exercise_repeats_until_the_deck_is_through(person, does):
    await does(person, "/write", "Rather not", "Still there")
    shown = list(person.keys)
    for _ in content().words("en").decks["exercises"][1:]:
        await does(person, "Ask me how it is", "Still there")
        shown += person.keys
    assert sorted(shown) == sorted(content().words("en").decks["exercises"])


async def test_when_it_has_passed_a_line_can_be_left_for_the_next_time(person, does):
    await does(person, "/write", "Rather not", "It has passed", "Leave a line", "> You slept afterwards")
    assert person.keys == ["urge/reason_kept", "urge/bye"]
    await does(person, "/urge", "I feel lonely")
    assert person.replies[0].quote == "You slept afterwards"


@pytest.mark.parametrize(
    ("before", "key"),
    [
        ("Night, and nobody awake", "urge/sent_night"),
        ("I saw something of theirs", "urge/sent_saw"),
        ("They had written", "urge/sent_they_wrote"),
        ("It had built up all day", "urge/sent_carried"),
        ("I don't know", "urge/sent_unknown"),
    ],
)
async def test_who_sent_it_keeps_the_days_and_gets_one_question(person, bench, does, before, key):
    await person.joins()
    await bench.forward(days=11)
    await does(person, "/write", "Rather not", "I sent it")
    assert person.keys == ["urge/sent"]
    assert "11 days without contact" in person.text
    await person.taps(before)
    assert person.keys == [key, "urge/sent_on"]
    await person.says("/days")
    assert "all counted together: **11 days**" in person.text
    assert "current stretch: 0 days" in person.text


@pytest.mark.parametrize(
    ("tap", "key"), [("I'm about to", "urge/name_it"), ("No", "urge/bye"), ("Yes, today", "urge/sent")]
)
async def test_i_did_text_them_is_asked_about_once(person, does, tap, key):
    await does(person, "/slipped", tap)
    assert person.keys == [key]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("I'm about to text him", "urge/name_it"),
        ("im abt to text her", "urge/name_it"),
        ("I’M ABOUT TO TEXT MY EX!!!", "urge/name_it"),
        ("she texted me", "they_wrote/kind"),
        ("I texted him again", "urge/did_you"),
        ("he is outside my door", "safety/which"),
        ("she told me to stop contacting her", "danger_to_them/said_no"),
        ("I'm parked outside his house", "danger_to_them/what"),
        ("there's a restraining order", "legal_order/what"),
        ("I'm 15", "minor/ask"),
        ("I have to text about the kids", "practical/what"),
        ("he checks my phone", "out_of_sight/"),
    ],
)
async def test_typed_words_open_the_walk(person, does, text, key):
    await person.joins()
    for before in ((), ("/settings",), ("/settings", "Country"), ("/checkins", "In the morning")):
        await does(person, *before, f"> {text}")
        assert person.sees(key), (before, person.keys)
        assert len(person.keys) == 1
        await person.says("/cancel")


async def test_in_a_letter_the_same_words_are_the_letter(person, does):
    await does(person, "/write", "> I'm about to text him")
    assert person.keys == ["urge/letter"]


async def test_a_typed_label_is_a_tap(person, does):
    await does(person, "/urge", "> i MISS them")
    assert person.sees("reasons/")


async def test_a_text_where_a_tap_is_wanted_shows_the_question_again(person, does):
    await does(person, "/urge", "> what do you think")
    assert person.keys == ["common/tap_please", "urge/name_it"]
    await person.taps("I feel lonely")
    assert person.sees("reasons/")


async def test_after_i_am_not_safe_the_walk_ends_only_once(person, does):
    await does(person, "/urge", "I'm not safe", "I'm safe, go back", "I miss them", "Write it here instead")
    await does(person, "Rather not", "It has passed", "Not now")
    assert person.keys == ["urge/bye"]


@pytest.mark.parametrize(("step", "path"), STEPS.items(), ids=STEPS)
async def test_every_old_button_of_an_urgent_walk_works(person, bench, does, step, path):
    """Pressed from an old message it leads where it led when it was new, also when the database is lost, unless it
    helps with contact. But for the one that ends the walk for good: whoever is under 18 presses no other."""
    await does(person, *path)
    assert person.keys[-1].startswith(step)
    buttons = [button for button in person.replies[-1].buttons if button.token.startswith(URGENT_TOKENS)]
    buttons = [button for button in buttons if not button.token.endswith(":minor")]
    assert buttons
    directly = []
    for button in buttons:
        fresh = bench.person(button.label)
        await does(fresh, *path, button.label)
        directly.append(kinds(fresh))
    await does(person, "/cancel", "/menu", "/settings")
    assert await leads(person, buttons) == directly
    bench.lose_the_database()
    assert await leads(person, buttons) == [[UNREAD.get(key, key) for key in keys] for keys in directly]


UNREAD = {
    **{f"they_wrote/{name}": "they_wrote/unread" for name in ("kind", "logistics", "goal", "views", "reply", "bye")},
    **{f"practical/{name}": "practical/unread" for name in ("what", "draft", "check")},
    "urge/only_plain": "urge/only_unread",
    "urge/sent_on": "urge/sent_unread",
}
"""What stands in the place of help with contact while nobody can say what was told."""

BESIDES = ("common/interrupted", "common/unwritten", "safety/unpaused")


async def leads(person: Person, buttons: list[Button]) -> list[list[str]]:
    """Where each of the buttons leads, apart from the way back and from what is said of notes that cannot be made."""
    seen = []
    for button in buttons:
        await person.presses(button)
        seen.append([key for key in kinds(person) if key not in BESIDES])
        await person.says("/menu")
    return seen


async def test_the_whole_walk_works_by_taps_without_the_database(person, bench, does):
    bench.lose_the_database()
    seen = []
    for step in (
        "/urge", "I'm angry", "Another reason", "Wait with me", "That's enough waiting", "Write it here instead",
        "Rather not", "Still there", "Ask me how it is", "It has passed", "Not now",
    ):  # fmt: skip
        await does(person, step)
        seen += kinds(person)
    assert seen == [
        "urge/name_it", "reasons", "reasons", "urge/wait", "urge/write_offer", "urge/write", "urge/how_now",
        "exercises", "urge/how_now", "urge/passed", "urge/bye",
    ]  # fmt: skip


async def test_without_the_database_the_feeling_named_first_still_decides(person, bench, does):
    bench.lose_the_database()
    await does(person, "/urge", "I'm angry")
    for _ in range(40):
        await person.taps("Another reason")
        for_ = content().words("en").texts[person.keys[0]].attributes.get("for", ("angry",))
        assert "angry" in for_


NEED_THE_DATABASE = [
    "/start",
    "/checkins",
    "/days",
    "/settings",
    "/letters",
    "/reason",
    "/reasons",
    "/saved",
    "/it_helped",
    "/no_more",
    "/may_come",
    "/cancel",
    "/stop",
    "/delete",
]
DO_NOT = [
    "/menu",
    "/help",
    "/privacy",
    "/lines",
    "/read",
    "/something",
    "/write",
    "/they_wrote",
    "/slipped",
    "/not_safe",
]


async def test_without_the_database_other_commands_say_so_and_offer_what_works(person, bench):
    await person.joins()
    bench.lose_the_database()
    for command in NEED_THE_DATABASE:
        await person.says(command)
        assert (command, *person.keys) == (command, "common/down")
        await person.taps("I want to text them")
        assert person.keys == ["urge/name_it"]


async def test_without_the_database_these_still_answer(person, bench):
    bench.lose_the_database()
    for command in DO_NOT:
        await person.says(command)
        assert person.keys, command
        assert not person.sees("common/down"), command


async def test_without_the_database_a_letter_is_not_pretended_to_be_kept(person, bench, does):
    bench.lose_the_database()
    await does(person, "/write", "> I still have your blue jumper")
    assert person.keys == ["common/down"]


class TestNothingCanBeWritten:
    """The database can be read, but a full disk takes nothing more."""

    @pytest.fixture
    def full_disk(self, bench: Bench) -> Callable[[], None]:
        def fill() -> None:
            with closing(sqlite3.connect(bench.database_file)) as connection:
                connection.execute("DROP TABLE outbox")
                connection.execute("CREATE TABLE in_the_way (person TEXT REFERENCES person (morning))")

        return fill

    async def test_the_walk_goes_on_to_its_end(self, person, does, full_disk):
        await person.joins()
        full_disk()
        await does(person, "/urge", "I feel lonely", "Wait with me", "That's enough waiting", "No need")
        assert person.keys == ["urge/how_now"]
        await does(person, "It has passed", "Not now")
        assert person.keys == ["urge/bye"]

    @pytest.mark.parametrize(
        "command", ["/read", "/menu", "/help", "/privacy", "/article they-wrote-two-views", "/lines"]
    )
    async def test_what_works_without_the_database_works_now(self, person, full_disk, command):
        await person.joins()
        full_disk()
        await person.says(command)
        assert person.replies
        assert not person.sees("common/down")

    @pytest.mark.parametrize("path", [(), ("/urge",)], ids=["at the menu", "in the walk"])
    @pytest.mark.parametrize(
        "command", ["/stop", "/checkins pause", "/save they-wrote-two-views", "/delete everything"]
    )
    async def test_nothing_is_called_done_that_was_not(self, person, does, turns_on, full_disk, path, command):
        await turns_on(person, morning="7:30")
        await does(person, *path)
        full_disk()
        await person.says(command)
        assert person.keys == ["common/down"]

    async def test_a_letter_is_not_called_kept(self, letter, full_disk):
        full_disk()
        await letter.taps("Keep it here")
        assert letter.replies
        assert not letter.sees("urge/letter_kept")

    async def test_words_that_mean_danger_are_met(self, person, full_disk):
        await person.joins()
        full_disk()
        await person.says("I want to kill myself")
        assert person.keys == ["safety/self_harm"]


async def test_a_letter_in_two_messages_is_kept_whole(person, does):
    await does(person, "/write", "> the first part", "> and the second", "Keep it here", "/letters")
    assert person.replies[0].quote == "the first part\n\nand the second"


@pytest.mark.parametrize(
    "path", [("/slipped", "Yes, today"), ("/not_safe", "I'm afraid of them", "Remember this about them")]
)
async def test_without_the_database_nothing_is_called_noted(person, bench, does, path):
    bench.lose_the_database()
    await does(person, *path)
    assert person.keys[-1] == "common/unwritten"


async def test_without_the_database_the_numbers_of_a_country_come_without_a_word_about_notes(person, bench, does):
    bench.lose_the_database()
    await does(person, "/lines Ireland")
    assert person.keys == ["helplines/here"]
