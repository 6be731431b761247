"""Every request the bot makes of Discord, and everything that can go wrong with it once: what the person then sees.

What stays wrong for longer is in test_lasting.py.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from discord_api import Channel, Fault, Person

from bot.adapters.discord import PLATFORM
from bot.messages import Chat
from tests.discord_process.process import act, seen_by, texts
from tests.discord_wire.conftest import Running, screen

FAULTS: dict[str, dict[str, Any]] = {
    "429": {"kind": Fault.TOO_MANY, "retry_after": 0.02},
    "banned": {"kind": Fault.BANNED, "retry_after": 0.02},
    "global": {"kind": Fault.TOO_MANY_GLOBAL, "retry_after": 0.02},
    "502": {"kind": Fault.SERVER_ERROR, "status": 502},
    "503": {"kind": Fault.SERVER_ERROR, "status": 503},
    "401": {"kind": Fault.UNAUTHORIZED},
    "403": {"kind": Fault.FORBIDDEN},
    "404": {"kind": Fault.NOT_FOUND},
    "before": {"kind": Fault.CUT_BEFORE},
    "after": {"kind": Fault.CUT_AFTER},
    "json": {"kind": Fault.BAD_JSON},
    "slow": {"kind": Fault.SLOW, "seconds": 0.5},
    "late": {"kind": Fault.LATE, "seconds": 0.5},
}
"""`banned`: a page with 429 and without `Via`. `before`: the connection is cut, and nothing is done; `after`: it is."""

CALLBACK, FOLLOW_UP = ("POST", "/interactions/*/callback"), ("POST", "/webhooks/*")
ORIGINAL, DM, MESSAGE = ("PATCH", "/webhooks/*"), ("POST", "/users/@me/channels"), ("POST", "/channels/*/messages")
EDIT, HISTORY = ("PATCH", "/channels/*/messages/*"), ("GET", "/channels/*/messages")

Scene = Callable[[Running, Person, Channel, Callable[[], None]], Awaitable[None]]


async def calls_in_a_server(bot: Running, kim: Person, general: Channel, spoil: Callable[[], None]) -> None:
    spoil()
    act(kim, "/menu", general)


async def presses_in_private(bot: Running, kim: Person, general: Channel, spoil: Callable[[], None]) -> None:
    await bot.does(kim, "/menu")
    spoil()
    act(kim, "[Read something]")


async def gets_two_messages(bot: Running, kim: Person, general: Channel, spoil: Callable[[], None]) -> None:
    await bot.does(kim, "/write", "[Write it here]", "(I miss the sky)", where=general)
    spoil()
    act(kim, "[Keep it here]", general)


async def asks_for_check_ins(bot: Running, kim: Person, general: Channel, spoil: Callable[[], None]) -> None:
    await bot.does(kim, "/start", "[I'm 18 or over, that's fine]", "[Not now]", where=general)
    steps = ("/checkins", "[In the morning]", "[7:30]", "[Write it here]", "(London)", "[Yes]")
    await bot.does(kim, *steps, where=general)
    spoil()
    act(kim, "[Only the question]", general)


async def waits_for_an_answer(bot: Running, kim: Person, general: Channel, spoil: Callable[[], None]) -> None:
    await asks_for_check_ins(bot, kim, general, lambda: bot.api.fault(*DM, Fault.LATE, seconds=0.5))
    spoil()


async def writes(bot: Running, kim: Person, general: Channel, spoil: Callable[[], None]) -> None:
    spoil()
    kim.types("/menu")


async def watches_the_countdown(bot: Running, kim: Person, general: Channel, spoil: Callable[[], None]) -> None:
    await bot.does(kim, "/urge", "[I feel lonely]", "[Wait with me]")
    await bot.wait(minutes=1)
    spoil()
    await bot.wait(minutes=1)


async def watches_it_in_a_server(bot: Running, kim: Person, general: Channel, spoil: Callable[[], None]) -> None:
    await bot.does(kim, "/urge", "[I feel lonely]", "[Wait with me]", where=general)
    await bot.wait(minutes=1)
    spoil()
    await bot.wait(minutes=1)


async def wrote_meanwhile(bot: Running, kim: Person, general: Channel, spoil: Callable[[], None]) -> None:
    await bot.does(kim, "hello")
    await bot.stop()
    spoil()
    kim.types("/menu")
    await bot.restart()


SCENES: dict[str, tuple[tuple[str, str], Scene, bool, str]] = {
    "callback, server": (CALLBACK, calls_in_a_server, True, "What do you need?"),
    "callback, private": (CALLBACK, presses_in_private, False, "What hurts most"),
    "follow-up": (FOLLOW_UP, gets_two_messages, True, "How is it now?"),
    "original": (ORIGINAL, waits_for_an_answer, True, "Morning: 07:30"),
    "follow-up, edit": (ORIGINAL, watches_it_in_a_server, True, "minutes left"),
    "DM": (DM, asks_for_check_ins, True, "Morning: 07:30"),
    "message": (MESSAGE, writes, False, "What do you need?"),
    "edit": (EDIT, watches_the_countdown, False, "minutes left"),
    "history": (HISTORY, wrote_meanwhile, False, "What do you need?"),
}
"""The request, what somebody does, whether in a server, and words that they see once in the end."""

NOTHING = {
    *((request, fault) for request in ("callback, server", "follow-up") for fault in ("403", "404")),
    ("message", "403"),
}
"""What cannot be answered any more, where nothing was ever opened in private. The next thing works."""

PERHAPS_TWICE = {("follow-up", "after"), ("follow-up", "json")}
"""Nothing tells Discord that it is the same follow-up."""

ODD = {("message", "404"), ("history", "404"), ("DM", "403"), ("DM", "404"), ("original", "403"), ("original", "404")}
"""What Discord never answers there."""

CASES = [(request, fault) for request in SCENES for fault in FAULTS if (request, fault) not in ODD]


@pytest.mark.parametrize(("request_of", "fault"), CASES)
async def test_the_answer_is_seen_once(
    bot: Running, kim: Person, general: Channel, request_of: str, fault: str
) -> None:
    request, scene, in_server, words = SCENES[request_of]
    where = general if in_server else None
    await scene(bot, kim, general, lambda: bot.api.fault(*request, **FAULTS[fault]))
    await bot.api.until(lambda: not bot.api.faults_waiting)
    if (request_of, fault) not in NOTHING:
        await bot.api.until(lambda: any(words in text for text in texts(kim, where)))
    await bot.quiet()
    shown = [text for text in texts(kim, where) if words in text]
    assert len(shown) == 1 or (len(shown) == 2 and (request_of, fault) in PERHAPS_TWICE) or not shown, shown
    assert bool(shown) == ((request_of, fault) not in NOTHING)
    assert not [message for message in seen_by(kim, where) if message.thinking]
    before = screen(kim)
    kim.types("/help")
    await bot.api.until(lambda: screen(kim) != before)


async def test_a_proxys_refusal_is_not_somebody_who_has_closed_their_door(bot: Running, kim: Person) -> None:
    await bot.joins(kim)
    bot.api.fault(*MESSAGE, kind=Fault.FORBIDDEN, code=0, times=2)
    kim.types("/menu")
    await bot.api.until(lambda: sum("What do you need?" in text for text in texts(kim, None)) == 1)
    await bot.quiet()
    assert not (await bot.store.load(Chat(PLATFORM, str(kim.id)))).gone


async def test_a_long_answer_goes_on_with_the_part_that_failed(bot: Running, kim: Person) -> None:
    await bot.joins(kim)
    await bot.does(kim, "/write", "a " * 900, "b " * 900, "[Keep it here]", "[It has passed]", "[Not now]")
    before = len(texts(kim, None))
    bot.api.fault(*MESSAGE, **FAULTS["json"])
    act(kim, "/letters")
    await bot.api.until(lambda: not bot.api.faults_waiting)
    await bot.quiet()
    shown = texts(kim, None)[before:]
    assert len(shown) == len(set(shown)) > 1
