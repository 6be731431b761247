"""Words that mean danger come before everything else, everywhere, and leave no trace."""

import pytest

from bot.messages import Incoming
from bot.testing import Person

EXPLICIT = "I want to kill myself"
AMBIGUOUS = "I can't live without her"

PLACES: dict[str, tuple[tuple[str, ...], str]] = {
    "before anything": ((), "{}"),
    "before consent": (("/start",), "{}"),
    "at the menu": (("/join", "/menu"), "{}"),
    "in a letter": (("/join", "/write"), "{}"),
    "in a reason": (("/join", "/reason"), "{}"),
    "in the walk": (("/join", "/urge", "I feel lonely"), "{}"),
    "in the wait": (("/join", "/urge", "I feel lonely", "Wait with me"), "{}"),
    "at the country": (("/join", "/settings", "Country"), "{}"),
    "at a time": (("/join", "/checkins", "In the morning"), "{}"),
    "at the first day": (("/join", "/days since"), "{}"),
    "as words to search for": (("/join",), "/read {}"),
    "as a country": (("/join",), "/lines {}"),
    "behind an unknown command": (("/join",), "/foo {}"),
    "inside a long text": (("/join", "/write"), "so. " * 2500 + "{}"),
}


@pytest.fixture
def gets_to(does):
    """Goes to a place of `PLACES`."""

    async def go(person: Person, place: str) -> str:
        steps, pattern = PLACES[place]
        if steps[:1] == ("/join",):
            await person.joins()
        await does(person, *(step for step in steps if step != "/join"))
        return pattern

    return go


@pytest.mark.parametrize("place", PLACES)
async def test_explicit_words_bring_the_lines_and_leave_no_trace(person, gets_to, on_disk, tables, place):
    pattern = await gets_to(person, place)
    await person.says(pattern.format(EXPLICIT))
    assert person.keys == ["safety/self_harm"]
    assert "nobody watches this chat" in person.text
    assert "findahelpline.com" in person.text
    await person.taps("I'm in danger now")
    await person.taps("I'm safe for now")
    assert person.keys[0] == "safety/safe"
    for trace in (EXPLICIT, "kill", "safety"):
        assert trace not in str(tables())
        assert trace.encode() not in on_disk()


@pytest.mark.parametrize("place", PLACES)
async def test_explicit_words_bring_the_lines_without_the_database(person, bench, gets_to, on_disk, place):
    pattern = await gets_to(person, place)
    bench.lose_the_database()
    await person.says(pattern.format(EXPLICIT))
    assert person.keys == ["safety/self_harm", "safety/unpaused"]
    assert "findahelpline.com" in person.text
    await person.taps("I'm in danger now")
    assert person.keys == ["safety/now"]
    assert b"kill" not in on_disk()


@pytest.mark.parametrize("place", PLACES)
async def test_unclear_words_are_asked_about_and_leave_no_trace(person, gets_to, on_disk, place):
    pattern = await gets_to(person, place)
    await person.says(pattern.format(AMBIGUOUS))
    assert person.keys == ["safety/unclear"]
    assert {"A figure of speech", "I mean it"} <= set(person.buttons)
    assert "findahelpline.com" in person.text
    await person.taps("I mean it")
    assert person.keys == ["safety/self_harm"]
    assert b"live without" not in on_disk()
    assert b"safety" not in on_disk()


@pytest.mark.parametrize("words", ["i'm dying to text her", "this is killing me", "I could kill him", "I'm dead lol"])
async def test_everyday_words_are_no_alarm(person, words):
    await person.says(words)
    assert not any(key.startswith("safety/") for key in person.keys)


@pytest.mark.parametrize(
    "words",
    [
        "I WANT TO KILL MYSELF",
        "i want to k i l l myself",
        "I want to kill\u200bmyself",
        "i want to kill\tmyself 😭",
        "I want to k\u0000ill myself",
        "\u202eI want to die\u202c",
        "I don’t want to live anymore",
    ],
)
async def test_spelling_does_not_hide_it(person, words):
    await person.says(words)
    assert person.keys == ["safety/self_harm"]


OUTSIDE = "he is outside my door and says he will kill me"
OTHER_DANGER = {OUTSIDE: "safety/which", "I keep driving past her house": "danger_to_them/what"}


class TestWhereNoneAreLookedFor:
    """Danger is heard below a picture, behind a command and in a text that was changed."""

    @pytest.fixture
    def sends(self, person, bench):
        async def act(text: str, **more: bool) -> None:
            person.look_away()
            await bench.conversation.receive(Incoming(person.chat, text=text, **more))

        return act

    @pytest.mark.parametrize("words", OTHER_DANGER)
    @pytest.mark.parametrize("how", ["wordless", "edited"])
    async def test_below_a_picture_and_in_a_changed_text(self, person, sends, words, how):
        await person.joins()
        await sends(words, **{how: True})
        assert person.keys == [OTHER_DANGER[words]]

    @pytest.mark.parametrize("words", OTHER_DANGER)
    @pytest.mark.parametrize("command", ["/read", "/foo", "/", "/lines", "/urge"])
    async def test_behind_a_command(self, person, sends, words, command):
        await person.joins()
        await sends(f"{command} {words}")
        assert person.keys == [OTHER_DANGER[words]]

    @pytest.mark.parametrize(("pattern", "how"), [("{}", "wordless"), ("{}", "edited"), ("/read {}", "wordless")])
    async def test_in_a_letter_it_is_asked_about(self, person, does, sends, pattern, how):
        await does(person, "/write", "> Dear you")
        await sends(pattern.format(OUTSIDE), **{how: True})
        assert person.keys == ["safety/unclear_danger"]
        await does(person, "It's only what I write", "/resume", "Keep it here", "/letters")
        assert "Dear you" in person.replies[0].quote

    async def test_words_below_a_picture_are_an_answer(self, person, does, sends):
        await does(person, "/write")
        await sends("the blue jumper", wordless=True)
        assert person.keys == ["common/unseen", "urge/letter"]
        assert "isn't kept" in person.text
        await does(person, "Keep it here", "/letters")
        assert person.replies[0].quote == "the blue jumper"

    async def test_nothing_stands_before_the_lines(self, person, sends):
        await person.joins()
        await sends(EXPLICIT, wordless=True)
        assert person.keys == ["safety/self_harm"]

    async def test_a_picture_alone_is_not_read(self, person, does, sends):
        await does(person, "/urge")
        await sends("", wordless=True)
        assert person.keys == ["common/wordless", "urge/name_it"]

    async def test_a_slash_alone_is_no_command(self, person, does, sends):
        await does(person, "/write")
        await sends("/ and the blue jumper")
        assert person.keys == ["urge/letter"]


class TestFigureOfSpeech:
    """A "no" is believed."""

    async def test_the_letter_goes_on_with_what_was_typed(self, person, does):
        await does(person, "/write", f"> {AMBIGUOUS}", "A figure of speech")
        assert person.keys == ["urge/letter"]
        await does(person, "Keep it here", "/letters")
        assert person.replies[0].quote == AMBIGUOUS

    async def test_a_search_goes_on_with_what_was_typed(self, person, does):
        await does(person, f"/read {AMBIGUOUS}", "A figure of speech")
        assert person.keys[0] in ("reading/found", "reading/not_found")

    async def test_it_is_not_asked_again(self, person, does):
        await does(person, "/write", f"> {AMBIGUOUS}", "A figure of speech", "Burn it", "/write", f"> {AMBIGUOUS}")
        assert person.keys == ["urge/letter"]

    async def test_explicit_words_are_met_all_the_same(self, person, does):
        await does(person, f"> {AMBIGUOUS}", "A figure of speech", f"> {EXPLICIT}")
        assert person.keys == ["safety/self_harm"]

    async def test_it_is_believed_of_one_person_only(self, person, bench, does):
        other = bench.person("other")
        await does(person, f"> {AMBIGUOUS}", "A figure of speech")
        await other.says(AMBIGUOUS)
        assert other.keys == ["safety/unclear"]

    async def test_one_kind_of_words_says_nothing_of_another(self, person, does):
        await does(person, "/write", "> He told me to stop texting him", "It's only what I write", "/cancel")
        await person.says(AMBIGUOUS)
        assert person.keys == ["safety/unclear"]
        assert "findahelpline.com" in person.text

    async def test_where_nothing_was_asked_nothing_is_believed(self, person, does):
        await does(person, "/figure", f"> {AMBIGUOUS}")
        assert person.keys == ["safety/unclear"]

    async def test_of_two_in_a_row_neither_is_lost(self, person, does):
        await does(person, "/write", f"> {AMBIGUOUS}, one", f"> {AMBIGUOUS}, two", "A figure of speech")
        assert person.keys == ["urge/letter"]
        await does(person, "Keep it here", "/letters")
        assert person.replies[0].quote == f"{AMBIGUOUS}, one\n\n{AMBIGUOUS}, two"

    async def test_of_two_kinds_in_a_row_each_is_asked_about(self, person, does):
        await does(
            person, "/write", f"> {AMBIGUOUS}, one", "> He told me to stop texting him", "It's only what I write"
        )
        assert person.keys == ["safety/unclear"]
        await does(person, "A figure of speech", "Keep it here", "/letters")
        assert person.replies[0].quote == f"{AMBIGUOUS}, one\n\nHe told me to stop texting him"

    async def test_what_was_typed_elsewhere_does_not_go_into_a_letter(self, person, does):
        await does(person, f"> {AMBIGUOUS}, one", "/write", f"> {AMBIGUOUS}, two", "A figure of speech")
        await does(person, "Keep it here", "/letters")
        assert person.replies[0].quote == f"{AMBIGUOUS}, two"

    async def test_a_second_tap_takes_the_question_up_again(self, person, does):
        await does(person, "/write", f"> {AMBIGUOUS}", "A figure of speech", "A figure of speech")
        assert person.keys == ["urge/letter"]

    async def test_after_a_restart_the_question_is_taken_up_again(self, person, bench, does):
        await does(person, "/write", f"> {AMBIGUOUS}")
        await bench.restart()
        await person.taps("A figure of speech")
        assert person.keys == ["urge/write"]


class TestForms:
    """What is written into a form stands nowhere else, so it is given back wherever it is not taken in."""

    @pytest.fixture
    def fills_in(self, person, bench):
        """Sends a form that was opened before."""

        async def act(text: str, question: str = "urge:write") -> None:
            person.look_away()
            await bench.conversation.receive(Incoming(person.chat, text=text, question=question))

        return act

    async def test_unclear_words_are_given_back_and_then_taken_in(self, person, does, fills_in):
        await does(person, "/write", "/cancel")
        await fills_in(f"{AMBIGUOUS}, blue jumper")
        assert person.keys == ["safety/unclear"]
        assert "blue jumper" in person.replies[0].quote
        await person.taps("A figure of speech")
        assert person.keys == ["urge/letter"]

    async def test_unclear_words_for_a_question_that_is_over_are_given_back_again(self, person, does, fills_in):
        await person.joins()
        await does(person, "/settings", "Country", "/cancel")
        await fills_in(f"{AMBIGUOUS}, blue jumper", "settings:country")
        await person.taps("A figure of speech")
        assert person.keys == ["common/over_form"]
        assert "blue jumper" in person.replies[0].quote

    async def test_explicit_words_bring_the_lines_with_what_was_written_below(self, person, does, fills_in, on_disk):
        await does(person, "/write")
        await fills_in(f"Dear you, blue jumper. {EXPLICIT}")
        assert person.keys == ["safety/self_harm"]
        assert "blue jumper" in person.replies[0].quote
        assert b"blue jumper" not in on_disk()

    @pytest.mark.parametrize("text", ["/ and another thing", "/menu", "/foo you", "I want to text them"])
    async def test_what_is_written_there_is_no_command(self, person, does, fills_in, text):
        await does(person, "/write")
        await fills_in(text)
        assert person.keys == ["urge/letter"]
        await does(person, "Keep it here", "/letters")
        assert person.replies[0].quote == text


@pytest.mark.parametrize("place", ["in a letter", "at the country", "in the walk", "at a time"])
async def test_afterwards_nothing_leads_back_to_what_was_open(person, gets_to, does, place):
    await gets_to(person, place)
    await does(person, f"> {EXPLICIT}", "I'm safe for now")
    assert person.keys == ["safety/safe"]
    await person.says("/resume")
    assert person.keys == ["common/menu"]


@pytest.mark.parametrize("place", ["in a letter", "at the country", "in the walk", "at a time"])
@pytest.mark.parametrize("typed", ["please", "i miss him", "help me please"])
async def test_who_goes_on_writing_after_the_lines_gets_the_lines(person, gets_to, does, tables, place, typed):
    await gets_to(person, place)
    await does(person, f"> {EXPLICIT}", f"> {typed}")
    assert person.keys == ["safety/still_here"]
    assert typed not in str(tables())


async def test_old_buttons_of_a_walk_bring_no_coaching_after_the_lines(person, does):
    await does(person, "/urge", "I feel lonely", f"> {EXPLICIT}", "Another reason")
    assert person.keys == ["safety/still_here"]
    await does(person, "I'm safe for now", "Another reason")
    assert person.sees("reasons/")


async def test_the_country_may_be_typed_after_the_lines(person, does):
    await does(person, f"> {EXPLICIT}", "Numbers for my country", "> Ireland")
    assert person.keys == ["helplines/here"]
    assert "116 123" in person.text


async def test_a_figure_of_speech_is_believed_for_one_conversation(person, bench, does):
    await does(person, f"> {AMBIGUOUS}", "A figure of speech", f"> {AMBIGUOUS}")
    assert not person.sees("safety/unclear")
    await bench.forward(hours=2)
    await person.says(AMBIGUOUS)
    assert person.sees("safety/unclear")


async def test_danger_in_a_letter_is_asked_about_before_it_is_kept(person, does, tables):
    await does(person, "/write", "> he is outside my house and I am scared of him")
    assert person.keys == ["safety/unclear_danger"]
    assert "outside" not in str(tables())
    await person.taps("It's only what I write")
    assert person.keys == ["urge/letter"]


@pytest.mark.parametrize(
    "before", [AMBIGUOUS, "He told me to stop texting him", "he is outside my house and I am scared of him"]
)
async def test_danger_in_a_letter_is_asked_about_whatever_was_said_before(person, does, tables, before):
    await does(person, "/write", f"> {before}")
    await person.taps("A figure of speech" if before == AMBIGUOUS else "It's only what I write")
    assert person.keys == ["urge/letter"]
    await person.says("he is outside my door and says he will kill me, blue jumper")
    assert person.keys == ["safety/unclear_danger"]
    await person.taps("It's only what I write")
    assert person.keys == ["urge/letter"]
    assert "blue jumper" in str(tables())


async def test_two_kinds_of_danger_in_one_letter_are_asked_about_one_by_one(person, does, tables):
    await does(person, "/write", "> he has a gun and he is outside my door", "A figure of speech")
    assert person.keys == ["safety/unclear_danger"]
    await person.taps("It's only what I write")
    assert person.keys == ["urge/letter"]
    assert "outside my door" in str(tables())


async def test_fear_told_at_the_lines_is_remembered_when_asked(person, does):
    await person.joins()
    await does(person, "/not_safe", "I'm afraid of them", "Remember this about them", "I'm safe for now", "/they_wrote")
    assert person.keys == ["they_wrote/fear"]


async def test_nothing_of_the_walk_follows_the_lines(person, bench, does):
    """Stop coaching: the ten minutes that were running bring nothing after the lines."""
    await does(person, "/urge", "I feel lonely", "Wait with me", f"> {EXPLICIT}")
    person.look_away()
    await bench.forward(minutes=30)
    assert person.keys == []


class TestCheckinsPause:
    """After words of self-harm nothing comes unasked until the person turns it on again."""

    WAYS = (
        (f"> {EXPLICIT}",),
        (f"> {AMBIGUOUS}", "I mean it"),
        ("/not_safe", "I might hurt myself", "I'm safe for now"),
        ("/urge", "I'm not safe", "I might hurt myself"),
    )

    @pytest.mark.parametrize("way", WAYS, ids=[way[0] for way in WAYS])
    async def test_they_are_paused_for_a_week(self, person, bench, does, turns_on, way):
        await turns_on(person, morning="7:30", evening="20:30")
        await does(person, *way)
        person.look_away()
        await bench.forward(days=6)
        assert person.keys == []
        await does(person, "/checkins", "Turn on again")
        assert person.keys == ["checkins/resumed"]
        person.look_away()
        await bench.forward(days=1)
        assert len(person.keys) == 2

    async def test_one_that_was_put_off_is_paused_too(self, person, bench, does, turns_on):
        await turns_on(person, morning="7:30")
        await bench.forward(hours=6)
        await does(person, "Later", f"> {EXPLICIT}")
        person.look_away()
        await bench.forward(days=2)
        assert person.keys == []

    async def test_the_follow_up_is_paused_too(self, person, bench, does, turns_on):
        await turns_on(person, evening="20:30")
        await does(person, "/urge", "I feel lonely", f"> {EXPLICIT}")
        person.look_away()
        await bench.forward(days=2)
        assert person.keys == []

    async def test_the_pause_holds_when_another_urge_follows(self, person, bench, does, turns_on):
        await turns_on(person, evening="20:30")
        await does(person, f"> {EXPLICIT}", "/urge", "I feel lonely", "/cancel")
        person.look_away()
        await bench.forward(days=2)
        assert person.keys == []

    async def test_a_figure_of_speech_pauses_nothing(self, person, bench, does, turns_on):
        await turns_on(person, morning="7:30")
        await does(person, f"> {AMBIGUOUS}", "A figure of speech")
        person.look_away()
        await bench.forward(days=1)
        assert len(person.keys) == 1


class TestLines:
    """The numbers of a country, only there, with a warning when they are old."""

    @pytest.mark.parametrize(
        ("country", "number"), [("Ireland", "116 123"), ("uk", "116 123"), ("France", "3114"), ("\u202eUSA", "988")]
    )
    async def test_a_named_country_gives_its_numbers_from_then_on(self, person, country, number):
        await person.says(f"/lines {country}")
        assert person.keys == ["helplines/here"]
        assert number in person.text
        await person.says(EXPLICIT)
        assert number in person.text

    @pytest.mark.parametrize(("country", "number"), [("Germany", "116 016"), ("England", "0808 2000 247")])
    async def test_fear_brings_the_abuse_lines_of_the_country(self, person, does, country, number):
        await does(person, f"/lines {country}", "I'm not safe", "I'm afraid of them")
        assert number in person.text

    @pytest.mark.parametrize("country", ["Narnia", "🙂", "x" * 5000, "'; DROP TABLE person"])
    async def test_an_unknown_country_gives_the_directory_only(self, person, country):
        await person.says(f"/lines {country}")
        assert person.keys == ["helplines/unknown_country"]
        assert "findahelpline.com" in person.text
        assert "116 123" not in person.text

    async def test_a_country_without_confirmed_lines_gives_the_directory(self, person):
        await person.says("/lines Mongolia")
        assert person.keys == ["helplines/here"]
        assert "findahelpline.com" in person.text
        assert "116 123" not in person.text

    async def test_another_country_gives_its_own_numbers_and_the_first_one_stays(self, person):
        await person.says("/lines Ireland")
        await person.says("/lines Kenya")
        assert "For Kenya" in person.text
        assert "1195" in person.text
        assert "call 999 or 112" in person.text
        assert "116 123" not in person.text
        await person.says(EXPLICIT)
        assert "116 123" in person.text

    async def test_somebody_under_18_gets_the_numbers_of_the_country_they_name(self, person, does):
        await does(person, "/start", "I'm under 18", "/lines Germany")
        assert "116 111" in person.text
        assert "call 112" in person.text

    @pytest.mark.parametrize(
        ("country", "way"),
        [
            ("UK", "text SHOUT to 85258"),
            ("Singapore", "WhatsApp 9151 1767"),
            ("Finland", "chat at https://nollalinja.fi"),
        ],
    )
    async def test_who_cannot_call_sees_how_to_write(self, person, country, way):
        await person.says(f"/lines {country}")
        assert way in person.text

    async def test_without_a_country_no_number_of_another_one_is_shown(self, person):
        await person.says(EXPLICIT)
        assert "116 123" not in person.text
        assert "112 in the EU" in person.text

    @pytest.mark.parametrize(("year", "warned"), [(2026, False), (2029, True)])
    async def test_numbers_that_were_not_checked_lately_carry_a_warning(self, bench_at, year, warned):
        person = bench_at(year, 3, 2).person()
        await person.says("/lines Germany")
        assert ("has not been checked lately" in person.text) is warned


@pytest.mark.parametrize(
    ("tap", "key"),
    [
        ("I might hurt myself", "safety/self_harm"),
        ("I'm afraid of them", "safety/abuse"),
        ("Afraid of what I might do to them", "danger_to_them/what"),
        ("There is a court order", "legal_order/what"),
        ("I'm under 18", "welcome/minor"),
        ("I'm safe, go back", "urge/name_it"),
    ],
)
async def test_i_am_not_safe_asks_what_kind_of_danger(person, does, tap, key):
    await does(person, "/urge", "I'm not safe", tap)
    assert person.keys == [key]


async def test_fear_of_them_is_met_before_blocking_and_without_help_to_answer(person, does):
    await does(person, "/not_safe", "I'm afraid of them")
    assert "Before you block" in person.text
    assert "plan it with these people" in person.text


async def test_danger_to_the_ex_gets_a_plain_word_and_no_help(person, does):
    await does(person, "/not_safe", "Afraid of what I might do to them")
    assert "that is harassment" in person.text
    assert "Write it here instead" not in person.buttons


@pytest.mark.parametrize("tap", ["I might hurt myself", "I'm afraid of them"])
async def test_the_pause_is_only_claimed_where_it_happened(person, bench, does, turns_on, tap):
    """Fear of them pauses nothing."""
    await turns_on(person, morning="7:30")
    await does(person, "/not_safe", tap)
    assert "pause" not in person.text
    await person.taps("I'm safe for now")
    assert person.keys == ["safety/safe"]
    claimed = "Your check-ins are paused" in person.text
    assert claimed is (tap == "I might hurt myself")
    person.look_away()
    await bench.forward(days=1)
    assert claimed is (not person.keys)


async def test_no_pause_is_claimed_of_who_has_no_check_ins(person, does):
    await person.joins()
    await does(person, f"> {EXPLICIT}", "I'm safe for now")
    assert "pause" not in person.text


async def test_without_the_database_it_is_said_that_check_ins_go_on(person, bench, does, turns_on):
    await turns_on(person, morning="7:30")
    bench.lose_the_database()
    await does(person, "/not_safe", "I might hurt myself")
    assert person.keys == ["safety/self_harm", "safety/unpaused"]
    assert "couldn't pause your check-ins" in person.text
    await person.taps("I'm safe for now")
    assert "pause" not in person.text
