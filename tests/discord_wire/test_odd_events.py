"""Events as no client causes them, and things done at once: nothing ends the bot, nobody sees what is not theirs."""

import pytest
from discord_api import Channel, Fault, Person

from bot.adapters.discord import intake
from tests.discord_process.process import act, last, seen_by, texts
from tests.discord_wire.conftest import Running
from tests.discord_wire.test_lasting import AN_HOUR, CLOSED, joins_in
from tests.whole_bot import said

DIRECT_MESSAGES = "/users/@me/channels"


@pytest.mark.parametrize("name", ["INTERACTION_CREATE", "MESSAGE_CREATE", "MESSAGE_UPDATE", "GUILD_CREATE"])
async def test_an_event_that_makes_no_sense_is_left_out(bot: Running, kim: Person, name: str) -> None:
    bot.api.push(name, {"nothing": "of use"})
    await bot.does(kim, "/help")
    assert "What I can do" in last(kim)
    assert len(bot.api.gateway.identifies) == 1


@pytest.mark.parametrize("name", ["attachment_size_limit", "version", "channel", "app_permissions", "guild"])
async def test_an_interaction_without_what_is_not_needed_is_answered(
    bot: Running, kim: Person, general: Channel, name: str
) -> None:
    bot.api.gateway.leaves_out = (name,)
    act(kim, "/urge", general)
    await bot.api.until(lambda: said("urge/name_it") in last(kim, general))


async def test_where_discord_does_not_say_that_it_is_private_the_answer_is_hidden(bot: Running, kim: Person) -> None:
    bot.api.gateway.leaves_out = ("context",)
    act(kim, "/urge")
    await bot.api.until(lambda: said("urge/name_it") in last(kim))
    assert kim.dm.last.viewer == kim.id


async def test_private_messages_that_are_slow_to_open_hold_up_nobody(
    bot: Running, kim: Person, general: Channel
) -> None:
    await bot.does(kim, "/urge", where=general)
    bot.api.fault("POST", DIRECT_MESSAGES, Fault.TOO_MANY, times=None, retry_after=AN_HOUR)
    act(kim, "[Go on in private]", general)
    act(kim, "/help", general)
    await bot.api.until(lambda: "What I can do" in texts(kim, general)[-1])
    await bot.api.until(lambda: any(said("discord/private_later") in text for text in texts(kim, general)))
    bot.api.clear_faults()


async def test_private_messages_that_cannot_be_opened_are_said_to_be_closed(
    bot: Running, kim: Person, general: Channel
) -> None:
    await bot.does(kim, "/urge", where=general)
    bot.api.fault("POST", DIRECT_MESSAGES, Fault.FORBIDDEN, code=50007)
    await bot.does(kim, "[Go on in private]", where=general)
    assert said("discord/private_closed") in last(kim, general)


async def test_a_wait_that_goes_on_in_private_counts_down_there(bot: Running, kim: Person, general: Channel) -> None:
    await bot.does(kim, "/urge", "[I feel lonely]", "[Wait with me]", "[Go on in private]", where=general)
    before = len(texts(kim, general))
    await bot.api.until(lambda: "10 minutes left" in last(kim))
    await bot.wait()
    await bot.wait(minutes=2)
    assert "8 minutes left" in last(kim)
    await bot.wait(minutes=2)
    assert said("urge/wait_ground").partition("\n")[0] in last(kim)
    assert len(texts(kim, general)) == before


async def test_who_closes_private_messages_again_is_told_again(bot: Running, kim: Person, general: Channel) -> None:
    await joins_in(bot, kim, general)
    await bot.wants_check_ins(kim, general)
    for hours in (6, 24):
        kim.closes_dms()
        await bot.wait(hours=hours)
        await bot.does(kim, "/letters", where=general)
        assert sum(CLOSED in text for text in texts(kim, general)) == 1
        for message in list(seen_by(kim, general)):
            kim.dismisses(message)
        kim.opens_dms()
        await bot.does(kim, "/help")


async def test_an_old_message_that_gets_a_preview_is_not_heard_again(bot: Running, kim: Person) -> None:
    message = kim.types("I want to kill myself, see https://example.org")
    await bot.api.until(lambda: texts(kim))
    await bot.quiet()
    before = len(texts(kim))
    kim.messages.tell("MESSAGE_UPDATE", message)
    await bot.does(kim, "/help")
    assert len(texts(kim)) == before + 1


async def test_typing_is_shown_once_for_an_answer_that_takes_long(
    bot: Running, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "TYPING_AFTER", 0.01)
    bot.api.fault("POST", "/channels/*/messages", Fault.SLOW, seconds=0.3)
    kim.types("/help")
    await bot.api.until(lambda: texts(kim))
    await bot.quiet()
    assert len(kim.dm.typed_at) == 1
