"""The commands Discord lists."""

import re

import pytest

from bot.adapters.discord import OPTIONS
from bot.testing import content


@pytest.fixture
async def listed(discord):
    await send(discord)
    return {name: command for (name, _), command in discord.backend.commands[None].items()}


async def send(discord) -> None:
    name = f"discord commands {discord.backend.application_id}"

    async def keep(value: str) -> None:
        await discord.store.note(name, value)

    await discord.inside(discord.commands.send_changed(await discord.store.noted(name), keep))


def sends(discord) -> int:
    return len([request for request in discord.env.http_requests if request.method == "PUT"])


async def test_every_command_is_listed_with_what_it_does(listed):
    assert {"urge", "they_wrote", "not_safe", "lines", "start", "resume", "delete", "privacy", "stop"} <= set(listed)
    assert {name for name, _ in content().words("").menu} <= set(listed)
    assert len(listed) <= 100
    for name, command in listed.items():
        assert re.fullmatch(r"[a-z_]{1,32}", name)
        assert 0 < len(command["description"]) <= 100


async def test_they_can_be_called_everywhere_and_by_everybody(listed):
    for command in listed.values():
        assert sorted(command["integration_types"]) == [0, 1]
        assert sorted(command["contexts"]) == [0, 1, 2]
        assert command["default_member_permissions"] is None


async def test_only_some_take_words_and_none_needs_them(listed):
    options = {name: command["options"] for name, command in listed.items() if command["options"]}
    assert {name: [option["name"] for option in each] for name, each in options.items()} == {
        name: [option] for name, option in OPTIONS.items()
    }
    for (option,) in options.values():
        assert 0 < len(option["description"]) <= 100
        assert not option.get("required")


async def test_they_are_sent_once_and_again_only_if_they_changed(discord, listed, monkeypatch):
    assert sends(discord) == 1
    await send(discord)
    await discord.restart()
    await send(discord)
    assert sends(discord) == 1
    discord.commands.remove_command("urge")
    await send(discord)
    assert sends(discord) == 2
    assert ("urge", 1) not in discord.backend.commands[None]


async def test_what_discord_refuses_is_tried_at_the_next_start(discord):
    discord.env.inject_error("PUT", "/applications/*/commands", status=400, code=50035)
    await send(discord)
    assert discord.backend.commands.get(None, {}) == {}
    await send(discord)
    assert discord.backend.commands[None]


async def test_every_listed_command_is_answered(server, ann, bob):
    await ann.joins()
    for command in server.commands.get_commands():
        ann.look_away()
        made = server.call(ann.chat, command.name, channel=server.channel.id)
        await server.settled()
        assert made.responded
        assert ann.keys
        assert "common/unknown_command" not in ann.keys


async def test_a_command_of_another_version_is_answered(server, ann, bob):
    await ann.joins()
    made = server.call(ann.chat, "horoscope", channel=server.channel.id)
    await server.settled()
    assert made.responded
    assert ann.sees("common/unknown_command")
