"""Every method of the Bot API that the bot uses, and everything that can go wrong with it.

Each table says what a person, or the operator, then sees. Here a fault comes once; those that stay are in
test_lasting_faults.py.
"""

import re
from collections.abc import Awaitable, Callable

import pytest
from telegram_api import BotApi, Fault, Person
from telegram_api.faults import REFUSALS

from bot.adapters.telegram import PLATFORM, intake
from bot.messages import Chat
from tests.telegram_adapter.conftest import Running, by_webhook, shown, texts

FAULTS = {
    "429": Fault.TOO_MANY,
    "same": Fault.NOT_MODIFIED,
    "parse": Fault.CANT_PARSE,
    "400": Fault.BAD_REQUEST,
    "403": Fault.FORBIDDEN,
    "404": Fault.NOT_FOUND,
    "401": Fault.UNAUTHORIZED,
    "409": Fault.CONFLICT,
    "5xx": Fault.SERVER_ERROR,
    "before": Fault.CUT_BEFORE,
    "after": Fault.CUT_AFTER,
    "json": Fault.BAD_JSON,
    "html": Fault.HTML,
    "slow": Fault.SLOW,
}
"""`before` and `after`: the connection is cut, and the work is not done, or done."""

IN_A_CHAT = """
                     429   same  parse 400   403   404   401   409   5xx   before after json  html  slow
sendMessage          once  plain plain plain gone  once  once  once  once  once   twice twice once  once
sendPhoto            once  words words words gone  once  once  once  once  once   twice twice once  once
sendDocument         once  plain plain plain gone  once  once  once  once  once   twice twice once  once
editMessageText      once  once  new   new   gone  once  once  once  once  once   once  once  once  once
editMessageMedia     once  once  new   new   gone  once  once  once  once  once   once  once  once  once
editMessageCaption   later once  later later later later later later later later  once  once  later once
answerCallbackQuery  once  once  once  once  once  once  once  once  once  once   once  once  once  once
sendChatAction       once  once  once  once  once  once  once  once  once  once   once  once  once  once
answerInlineQuery    once  once  once  once  once  once  once  once  once  once   once  once  once  once
"""
"""What comes of one answer. once: exactly that. twice: it may come a second time. plain: its words, without bold and
italic. words: those of the picture, without it. new: a new message in place of a changed one. later: with the next
change, a minute later. gone: nothing, and the chat is left in peace."""

AT_THE_START = """
                       429   same  parse 400   403   404   401   409   5xx   before after json  html  slow
getMe                  works ends  ends  ends  ends  ends  ends  works works works  works works works works
deleteWebhook          works works works works works works works works works works  works works works works
getUpdates             works works works works works works works works works works  works works works works
setWebhook             works ends  ends  ends  ends  works works works works works  works works works works
getMyCommands          works next  next  next  next  works works works works works  works works works works
setMyCommands          works next  next  next  next  works works works works works  works works works works
getMyDescription       works next  next  next  next  works works works works works  works works works works
setMyDescription       works next  next  next  next  works works works works works  works works works works
getMyShortDescription  works next  next  next  next  works works works works works  works works works works
setMyShortDescription  works next  next  next  next  works works works works works  works works works works
"""
"""What comes of a start. works: what was written to the bot is answered once, and its profile is complete. next: the
same, but for the profile; that is complete after the next start. ends: one line for the operator."""


def cells(table: str) -> list[tuple[str, str, str]]:
    """Each cell of a table, with its row and its column."""
    head, *rows = (line.split() for line in table.strip().splitlines())
    assert head == list(FAULTS)
    return [(row[0], fault, right) for row in rows for fault, right in zip(head, row[1:], strict=True)]


def plan(api: BotApi, method: str, fault: str) -> None:
    """The next call of a method meets a fault. What is said not to be modified is as it should be."""
    done = fault == "same" and method.startswith("edit")
    api.fault(method, FAULTS[fault], retry_after=0.02, seconds=0.05, done=done)  # type: ignore[arg-type]


Scene = Callable[[Running, Person, Callable[[], None]], Awaitable[None]]
Check = Callable[[Running, Person], Awaitable[None]]


async def asks_for_help(bot: Running, kim: Person, spoil: Callable[[], None]) -> None:
    spoil()
    kim.says("/help")


async def sees_the_picture(bot: Running, kim: Person, spoil: Callable[[], None]) -> None:
    await bot.does(kim, "/urge", "I feel lonely", "Wait with me")
    spoil()
    await bot.wait(minutes=6)


async def sees_the_picture_anew(bot: Running, kim: Person, spoil: Callable[[], None]) -> None:
    await bot.does(kim, "/urge", "I feel lonely", "Wait with me")
    kim.deletes(kim.messages[-1])
    spoil()
    await bot.wait(minutes=6)


async def asks_for_a_copy(bot: Running, kim: Person, spoil: Callable[[], None]) -> None:
    await bot.joins(kim)
    spoil()
    kim.says("/export")


async def turns_over_a_card(bot: Running, kim: Person, spoil: Callable[[], None]) -> None:
    await bot.does(kim, "/urge", "I feel lonely")
    spoil()
    kim.taps(kim.messages[-1], "Another reason")


async def watches_the_countdown(bot: Running, kim: Person, spoil: Callable[[], None]) -> None:
    await bot.does(kim, "/urge", "I feel lonely", "Wait with me")
    await bot.wait(minutes=6)
    spoil()
    await bot.wait(minutes=1)


async def taps(bot: Running, kim: Person, spoil: Callable[[], None]) -> None:
    await bot.does(kim, "/menu")
    spoil()
    kim.taps(kim.messages[-1], "Read something")


async def waits_for_help(bot: Running, kim: Person, spoil: Callable[[], None]) -> None:
    bot.api.fault("sendMessage", Fault.SLOW, seconds=0.2)
    await asks_for_help(bot, kim, spoil)
    await bot.api.until(lambda: bot.api.calls("sendChatAction"))


async def asks_in_another_chat(bot: Running, kim: Person, spoil: Callable[[], None]) -> None:
    spoil()
    kim.asks_inline("help")
    kim.says("/help")


SCENES: dict[str, tuple[Scene, str, int]] = {
    "sendMessage": (asks_for_help, "What I can do:", 1),
    "sendPhoto": (sees_the_picture_anew, "Now look inward.", 3),
    "sendDocument": (asks_for_a_copy, "", 5),
    "editMessageText": (turns_over_a_card, "", 2),
    "editMessageMedia": (sees_the_picture, "Now look inward.", 3),
    "editMessageCaption": (watches_the_countdown, "3 minutes left", 3),
    "answerCallbackQuery": (taps, "What hurts most", 2),
    "sendChatAction": (waits_for_help, "What I can do:", 1),
    "answerInlineQuery": (asks_in_another_chat, "What I can do:", 1),
}
"""What somebody does, words of what is then seen, and how many messages of the bot there are."""


@pytest.mark.parametrize(("method", "fault", "right"), cells(IN_A_CHAT))
async def test_in_a_chat(
    bot: Running, kim: Person, monkeypatch: pytest.MonkeyPatch, method: str, fault: str, right: str
) -> None:
    scene, words, count = SCENES[method]
    if method == "sendChatAction":
        monkeypatch.setattr(intake, "TYPING_AFTER", 0.02)
    await scene(bot, kim, lambda: plan(bot.api, method, fault))
    await bot.quiet()
    await bot.api.until(lambda: not bot.api.faults_waiting)
    if FAULTS[fault] not in REFUSALS:
        await bot.api.until(lambda: not bot.api.unanswered_callbacks)
    if right == "later":
        assert "4 minutes left" in texts(kim)[-1]
        await bot.wait(minutes=1)
        words = "2 minutes left"
    newest = kim.messages[-1]
    left_alone = right == "gone"
    assert (await bot.store.load(Chat(PLATFORM, "1001"))).gone == left_alone
    assert not left_alone or len(bot.api.calls(method)) == 1
    assert left_alone or words in (newest.text or newest.caption or "")
    if left_alone and method.startswith("send"):
        count -= 2 if method == "sendDocument" else 1
    assert len(shown(kim)) - count in {"twice": (0, 1), "new": (1,)}.get(right, (0,))
    if method == "sendMessage" and not left_alone:
        assert bool(newest.entities) == (right != "plain")
    if method == "sendPhoto" and not left_alone:
        assert bool(newest.photo) == (right != "words")


@pytest.mark.parametrize(("method", "fault", "right"), cells(AT_THE_START))
async def test_at_the_start(make_bot: Callable[..., Running], method: str, fault: str, right: str) -> None:
    bot = make_bot(**(by_webhook() if method == "setWebhook" else {}))
    kim = bot.api.user(1001, "Kim")
    kim.says("/help")
    plan(bot.api, method, fault)
    await bot.start()
    if right == "ends":
        told = await bot.ends()
        assert re.fullmatch(r"(TELEGRAM_\w+: )?Telegram [^\n]+", told)
        assert bot.api.token not in told
        await bot.restart()
    await bot.api.until(lambda: shown(kim))
    await bot.quiet()
    if right == "next":
        await bot.api.until(lambda: not bot.api.faults_waiting)
        await bot.restart()
    await bot.api.until(lambda: is_introduced(bot.api))
    assert len(shown(kim)) == 1


def is_introduced(api: BotApi) -> bool:
    """Whether the bot's profile and menus are complete."""
    menus = {"all_private_chats", "all_group_chats"}
    return menus <= api.commands.keys() and bool(api.description.get("") and api.short_description.get(""))
