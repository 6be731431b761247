"""The gateway of the fake, spoken to without any library: what it refuses, and what it can be told to do."""

import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest
from discord_api import DiscordApi, Flood

from tests.discord_api.conftest import Client, Start

IDENTIFY: dict[str, Any] = {
    "token": "",
    "properties": {"os": "linux", "browser": "a", "device": "a"},
    "intents": 1 << 0 | 1 << 12,
}


class Raw:
    """A connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.packed = zlib.decompressobj()

    async def says(self, op: int, data: Any) -> None:
        await self.socket.send_str(json.dumps({"op": op, "d": data}))

    async def hears(self) -> Any:
        """The next payload, or the code with which it was closed."""
        message = await self.socket.receive(timeout=5)
        if message.type is aiohttp.WSMsgType.BINARY:
            return json.loads(self.packed.decompress(message.data))
        return json.loads(message.data) if message.type is aiohttp.WSMsgType.TEXT else self.socket.close_code


@pytest.fixture
async def raw(api: DiscordApi) -> AsyncIterator[Raw]:
    query = "?v=10&encoding=json&compress=zlib-stream"
    async with aiohttp.ClientSession() as session, session.ws_connect(api.gateway_url + query) as socket:
        connection = Raw(socket)
        assert (await connection.hears())["op"] == 10
        yield connection


async def test_a_session(api: DiscordApi, raw: Raw) -> None:
    api.guild(5001)
    await raw.says(1, None)
    assert (await raw.hears())["op"] == 11
    await raw.says(2, IDENTIFY | {"token": api.token})
    assert [(await raw.hears())["t"] for _ in range(2)] == ["READY", "GUILD_CREATE"]
    api.gateway.acknowledges = False
    await raw.says(1, 2)
    await api.until(lambda: api.gateway.heartbeats == 2)
    api.gateway.ask_for_heartbeat()
    assert (await raw.hears())["op"] == 1
    api.guild(5001).goes_down()
    assert (await raw.hears())["d"] == {"id": "5001", "unavailable": True}
    api.guild(5001).comes_back()
    assert (await raw.hears())["t"] == "GUILD_CREATE"
    assert api.violations == []


@pytest.mark.parametrize(
    ("op", "data", "code"),
    [
        (3, {}, 4003),
        (99, {}, 4001),
        (1, "a", 4002),
        (2, {"token": "a"}, 4002),
        (2, IDENTIFY | {"token": "wrong"}, 4004),
        (2, IDENTIFY | {"intents": 1 << 15}, 4014),
        (2, IDENTIFY | {"intents": 1 << 30}, 4013),
        (2, IDENTIFY | {"shard": [0, 2]}, 4010),
        (6, {"session_id": "a"}, 4002),
    ],
)
async def test_what_closes_it(api: DiscordApi, raw: Raw, op: int, data: Any, code: int) -> None:
    await raw.says(op, data)
    assert await raw.hears() == code
    assert len(api.violations) == (code != 4004)


async def test_an_unknown_session_is_invalid(api: DiscordApi, raw: Raw) -> None:
    await raw.says(6, {"session_id": "a", "token": api.token, "seq": 1})
    assert await raw.hears() == {"op": 9, "d": False}


async def test_no_sessions_are_left(api: DiscordApi, raw: Raw) -> None:
    api.gateway.start_limit["remaining"] = 0
    await raw.says(2, IDENTIFY | {"token": api.token})
    assert await raw.hears() == 4004
    assert len(api.violations) == 1


@pytest.mark.parametrize("query", ["", "?v=9&encoding=json", "?v=10&encoding=etf", "?v=10&encoding=json&compress=a"])
async def test_wrong_addresses(api: DiscordApi, query: str) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(api.gateway_url + query) as socket:
        assert await Raw(socket).hears() == 4012
    assert len(api.violations) == 1


async def test_it_can_refuse_to_connect(api: DiscordApi) -> None:
    api.gateway.refuses_with = 503
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(f"{api.gateway_url}?v=10&encoding=json")


async def test_limits_can_be_kept(api: DiscordApi, start: Start) -> None:
    """discord.py keeps them by itself when it is told of them."""
    client = await start(Client())
    kim = api.user(1001)
    place = await client.create_dm(discord.Object(1001))
    api.flood = Flood(routes={"POST /channels/{}/messages": (2, 0.05)})
    for number in range(5):
        await place.send(str(number))
    assert [message.text for message in kim.dm.messages] == ["0", "1", "2", "3", "4"]
    api.flood = Flood(per_second=1, routes={})
    headers = {"Authorization": f"Bot {api.token}", "User-Agent": "DiscordBot (https://example.org, 1)"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for status in (200, 429):
            async with session.get(f"{api.url}/users/@me") as answer:
                assert answer.status == status
                body = await answer.json()
        assert body["global"] is True
        assert answer.headers["X-RateLimit-Scope"] == "global"
    assert api.invalid_requests == 1
