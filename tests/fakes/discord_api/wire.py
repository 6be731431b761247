"""A connection of the gateway: JSON, compressed or not, in order. docs.discord.com/developers/events/gateway."""

import asyncio
import json
import zlib
from typing import Any

from aiohttp import WSMsgType, web

from .gateway import Gateway
from .session import DECODE_ERROR, INVALID_VERSION, RATE_LIMITED

PER_MINUTE = 120
"""Events a bot may send: docs.discord.com/developers/events/gateway#rate-limiting."""


class Socket:
    """One connection. Everything leaves through one queue, so that it arrives in the order in which it was sent."""

    def __init__(self, gateway: Gateway, http: web.BaseRequest) -> None:
        self.gateway = gateway
        self.http = http
        self.resuming = http.path == "/gateway/resume"
        self._socket = web.WebSocketResponse(timeout=1.0, max_msg_size=1 << 22)
        self._outbox: asyncio.Queue[dict[str, Any] | int] = asyncio.Queue()
        self._zlib = zlib.compressobj() if http.query.get("compress") == "zlib-stream" else None
        self._sent_at: list[float] = []

    def send(self, payload: dict[str, Any]) -> None:
        """Sends a payload."""
        self._outbox.put_nowait(payload)

    def close(self, code: int) -> None:
        """Closes once everything before has left."""
        self._outbox.put_nowait(code)

    def cut(self) -> None:
        """Ends the connection without a word."""
        if self.http.transport is not None:
            self.http.transport.abort()

    async def run(self) -> web.StreamResponse:
        """Talks until one of both has enough."""
        await self._socket.prepare(self.http)
        writer = asyncio.create_task(self._write())
        try:
            if self._is_wanted():
                self.gateway.opened(self)
            async for message in self._socket:
                self._hear(message.type, message.data)
        finally:
            writer.cancel()
            self.gateway.closed(self, self._socket.close_code)
            await asyncio.wait([writer])
        return self._socket

    def _is_wanted(self) -> bool:
        query = dict(self.http.query)
        compress = query.pop("compress", "zlib-stream")
        if query != {"v": "10", "encoding": "json"} or compress != "zlib-stream":
            self.gateway.refuse(self, INVALID_VERSION, f"query {self.http.query_string}")
            return False
        return True

    def _hear(self, kind: WSMsgType, data: Any) -> None:
        now = asyncio.get_running_loop().time()
        self._sent_at = [at for at in self._sent_at if at > now - 60] + [now]
        if len(self._sent_at) > PER_MINUTE:
            return self.gateway.refuse(self, RATE_LIMITED, "too many events")
        if kind is not WSMsgType.TEXT or len(data) > 4096:
            return self.gateway.refuse(self, DECODE_ERROR, "not a text of at most 4096 bytes")
        try:
            payload = json.loads(data)
        except ValueError:
            return self.gateway.refuse(self, DECODE_ERROR, "not JSON")
        return self.gateway.heard(self, payload)

    async def _write(self) -> None:
        while True:
            item = await self._outbox.get()
            try:
                if isinstance(item, int):
                    await self._socket.close(code=item)
                else:
                    await self._write_payload(item)
            except (ConnectionError, RuntimeError):
                return

    async def _write_payload(self, payload: dict[str, Any]) -> None:
        text = json.dumps(payload)
        if self._zlib is None:
            await self._socket.send_str(text)
        else:
            packed = self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
            await self._socket.send_bytes(packed)
