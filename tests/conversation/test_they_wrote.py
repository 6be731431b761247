"""They wrote first: safety, practical things, feelings, two views."""

import pytest

from bot.testing import content

REPLY_HELP = {"they_wrote/reply", "they_wrote/views", "they_wrote/logistics", "practical/draft", "practical/check"}
DANGERS = {"order": "There is an order", "fear": "I'm afraid of them", "no": "They want no contact"}


@pytest.mark.parametrize("begin", [("/they_wrote",), ("/urge", "They wrote to me"), ("> he just texted me",)])
async def test_every_way_in_leads_to_the_question_what_it_is(person, does, begin):
    await does(person, *begin)
    assert person.keys == ["they_wrote/kind"]


async def test_something_practical_gets_a_practical_answer(person, does):
    await does(person, "/they_wrote", "Something practical")
    assert person.keys == ["they_wrote/logistics"]
    await person.taps("That's enough")
    assert person.keys == ["they_wrote/bye"]


@pytest.mark.parametrize("kind", ["About us, or feelings", "Hard to tell"])
@pytest.mark.parametrize("hope", ["To get over this", "To be together again", "I don't know yet"])
async def test_feelings_get_two_views_as_opinions_and_no_verdict(person, does, kind, hope):
    await does(person, "/they_wrote", kind, hope)
    assert person.keys == ["they_wrote/views"]
    assert "Answer, kindly" in person.text
    assert "Don't answer" in person.text
    assert "Both are opinions" in person.text
    assert person.buttons[:3] == ["A short reply", "Silence", "Wait before I choose"]


@pytest.mark.parametrize(("view", "key"), [("A short reply", "they_wrote/reply"), ("Silence", "they_wrote/silence")])
async def test_both_views_are_fine(person, does, view, key):
    await does(person, "/they_wrote", "Hard to tell", "I don't know yet", view)
    assert person.keys == [key]
    await person.taps("That's enough")
    assert person.keys == ["they_wrote/bye"]


@pytest.mark.parametrize(
    "to",
    [
        ("Something practical", "Wait with me first"),
        ("Hard to tell", "To get over this", "Wait before I choose"),
        ("Hard to tell", "To get over this", "Silence", "Wait with me"),
    ],
)
async def test_the_guide_leads_into_the_ten_minutes(person, bench, does, to):
    await does(person, "/they_wrote", *to)
    assert person.keys == ["urge/wait"]
    person.look_away()
    await bench.forward(minutes=10)
    assert person.keys[-1] == "urge/write_offer"


async def test_whom_it_frightens_waits_without_being_given_away(person, bench, does):
    await does(person, "/they_wrote", "It frightens me", "Wait with me")
    assert person.keys == ["urge/wait"]
    person.look_away()
    await bench.forward(minutes=10)
    assert person.keys == ["checkins/cover"]
    await person.taps("Open")
    assert person.keys == ["urge/write_offer"]


@pytest.mark.parametrize(("danger", "told"), DANGERS.items())
async def test_with_an_order_or_fear_nothing_offers_help_with_an_answer(person, does, danger, told):
    await person.joins()
    await does(person, "/settings", "An order, a no, or fear", told, "Nothing more", "/they_wrote")
    assert person.keys == [f"they_wrote/{danger}"]
    seen = await _everything_within(person)
    assert not REPLY_HELP & seen


@pytest.mark.parametrize(("danger", "told"), DANGERS.items())
async def test_with_an_order_or_fear_the_emergency_offers_no_help_with_a_message(person, does, danger, told):
    await person.joins()
    await does(person, "/settings", "An order, a no, or fear", told, "Nothing more", "/urge")
    seen = await _everything_within(person)
    assert not REPLY_HELP & seen


async def _everything_within(person):
    """Presses every button of the walks that can be reached from here, and gives the keys that were seen."""
    seen, pressed, waiting = set(person.keys), set(), list(_buttons(person))
    while waiting:
        button = waiting.pop()
        if button.token not in pressed:
            pressed.add(button.token)
            await person.presses(button)
            seen |= set(person.keys)
            waiting += _buttons(person)
    return seen


def _buttons(person):
    walks = ("urge:", "they_wrote:", "practical:", "safety:", "danger_to_them:", "legal_order:", "/they_wrote")
    return [button for reply in person.replies for button in reply.buttons if button.token.startswith(walks)]


async def test_a_frightening_message_leads_to_people_who_help(person, does):
    await does(person, "/they_wrote", "It frightens me")
    assert person.keys == ["they_wrote/fear"]
    await person.taps("People who help with this")
    assert person.keys == ["safety/abuse"]
    assert "findahelpline.com" in person.text


async def test_the_guide_is_over_when_it_says_goodbye(person, does):
    await does(person, "/urge", "They wrote to me", "Something practical", "That's enough")
    assert person.keys == ["they_wrote/bye"]
    await person.taps("Two views on this")
    assert person.keys == ["reading/excerpt"]
    assert content().words("en").articles["they-wrote-two-views"].title in person.text


async def test_the_walk_never_waits_under_itself(person, does):
    """From the walk into the guide by command, and back into the walk: at the end nothing is left open."""
    await does(person, "/urge", "/they_wrote", "Hard to tell", "To get over this", "Silence", "Write it here instead")
    await does(person, "Rather not")
    await does(person, "It has passed", "Not now")
    assert person.keys == ["urge/bye"]


async def test_an_old_button_gives_no_reply_help_once_fear_is_told(person, does):
    await person.joins()
    await does(person, "/they_wrote", "Hard to tell", "I don't know yet")
    reply = person.button("A short reply")
    await does(person, "/settings", "An order, a no, or fear", "I'm afraid of them")
    await person.presses(reply)
    assert person.keys == ["they_wrote/fear"]


@pytest.mark.parametrize("told", DANGERS.values())
async def test_nothing_to_read_about_answering_is_shown_where_that_is_dangerous(person, does, told):
    await person.joins()
    await does(person, "/settings", "An order, a no, or fear", told, "/read they wrote")
    assert "They wrote. Two views." not in person.buttons
    await person.says("/article they-wrote-two-views 3")
    assert person.sees("reading/gone")
