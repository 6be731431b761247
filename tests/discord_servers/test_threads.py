"""The daily thread: on the right local date, once, and never where it is not wanted."""

import pytest
from whenever import Date, Instant

from bot.adapters.discord.threads import LONGEST_NAME, beginning
from bot.records import Server
from bot.testing import content

from .conftest import Town, posts, said

NINE = Instant.from_utc(2026, 3, 2, 9)
LONGEST = 2_000
"""Characters of a message (discord.com/developers/docs/resources/message#create-message)."""


async def daily(town: Town, time: str = "9:00", city: str = "Lisbon") -> str:
    return await town.set_up("thread", time=time, city=city)


def days(town: Town) -> list[str]:
    """When something was posted, in UTC."""
    return [f"{message.created_at:%Y-%m-%d %H:%M}" for message in posts(town.general)]


async def crash_before_it_was_noted(town: Town, before: Server) -> None:
    await town.servers.save(before)
    await town.restart()


async def test_the_admin_is_told_when_it_comes(town: Town) -> None:
    async with town:
        when = f"<t:{NINE.timestamp()}:f>"
        told = said("setup_thread", time="09:00", city="Lisbon", channel=town.general.mention, when=when)
        assert await daily(town) == told
        assert posts(town.general) == []


async def test_it_comes_with_something_to_read_a_question_and_a_thread(town: Town) -> None:
    async with town:
        await daily(town)
        await town.at(NINE.subtract(seconds=1))
        assert posts(town.general) == []
        await town.at(NINE)
        (post,) = posts(town.general)
        words = content().words("")
        read = [section for article in words.articles.values() for section in article.sections]
        (section,) = [section for section in read if section.text in post.content]
        assert [words.texts[key].text in post.content for key in words.decks["threads"]].count(True) == 1
        (thread,) = town.general.threads
        assert (thread.name, thread.id) == (section.name, post.id)


async def test_it_says_that_nobody_reads_along_and_where_people_are_to_talk_to(town: Town) -> None:
    async with town:
        await daily(town)
        await town.at(NINE)
        (post,) = posts(town.general)
        assert "I don't read along there." in post.content
        assert "**/lines** has numbers of people to talk to" in post.content
        told = len(posts(town.general))
        answer = await town.ben.slash(town.general, "lines")
        assert answer.response is not None
        assert answer.response.ephemeral
        assert len(posts(town.general)) == told


async def test_who_presses_a_button_below_it_reads_on_alone(town: Town) -> None:
    async with town:
        await daily(town)
        await town.at(NINE)
        (post,) = posts(town.general)
        answer = await town.ben.click(post, label="Read on, only for you")
        assert answer.response is not None
        assert answer.response.ephemeral
        assert posts(town.general) == [post]


async def test_it_comes_in_the_channel_that_was_named(town: Town) -> None:
    async with town:
        await town.set_up("thread", channel=town.quiet, time="9", city="Lisbon")
        await town.at(NINE)
        assert [len(posts(channel)) for channel in (town.general, town.quiet)] == [0, 1]


async def test_it_comes_once_a_day_and_is_another_one_each_day(town: Town) -> None:
    async with town:
        await daily(town)
        for hours in (0, 0.01, 1, 23.99, 24, 25, 48):
            await town.at(NINE.add(seconds=round(hours * 3600)))
        assert days(town) == ["2026-03-02 09:00", "2026-03-03 09:00", "2026-03-04 09:00"]
        assert len({post.content for post in posts(town.general)}) == 3
        assert len(town.general.threads) == 3


async def test_a_restart_changes_nothing(town: Town) -> None:
    async with town:
        await daily(town)
        await town.restart()
        await town.at(NINE)
        await town.restart()
        await town.at(NINE.add(minutes=1))
        await town.at(NINE.add(hours=24))
        assert days(town) == ["2026-03-02 09:00", "2026-03-03 09:00"]


@pytest.mark.parametrize("minutes", [1, 150])
async def test_a_crash_between_posting_and_noting_shows_nobody_a_second_one(minutes: int, town: Town) -> None:
    async with town:
        await daily(town)
        before = await town.kept()
        await town.at(NINE)
        await crash_before_it_was_noted(town, before)
        await town.at(NINE.add(minutes=minutes))
        assert days(town) == ["2026-03-02 09:00"]
        assert len(town.general.threads) == 1
        await town.at(NINE.add(hours=24))
        assert len(days(town)) == 2


async def test_a_crash_before_the_thread_was_opened_leaves_none_out(town: Town) -> None:
    async with town:
        await daily(town)
        before = await town.kept()
        await town.at(NINE)
        town.env.backend.delete_channel(town.general.threads[0].id)
        await crash_before_it_was_noted(town, before)
        await town.at(NINE.add(minutes=1))
        assert days(town) == ["2026-03-02 09:00"]
        assert len(town.general.threads) == 1


async def test_a_message_carries_a_name_that_discord_shows_once(town: Town) -> None:
    """simcord does not look at nonces; Discord does, for some minutes, and takes up to 25 characters."""
    async with town:
        await daily(town)
        for day in range(2):
            await town.at(NINE.add(hours=24 * day))
        sent = [
            request.json for request in town.env.http_requests if request.path.endswith("/messages") and request.json
        ]
        names = [body["nonce"] for body in sent if "nonce" in body]
        assert len(set(names)) == 2
        assert all(len(name) <= 25 for name in names)
        assert all(body["enforce_nonce"] for body in sent if "nonce" in body)


@pytest.mark.parametrize(("hours", "comes"), [(0.5, True), (2.9, True), (3.1, False)])
async def test_after_a_long_time_away_that_day_is_left_out(hours: float, comes: bool, town: Town) -> None:
    async with town:
        await daily(town)
        await town.at(NINE.add(seconds=round(hours * 3600)))
        assert len(posts(town.general)) == comes
        await town.at(NINE.add(hours=24))
        assert days(town)[-1] == "2026-03-03 09:00"


@pytest.mark.parametrize(
    ("start", "time", "city", "expected"),
    [
        ("2026-03-27 12:00", "9:00", "Lisbon", ["2026-03-28 09:00", "2026-03-29 08:00", "2026-03-30 08:00"]),
        ("2026-03-27 12:00", "1:30", "Lisbon", ["2026-03-28 01:30", "2026-03-29 01:30", "2026-03-30 00:30"]),
        ("2026-10-23 12:00", "1:30", "Lisbon", ["2026-10-24 00:30", "2026-10-25 00:30", "2026-10-26 01:30"]),
        ("2026-03-01 12:00", "9:00", "Auckland", ["2026-03-01 20:00", "2026-03-02 20:00", "2026-03-03 20:00"]),
        ("2026-04-22 12:00", "0:00", "Cairo", ["2026-04-22 22:00", "2026-04-23 22:00", "2026-04-24 21:00"]),
    ],
)
async def test_it_goes_by_the_clocks_of_the_city(
    start: str, time: str, city: str, expected: list[str], town: Town
) -> None:
    async with town:
        moment = Instant.parse_iso(f"{start.replace(' ', 'T')}:00Z")
        town.clock.move_to(moment)
        await daily(town, time, city)
        for _ in range(72 * 2):
            moment = moment.add(minutes=30)
            await town.at(moment)
        assert days(town) == expected


async def test_a_later_time_the_same_day_waits_for_the_next_one(town: Town) -> None:
    async with town:
        await daily(town)
        await town.at(NINE)
        await town.set_up("thread", time="11:00")
        await town.at(NINE.add(hours=2))
        await town.at(NINE.add(hours=26))
        assert days(town) == ["2026-03-02 09:00", "2026-03-03 11:00"]


async def test_so_it_does_if_it_was_ended_and_begun_again(town: Town) -> None:
    async with town:
        await daily(town)
        await town.at(NINE)
        await town.set_up("thread", off=True)
        await daily(town, "10:00")
        await town.at(NINE.add(hours=1))
        assert days(town) == ["2026-03-02 09:00"]


async def test_it_ends_when_the_admin_says_so(town: Town) -> None:
    async with town:
        await daily(town)
        assert await town.set_up("thread", off=True) == said("setup_thread_off")
        await town.at(NINE)
        assert posts(town.general) == []
        assert "**A daily thread:** none" in await town.set_up("show")


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({}, "setup_thread_time"),
        ({"city": "Lisbon"}, "setup_thread_time"),
        ({"time": "soonish", "city": "Lisbon"}, "setup_thread_time"),
        ({"time": "25:00", "city": "Lisbon"}, "setup_thread_time"),
        ({"time": "9:00"}, "setup_thread_city"),
        ({"time": "9:00", "city": "Nowhereville"}, "setup_thread_city"),
    ],
)
async def test_what_is_unclear_is_asked_for_again(options: dict[str, str], asked: str, town: Town) -> None:
    async with town:
        assert await town.set_up("thread", **options) == said(asked)
        assert await town.servers.servers() == []


async def test_what_is_not_named_again_stays(town: Town) -> None:
    async with town:
        await town.set_up("thread", channel=town.quiet, time="9:00", city="Auckland")
        assert "at 10:00 (Auckland time)" in await town.set_up("thread", time="10 am")
        assert town.quiet.mention in await town.set_up("thread", city="Lisbon")


async def test_a_thread_cannot_begin_in_a_thread(town: Town) -> None:
    async with town:
        town.env.backend.create_thread(town.general.id, "thread", town.admin.id)
        answer = await town.admin.slash(town.general.threads[0], "setup thread", time="9:00", city="Lisbon")
        assert answer.response is not None
        assert answer.response.content == said("setup_thread_channel")


@pytest.mark.parametrize(
    ("permission", "name"),
    [
        ("send_messages", "Send Messages"),
        ("create_public_threads", "Create Public Threads"),
        ("send_messages_in_threads", "Send Messages in Threads"),
        ("read_message_history", "Read Message History"),
    ],
)
async def test_a_permission_that_is_missing_is_named(permission: str, name: str, town: Town) -> None:
    async with town:
        town.forbid(town.quiet, permission)
        answer = await town.set_up("thread", channel=town.quiet, time="9:00", city="Lisbon")
        assert answer == said("setup_missing", channel=town.quiet.mention, permissions=f"**{name}**")
        assert await town.servers.servers() == []


async def test_where_it_may_post_no_more_it_stops_and_the_admin_can_see_why(town: Town) -> None:
    async with town:
        await daily(town)
        town.forbid(town.general, "create_public_threads")
        await town.at(NINE)
        town.forbid(town.general)
        await town.at(NINE.add(minutes=1))
        assert posts(town.general) == []
        town.forbid(town.general, "create_public_threads")
        stopped = said("setup_show_stopped", channel=town.general.mention, permissions="**Create Public Threads**")
        assert stopped in await town.set_up("show")


async def test_a_channel_that_is_gone_is_told_too(town: Town) -> None:
    async with town:
        await town.set_up("thread", channel=town.quiet, time="9:00", city="Lisbon")
        town.env.backend.delete_channel(town.quiet.id)
        await town.at(NINE)
        gone = said("setup_show_stopped", channel=town.quiet.mention, permissions=said("setup_show_gone"))
        assert gone in await town.set_up("show")


@pytest.mark.parametrize("code", [50001, 50013])
async def test_so_is_one_that_discord_closes_at_that_moment(code: int, town: Town) -> None:
    async with town:
        await daily(town)
        town.env.inject_error("POST", f"/channels/{town.general.id}/messages", status=403, code=code)
        await town.at(NINE)
        await town.at(NINE.add(minutes=1))
        assert posts(town.general) == []
        assert said("setup_show_gone") in await town.set_up("show")
        await daily(town, "10:00")
        await town.at(NINE.add(hours=1))
        assert len(posts(town.general)) == 1


async def test_an_outage_does_not_end_it(town: Town) -> None:
    async with town:
        await daily(town)
        town.env.backend.emit("GUILD_DELETE", {"id": str(town.guild.id), "unavailable": True})
        await town.at(NINE)
        assert (await town.kept()).next_at == NINE


async def test_without_the_database_it_waits(town: Town) -> None:
    async with town:
        await daily(town)
        await town.restart(down=True)
        await town.at(NINE)
        assert posts(town.general) == []
        await town.restart()
        await town.at(NINE.add(minutes=5))
        assert days(town) == ["2026-03-02 09:05"]


@pytest.mark.parametrize("server", [1, 1477938511872000001, 2**63 - 1])
def test_everything_that_comes_is_for_everybody_and_fits(server: int) -> None:
    words = content().words("")
    seen = set()
    for day in range(400):
        what = beginning(words, server, Date(2026, 1, 1).add(days=day))
        assert len(what.text) <= LONGEST
        assert 0 < len(what.name) <= LONGEST_NAME
        seen.add(what.text.split("\n")[0])
    hidden = [article for article in words.articles.values() if article.avoid]
    shown = [section.name for article in words.articles.values() if not article.avoid for section in article.sections]
    assert hidden
    assert seen == {f"**{name}**" for name in shown}
