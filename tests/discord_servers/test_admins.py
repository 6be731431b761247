"""Who may set something, what is set, and that it goes again."""

import pytest
from discord import Permissions
from simcord import SetupError
from simcord.backend import serializers
from whenever import Instant

from bot.messages import Chat
from bot.records import Server

from .conftest import Town, posts, said, seen

SUBCOMMANDS = ["panel", "thread", "channels", "show", "remove"]


async def everything(town: Town) -> None:
    """Sets whatever can be set."""
    await town.set_up("panel")
    await town.set_up("thread", time="9:00", city="Lisbon")
    await town.choose(town.quiet)


async def test_it_is_listed_on_servers_and_for_those_who_manage_them(town: Town) -> None:
    async with town:
        listed = town.env.backend.find_command("setup", None)
        assert (listed["contexts"], listed["integration_types"]) == ([0], [0])
        assert listed["default_member_permissions"] == Permissions(manage_guild=True).value
        assert [option["name"] for option in listed["options"]] == SUBCOMMANDS
        assert not any(name.startswith("setup") for name in town.ben.user.available_commands())
        with pytest.raises(SetupError, match="not visible"):
            await town.ben.slash(town.general, "setup panel")


@pytest.mark.parametrize("subcommand", SUBCOMMANDS)
async def test_who_may_not_is_told_what_it_takes(subcommand: str, town: Town) -> None:
    async with town:
        await everything(town)
        before, panels = await town.kept(), len(posts(town.general))
        town.let(town.ben)
        answer = await town.ben.slash(town.general, f"setup {subcommand}")
        assert seen(answer) == said("setup_not_yours", permissions="**Manage Server**")
        assert (await town.kept(), len(posts(town.general))) == (before, panels)


@pytest.mark.parametrize(("subcommand", "label"), [("remove", "Yes, remove it"), ("channels", "Everywhere")])
async def test_who_may_no_more_presses_in_vain(subcommand: str, label: str, town: Town) -> None:
    async with town:
        await everything(town)
        before = await town.kept()
        shown = await town.admin.slash(town.general, f"setup {subcommand}")
        town.guild._guild.members[town.admin.id].role_ids.clear()
        assert await town.press(shown, label) == said("setup_not_yours", permissions="**Manage Server**")
        assert await town.kept() == before


async def test_nothing_is_set_at_first(town: Town) -> None:
    async with town:
        assert await town.set_up("show") == said("setup_show", panel="none", thread="none", channels="everywhere")


async def test_what_is_set_is_shown(town: Town) -> None:
    async with town:
        await everything(town)
        shown = await town.set_up("show")
        when = Instant.from_utc(2026, 3, 2, 9).timestamp()
        assert f"**The panel:** {town.general.mention}" in shown
        assert f"{town.general.mention} at 09:00 (Lisbon time), next <t:{when}:f>" in shown
        assert f"**Channels:** {town.quiet.mention}" in shown


async def test_nothing_goes_before_the_admin_has_said_so(town: Town) -> None:
    async with town:
        await everything(town)
        before = await town.kept()
        shown = await town.admin.slash(town.general, "setup remove")
        assert seen(shown) == said("setup_remove")
        assert await town.press(shown, "No, keep it") == said("setup_kept")
        assert await town.kept() == before
        assert len(posts(town.general)) == 1


async def test_then_everything_goes(town: Town) -> None:
    async with town:
        await everything(town)
        shown = await town.admin.slash(town.general, "setup remove")
        assert await town.press(shown, "Yes, remove it") == said("setup_removed")
        assert await town.servers.servers() == []
        assert seen(await town.ben.slash(town.general, "days")) != said("elsewhere", channels=town.quiet.mention)
        await town.at(Instant.from_utc(2026, 3, 2, 9))
        assert posts(town.general) == []


async def test_a_panel_that_stays_is_told(town: Town) -> None:
    async with town:
        await town.set_up("panel", channel=town.quiet)
        town.forbid(town.quiet, "view_channel")
        shown = await town.admin.slash(town.general, "setup remove")
        assert await town.press(shown, "Yes, remove it") == said("setup_removed_panel")


@pytest.mark.parametrize("subcommand", ["show", "channels", "thread"])
async def test_without_the_database_the_admin_is_asked_to_try_again(subcommand: str, town: Town) -> None:
    async with town:
        await town.restart(down=True)
        assert await town.set_up(subcommand) == said("setup_later")


async def test_a_server_that_sent_the_bot_away_is_forgotten_and_its_people_are_not(town: Town) -> None:
    async with town:
        await everything(town)
        await town.ben.slash(town.general, "urge")
        town.env.backend.remove_guild(town.guild.id)
        await town.env.settle()
        assert await town.servers.servers() == []
        assert (await town.store.load(Chat("discord", str(town.ben.id)))).run is not None


async def test_an_outage_is_no_farewell(town: Town) -> None:
    async with town:
        await everything(town)
        before = await town.kept()
        town.env.backend.emit("GUILD_DELETE", {"id": str(town.guild.id), "unavailable": True})
        await town.env.settle()
        assert await town.kept() == before


async def test_a_server_that_was_left_while_nobody_was_there_is_forgotten(town: Town) -> None:
    async with town:
        await everything(town)
        before = await town.kept()
        await town.servers.save(Server(id=4711, panel_channel=1, panel_message=2, channels=(3,)))
        await town.restart()
        assert await town.servers.servers() == [before]


async def test_a_farewell_without_the_database_is_heard_later(town: Town) -> None:
    async with town:
        await everything(town)
        await town.restart(down=True)
        town.env.backend.remove_guild(town.guild.id)
        await town.env.settle()
        assert await town.servers.servers() != []
        await town.restart()
        assert await town.servers.servers() == []


async def test_a_channel_that_was_just_deleted_is_no_silence(town: Town) -> None:
    async with town:
        town.env.backend.emit("CHANNEL_DELETE", serializers.channel_payload(town.env.backend, town.quiet._channel))
        await town.env.settle()
        assert await town.set_up("panel", channel=town.quiet) == said("setup_later")


async def test_where_only_its_commands_are_the_admin_is_told_how_to_invite_it(town: Town) -> None:
    async with town:
        town.env.bot._connection._guilds.clear()
        assert await town.set_up("panel") == said("setup_not_member")
