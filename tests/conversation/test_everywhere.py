"""The ten commands answer in the middle of everything, and what was open can be taken up again."""

import asyncio
import contextlib

import pytest

from bot.messages import Button
from bot.testing import Bench, Person

COMMANDS = ["/menu", "/urge", "/read", "/checkins", "/days", "/settings", "/help", "/stop", "/privacy", "/start"]
BACK = "Back to where we were"
JOIN = ("/start", "I'm 18 or over, that's fine", "Not now")
ASK = ("/start", "I'm 18 or over, that's fine", "Ask me")
TOLD = ("/settings", "An order, a no, or fear")
TIED = ("/settings", "Contact that can't be avoided", "Children", "Nothing more")

LEAVE = {
    "/urge": ("I feel lonely", "Write it here instead", "Rather not", "It has passed", "Not now", "Go on"),
    "/settings": ("Nothing more", "Go on"),
    "/checkins": ("No check-ins", "Go on"),
}
"""How to leave a flow that a command has begun in the middle of another one."""

WELCOME: dict[str, tuple[str, ...]] = {
    "welcome/hello": ("/start",),
    "welcome/agreed": ASK[:2],
    "profile/side": ASK,
    "profile/ties": (*ASK, "Skip"),
    "profile/danger": (*ASK, "Skip", "Skip"),
    "welcome/fear": (*ASK, "Skip", "Skip", "I'm afraid of them"),
    "welcome/order": (*ASK, "Skip", "Skip", "There is an order"),
    "profile/hope": (*ASK, "Skip", "Skip", "Skip"),
    "profile/country": (*ASK, "Skip", "Skip", "Skip", "Skip"),
}
URGE: dict[str, tuple[str, ...]] = {
    "urge/name_it": ("/urge",),
    "reasons/": ("/urge", "I feel lonely"),
    "urge/own_reason": ("/reason", "> You slept badly", "/urge", "I feel lonely"),
    "practical/what": ("/urge", "Children, work or things"),
    "urge/wait": ("/urge", "I miss them", "Wait with me"),
    "urge/write_offer": ("/urge", "I miss them", "Wait with me", "That's enough waiting"),
    "urge/write": ("/write",),
    "urge/letter": ("/write", "> I still have your blue jumper"),
    "urge/how_now": ("/write", "Rather not"),
    "exercises/": ("/write", "Rather not", "Still there"),
    "urge/passed": ("/write", "Rather not", "It has passed"),
    "urge/my_reason": ("/reason",),
    "urge/did_you": ("/slipped",),
    "urge/what": (*TIED, "/slipped", "Yes, today"),
    "urge/sent": ("/slipped", "Yes, today"),
}
THEY_WROTE: dict[str, tuple[str, ...]] = {
    "they_wrote/kind": ("/they_wrote",),
    "they_wrote/order": (*TOLD, "There is an order", "Nothing more", "/they_wrote"),
    "they_wrote/fear": ("/they_wrote", "It frightens me"),
    "they_wrote/logistics": ("/they_wrote", "Something practical"),
    "they_wrote/goal": ("/they_wrote", "Hard to tell"),
    "they_wrote/views": ("/they_wrote", "Hard to tell", "To get over this"),
    "they_wrote/reply": ("/they_wrote", "Hard to tell", "To get over this", "A short reply"),
    "they_wrote/silence": ("/they_wrote", "Hard to tell", "To get over this", "Silence"),
}
PRACTICAL: dict[str, tuple[str, ...]] = {
    "practical/what": ("/practical",),
    "practical/draft": ("/practical", "Only that"),
    "practical/check": ("/practical", "Only that", "> Pick-up at five on Friday"),
    "practical/order": (*TOLD, "There is an order", "Go on", "Nothing more", "/practical"),
    "practical/fear": (*TOLD, "I'm afraid of them", "Go on", "Nothing more", "/practical"),
    "practical/no": (*TOLD, "They want no contact", "Go on", "Nothing more", "/practical"),
}
LEGAL_ORDER: dict[str, tuple[str, ...]] = {"legal_order/what": ("/legal_order",)}
CHECKINS: dict[str, tuple[str, ...]] = {
    "checkins/when": ("/checkins",),
    "checkins/morning_time": ("/checkins", "Both"),
    "checkins/evening_time": ("/checkins", "Both", "7:30"),
    "checkins/zone": ("/checkins", "In the morning", "7:30"),
    "checkins/zone_check": ("/checkins", "In the morning", "7:30", "> Leeds"),
    "checkins/with_read": ("/checkins", "In the morning", "7:30", "> Leeds", "Yes"),
}
SETTINGS: dict[str, tuple[str, ...]] = {
    "settings/which": ("/settings",),
    "profile/side": ("/settings", "Who ended it"),
    "profile/ties": ("/settings", "Contact that can't be avoided"),
    "profile/danger": ("/settings", "An order, a no, or fear"),
    "profile/hope": ("/settings", "What I hope for"),
    "profile/country": ("/settings", "Country"),
    "profile/danger_too": (*TOLD, "There is an order", "There is something else"),
    "welcome/no": (*TOLD, "They want no contact"),
    "settings/quiet": ("/settings", "Quiet notifications"),
}
DAYS: dict[str, tuple[str, ...]] = {"days/since": ("/days since",)}
FLOWS = {
    "welcome": WELCOME, "/urge": URGE, "they_wrote": THEY_WROTE, "/checkins": CHECKINS, "/settings": SETTINGS,
    "days": DAYS, "practical": PRACTICAL, "legal_order": LEGAL_ORDER,
}  # fmt: skip
"""Every step of every flow that waits for somebody, by the command that begins the flow anew, and the way there."""

PLACES = [
    pytest.param(key, path if flow == "welcome" else (*JOIN, *path), flow, id=f"{flow} {key}")
    for flow, steps in FLOWS.items()
    for key, path in steps.items()
]


def question(person: Person) -> tuple[object, ...]:
    """The last thing that was shown, as it must look when it is shown again."""
    last = person.replies[-1]
    labels = tuple(button.label for button in last.buttons if button.label != BACK)
    return last.key, last.quote, labels, last.until, last.writes


@pytest.mark.parametrize(("key", "path", "flow"), PLACES)
async def test_every_command_answers_and_the_question_can_be_taken_up_again(person, does, key, path, flow):
    await does(person, *path)
    assert person.keys[-1].startswith(key)
    asked = question(person)
    failed = []
    for command in COMMANDS:
        await person.says(command)
        if not person.replies or person.sees("common/unknown_command") or person.sees("common/down"):
            failed.append((command, "answered", list(person.keys)))
        if command == flow:
            await does(person, "/cancel", *path)
            asked = question(person)
        elif BACK in person.buttons:
            await person.taps(BACK)
        elif command in LEAVE and person.keys != [asked[0]]:
            await does(person, *LEAVE[command])
        if question(person) != asked:
            failed.append((command, "came back to", question(person)))
            await does(person, "/cancel", *path)
            asked = question(person)
    assert failed == []


UNREADABLE = ("", " \t\n", "\x00\x07\x1b", "x" * 10_000)


@pytest.mark.parametrize(("key", "path", "flow"), PLACES)
async def test_nothing_is_lost_by_a_restart_or_by_what_cannot_be_read(person, bench, does, key, path, flow):
    await does(person, *path)
    asked = question(person)
    await bench.restart()
    await person.says("/resume")
    assert question(person) == asked
    for typed in UNREADABLE:
        await person.says(typed)
        assert person.keys[0] in ("common/empty_text", "common/too_long")
        assert question(person) == asked
    await person.says("/cancel")
    assert person.keys == ["common/cancelled"]
    await does(person, "/cancel")
    assert person.keys == ["common/nothing_to_cancel"]
    await does(person, "/resume")
    assert person.keys == ["common/menu"]


@pytest.mark.parametrize(
    ("key", "path"),
    [
        pytest.param(param.values[0], param.values[1], id=param.id)
        for param in PLACES
        if param.values[2] in ("welcome", "/checkins", "/settings", "days") and len(param.values[1]) > 1
    ],
)
async def test_a_stale_tap_of_a_flow_that_is_not_urgent_shows_the_question_again(person, does, key, path):
    await does(person, *path)
    stale = [
        button
        for reply in person.bench.messenger.shown[person.chat]
        for button in reply.buttons
        if button.token.split(":")[0] in ("welcome", "checkins", "settings", "days")
        and button not in person.replies[-1].buttons
    ]
    asked = question(person)
    for button in stale:
        await person.presses(button)
        assert question(person) == asked


@pytest.mark.parametrize(
    "path", [("/settings", "Nothing more"), ("/checkins", "No check-ins"), ("/days since", "Yesterday")]
)
async def test_a_tap_of_a_flow_that_is_over_says_so(person, does, path):
    await does(person, *JOIN, *path)
    await person.taps(path[-1])
    assert person.keys == ["common/over"]


async def test_flows_can_be_interrupted_twice_and_are_taken_up_in_turn(person, does):
    await does(person, *JOIN, "/checkins", "Both", "/settings", "Country", "/days since", "Yesterday")
    assert person.keys == ["days/set", "common/interrupted"]
    await person.taps("Go on")
    assert person.keys == ["profile/country"]
    await does(person, "> Ireland", "Nothing more")
    assert person.keys == ["settings/back", "common/interrupted"]
    await person.taps("Go on")
    assert person.keys == ["checkins/morning_time"]


async def test_leaving_it_when_asked_leaves_it(person, does):
    await does(person, *JOIN, "/settings", "Country", "/days since", "Yesterday", "Leave it")
    assert person.keys == ["common/cancelled"]
    await person.says("/resume")
    assert person.keys == ["common/menu"]


async def test_two_people_talk_in_turns_and_do_not_touch_each_other(bench, does):
    ann, bob = bench.person("ann"), bench.person("bob")
    walks = {
        ann: (*JOIN, "/reason", "> anns reason", "/write", "> anns letter", "Keep it here", "It has passed", "Not now"),
        bob: (
            *JOIN,
            "/reason",
            "> bobs reason",
            "/write",
            "> bobs letter",
            "Keep it here",
            "Still there",
            "Give me a reason",
        ),
    }
    for steps in zip(*walks.values(), strict=True):
        for somebody, step in zip(walks, steps, strict=True):
            await does(somebody, step)
    assert ann.keys == ["urge/bye"]
    assert bob.replies[-1].quote == "bobs reason"
    await ann.says("/letters")
    assert (ann.replies[0].quote, "1 of 1" in ann.text) == ("anns letter", True)
    bob.look_away()
    await does(ann, "/letters", "Burn this one", "/delete", "Delete everything")
    assert bob.keys == []
    await bob.says("/letters")
    assert bob.replies[0].quote == "bobs letter"


async def test_nobody_can_burn_the_letter_of_another(bench, does):
    ann, bob = bench.person("ann"), bench.person("bob")
    await does(ann, "/write", "> anns letter", "Keep it here", "/letters")
    burn = ann.button("Burn this one")
    await bob.presses(burn)
    assert bob.keys == ["letters/none"]
    await ann.says("/letters")
    assert ann.replies[0].quote == "anns letter"


async def test_two_messages_at_once_are_answered_in_order(person: Person, bench: Bench):
    for number in range(10):
        start = len(bench.messenger.shown[person.chat])
        await asyncio.gather(person.says("/write"), person.says(f"letter {number}"), person.says("/menu"))
        keys = [reply.key for reply in bench.messenger.shown[person.chat][start:]]
        assert keys == ["urge/write", "urge/letter", "common/menu"]
        await person.taps("Back to where we were")
        await person.taps("Keep it here")
    await person.says("/letters")
    assert "1 of 10" in person.text
    assert person.replies[0].quote == "letter 9"


async def test_many_people_at_once_all_get_their_answers(bench: Bench, does):
    people = [bench.person(f"p{number}") for number in range(25)]
    await asyncio.gather(*(does(p, "/reason", f"> {p.chat.id}", "/urge", "I feel lonely") for p in people))
    assert [p.replies[0].quote for p in people] == [p.chat.id for p in people]


async def test_a_double_tap_at_once_takes_the_choice_once(person, bench, does):
    await does(person, *JOIN, "/settings", "Who ended it")
    await asyncio.gather(person.taps("I did"), person.taps("I did"))
    assert [reply.key for reply in bench.messenger.shown[person.chat]][-3:] == [
        "settings/changed",
        "settings/which",
        "settings/which",
    ]


ODD = {
    "emoji": "🙂👩‍👩‍👧‍👦💔",
    "right to left": "شلام \u202eabc\u202c עולם",
    "combining": "z̸̢̛a̷̡l̴g̸o",
    "braces": "{days} {0} {} %s ${HOME}",
    "markup": "**bold** <b>x</b> [a](/delete everything) `x` _y_",
    "quotes": "'; DROP TABLE letter; --\" \\",
    "lines": "one\ntwo\n\nthree\r\nfour",
    "control": "a\x00b\x07c\x1b[31md",
    "half an emoji": "a \ud83d b",
    "zero width": "a \u200b b",
}


async def test_a_letter_of_nothing_that_can_be_seen_is_asked_for_again(person, does):
    await does(person, "/write", "> \u200b\u200b")
    assert person.keys == ["common/empty_text"]


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
async def test_odd_letters_come_back_as_they_were(person, does, odd):
    await does(person, "/write", f"> {odd}", "Keep it here", "/letters")
    kept = person.replies[0].quote
    for strange in "\x00\x07\x1b\u202e\u202c\r":
        odd = odd.replace(strange, "")
        assert strange not in kept
    assert kept.replace("[31m", "") == odd.replace("[31m", "") or "\ud83d" in odd
    assert person.sees("letters/one")


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
async def test_odd_texts_are_answered_everywhere(person, does, odd):
    await does(person, *JOIN)
    for path in ((), ("/urge",), ("/settings", "Country"), ("/checkins", "In the morning", "7:30"), ("/days since",)):
        await does(person, *path, f"> {odd}")
        assert person.keys
        await person.says(f"/read {odd}")
        assert person.keys


async def test_an_unknown_command_says_so_and_changes_nothing(person, does):
    await does(person, "/urge", "I feel lonely")
    asked = question(person)
    for command in ("/", "//", "/ ", "/nonsense", "/nonsense with words", "/мenu", "/" + "x" * 5000, "/🙂"):
        await person.says(command)
        assert person.keys == ["common/unknown_command"], command
        assert "/help" in person.text
        await person.says("/resume")
        assert question(person) == asked


@pytest.mark.parametrize("command", ["/MENU", "/menu@holdfast_bot", "/menu now please", "  /menu  "])
async def test_a_command_is_known_however_it_is_written(person, command):
    await person.says(command)
    assert person.keys == ["common/menu"]


@pytest.mark.parametrize("number", ["", "0", "-1", "x", "99", "9" * 30, "9" * 5000])
async def test_a_number_that_is_nothing_burns_nothing(person, does, number):
    await does(person, "/reason", "> my reason", "/write", "> my letter", "Keep it here")
    for command, kept in (("letters", "my letter"), ("reasons", "my reason")):
        for verb in ("burn", "drop", "at"):
            await person.says(f"/{command} {verb} {number}")
            assert person.replies[0].quote == kept


async def test_a_button_nobody_made_is_answered(person):
    for token in ("x", ":", "urge", "urge:", "urge:nowhere:x", "urge:reason:nothing", "gone:step:x", "::::::"):
        for before in ("/cancel", "/settings", "/urge"):
            await person.says(before)
            await person.presses(Button("forged", token))
            assert person.keys, (before, token)


async def test_a_text_without_a_question_is_not_guessed_at(person):
    await person.joins()
    await person.says("what would you do")
    assert person.keys == ["common/not_understood"]
    assert "I want to text them" in person.buttons


async def test_an_answer_that_could_not_be_sent_comes_after_the_restart(person, bench):
    bench.messenger.broken = True
    with contextlib.suppress(ConnectionError):  # raised where no platform stands between
        await person.says("/urge")
    assert person.keys == []
    bench.messenger.broken = False
    await bench.person("other").says("/menu")
    await bench.restart()
    assert person.keys == ["urge/name_it"]
