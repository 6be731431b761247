"""One person on two platforms: joined after both sides have confirmed, with check-ins where they choose, and parted."""

import asyncio
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from telegram_bench import TelegramBench, Witness

from bot.adapters.telegram import PLATFORM
from bot.messages import Chat, Incoming, Reply
from bot.ports import Unreachable
from bot.records import Queued
from bot.testing import KEY, MONDAY_NIGHT, Bench, FakeMessenger, Person, content
from bot.tries import AT_MOST, HELD, Tries

CODE = re.compile(r"`([0-9A-HJKMNP-TV-Z]{5}(?:-[0-9A-HJKMNP-TV-Z]{5,6}){4})`")
DONE, THEIRS, OURS = "I've entered it there", "Yes, join them", "Yes, that's me"
PART, DELETE = "Take them apart", "Delete everything"
ABOUT_ANSWERING, READ = "they-wrote-two-views", "was-it-my-fault"
DECK = content().words("en").decks["checkins"]
NAMES = {"terminal": "the terminal", "telegram": "Telegram", "discord": "Discord"}


class Both(Witness):
    """Whoever is not on Telegram is on the bare core."""

    async def send(self, queued: Queued) -> str:
        """Shows a reply."""
        if queued.chat.platform == PLATFORM:
            return await super().send(queued)
        return await FakeMessenger.send(self, queued)


class TwoPlatforms(TelegramBench):
    """Telegram in front of the bot, and people without anything between beside it."""

    def _build(self, store):
        if not isinstance(self.messenger, Both):
            self.messenger = Both(self)
        super()._build(store)

    async def receive(self, incoming: Incoming) -> None:
        """Lets a person's message reach the bot."""
        if incoming.chat.platform == PLATFORM:
            await super().receive(incoming)
        else:
            await self.run()
            await self.conversation.receive(incoming)


@pytest.fixture(params=["core", "telegram"])
async def bench(request: pytest.FixtureRequest, folder: Path, migrated: Path) -> AsyncIterator[Bench]:
    shutil.copy(migrated, folder)
    async with AsyncExitStack() as stack:
        if request.param == "core":
            yield stack.enter_context(Bench(folder))
            return
        running = TwoPlatforms(folder)
        stack.push_async_callback(running.aclose)
        yield running


@pytest.fixture
async def x(bench) -> Person:
    """Who asks for the code."""
    person = bench.person("x")
    await person.joins()
    return person


@pytest.fixture
async def y(bench) -> Person:
    """The same person on Discord, where they have been before."""
    person = bench.person("y", "discord")
    await person.joins()
    return person


async def code_of(person: Person) -> str:
    await person.says("/link")
    found = CODE.search(person.text)
    assert found, person.text
    return found[1]


async def accepts(person: Person, code: str) -> None:
    await person.says(f"/link {code}")
    await person.taps(THEIRS)


async def joined(x: Person, y: Person) -> None:
    """All four steps."""
    await accepts(y, await code_of(x))
    await x.taps(DONE)
    await x.taps(OURS)
    assert x.sees("linking/joined"), x.text


async def parts(person: Person) -> None:
    await person.says("/unlink")
    await person.taps(PART)
    assert person.sees("linking/parted"), person.text


async def reasons(person: Person) -> set[str]:
    return {reason.text for reason in (await person.bench.store.load(person.chat)).reasons}


async def are_one(*people: Person) -> bool:
    known = [await person.bench.store.load(person.chat) for person in people]
    return all(one.met for one in known) and len({one.person.id for one in known}) == 1


def count(person: Person) -> int:
    return len(person.bench.messenger.shown[person.chat])


def cards(person: Person) -> list[str]:
    return [key for key in person.keys if key in DECK]


async def arrivals(bench: Bench, *people: Person, days: int) -> list[int]:
    """How many check-ins come to each in the next days."""
    for person in people:
        person.look_away()
    await bench.forward(days=days)
    return [len(cards(person)) for person in people]


async def test_two_chats_become_one_person_after_both_have_confirmed(x, y, does):
    await does(x, "/reason", "> mine")
    await does(y, "/reason", "> yours")
    code = await code_of(x)
    await y.says(f"/link {code}")
    assert y.keys == ["linking/question"]
    assert f"the one on {NAMES[x.chat.platform]}?" in y.text
    assert not await are_one(x, y)
    await y.taps(THEIRS)
    assert y.keys == ["linking/accepted"]
    assert f"go back to {NAMES[x.chat.platform]}" in y.text
    assert not await are_one(x, y)
    await x.taps(DONE)
    assert x.keys == ["linking/confirm"]
    assert "on Discord" in x.text
    assert "Is that you?" in x.text
    assert not await are_one(x, y)
    await x.taps(OURS)
    assert x.keys == ["linking/joined"]
    assert await are_one(x, y)
    assert await reasons(x) == await reasons(y) == {"mine", "yours"}


async def test_nothing_is_ever_sent_to_the_other_chat(bench, x, y):
    code = await code_of(x)
    before = count(x)
    await accepts(y, code)
    assert count(x) == before
    before = count(y)
    await x.taps(DONE)
    await x.taps(OURS)
    await bench.forward(days=2)
    assert count(y) == before
    await parts(x)
    await x.says("/link")
    assert count(y) == before


async def test_what_was_open_in_a_chat_stays_open_there(x, y, does):
    await does(y, "/urge", "I feel lonely")
    await joined(x, y)
    await y.says("/resume")
    assert y.sees("reasons/")
    await x.says("/resume")
    assert x.keys == ["common/menu"]


class TestTheCode:
    """Long, random, shown to be copied, read back forgivingly, known to nobody but the one who asked."""

    @pytest.mark.parametrize(
        "typed",
        [
            str.lower,
            lambda code: code.replace("-", " "),
            lambda code: code.replace("-", ""),
            lambda code: code.replace("0", "O").replace("1", "I"),
            lambda code: code.lower().replace("0", "o").replace("1", "l"),
            lambda code: f"  `{code}`. ",
        ],
    )
    async def test_it_is_read_however_it_is_typed(self, x, y, typed: Callable[[str], str]):
        await y.says(f"/link {typed(await code_of(x))}")
        assert y.keys == ["linking/question"]

    async def test_each_is_another_one_and_the_older_is_good_for_nothing(self, x, y):
        old, new = await code_of(x), await code_of(x)
        assert old != new
        await y.says(f"/link {old}")
        assert y.keys == ["linking/unknown"]
        await y.says(f"/link {new}")
        assert y.keys == ["linking/question"]

    @pytest.mark.parametrize("back", [False, True], ids=["asked here", "asked there"])
    async def test_it_stands_nowhere_on_the_disk(self, x, y, on_disk, back):
        x, y = (y, x) if back else (x, y)
        code = await code_of(x)
        forms = [code.encode(), code.replace("-", "").encode()]
        assert not any(form in on_disk() for form in forms)
        for act in (lambda: x.says(f"/link {code}"), lambda: y.says(f"/link {code}"), lambda: y.taps(THEIRS)):
            await act()
            assert not any(form in on_disk() for form in forms)

    @pytest.mark.parametrize("met", [False, True])
    async def test_a_link_to_the_bot_asks_the_same(self, bench, x, y, met):
        other = y if met else bench.person("new", "discord")
        await other.says(f"/start link-{await code_of(x)}")
        assert other.keys == ["linking/question"]

    async def test_it_can_be_cancelled(self, x, y):
        code = await code_of(x)
        await x.taps("Cancel")
        assert x.keys == ["linking/cancelled"]
        await y.says(f"/link {code}")
        assert y.keys == ["linking/unknown"]

    async def test_who_has_not_agreed_to_anything_is_asked_that_first(self, bench):
        person = bench.person("new")
        await person.says("/link")
        assert person.keys == ["welcome/hello"]


class TestACodeThatIsNotGood:
    """A clear answer, which tells whoever guesses nothing."""

    async def test_unknown_too_old_and_used_read_the_same(self, bench, x, y):
        third = bench.person("z", "discord")
        await third.joins()
        await third.says("/link 0AAAA-AAAAA-AAAAA-AAAAA-AAAAAA")
        unknown = (third.keys, third.text, third.buttons)
        assert third.keys == ["linking/unknown"]
        code = await code_of(x)
        await accepts(y, code)
        for _ in range(2):
            await third.says(f"/link {code}")
            assert (third.keys, third.text, third.buttons) == unknown
            await x.taps(DONE)
            if x.sees("linking/confirm"):
                await x.taps(OURS)
        old = await code_of(x)
        await bench.forward(minutes=10)
        await third.says(f"/link {old}")
        assert (third.keys, third.text, third.buttons) == unknown

    @pytest.mark.parametrize(
        "typed", ["hello", "x" * 300, "0" * 25, "0" * 27, "U" * 26, "🙂" * 26, "yes", "no", "²" * 26]
    )
    async def test_what_is_no_code_is_unknown(self, y, typed):
        await y.says(f"/link {typed}")
        assert y.keys == ["linking/unknown"]

    async def test_that_of_this_very_chat(self, x):
        await x.says(f"/link {await code_of(x)}")
        assert x.keys == ["linking/own"]

    async def test_that_of_a_chat_that_is_joined_already(self, x, y):
        await joined(x, y)
        await y.says(f"/link {await code_of(x)}")
        assert y.keys == ["linking/already"]

    async def test_it_is_good_for_ten_minutes_and_no_longer(self, bench, x, y):
        code = await code_of(x)
        await bench.forward(minutes=9)
        await y.says(f"/link {code}")
        assert y.keys == ["linking/question"]
        await bench.forward(minutes=1)
        await y.taps(THEIRS)
        assert y.keys == ["linking/unknown"]
        await x.taps(DONE)
        assert x.keys == ["linking/over"]

    async def test_after_the_yes_there_are_ten_minutes_to_come_back(self, bench, x, y):
        code = await code_of(x)
        await bench.forward(minutes=9)
        await accepts(y, code)
        await bench.forward(minutes=9)
        await x.taps(DONE)
        assert x.keys == ["linking/confirm"]
        await bench.forward(minutes=1)
        await x.taps(OURS)
        assert x.keys == ["linking/over"]
        assert not await are_one(x, y)

    async def test_five_that_do_not_fit_then_ten_minutes_of_rest(self, bench, x, y):
        for _ in range(5):
            await y.says("/link nonsense")
            assert y.keys == ["linking/unknown"]
            await bench.forward(minutes=1)
        code = await code_of(x)
        for said in (f"/link {code}", f"/link yes {code}", f"/link no {code}", f"/start link-{code}"):
            await y.says(said)
            assert y.keys == ["linking/rest"]
        await bench.forward(minutes=9)
        await y.says(f"/link {await code_of(x)}")
        assert y.keys == ["linking/question"]

    async def test_a_few_that_do_not_fit_now_and_then_cost_nothing(self, bench, x, y):
        for _ in range(8):
            await y.says("/link nonsense")
            assert y.keys == ["linking/unknown"]
            await bench.forward(minutes=3)
        await y.says(f"/link {await code_of(x)}")
        assert y.keys == ["linking/question"]

    async def test_the_rest_of_one_is_not_that_of_another(self, bench, x, y):
        for _ in range(6):
            await bench.person("guesser", "discord").says("/link nonsense")
        await y.says(f"/link {await code_of(x)}")
        assert y.keys == ["linking/question"]


def test_only_so_many_chats_are_remembered():
    tries, now = Tries(), MONDAY_NIGHT
    chats = [Chat("test", str(number)) for number in range(HELD + 1)]
    for chat in chats:
        for _ in range(AT_MOST):
            tries.note(chat, now)
    assert [tries.rests(chat, now) for chat in (chats[0], chats[1], chats[-1])] == [False, True, True]


class TestSomebodyElse:
    """A code that got into other hands."""

    async def test_no_there_kills_it(self, x, y):
        code = await code_of(x)
        await y.says(f"/link {code}")
        await y.taps("No")
        assert y.keys == ["linking/declined"]
        await y.taps(THEIRS)
        assert y.keys == ["linking/unknown"]
        await x.taps(DONE)
        assert x.keys == ["linking/over"]

    async def test_no_here_joins_nothing(self, x, y, does):
        await does(x, "/reason", "> mine")
        await accepts(y, await code_of(x))
        await does(x, DONE, "No")
        assert x.keys == ["linking/stopped"]
        assert "Nothing was joined" in x.text
        await x.taps(OURS)
        assert x.keys == ["linking/over"]
        assert not await are_one(x, y)
        assert await reasons(y) == set()

    @pytest.mark.parametrize("end", ["open", "no"])
    async def test_whoever_enters_a_code_learns_no_number_of_the_other_chat(self, bench, does, end):
        me, stranger = bench.person("70012345"), bench.person("80054321", "discord")
        for person in (me, stranger):
            await person.joins()
        await accepts(stranger, await code_of(me))
        if end == "no":
            await does(me, DONE, "No")
        for person, other in ((stranger, me), (me, stranger)):
            await person.says("/export")
            told = b"".join(file.content for file in person.files)
            assert re.search(rf"\b{person.chat.id}\b".encode(), told)
            assert not re.search(rf"\b{other.chat.id}\b".encode(), told)

    async def test_a_no_after_the_yes_counts(self, x, y):
        await accepts(y, await code_of(x))
        await y.taps("No")
        assert y.keys == ["linking/declined"]
        await x.taps(DONE)
        assert x.keys == ["linking/over"]

    async def test_before_the_yes_there_nothing_can_be_joined_here(self, x, y):
        code = await code_of(x)
        await x.taps(DONE)
        assert x.keys == ["linking/missing"]
        await y.says(f"/link {code}")
        await x.taps(DONE)
        assert x.keys == ["linking/missing"]
        for made_up in ("/link join", "/link join 000000000000", "/link join x"):
            await x.says(made_up)
            assert x.keys == ["linking/missing"]
        assert not await are_one(x, y)

    async def test_the_yes_to_an_older_code_joins_nothing_new(self, bench, x, y):
        await accepts(y, await code_of(x))
        await x.taps(DONE)
        old = x.button(OURS)
        await accepts(bench.person("stranger", "discord"), await code_of(x))
        await x.presses(old)
        assert x.keys == ["linking/confirm"]
        assert not await are_one(x, bench.person("stranger", "discord"))

    async def test_of_two_who_say_yes_at_once_one_is_taken(self, bench, x, y):
        other = bench.person("z", "discord")
        await other.joins()
        code = await code_of(x)
        for person in (y, other):
            await person.says(f"/link {code}")
        await asyncio.gather(*(person.taps(THEIRS) for person in (y, other)))
        assert sorted([*y.keys, *other.keys]) in (
            ["common/meanwhile", "linking/accepted"],
            ["linking/accepted", "linking/unknown"],
        )
        await x.taps(DONE)
        await x.taps(OURS)
        assert x.sees("linking/joined")
        assert await are_one(x, y) == y.sees("linking/accepted")
        assert await are_one(x, other) == other.sees("linking/accepted")

    async def test_two_yeses_here_join_once(self, x, y, does):
        await does(y, "/reason", "> yours")
        await accepts(y, await code_of(x))
        await x.taps(DONE)
        await asyncio.gather(x.presses(x.button(OURS)), x.presses(x.button(OURS)))
        assert sorted(x.keys) == ["linking/joined", "linking/over"]
        known = await x.bench.store.load(y.chat)
        assert [reason.text for reason in known.reasons] == ["yours"]

    async def test_who_was_deleted_meanwhile_is_not_joined(self, x, y):
        await accepts(y, await code_of(x))
        await x.taps(DONE)
        await y.says("/delete everything")
        await x.taps(OURS)
        assert x.keys == ["linking/over"]
        assert not await are_one(x, y)


class TestMinors:
    """What the bot does is for adults, joined or not."""

    async def test_a_minor_can_neither_ask_nor_enter(self, bench, x):
        minor = bench.person("minor", "discord")
        await minor.says("/start")
        await minor.taps("I'm under 18")
        code = await code_of(x)
        for said in ("/link", f"/link {code}", f"/link yes {code}", f"/start link-{code}", "/unlink"):
            await minor.says(said)
            assert minor.keys == ["welcome/minor"]

    async def test_who_is_new_is_asked_afterwards(self, bench, x):
        new = bench.person("new", "discord")
        await new.says(f"/start link-{await code_of(x)}")
        await new.taps(THEIRS)
        assert new.keys == ["linking/accepted", "welcome/hello"]
        await new.taps("I'm 18 or over, that's fine")
        await x.taps(DONE)
        await x.taps(OURS)
        assert await are_one(x, new)

    async def test_who_is_new_and_a_minor_is_not_joined(self, bench, x):
        new = bench.person("new", "discord")
        await new.says(f"/start link-{await code_of(x)}")
        await new.taps(THEIRS)
        await x.taps(DONE)
        await new.taps("I'm under 18")
        await x.taps(OURS)
        assert x.keys == ["linking/over"]
        assert not await are_one(x, new)


class TestWhatBecomesOne:
    """Nothing doubled, nothing lost."""

    async def test_the_earlier_days_and_all_slips_stay(self, bench, x, y, does):
        await does(x, "/days since", "> 5")
        await does(y, "/days since", "> 12", "/slipped", "Yesterday or last night")
        await does(x, "/slipped", "Yes, today")
        await joined(x, y)
        for person in (x, y):
            await person.says("/days")
            assert "**10 days**" in person.text

    async def test_letters_of_both_are_read_in_both(self, x, y, does):
        await does(x, "/write", "> from here", "Keep it here")
        await does(y, "/write", "> from there", "Keep it here")
        await joined(x, y)
        for person in (x, y):
            await does(person, "/letters")
            first = person.text
            await person.taps("An older one")
            assert {"from here", "from there"} == {
                text for text in ("from here", "from there") if text in first + person.text
            }
            assert "2 of 2" in person.text

    async def test_what_this_side_told_stays_and_the_rest_comes_along(self, x, y, does):
        await does(x, "/settings", "Who ended it", "They did", "Nothing more")
        await does(y, "/settings", "Who ended it", "I did", "Country", "> Ireland", "Nothing more")
        await joined(x, y)
        for person in (x, y):
            await person.says("/settings")
            assert "Who ended it: They did" in person.text
            assert "Country: Ireland" in person.text

    @pytest.mark.parametrize(
        ("here", "there", "stays"),
        [
            ("None of these", "I'm afraid of them", {"I'm afraid of them"}),
            ("I'm afraid of them", "None of these", {"I'm afraid of them"}),
            ("There is an order", "Skip", {"There is an order"}),
            ("There is an order", "I'm afraid of them", {"There is an order", "I'm afraid of them"}),
            ("I'm afraid of them", "There is an order", {"There is an order", "I'm afraid of them"}),
        ],
    )
    async def test_a_danger_told_on_either_side_stays(self, x, y, does, here, there, stays):
        for person, told in ((x, here), (y, there)):
            await does(person, "/settings", "An order, a no, or fear", told)
            await does(person, "/cancel")
        await joined(x, y)
        for person in (x, y):
            await person.says("/settings")
            line = next(line for line in person.text.splitlines() if "An order, a no, or fear" in line)
            assert {danger for danger in ("There is an order", "I'm afraid of them") if danger in line} == stays
            await does(person, "/urge", "Children, work or things")
            assert person.sees("practical/fear" if "I'm afraid of them" in stays else "practical/order")
            await does(person, "/cancel", "/they_wrote")
            assert not person.sees("they_wrote/kind")
            await does(person, "/cancel", f"/article {ABOUT_ANSWERING}")
            assert person.sees("reading/gone")

    async def test_what_somebody_reads_here_is_gone_on_with_there(self, bench, x, y, does):
        await does(x, f"/article {READ}")
        await bench.forward(minutes=1)
        await does(y, f"/article {READ} 3")
        await joined(x, y)
        for person in (x, y):
            await person.says(f"/article {READ}")
            assert person.buttons[0].startswith("Go on at 3 of")

    async def test_what_was_said_of_a_text_stays_said(self, bench, x, y, does):
        await does(x, f"/no_more articles/{READ}")
        await bench.forward(minutes=1)
        await does(y, f"/article {READ}")
        await joined(x, y)
        for person in (x, y):
            await person.says(f"/article {READ}")
            assert "It may come again" in person.buttons

    async def test_three_chats_can_be_one(self, bench, x, y, does):
        third = bench.person("z", "terminal2")
        await third.joins()
        for person, text in ((x, "one"), (y, "two"), (third, "three")):
            await does(person, "/reason", f"> {text}")
        await joined(x, y)
        await joined(third, y)
        assert await are_one(x, y, third)
        assert await reasons(x) == {"one", "two", "three"}


class TestCheckins:
    """They come to one chat, the one that was chosen."""

    ON = ("/checkins", "In the morning", "7:30", "> London", "Yes", "Only the question")

    async def test_nobody_is_asked_where_if_there_are_none(self, x, y):
        await joined(x, y)
        assert x.keys == ["linking/joined"]

    async def test_those_of_the_other_side_can_be_brought_here(self, bench, x, y, does):
        await does(y, *self.ON)
        await joined(x, y)
        assert x.keys == ["linking/joined", "linking/where"]
        assert "For now: on Discord" in x.text
        assert await arrivals(bench, x, y, days=1) == [0, 1]
        await x.taps("Here")
        assert "They come to this chat" in x.text
        assert await arrivals(bench, x, y, days=3) == [3, 0]

    async def test_those_of_this_side_can_go_there(self, bench, x, y, does):
        await does(x, *self.ON)
        await joined(x, y)
        assert "For now: here" in x.text
        assert await arrivals(bench, x, y, days=1) == [1, 0]
        await x.taps("To Discord")
        assert "your chat on Discord" in x.text
        assert await arrivals(bench, x, y, days=3) == [0, 3]

    @pytest.mark.parametrize("choice", ["Here", "To Discord", ""])
    async def test_two_sides_that_had_them_get_one_a_date(self, bench, x, y, does, choice):
        await does(x, *self.ON)
        await does(y, *self.ON)
        await joined(x, y)
        if choice:
            await x.taps(choice)
        assert await arrivals(bench, x, y, days=4) == ([0, 4] if choice == "To Discord" else [4, 0])

    async def test_what_came_there_this_morning_does_not_come_here_again(self, bench, x, y, does):
        await does(y, *self.ON)
        await does(x, "/checkins", "In the morning", "> 9:00", "> London", "Yes", "Only the question")
        await bench.forward(hours=6)
        assert len(cards(y)) == 1
        await joined(x, y)
        assert await arrivals(bench, x, y, days=1) == [0, 0]
        assert await arrivals(bench, x, y, days=2) == [2, 0]

    async def test_wherever_they_are_set_from_they_go_to_the_chosen_chat(self, bench, x, y, does):
        await does(x, *self.ON)
        await joined(x, y)
        await does(y, "/checkins change", "In the morning", "10:00", "> London", "Yes", "Only the question")
        assert f"your chat on {NAMES[x.chat.platform]}" in y.text
        assert await arrivals(bench, x, y, days=3) == [3, 0]

    async def test_without_a_choice_they_go_where_they_are_set_up(self, bench, x, y, does):
        await joined(x, y)
        await does(y, *self.ON)
        assert "They come to this chat" in y.text
        await x.says("/checkins")
        assert "your chat on Discord" in x.text
        assert await arrivals(bench, x, y, days=3) == [0, 3]

    async def test_where_they_come_can_be_changed_from_either(self, bench, x, y, does):
        await does(x, *self.ON)
        await joined(x, y)
        await does(y, "/checkins", "Where they come", "Here")
        assert "They come to this chat" in y.text
        assert await arrivals(bench, x, y, days=2) == [0, 2]
        await does(y, "/checkins", "Where they come", f"To {NAMES[x.chat.platform]}")
        assert await arrivals(bench, x, y, days=2) == [2, 0]

    async def test_moving_them_brings_nothing_twice(self, bench, x, y, does):
        await does(x, *self.ON)
        await joined(x, y)
        await bench.forward(hours=6)
        assert len(cards(x)) == 1
        await y.says("/checkins to here")
        assert await arrivals(bench, x, y, days=1) == [0, 1]

    async def test_stop_stops_them_from_either(self, bench, x, y, does):
        await does(x, *self.ON)
        await joined(x, y)
        await y.says("/stop")
        assert await arrivals(bench, x, y, days=3) == [0, 0]

    async def test_a_pause_counts_in_both(self, bench, x, y, does):
        await does(x, *self.ON)
        await joined(x, y)
        await y.says("/checkins pause")
        assert await arrivals(bench, x, y, days=7) == [0, 0]
        assert await arrivals(bench, x, y, days=2) == [2, 0]

    async def test_one_that_was_put_off_comes_where_they_go(self, bench, x, y, does):
        await does(x, *self.ON)
        await joined(x, y)
        await bench.forward(hours=6)
        old = x.button("Later")
        await y.says("/checkins to here")
        await x.presses(old)
        x.look_away()
        y.look_away()
        await bench.forward(hours=3)
        assert (len(cards(x)), len(cards(y))) == (0, 1)

    async def test_the_morning_after_is_asked_about_where_they_go(self, bench, x, y, does):
        await does(x, *self.ON)
        await joined(x, y)
        await does(y, "/urge", "I feel lonely", "/cancel")
        x.look_away()
        y.look_away()
        await bench.forward(hours=30)
        assert "checkins/followup" in x.keys
        assert y.keys == []

    async def test_a_sign_in_either_chat_keeps_the_daily_ones(self, bench, x, y, does):
        await does(x, *self.ON)
        await joined(x, y)
        assert await arrivals(bench, x, y, days=10) == [8, 0]
        await y.says("/menu")
        assert await arrivals(bench, x, y, days=9) == [7, 0]

    async def test_ignored_ones_say_goodbye_in_one_chat(self, bench, x, y, does):
        await does(x, *self.ON)
        await joined(x, y)
        await bench.forward(days=53)
        assert await arrivals(bench, x, y, days=20) == [0, 0]
        assert [person.keys for person in (x, y)] == [["checkins/goodbye"], []]
        await y.says("/checkins")
        assert y.keys == ["checkins/status_resting"]
        await y.taps("Turn on again")
        assert await arrivals(bench, x, y, days=3) == [3, 0]

    @pytest.mark.parametrize("here", [True, False])
    async def test_those_that_were_let_go_do_not_silence_those_of_the_other_side(self, bench, x, y, does, here):
        let_go, active = (x, y) if here else (y, x)
        await does(let_go, *self.ON)
        await bench.forward(days=55)
        assert let_go.keys[-1] == "checkins/goodbye"
        await does(active, "/checkins", "In the morning", "10:00", "> London", "Yes", "Only the question")
        await joined(x, y)
        if here:
            assert await arrivals(bench, x, y, days=3) == [0, 3]
        else:
            assert await arrivals(bench, x, y, days=3) == [3, 0]
        await x.says("/checkins")
        assert x.keys == ["checkins/status"]
        assert "Morning: 10:00" in x.text

    async def test_those_that_were_let_go_on_both_sides_go_on_resting(self, bench, x, y, does):
        await does(x, *self.ON)
        await does(y, *self.ON)
        await bench.forward(days=55)
        await joined(x, y)
        assert await arrivals(bench, x, y, days=10) == [0, 0]
        await x.says("/checkins")
        assert x.keys == ["checkins/status_resting"]

    async def test_a_chat_that_cannot_be_written_to_is_named(self, bench, x, y, does):
        await does(y, *self.ON)
        await joined(x, y)
        await bench.conversation.reach(y.chat, gone=True)
        await x.says("/checkins")
        assert "I can't write to you there now" in x.text
        await does(x, "/checkins change", "In the morning", "8:30", "> London", "Yes", "Only the question")
        assert "I can't write to you there now" in x.text
        assert await arrivals(bench, x, y, days=2) == [0, 0]
        await does(x, "/checkins", "Where they come", "Here")
        assert "They come to this chat" in x.text
        assert await arrivals(bench, x, y, days=2) == [2, 0]

    @pytest.mark.parametrize("made_up", ["/checkins to", "/checkins to nowhere", "/checkins to discord:y"])
    async def test_they_go_to_no_chat_but_the_persons_own(self, bench, x, y, does, made_up):
        await does(x, *self.ON)
        await joined(x, y)
        await x.says(made_up)
        assert not x.sees("linking/moved")
        assert await arrivals(bench, x, y, days=1) == [1, 0]

    async def test_a_letter_and_a_wait_stay_where_they_were_asked_for(self, bench, x, y, does):
        await does(x, "/write", "> from here", "Show it to me tomorrow", "/cancel")
        await does(
            y, "/write", "> from there", "Show it to me tomorrow", "/cancel", "/urge", "I feel lonely", "Wait with me"
        )
        await joined(x, y)
        x.look_away()
        y.look_away()
        await bench.forward(minutes=10)
        assert y.sees("urge/write_offer")
        assert x.keys == []
        await bench.forward(days=2)
        for person, text in ((x, "from here"), (y, "from there")):
            assert person.keys.count("letters/aside") == 1
            await person.taps("Open")
            assert person.replies[0].quote == text


class TestApart:
    """/unlink: everything stays where it was said, and elsewhere it begins anew."""

    async def test_it_asks_first_and_says_what_happens(self, x, y):
        await joined(x, y)
        await x.says("/unlink")
        assert x.keys == ["linking/unlink"]
        assert "this one and Discord" in x.text
        assert await are_one(x, y)
        await x.taps("Leave it as it is")
        assert await are_one(x, y)

    async def test_everything_stays_here_and_there_it_begins_anew(self, bench, x, y, does):
        await does(x, "/reason", "> mine", "/days since", "> 12")
        await does(
            y,
            "/reason",
            "> yours",
            "/settings",
            "Country",
            "> Ireland",
            "An order, a no, or fear",
            "I'm afraid of them",
        )
        await does(y, "/cancel", "/write", "> from there", "Keep it here")
        await joined(x, y)
        await does(x, "/unlink", PART)
        assert x.keys == ["linking/parted"]
        assert not await are_one(x, y)
        assert (await reasons(x), await reasons(y)) == ({"mine", "yours"}, set())
        await y.says("/letters")
        assert y.keys == ["letters/none"]
        await y.says("/days")
        assert "**1 day**" in y.text
        await y.says("/settings")
        assert "Country: Ireland" in y.text
        await x.says("/days")
        assert "**12 days**" in x.text

    @pytest.mark.parametrize("teller", ["x", "y"])
    async def test_of_fear_nothing_is_left_there_and_of_an_order_all(self, x, y, does, teller):
        person = {"x": x, "y": y}[teller]
        await does(person, "/settings", "An order, a no, or fear", "I'm afraid of them", "There is something else")
        await does(person, "There is an order", "Go on", "Quiet notifications", "On", "Nothing more")
        await joined(x, y)
        await y.says("/settings")
        assert "I'm afraid of them" in y.text
        assert "Quiet notifications: on" in y.text
        await does(x, "/unlink", "Take them apart", "/settings")
        assert "I'm afraid of them" in x.text
        assert "Quiet notifications: on" in x.text
        await y.says("/settings")
        assert "or fear: There is an order\n" in y.text
        assert "Quiet notifications: off" in y.text

    async def test_check_ins_stay_here(self, bench, x, y, does):
        await does(y, *TestCheckins.ON)
        await joined(x, y)
        await parts(x)
        assert await arrivals(bench, x, y, days=2) == [2, 0]
        await y.says("/checkins")
        assert y.keys == ["checkins/when"]

    async def test_a_letter_for_tomorrow_comes_here(self, bench, x, y, does):
        await does(y, "/write", "> from there", "Show it to me tomorrow", "/cancel")
        await joined(x, y)
        await parts(x)
        x.look_away()
        y.look_away()
        await bench.forward(days=2)
        assert x.keys.count("letters/aside") == 1
        assert y.keys == []
        await x.taps("Open")
        assert x.replies[0].quote == "from there"

    async def test_of_three_both_others_begin_anew(self, bench, x, y):
        third = bench.person("z", "elsewhere")
        await third.joins()
        await joined(x, y)
        await joined(x, third)
        await parts(x)
        assert not await are_one(x, y)
        assert not await are_one(x, third)
        assert not await are_one(y, third)

    async def test_they_can_be_joined_again(self, x, y, does):
        await does(y, "/reason", "> yours")
        await joined(x, y)
        await parts(x)
        await joined(y, x)
        assert await reasons(y) == {"yours"}

    async def test_who_is_alone_has_nothing_to_part(self, x):
        for said in ("/unlink", "/unlink yes"):
            await x.says(said)
            assert x.keys == ["linking/alone"]

    async def test_said_in_both_at_once_it_happens_once(self, x, y, does):
        await does(x, "/reason", "> mine")
        await joined(x, y)
        for person in (x, y):
            await person.says("/unlink")
        await asyncio.gather(x.taps(PART), y.taps(PART))
        assert not await are_one(x, y)
        assert sorted([len(await reasons(x)), len(await reasons(y))]) == [0, 1]
        assert sorted([*x.keys, *y.keys]) in (
            ["common/meanwhile", "linking/parted"],
            ["linking/alone", "linking/parted"],
        )


async def test_delete_says_that_it_deletes_both_and_does(x, y, tables, does):
    await does(y, "/reason", "> zebra")
    await joined(x, y)
    await x.says("/delete")
    assert x.keys == ["privacy/delete_all"]
    assert "here and on Discord" in x.text
    await x.taps("Delete everything")
    assert x.keys == ["privacy/deleted"]
    assert "zebra" not in str(tables())
    for person in (x, y):
        await person.says("/start")
        assert person.keys == ["welcome/hello"]


async def test_what_was_asked_before_a_chat_was_joined_is_asked_again(x, y, does):
    await does(y, "/reason", "> zebra")
    await x.says("/delete")
    old = x.button(DELETE)
    await joined(x, y)
    await x.presses(old)
    assert x.keys == ["privacy/delete_all"]
    assert "here and on Discord" in x.text
    assert await reasons(y) == {"zebra"}
    await x.taps(DELETE)
    assert x.keys == ["privacy/deleted"]
    assert not (await y.bench.store.load(y.chat)).met


async def test_so_it_is_when_another_chat_is_joined_in_the_place_of_one(bench, x, y, does):
    third = bench.person("z", "elsewhere")
    await third.joins()
    await does(third, "/reason", "> zebra")
    await joined(x, y)
    await does(x, "/delete", "/unlink")
    old = [x.button(DELETE), x.button(PART)]
    await parts(y)
    await joined(x, third)
    for button, key in zip(old, ("privacy/delete_all", "linking/unlink"), strict=True):
        await x.presses(button)
        assert x.keys == [key]
        assert "another app" in x.text
    assert await are_one(x, third)
    assert await reasons(third) == {"zebra"}


async def test_a_joined_chat_that_is_gone_is_asked_about_again(x, y):
    await joined(x, y)
    await x.says("/delete")
    await parts(y)
    await x.taps(DELETE)
    assert x.keys == ["privacy/delete"]
    await x.taps(DELETE)
    assert x.keys == ["privacy/deleted"]
    assert (await y.bench.store.load(y.chat)).met


async def test_delete_of_one_chat_speaks_of_no_other(x):
    await x.says("/delete")
    assert x.keys == ["privacy/delete"]


async def test_a_restart_in_the_middle_changes_nothing(bench, x, y):
    code = await code_of(x)
    await bench.restart()
    await y.says(f"/link {code}")
    await bench.restart()
    await y.taps(THEIRS)
    await bench.restart()
    await x.taps(DONE)
    await bench.restart()
    await x.taps(OURS)
    await bench.restart()
    assert await are_one(x, y)


async def test_without_the_key_to_their_letters_chats_are_not_joined_and_it_is_said_why(bench, x, y, does):
    await does(y, "/write", "> from there", "Keep it here")
    await accepts(y, await code_of(x))
    await x.taps(DONE)
    await bench.restart_with(Fernet.generate_key().decode())
    await x.taps(OURS)
    assert x.keys == ["linking/closed"]
    assert not await are_one(x, y)
    with closing(sqlite3.connect(bench.database_file)) as database:
        assert database.execute("SELECT count(*) FROM inbox WHERE body IS NOT NULL").fetchone() == (0,)
    await bench.restart_with(KEY)
    assert x.keys == ["linking/closed"]
    await joined(x, y)
    await x.says("/letters")
    assert x.replies[0].quote == "from there"


@pytest.mark.parametrize("step", range(4))
async def test_without_the_database_nothing_is_joined(bench, x, y, step):
    code = await code_of(x)
    steps = (lambda: y.says(f"/link {code}"), lambda: y.taps(THEIRS), lambda: x.taps(DONE), lambda: x.taps(OURS))
    for act in steps[:step]:
        await act()
    bench.lose_the_database()
    await steps[step]()
    assert (x if step > 1 else y).keys == ["common/down"]
    await bench.restart()
    assert not await are_one(x, y)


async def test_joined_chats_say_so_when_another_code_is_asked_for(x, y):
    await x.says("/link")
    assert "Undo what is joined" not in x.buttons
    await joined(x, y)
    await x.says("/link")
    await x.taps("Undo what is joined")
    assert x.keys == ["linking/unlink"]


AFRAID = {
    "where fear is told": ("/settings", "An order, a no, or fear", "I'm afraid of them"),
    "on the lines for it": ("/not_safe", "I'm afraid of them"),
    "where it is remembered": ("/not_safe", "I'm afraid of them", "Remember this about them"),
    "under settings": ("/settings",),
    "out of sight": ("/out_of_sight",),
}
"""Where somebody who is afraid looks."""


@pytest.mark.parametrize("way", AFRAID.values(), ids=AFRAID)
async def test_joined_chats_are_named_where_somebody_who_is_afraid_looks(x, y, does, way):
    await does(x, *way)
    assert "joined with another" not in x.text
    assert "Take the chats apart" not in x.buttons
    await does(x, "/cancel", "/safe")
    await joined(x, y)
    await does(x, *way)
    assert "joined with another" in x.text
    assert "Discord" in x.text
    await x.taps("Take the chats apart")
    assert x.keys == ["linking/unlink"]


async def test_who_has_told_of_fear_is_told_what_joining_means_before_anything_is_joined(x, y, does):
    told = "join only a chat that nobody but you can open"
    await x.says("/link")
    assert told not in x.text
    for person in (x, y):
        await does(person, "/not_safe", "I'm afraid of them", "/cancel")
    code = await code_of(x)
    assert told in x.text
    await y.says(f"/link {code}")
    assert told in y.text
    await y.taps(THEIRS)
    await x.taps(DONE)
    assert x.keys == ["linking/confirm"]
    assert told in x.text


class Closed(FakeMessenger):
    """A platform on which private messages are closed to the bot."""

    async def reach(self, chat: Chat, reply: Reply) -> None:
        """Raises:
        Unreachable: always.
        """
        raise Unreachable


class ClosedBench(Bench):
    """The whole bot on such a platform."""

    def _build(self, store):
        if not isinstance(self.messenger, Closed):
            self.messenger = Closed()
        super()._build(store)


async def test_whether_a_chat_is_closed_matters_only_where_check_ins_go(folder, does):
    with ClosedBench(folder) as bench:
        x, y = bench.person("x"), bench.person("y", "discord")
        for person in (x, y):
            await person.joins()
        await does(x, *TestCheckins.ON)
        await joined(x, y)
        for token, keys in (
            ("/checkins on", ["checkins/resumed"]),
            ("/checkins to here", ["linking/moved", "common/closed"]),
        ):
            y.look_away()
            await bench.receive(Incoming(y.chat, token=token, away=True))
            assert y.keys == keys
