"""Where the bot may be used; what cannot wait works everywhere."""

import pytest

from bot.testing import content

from .conftest import Town, said, seen

URGENT = ["urge", "they_wrote", "write", "lines", "not_safe", "safe", "slipped"]


def elsewhere(town: Town) -> str:
    return said("elsewhere", channels=town.quiet.mention)


def ways(answer: object) -> list[str]:
    rows = answer.response.components  # type: ignore[attr-defined]
    return [button["label"] for row in rows for button in row["components"]]


async def test_the_admin_chooses_with_what_is_chosen_already_in_sight(town: Town) -> None:
    async with town:
        shown = await town.admin.slash(town.general, "setup channels")
        assert seen(shown) == said("setup_channels")
        assert await town.choose(town.quiet) == said("setup_channels_set", channels=town.quiet.mention)
        again = await town.admin.slash(town.general, "setup channels")
        assert again.response is not None
        (select,) = again.response.components[0]["components"]
        assert (select["min_values"], select["max_values"]) == (0, 25)
        assert [str(default["id"]) for default in select["default_values"]] == [str(town.quiet.id)]


async def test_elsewhere_it_is_said_where_and_there_is_a_way_to_private_messages(town: Town) -> None:
    async with town:
        await town.choose(town.quiet)
        answer = await town.ben.slash(town.general, "days")
        assert seen(answer) == elsewhere(town)
        assert ways(answer) == ["I want to text them", "Go on in private"]
        assert answer.response is not None
        private = await town.ben.click(answer.response, label="Go on in private")
        assert "https://discord.com/channels/@me/" in seen(private)
        assert len(town.ben.user.dm_channel.history()) == 1


@pytest.mark.parametrize("command", ["days", "read", "checkins", "settings", "menu"])
async def test_where_it_may_be_used_everything_works(command: str, town: Town) -> None:
    async with town:
        await town.choose(town.quiet)
        assert seen(await town.ben.slash(town.general, command)) == elsewhere(town)
        assert seen(await town.ben.slash(town.quiet, command)) != elsewhere(town)


async def test_the_threads_of_a_channel_belong_to_it(town: Town) -> None:
    async with town:
        await town.choose(town.quiet)
        backend = town.env.backend
        for parent in (town.quiet, town.general):
            backend.create_thread(parent.id, "thread", town.admin.id)
        assert seen(await town.ben.slash(town.quiet.threads[0], "days")) != elsewhere(town)
        assert seen(await town.ben.slash(town.general.threads[0], "days")) == elsewhere(town)


@pytest.mark.parametrize("command", URGENT)
async def test_what_is_urgent_works_everywhere(command: str, town: Town) -> None:
    async with town:
        await town.choose(town.quiet)
        assert seen(await town.ben.slash(town.general, command)) != elsewhere(town)


async def test_so_do_the_buttons_and_the_forms_of_what_is_urgent(town: Town) -> None:
    async with town:
        await town.choose(town.quiet)
        asked = await town.ben.slash(town.general, "urge")
        assert asked.response is not None
        tapped = await town.ben.click(asked.response, label="I feel lonely")
        assert seen(tapped) != elsewhere(town)
        writing = await town.ben.slash(town.general, "write")
        assert writing.response is not None
        form = await town.ben.click(writing.response, label="Write it here")
        assert form.modal is not None
        filled = await town.ben.submit_modal(form, {"text": "Dear nobody"})
        shown = [filled.response, *filled.followups]
        assert elsewhere(town) not in [message.content for message in shown if message is not None]
        assert any(message is not None for message in shown)


async def test_a_button_of_what_can_wait_does_not(town: Town) -> None:
    async with town:
        topics = await town.ben.slash(town.general, "menu")
        await town.choose(town.quiet)
        assert topics.response is not None
        assert seen(await town.ben.click(topics.response, label="Read something")) == elsewhere(town)
        assert seen(await town.ben.click(topics.response, label="I'm not safe")) != elsewhere(town)


async def test_words_of_danger_are_heard_wherever_they_are_said(town: Town) -> None:
    async with town:
        await town.choose(town.quiet)
        answer = await town.ben.slash(town.general, "read", words="I want to kill myself")
        assert content().helplines.directory.url in seen(answer)


async def test_private_messages_are_nobodys_to_forbid(town: Town) -> None:
    async with town:
        await town.choose(town.quiet)
        answer = await town.ben.user.slash("days")
        assert answer.response is not None
        assert answer.response.content != elsewhere(town)


async def test_it_is_remembered_after_a_restart(town: Town) -> None:
    async with town:
        await town.choose(town.quiet)
        await town.restart()
        assert seen(await town.ben.slash(town.general, "days")) == elsewhere(town)


async def test_without_the_database_everything_is_allowed(town: Town) -> None:
    async with town:
        await town.choose(town.quiet)
        await town.restart(down=True)
        assert seen(await town.ben.slash(town.general, "days")) != elsewhere(town)


async def test_when_the_database_is_back_it_is_known_again(town: Town) -> None:
    async with town:
        await town.choose(town.quiet)
        await town.restart(down=True)
        town.used.down = False
        await town.threads.tick()
        assert seen(await town.ben.slash(town.general, "days")) == elsewhere(town)


@pytest.mark.parametrize("by_button", [True, False])
async def test_without_any_it_may_be_used_everywhere(by_button: bool, town: Town) -> None:
    async with town:
        await town.choose(town.quiet)
        if by_button:
            shown = await town.admin.slash(town.general, "setup channels")
            assert await town.press(shown, "Everywhere") == said("setup_channels_everywhere")
        else:
            assert await town.choose() == said("setup_channels_everywhere")
        assert seen(await town.ben.slash(town.general, "days")) != elsewhere(town)


async def test_a_channel_that_is_deleted_locks_nobody_out(town: Town) -> None:
    async with town:
        await town.choose(town.quiet)
        town.env.backend.delete_channel(town.quiet.id)
        await town.env.settle()
        assert seen(await town.ben.slash(town.general, "days")) != elsewhere(town)
