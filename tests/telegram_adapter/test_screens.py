"""What a person sees on the screen: keyboards, edits in place, their own words, long texts, pictures, the countdown."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from telegram_api import Fault, Message
from telegram_api.check import units

from bot.adapters.telegram import intake
from bot.messages import Button, Picture, Reply
from bot.records import Queued
from bot.testing import content

ODD = "*you* _slept_ `badly` [in](/delete) the <b>blue</b> & ~~cold~~ ||room||\n> # 1. - {days} \\* 💔"


def rows(message: Message) -> list[list[str]]:
    """The labels below a message, as they stand."""
    return [[button.label for button in row] for row in message.buttons]


def quote(message: Message) -> str:
    """What stands in the quote of a message."""
    (entity,) = [entity for entity in message.entities if entity["type"] == "blockquote"]
    text = (message.text or "").encode("utf-16-le")
    return text[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")


async def test_short_labels_stand_side_by_side_and_long_ones_alone(telegram, person, phone, does):
    await person.joins()
    await does(person, "/urge")
    assert rows(phone.chat.last) == [
        ["I miss them", "I feel lonely"],
        ["I'm angry", "I want an answer"],
        ["They wrote to me"],
        ["Children, work or things"],
        ["I'm not safe"],
    ]
    await does(person, "/checkins", "In the morning")
    assert rows(phone.chat.last) == [["7:30", "8:30", "10:00"]]
    await does(person, "/read", "Missing them")
    for row in rows(phone.chat.last):
        assert len(row) == 1 or max(map(len, row)) <= 17


async def test_another_reason_takes_the_place_of_the_one_before(telegram, person, phone, does):
    await does(person, "/urge", "I feel lonely")
    shown, before = len(phone.messages), phone.chat.last.text
    await does(person, "Another reason", "Another reason")
    assert len(phone.messages) == shown
    assert phone.chat.last.text != before
    assert len(phone.chat.last.edits) == 2


async def test_nothing_is_changed_where_it_would_be_out_of_sight(telegram, person, phone, does):
    await does(person, "/urge", "I feel lonely")
    reason = phone.chat.last
    await does(person, "/help")
    phone.taps(reason, "Another reason")
    await telegram.settled()
    assert not reason.edits
    assert phone.chat.last.message_id > reason.message_id
    assert "Wait with me" in rows(phone.chat.last)[0]


async def test_what_can_be_scrolled_back_to_stays(telegram, person, phone, does):
    await does(person, "/read", "Missing them")
    title = rows(phone.chat.last)[0][0]
    before = len(phone.chat.from_bot)
    await does(person, title, "Read on", "Read on")
    texts = [message.text or "" for message in phone.chat.from_bot[before:]]
    assert [f"{page} of" in text for page, text in enumerate(texts, 1)] == [True, True, True]


async def test_a_message_deleted_by_the_person_is_sent_anew(telegram, person, phone, does):
    await does(person, "/urge", "I feel lonely")
    reason = phone.chat.last
    phone.taps(reason, "Another reason")
    phone.deletes(reason)
    await telegram.settled()
    assert "Another reason" in rows(phone.chat.last)[0]


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program holds the database, so that nothing can be written."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def taps_are_answered(api) -> bool:
    return bool(api.callbacks) and all(query.answer is not None for query in api.callbacks)


async def test_a_tap_stops_waiting_while_the_database_is_slow(telegram, person, phone, does):
    await does(person, "/urge")
    with locked(telegram.database_file):
        phone.taps(phone.chat.last, "I feel lonely")
        await telegram.api.until(lambda: taps_are_answered(telegram.api), seconds=2)
    await telegram.settled()


@pytest.mark.parametrize("danger", ["/urge", "/not_safe", "I want to kill myself", "he is at my door with a knife"])
async def test_who_is_in_danger_waits_for_no_answer_that_the_database_holds_up(telegram, person, phone, does, danger):
    """A letter that cannot be kept is given up after five seconds."""
    await does(person, "/urge", "I feel lonely", "Write it here instead")
    with locked(telegram.database_file):
        phone.says("what I never told you")
        await asyncio.sleep(0.1)
        before = len(phone.chat.from_bot)
        phone.says(danger)
        await telegram.api.until(lambda: len(phone.chat.from_bot) > before, seconds=3)
    await telegram.settled()


@pytest.mark.parametrize("kind", ["forged", "stale", "inaccessible", "blocked", "without the database"])
async def test_every_tap_stops_waiting(telegram, person, phone, does, kind):
    await does(person, "/urge", "I feel lonely")
    reason = phone.chat.last
    if kind == "forged":
        phone.forges("no:such:button")
    elif kind == "stale":
        await does(person, "Another reason", "Wait with me")
        phone.taps(reason, "Another reason", stale=True)
    elif kind == "inaccessible":
        phone.taps(reason, "Another reason", inaccessible=True)
    elif kind == "blocked":
        phone.taps(reason, "Another reason")
        phone.blocks()
    else:
        telegram.lose_the_database()
        await telegram.run()
        phone.taps(reason, "Another reason")
    before = len(phone.messages)
    await telegram.settled()
    assert taps_are_answered(telegram.api)
    assert len(phone.messages) == before or kind != "blocked"


async def test_a_message_too_old_to_be_seen_still_leads_on(telegram, person, phone, does):
    await does(person, "/urge")
    phone.taps(phone.chat.last, "I feel lonely", inaccessible=True)
    await telegram.settled()
    assert "Wait with me" in rows(phone.chat.last)[0]


async def test_a_burst_of_taps_is_acknowledged_one_by_one(telegram, person, phone, does):
    await does(person, "/urge", "I feel lonely")
    for _ in range(30):
        phone.taps(phone.chat.last, "Another reason")
    await telegram.settled()
    assert len(telegram.api.callbacks) == 31
    assert taps_are_answered(telegram.api)


async def test_a_tap_below_a_message_of_a_group_is_acknowledged_and_says_nothing(telegram, person, phone, does):
    await does(person, "/menu")
    group = telegram.api.group(-100_5)
    group.says(phone, "/urge")
    await telegram.settled()
    before = len(phone.messages)
    telegram.api.push(
        {
            "callback_query": {
                "id": "77",
                "from": phone.user,
                "chat_instance": "1",
                "data": "urge:name_it:lonely",
                "message": group.messages[-1].json(),
            }
        }
    )
    await telegram.settled()
    await telegram.api.until(
        lambda: any(r.params.get("callback_query_id") == "77" for r in telegram.api.calls("answerCallbackQuery"))
    )
    assert len(phone.messages) == before
    telegram.api.violations.clear()


async def test_typing_is_shown_only_when_an_answer_takes_long(telegram, person, phone, does, monkeypatch):
    await does(person, "/urge", "I feel lonely", "/menu")
    assert phone.chat.actions == []
    monkeypatch.setattr(intake, "TYPING_AFTER", 0.05)
    telegram.api.fault("sendMessage", Fault.SLOW, seconds=0.4)
    await does(person, "/menu")
    assert [action.action for action in phone.chat.actions] == ["typing"]


@pytest.mark.parametrize("odd", [ODD, "**", "_", "`", "<b>&", "\\", "[x](", "@holdfast #tag /delete"])
async def test_their_own_words_come_back_letter_by_letter_as_a_quote(telegram, person, phone, does, odd):
    await does(person, "/reason", f"> {odd}", "/urge", "I feel lonely")
    assert quote(phone.chat.last) == odd
    assert len(phone.chat.last.entities) == 1
    await does(person, "/write", f"> {odd}", "Keep it here", "/letters")
    assert quote(phone.chat.last) == odd


async def test_our_own_words_are_bold_and_italic(telegram, person, phone, does):
    await does(person, "/start")
    hello = phone.chat.last
    assert "**" not in (hello.text or "")
    assert (hello.text or "").startswith("I'm Holdfast.")
    assert {"type": "bold", "offset": 4, "length": 8} in hello.entities


async def test_a_long_letter_of_emoji_comes_back_whole_and_in_order(telegram, person, phone, does):
    parts = ["💔" * 1000 + f"\n\n{number}\n\n" + "🌊" * 1000 for number in range(3)]
    await does(person, "/write", *(f"> {part}" for part in parts), "Keep it here", "It has passed", "Not now")
    before = len(phone.chat.from_bot)
    await does(person, "/letters")
    shown = phone.chat.from_bot[before:]
    assert len(shown) > 1
    assert all(units(message.text) <= 4096 for message in shown)
    quoted = "\n\n".join(quote(message) for message in shown if message.entities)
    assert quoted == "\n\n".join(parts)
    assert [bool(message.buttons) for message in shown] == [False] * (len(shown) - 1) + [True]


async def test_a_letter_without_a_single_space_comes_back_whole(telegram, person, phone, does):
    parts = ["x" * 4096, "y" * 3000]
    await does(person, "/write", *(f"> {part}" for part in parts), "Keep it here", "/letters")
    shown = [message for message in phone.chat.from_bot if units(message.text) > 2000]
    assert "".join(quote(message) for message in shown) == "".join(parts)


def sent(telegram, phone, reply: Reply):
    """Lets a reply go to the phone as it is, and gives the messages it became."""

    async def go() -> list[Message]:
        before = len(phone.chat.from_bot)
        await telegram.telegram.messenger.send(Queued(telegram.person().chat, reply))
        return phone.chat.from_bot[before:]

    return go()


async def test_a_long_text_of_ours_is_parted_between_paragraphs(telegram, person, phone, does):
    await does(person, "/menu")
    paragraphs = [f"**{number}** " + "word " * 200 for number in range(12)]
    shown = await sent(telegram, phone, Reply("\n\n".join(paragraphs), buttons=(Button("On", "/menu"),)))
    assert len(shown) > 2
    together = "\n\n".join(message.text or "" for message in shown)
    assert together.split() == [word.strip("*") for paragraph in paragraphs for word in paragraph.split()]
    for message in shown:
        assert (message.text or "")[0].isdigit()
        assert all(entity["type"] == "bold" for entity in message.entities)
    assert [rows(message) for message in shown] == [[]] * (len(shown) - 1) + [[["On"]]]


WAVE = Picture("wave.png", "a dark sea at night")


async def test_a_picture_says_in_words_what_it_shows(telegram, person, phone, does):
    await does(person, "/menu")
    (shown,) = await sent(telegram, phone, Reply("Look.", picture=WAVE, buttons=(Button("On", "/menu"),)))
    assert shown.photo
    assert shown.caption == "Look.\n\nPicture: a dark sea at night"
    assert rows(shown) == [["On"]]


async def test_a_picture_with_too_much_to_say_is_followed_by_the_words(telegram, person, phone, does):
    await does(person, "/menu")
    text = "\n\n".join("word " * 60 for _ in range(5))
    shown = await sent(telegram, phone, Reply(text, picture=WAVE, buttons=(Button("On", "/menu"),)))
    assert [bool(message.photo) for message in shown] == [True, False]
    assert "a dark sea at night" in (shown[0].caption or "")
    assert (shown[1].text or "").split() == text.split()
    assert [rows(message) for message in shown] == [[], [["On"]]]


async def test_a_picture_that_cannot_be_sent_leaves_its_words(telegram, person, phone, does):
    await does(person, "/menu")
    telegram.api.fault("sendPhoto", Fault.BAD_REQUEST)
    (shown,) = await sent(telegram, phone, Reply("Look.", picture=WAVE))
    assert shown.text == "Look.\n\nPicture: a dark sea at night"


async def test_a_picture_is_uploaded_once(telegram, person, phone, does):
    await does(person, "/menu")
    for _ in range(2):
        await sent(telegram, phone, Reply("Look.", picture=WAVE))
    first, second = (request.params["photo"] for request in telegram.api.calls("sendPhoto"))
    assert isinstance(second, str)
    assert not isinstance(first, str)


async def test_the_wait_is_one_message_that_counts_down(telegram, person, phone, does):
    await does(person, "/urge", "I feel lonely", "Wait with me")
    wait, before = phone.chat.last, len(phone.messages)
    await telegram.tick()
    left = [_footer(wait)]
    for _ in range(9):
        await telegram.jump(minutes=1)
        left.append(_footer(wait))
    assert left == [f"{minutes} minutes left" for minutes in range(10, 1, -1)] + ["Less than a minute left"]
    assert len(phone.messages) == before
    assert wait.photo
    edits = sum(len(telegram.api.calls(method)) for method in EDITS)
    assert edits == 9
    await telegram.jump(minutes=1)
    assert "That was the wait" in (phone.chat.last.text or "")
    assert "left" not in (wait.caption or "").splitlines()[-1]
    assert rows(wait) == []


EDITS = ("editMessageText", "editMessageCaption", "editMessageMedia", "editMessageReplyMarkup")


def _footer(message: Message) -> str:
    return (message.text or message.caption or "").splitlines()[-1]


async def test_a_wait_that_was_left_stops_counting_and_offers_nothing(telegram, person, phone, does):
    await does(person, "/urge", "I feel lonely", "Wait with me")
    wait = phone.chat.last
    await telegram.tick()
    await does(person, "That's enough waiting")
    await telegram.jump(minutes=1)
    assert "left" not in _footer(wait)
    assert rows(wait) == []
    shown = [len(telegram.api.calls(method)) for method in EDITS]
    await telegram.jump(minutes=1)
    assert [len(telegram.api.calls(method)) for method in EDITS] == shown


async def test_a_second_wait_counts_down_alone(telegram, person, phone, does):
    await does(person, "/urge", "I feel lonely", "Wait with me")
    first = phone.chat.last
    await telegram.jump(minutes=2)
    await does(person, "/urge", "I feel lonely", "Wait with me")
    second = phone.chat.last
    await telegram.tick()
    await telegram.jump(minutes=1)
    assert "left" not in _footer(first)
    assert _footer(second) == "9 minutes left"


async def test_a_wait_begun_while_the_one_before_is_being_ended_goes_on_counting(telegram, person, phone, does):
    await does(person, "/urge", "I feel lonely", "Wait with me")
    first = await telegram.store.countdown(person.chat)
    second = replace(first, message="999")
    with closing(sqlite3.connect(telegram.database_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        begins = asyncio.create_task(telegram.store.set_countdown(second))
        ends = asyncio.create_task(telegram.countdowns.tick(first.reply.until, "telegram"))
        await asyncio.sleep(0.1)
        other.execute("ROLLBACK")
        await asyncio.gather(begins, ends)
    assert "left" not in (phone.chat.last.text or "")
    assert await telegram.store.countdown(person.chat) == second


async def test_the_countdown_goes_on_after_a_restart(telegram, person, phone, does):
    await does(person, "/urge", "I feel lonely", "Wait with me")
    wait = phone.chat.last
    await telegram.restart()
    await telegram.tick()
    await telegram.jump(minutes=2)
    assert _footer(wait) == "8 minutes left"


async def waits(telegram, count: int):
    """So many people wait at once; their phones."""
    people = [telegram.person(f"p{number}") for number in range(count)]
    for somebody in people:
        await somebody.says("/urge")
        await somebody.taps("I feel lonely")
        await somebody.taps("Wait with me")
    return [telegram.user(somebody.chat) for somebody in people]


async def test_many_waits_at_once_leave_room_for_answers_and_each_gets_its_turn(telegram, monkeypatch):
    monkeypatch.setattr("bot.countdowns.AT_ONCE", 4)
    phones = await waits(telegram, 6)
    await telegram.countdowns.tick(telegram.clock.now(), "telegram")
    now = telegram.clock.now()
    for minute in range(1, 5):
        telegram.clock.move_to(now.add(minutes=minute))
        await telegram.countdowns.tick(telegram.clock.now(), "telegram")
        assert len(telegram.api.calls("editMessageText")) == 4 * minute
    assert all(_footer(phone.chat.last) != "10 minutes left" for phone in phones)


async def test_one_chat_that_must_wait_does_not_hold_up_the_countdowns_of_others(telegram):
    phones = await waits(telegram, 3)
    await telegram.countdowns.tick(telegram.clock.now(), "telegram")
    telegram.api.fault("editMessageText", Fault.TOO_MANY, retry_after=30, chat=phones[0].id)
    telegram.clock.move_to(telegram.clock.now().add(minutes=1))
    async with asyncio.timeout(5):
        await telegram.countdowns.tick(telegram.clock.now(), "telegram")
    assert [_footer(phone.chat.last) for phone in phones[1:]] == ["9 minutes left"] * 2
    telegram.clock.move_to(telegram.clock.now().add(minutes=1))
    await telegram.countdowns.tick(telegram.clock.now(), "telegram")
    assert [_footer(phone.chat.last) for phone in phones] == ["8 minutes left"] * 3


async def test_at_its_end_an_article_names_the_link_that_leads_anybody_to_it(telegram, person, phone, does):
    article = content().words("").articles["was-it-my-fault"]
    await does(person, f"/article {article.id}")
    assert "t.me" not in phone.chat.last.text
    await does(person, f"/article {article.id} {len(article.sections)}")
    last = phone.chat.last.text.splitlines()[-1]
    link = "https://t.me/holdfast_test_bot?start="
    assert link in last
    await person.says(f"/start {last.partition(link)[2]}")
    assert article.title in phone.chat.last.text


async def test_the_end_of_an_article_is_calm(telegram, person, phone, does):
    article = content().words("").articles["was-it-my-fault"]
    await does(person, f"/article {article.id} {len(article.sections)}")
    assert rows(phone.chat.last) == [["It helped", "Not for me"], ["Another", "Save"], ["Topics", "Menu"]]
