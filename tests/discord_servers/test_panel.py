"""The panel: there for everybody, and what comes of it is for nobody else."""

import pytest
from discord import Message

from .conftest import Town, posts, said, seen

LABELS = ["I want to text them", "Read something", "My check-ins"]


def labels(message: Message) -> list[str]:
    return [button.label for row in message.components for button in row.children]  # type: ignore[union-attr]


async def test_the_panel_is_there_for_everybody(town: Town) -> None:
    async with town:
        assert await town.set_up("panel") == said("setup_panel", channel=town.general.mention)
        (panel,) = posts(town.general)
        assert panel.content == said("panel")
        assert labels(panel) == LABELS


async def test_it_can_stand_in_another_channel(town: Town) -> None:
    async with town:
        assert town.quiet.mention in await town.set_up("panel", channel=town.quiet)
        assert [len(posts(channel)) for channel in (town.general, town.quiet)] == [0, 1]


@pytest.mark.parametrize("label", LABELS)
async def test_who_presses_is_answered_alone(label: str, town: Town) -> None:
    async with town:
        await town.set_up("panel")
        (panel,) = posts(town.general)
        before = town.general.history(viewer=town.cleo)
        answer = await town.ben.click(panel, label=label)
        assert seen(answer)
        assert [message.id for message in town.general.history(viewer=town.cleo)] == [message.id for message in before]
        (again,) = posts(town.general)
        assert (again.content, labels(again)) == (panel.content, LABELS)


async def test_two_who_press_have_a_conversation_each(town: Town) -> None:
    async with town:
        await town.set_up("panel")
        (panel,) = posts(town.general)
        first = await town.ben.click(panel, label=LABELS[0])
        await town.cleo.click(panel, label=LABELS[0])
        assert first.response is not None
        asked = seen(first)
        assert seen(await town.ben.click(first.response, label="I feel lonely")) != asked
        theirs = [message for message in town.general.history(viewer=town.cleo) if message.flags.ephemeral]
        assert [message.content for message in theirs] == [asked]


async def test_it_works_after_a_restart(town: Town) -> None:
    async with town:
        await town.set_up("panel")
        await town.restart()
        (panel,) = posts(town.general)
        assert seen(await town.ben.click(panel, label=LABELS[0]))


async def test_there_is_one_in_a_server(town: Town) -> None:
    async with town:
        await town.set_up("panel")
        assert await town.set_up("panel", channel=town.quiet) == said("setup_panel", channel=town.quiet.mention)
        assert [len(posts(channel)) for channel in (town.general, town.quiet)] == [0, 1]
        await town.set_up("panel", channel=town.quiet)
        assert len(posts(town.quiet)) == 1


async def test_one_that_was_deleted_by_hand_is_not_missed(town: Town) -> None:
    async with town:
        await town.set_up("panel")
        (panel,) = posts(town.general)
        town.env.backend.delete_message(town.general.id, panel.id)
        assert await town.set_up("panel") == said("setup_panel", channel=town.general.mention)


async def test_an_old_one_that_cannot_be_taken_away_is_told(town: Town) -> None:
    async with town:
        await town.set_up("panel", channel=town.quiet)
        town.forbid(town.quiet, "view_channel")
        assert await town.set_up("panel") == said("setup_panel_twice", channel=town.general.mention)


@pytest.mark.parametrize(("permission", "name"), [("view_channel", "View Channel"), ("send_messages", "Send Messages")])
async def test_a_permission_that_is_missing_is_named_with_its_channel(permission: str, name: str, town: Town) -> None:
    async with town:
        town.forbid(town.quiet, permission)
        requests = len(town.env.http_requests)
        answer = await town.set_up("panel", channel=town.quiet)
        assert answer.startswith(f"In {town.quiet.mention} I lack this: **{name}**")
        assert not [request for request in town.env.http_requests[requests:] if str(town.quiet.id) in request.path]


async def test_a_permission_that_is_missing_here_is_what_discord_says_here(town: Town) -> None:
    async with town:
        town.forbid(town.general, "send_messages")
        assert "**Send Messages**" in await town.set_up("panel")


@pytest.mark.parametrize("code", [50001, 50013])
async def test_what_discord_refuses_all_the_same_is_told(code: int, town: Town) -> None:
    async with town:
        town.env.inject_error("POST", f"/channels/{town.quiet.id}/messages", status=403, code=code)
        answer = await town.set_up("panel", channel=town.quiet)
        assert answer == said("setup_refused", channel=town.quiet.mention)
        assert (await town.kept()).panel_message == 0


async def test_without_the_database_no_panel_stays(town: Town) -> None:
    async with town:
        await town.restart(down=True)
        assert await town.set_up("panel") == said("setup_later")
        assert posts(town.general) == []
