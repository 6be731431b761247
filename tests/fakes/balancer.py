"""What stands in front of several workers: each request goes to the next one, or to another if that does not answer."""

from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from aiohttp import ClientError, ClientSession, web


class Balancer:
    """Spreads requests over ports of this machine. `answered` counts by port what was answered well."""

    def __init__(self, port: int, workers: Sequence[int]) -> None:
        self.answered: Counter[int] = Counter()
        self._port = port
        self._workers = list(workers)
        self._next = 0

    async def __aenter__(self) -> Self:
        self._session = await ClientSession().__aenter__()
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        self._next += 1
        for turn in range(len(self._workers)):
            port = self._workers[(self._next + turn) % len(self._workers)]
            url = f"http://127.0.0.1:{port}{request.path_qs}"
            headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
            try:
                async with self._session.request(request.method, url, data=body, headers=headers) as answer:
                    self.answered[port] += answer.status == 200
                    return web.Response(status=answer.status, body=await answer.read())
            except ClientError:
                continue
        return web.Response(status=502)
