"""What was told once is kept and respected everywhere: no screen, card or article offers what it must not."""

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from bot.messages import Button
from bot.testing import Bench, Person, content

WORDS = content().words("en")
NAMES = {"order": "There is an order", "no": "They want no contact", "fear": "I'm afraid of them"}
SITUATIONS = [("order",), ("no",), ("fear",), ("order", "fear"), ("no", "fear"), ("order", "no", "fear")]

GUIDES = {
    "back-together-or-over-it",
    "before-you-write-first",
    "could-it-be-mended",
    "does-silence-work",
    "how-long-two-views",
    "if-they-want-to-come-back",
    "mute-block-or-leave-it",
    "promising-to-change",
    "they-wrote-two-views",
    "with-children-between-you",
}
"""Articles that lead to writing or to answering, or weigh it."""

HELP = {
    *(f"they_wrote/{name}" for name in ("kind", "goal", "views", "reply", "logistics", "silence", "bye")),
    *(f"practical/{name}" for name in ("what", "draft", "check")),
}
"""Screens that help with a message or an answer."""

COACHING = re.compile(
    r"draft it here|short reply|thanks for writing|two lines are enough|would two lines do|answer, kindly|"
    r"can still be sent|before you send it|thinking of writing first|they wrote\. two views",
    re.IGNORECASE,
)
"""Words of such screens, whatever their name."""

START = (
    "/menu", "/urge", "/they_wrote", "/practical", "/write", "/slipped", "/read", "/saved", "/days", "/checkins",
    "/not_safe", "/danger_to_them", "/legal_order", "/out_of_sight", "/letters", "/reasons", "/help", "/start",
    "/read write first", "/read answer", "/read closure",
)  # fmt: skip

LEFT_OUT = ("settings:", "minor:", "/delete", "/link", "/unlink", "/start", "/minor", "safety:which:minor", "welcome:")
"""Buttons that would change what was told, or lead out of it."""


@pytest.fixture
def bench(folder: Path, migrated: Path) -> Iterator[Bench]:
    """Hundreds of buttons are pressed: with nothing between the people and the core."""
    shutil.copy(migrated, folder)
    with Bench(folder) as running:
        yield running


def _buttons(person: Person) -> Iterable[Button]:
    found = [button for reply in person.replies for button in reply.buttons]
    return [b for b in found if not b.token.startswith(LEFT_OUT) and not b.token.endswith(":remember")]


class Seen:
    """All that somebody was shown."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.texts: set[str] = set()
        self.buttons: dict[str, Button] = {}

    def look(self, person: Person) -> None:
        self.keys |= set(person.keys)
        self.texts |= {reply.text for reply in person.replies}
        self.texts |= {button.label for reply in person.replies for button in reply.buttons}

    @property
    def coaching(self) -> list[str]:
        return sorted(text for text in self.texts if COACHING.search(text))


NAMING = (
    "safety:which:abuse", "safety:which:order", "they_wrote:kind:threat",
    "danger_to_them:what:said_no", "danger_to_them:what:watching", "danger_to_them:what:threatened",
    "danger_to_them:what:hurt", "/legal_order", "/said_no",
)  # fmt: skip
"""Buttons and commands that name a danger. It holds from then on."""


async def everything(person: Person, *, naming: bool = True) -> Seen:
    """Presses every button that can be reached, each once, and says what was seen; without `naming` none of those that
    name a danger."""
    seen = Seen()
    waiting: list[Button] = []
    for command in START if naming else [command for command in START if command not in NAMING]:
        await person.says(command)
        seen.look(person)
        waiting += _buttons(person)
        while waiting:
            button = waiting.pop()
            if button.token in seen.buttons or button.token.startswith("/language "):
                continue
            if naming or button.token not in NAMING:
                seen.buttons[button.token] = button
                await person.presses(button)
                seen.look(person)
                waiting += _buttons(person)
    return seen


async def tells(person: Person, *dangers: str) -> None:
    """Tells of all of them under /settings."""
    await person.says("/settings")
    await person.taps("An order, a no, or fear")
    for place, danger in enumerate(dangers):
        if place:
            await person.taps("There is something else")
        await person.taps(NAMES[danger])
    await person.taps("Go on")
    assert all(NAMES[danger] in person.text for danger in dangers)
    await person.taps("Nothing more")


@pytest.fixture
async def known(person: Person, does) -> Person:
    """Somebody for whom all kinds of cards fit."""
    await person.joins()
    await does(person, "/settings", "Contact that can't be avoided", "More than one of these")
    await does(person, "Who ended it", "Both of us", "Nothing more")
    return person


async def test_without_a_danger_all_of_it_is_there(known):
    """Else the tests below would find nothing because there is nothing."""
    seen = await everything(known, naming=False)
    assert seen.keys >= HELP
    assert {f"/article {id}" for id in GUIDES} <= seen.buttons.keys()
    assert len(seen.coaching) >= 5


@pytest.mark.parametrize("dangers", SITUATIONS, ids="+".join)
async def test_nothing_that_can_be_reached_helps_with_contact(known, dangers):
    await tells(known, *dangers)
    seen = await everything(known)
    assert not seen.keys & HELP
    assert not {token for token in seen.buttons if any(id in token for id in GUIDES)}
    assert seen.coaching == []


@pytest.mark.parametrize("dangers", SITUATIONS, ids="+".join)
async def test_no_search_finds_a_guide_on_any_page(known, dangers):
    await tells(known, *dangers)
    titles = {WORDS.articles[id].title for id in GUIDES}
    for words in ("two views", "should i text him", "kitchen phone", *sorted(titles)):
        await known.says(f"/read {words}")
        shown = list(known.buttons)
        while "More" in known.buttons:
            await known.taps("More")
            shown += known.buttons
        assert not titles & set(shown)


@pytest.mark.parametrize("dangers", SITUATIONS, ids="+".join)
async def test_no_old_button_helps_with_contact(known, dangers):
    old = (await everything(known, naming=False)).buttons
    await known.says("/cancel")
    await tells(known, *dangers)
    seen = Seen()
    for button in old.values():
        await known.presses(button)
        seen.look(known)
    assert seen.keys & HELP <= {"they_wrote/silence"}
    assert "urge/only_plain" not in seen.keys
    assert seen.coaching == []


async def test_without_the_database_nothing_helps_with_contact(known, bench):
    """Nobody can say then what was told."""
    old = (await everything(known, naming=False)).buttons
    await tells(known, "order")
    bench.lose_the_database()
    seen = await everything(known, naming=False)
    for button in old.values():
        await known.presses(button)
        seen.look(known)
    assert {"they_wrote/unread", "practical/unread", "urge/sent_unread"} <= seen.keys
    assert seen.keys & HELP <= {"they_wrote/silence"}
    assert not {token for token in seen.buttons if any(id in token for id in GUIDES)}
    assert seen.coaching == []


@pytest.mark.parametrize("id", sorted(GUIDES))
async def test_no_guide_is_read_without_the_database(known, bench, id):
    bench.lose_the_database()
    for command in ("article", "another"):
        await known.says(f"/{command} {id}")
        assert WORDS.articles[id].title not in known.text


async def test_no_reason_speaks_of_sending_it_later_without_the_database(known, bench, does):
    bench.lose_the_database()
    await does(known, "/urge", "I want an answer")
    seen = set(known.keys)
    for _ in WORDS.decks["reasons"]:
        await known.taps("Another reason")
        seen |= set(known.keys)
    assert len(seen) > 5
    assert not {key for key in seen if WORDS.texts[key].attributes.get("avoid")}


@pytest.mark.parametrize("dangers", SITUATIONS, ids="+".join)
@pytest.mark.parametrize("feeling", ["I miss them", "I feel lonely", "I'm angry", "I want an answer"])
async def test_no_reason_speaks_of_sending_it_later(known, does, dangers, feeling):
    await tells(known, *dangers)
    await does(known, "/urge", feeling)
    seen = set(known.keys)
    for _ in WORDS.decks["reasons"]:
        await known.taps("Another reason")
        seen |= set(known.keys)
    assert len(seen) > 15
    assert not {key for key in seen if set(dangers) & set(WORDS.texts[key].attributes.get("avoid", ()))}


@pytest.mark.parametrize("dangers", SITUATIONS, ids="+".join)
async def test_no_guide_comes_as_another(person, dangers):
    await person.joins()
    await tells(person, *dangers)
    for id in WORDS.articles:
        await person.says(f"/another {id}")
        assert not any(WORDS.articles[guide].title in person.text for guide in GUIDES)


@pytest.mark.parametrize("dangers", [(), *SITUATIONS], ids="+".join)
async def test_no_guide_comes_with_a_check_in_to_anybody(person, bench, does, turns_on, dangers):
    await turns_on(person, morning="7:30", read=True)
    await does(person, "/settings", "Who ended it", "Both of us", "Nothing more")
    if dangers:
        await tells(person, *dangers)
    read = set()
    for _ in WORDS.articles:
        person.look_away()
        await bench.forward(days=1)
        await does(person, *["Open"] * ("fear" in dangers), "A short read")
        read |= {id for id, article in WORDS.articles.items() if article.title in person.text}
    assert read == WORDS.articles.keys() - GUIDES


@pytest.mark.parametrize("danger", NAMES)
async def test_every_guide_is_avoided_for_every_danger(danger):
    assert all(danger in WORDS.articles[id].avoid for id in GUIDES)


OPEN_QUESTIONS = {
    "they_wrote/kind": ("/they_wrote",),
    "they_wrote/views": ("/they_wrote", "Hard to tell", "To get over this"),
    "they_wrote/reply": ("/they_wrote", "Hard to tell", "To get over this", "A short reply"),
    "they_wrote/logistics": ("/they_wrote", "Something practical"),
    "practical/what": ("/practical",),
    "practical/draft": ("/practical", "Only that"),
    "practical/check": ("/practical", "Only that", "> Friday at five"),
}


@pytest.mark.parametrize("danger", NAMES)
@pytest.mark.parametrize(("key", "way"), OPEN_QUESTIONS.items(), ids=OPEN_QUESTIONS)
async def test_an_open_question_is_not_taken_up_again(person, does, danger, key, way):
    await person.joins()
    await does(person, *way)
    assert person.keys == [key]
    await tells(person, danger)
    for again in ("/resume", "/start", "mhm"):
        await person.says(again)
        assert person.keys[-1] == f"{key.split('/')[0]}/{danger}", again


REMEMBERED = {
    "order": ("/legal_order", "Remember that there is an order"),
    "no": ("/said_no", "Remember: they want no contact"),
    "fear": ("/not_safe", "I'm afraid of them", "Remember this about them"),
}
"""How each is remembered in its own walk."""


SAID = {
    "a tap on fear": ("fear", ("/they_wrote", "It frightens me")),
    "fear of them": ("fear", ("/not_safe", "I'm afraid of them")),
    "fear in words": ("fear", ("> I'm scared of him",)),
    "danger behind a command": ("fear", ("> /read he is outside my door",)),
    "a tap on the order": ("order", ("/practical", "There is an order")),
    "the order": ("order", ("/not_safe", "There is a court order")),
    "the order in words": ("order", ("> There is a restraining order against me", "Write it here instead")),
    "a tap on their no": ("no", ("/they_wrote", "They said no")),
    "their no": ("no", ("/danger_to_them", "They said no, and I go on")),
    "their no in words": ("no", ("> she told me to stop contacting her",)),
}
"""Ways to name a danger without asking that it be remembered."""


class TestSaid:
    """What is said holds at once in that chat, before anybody has tapped "Remember", and nothing of it is kept."""

    @pytest.mark.parametrize("lost", [False, True], ids=["", "without the database"])
    @pytest.mark.parametrize(("danger", "way"), SAID.values(), ids=SAID)
    async def test_nobody_is_coached_after_it(self, person, bench, does, danger, way, lost):
        await person.joins()
        if lost and way[0] in ("/they_wrote", "/practical"):
            await person.says(way[0])
            way = way[1:]
        if lost:
            bench.lose_the_database()
        await does(person, *way)
        for walk in ("they_wrote", "practical"):
            await does(person, "/cancel", f"/{walk}")
            assert person.keys == [f"{walk}/{danger}"]
        for id in GUIDES:
            await person.says(f"/article {id}")
            assert person.keys == ["reading/gone"]
        await does(person, "/slipped", "Yes, today", "I don't know")
        assert f"urge/sent_{danger}" in person.keys

    @pytest.mark.parametrize(("danger", "way"), SAID.values(), ids=SAID)
    async def test_nothing_of_it_is_kept(self, person, bench, does, danger, way):
        await person.joins()
        await does(person, *way)
        assert (await bench.store.load(person.chat)).person.danger == ""
        await does(person, "/safe", "/settings")
        assert "or fear: not told" in person.text

    @pytest.mark.parametrize(
        "way",
        [
            ("/danger_to_them", "I follow or watch them"),
            ("/danger_to_them", "I have threatened them"),
            ("/danger_to_them", "I might hurt them"),
            ("> I keep driving past her house",),
        ],
    )
    async def test_who_is_a_danger_to_them_is_led_to_ways_to_stop(self, person, bench, does, way):
        await person.joins()
        await does(person, *way)
        for walk in (("/they_wrote",), ("/practical",), ("/slipped", "Yes, today", "I don't know")):
            await does(person, "/cancel", *walk)
            assert person.keys[-1] == "danger_to_them/what"
        for id in GUIDES:
            await person.says(f"/article {id}")
            assert person.keys == ["reading/gone"]
        assert (await bench.store.load(person.chat)).person.danger == ""

    async def test_it_holds_in_that_chat_only(self, person, bench, does):
        await does(person, "/they_wrote", "It frightens me")
        other = bench.person("other")
        await other.says("/they_wrote")
        assert other.keys == ["they_wrote/kind"]

    async def test_it_stays_beside_what_is_kept_and_is_not_kept_with_it(self, person, bench, does):
        await person.joins()
        await does(person, "> I'm scared of him", "/legal_order", "Remember that there is an order")
        assert (await bench.store.load(person.chat)).person.danger == "order"
        await person.says("/practical")
        assert person.keys == ["practical/fear"]
        assert BESIDES["order"] in person.text

    async def test_it_can_still_be_remembered(self, person, bench, does):
        await person.joins()
        await does(person, "/legal_order", "Wait with me", "/legal_order", "Remember that there is an order")
        await bench.restart()
        await person.says("/they_wrote")
        assert person.keys == ["they_wrote/order"]

    async def test_it_can_be_taken_back(self, person, does):
        await person.joins()
        await does(person, "/they_wrote", "It frightens me", "That isn't so", "None of these", "/they_wrote")
        assert person.keys == ["they_wrote/kind"]

    async def test_who_deletes_everything_has_said_nothing(self, person, does):
        await person.joins()
        await does(person, "/they_wrote", "It frightens me", "/delete", "Delete everything", "/they_wrote")
        assert person.keys == ["they_wrote/kind"]

    async def test_in_a_letter_it_holds_once_it_is_said_to_be_so(self, person, does):
        await does(person, "/write", "> he is outside my door", "I'm not safe", "I'm safe, go back", "/they_wrote")
        assert person.keys == ["they_wrote/fear"]

    async def test_in_a_letter_it_is_only_what_they_write(self, person, does):
        await does(person, "/write", "> he threatened me", "It's only what I write", "/cancel", "/they_wrote")
        assert person.keys == ["they_wrote/kind"]

    async def test_with_fear_what_comes_gives_nothing_away(self, person, bench, does, turns_on):
        await turns_on(person, morning="7:30")
        await does(person, "/not_safe", "I'm afraid of them", "I'm safe for now")
        person.look_away()
        await bench.forward(days=1)
        assert person.text == "A small note for today."


class TestTold:
    """Where it can be told, and what becomes of it."""

    @pytest.mark.parametrize("danger", NAMES)
    async def test_in_its_walk(self, person, bench, does, danger):
        await person.joins()
        await does(person, *REMEMBERED[danger])
        await bench.restart()
        await person.says("/practical")
        assert person.keys == [f"practical/{danger}"]

    @pytest.mark.parametrize("danger", NAMES)
    async def test_at_the_first_hello(self, person, does, danger):
        await does(person, "/start", "I'm 18 or over, that's fine", "Ask me", "Skip", "Skip", NAMES[danger])
        assert person.keys == [f"welcome/{danger}"]
        await person.taps("Go on")
        assert person.keys == ["profile/hope"]
        await person.says("/they_wrote")
        assert person.keys == [f"they_wrote/{danger}"]

    async def test_two_of_them_at_the_first_hello(self, person, does):
        await does(person, "/start", "I'm 18 or over, that's fine", "Ask me", "Skip", "Skip", NAMES["fear"])
        await does(person, "There is something else", NAMES["no"], "There is something else", "That's all")
        assert person.keys == ["profile/hope"]
        await person.says("/settings")
        assert NAMES["fear"] in person.text
        assert NAMES["no"] in person.text

    async def test_one_told_later_leaves_the_others(self, person, does):
        await person.joins()
        await tells(person, "order")
        await does(person, "/not_safe", "I'm afraid of them", "Remember this about them", "I'm safe for now")
        await does(person, "/said_no", "Remember: they want no contact", "/settings")
        assert all(name in person.text for name in NAMES.values())

    async def test_told_twice_it_is_there_once(self, person, does):
        await person.joins()
        await tells(person, "no")
        await does(person, "/said_no", "Remember: they want no contact", "/settings")
        assert person.text.count(NAMES["no"]) == 1

    async def test_all_can_be_taken_back(self, person, does):
        await person.joins()
        await tells(person, "order", "no", "fear")
        await does(person, "/settings", "An order, a no, or fear", "None of these")
        assert "or fear: None of these" in person.text
        await person.says("/practical")
        assert person.keys == ["practical/what"]

    @pytest.mark.parametrize(
        ("dangers", "first"),
        [
            (("order", "fear"), "fear"), (("no", "order"), "order"), (("no", "fear"), "fear"),
            (("fear", "no", "order"), "fear"),
        ],
    )  # fmt: skip
    async def test_of_several_fear_is_met_first_and_then_the_order(self, person, dangers, first):
        await person.joins()
        await tells(person, *dangers)
        for walk in ("practical", "they_wrote"):
            await person.says(f"/{walk}")
            assert person.keys == [f"{walk}/{first}"]


BESIDES = {
    "order": "Its wording still decides about every contact, also through others",
    "no": "nothing goes out to them",
}
TIED = ("/settings", "Contact that can't be avoided", "Children", "Nothing more")
FEAR_FIRST = {
    "practical/fear": ("/practical",),
    "they_wrote/fear": ("/they_wrote",),
    "urge/sent_fear": ("/slipped", "Yes, today", "I don't know"),
    "urge/only_fear": (*TIED, "/slipped", "Yes, today", "Only that"),
}


@pytest.mark.parametrize(("key", "way"), FEAR_FIRST.items(), ids=FEAR_FIRST)
@pytest.mark.parametrize("other", BESIDES)
async def test_where_fear_comes_first_what_else_was_told_still_holds(person, does, key, way, other):
    await person.joins()
    await tells(person, other, "fear")
    await does(person, *way)
    assert person.keys[-1] == key
    assert "findahelpline.com" in person.text
    assert BESIDES[other] in person.text


@pytest.mark.parametrize(("key", "way"), FEAR_FIRST.items(), ids=FEAR_FIRST)
async def test_with_fear_alone_no_order_and_no_no_is_spoken_of(person, does, key, way):
    await person.joins()
    await tells(person, "fear")
    await does(person, *way)
    assert person.keys[-1] == key
    assert "You also told me" not in person.text
