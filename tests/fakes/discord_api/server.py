"""The server: HTTP on a port of its own, tokens, faults, the work behind it. docs.discord.com/developers/reference."""

import asyncio
import math
import re
import time
from typing import Any

from aiohttp import web

from . import answers
from .check import check
from .decode import decode
from .errors import Objection, Refused, invalid, not_found, unauthorized, wrong_content_type
from .faults import LIMITED, PAGES, Fault, Planned, Window
from .ledger import Request
from .routes import Route
from .service import Service
from .wire import Socket

HOST = "127.0.0.1"
BODY_LIMIT = 60 * 1024 * 1024
API = "/api/v10"
AGENT = re.compile(r"DiscordBot \(\S+[,]? \S+\).*")
"""docs.discord.com/developers/reference#user-agent"""


class Server:
    """Listens, and answers each request as Discord does."""

    def __init__(self, service: Service, token: str) -> None:
        self.service = service
        self.token = token
        self.latency = 0.0
        self.port = 0
        self._runner: web.ServerRunner | None = None
        self._site: web.TCPSite | None = None

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    async def start(self) -> None:
        """Listens on a free port."""
        server = web.Server(self._handle, request_factory=_request, access_log=None, handler_cancellation=True)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        await self.listen()

    async def listen(self) -> None:
        """Opens the port: a free one at first, then always the same."""
        if self._site is None and self._runner is not None:
            self._site = web.TCPSite(self._runner, HOST, self.port)
            await self._site.start()
            self.port = self._runner.addresses[0][1]
            self.service.world.url = self.url

    async def stop_listening(self) -> None:
        """Refuses connections, and cuts those that are open."""
        if self._site is not None:
            await self._site.stop()
            self._site = None
        self.cut_connections()

    def cut_connections(self) -> None:
        """Cuts every connection that is open now, those of the gateway too, without closing the port."""
        if self._runner is not None and self._runner.server is not None:
            for connection in list(self._runner.server.connections):
                if connection.transport is not None:
                    connection.transport.abort()

    async def stop(self) -> None:
        """Goes away for good."""
        await self.stop_listening()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, http: web.BaseRequest) -> web.StreamResponse:
        if http.path in ("/gateway", "/gateway/", "/gateway/resume"):
            status = self.service.gateway.refuses_with
            return web.Response(status=status) if status else await Socket(self.service.gateway, http).run()
        file = self.service.world.files.get(http.path)
        if file is not None and http.method == "GET":
            return web.Response(body=file.data, content_type=file.content_type)
        request = Request(http.method, http.path.removeprefix(API), dict(http.query))
        ledger = self.service.ledger
        ledger.requests.append(request)
        try:
            response = await self._respond(http, request)
        except asyncio.CancelledError:
            request.cut = True
            raise
        except Exception as error:
            ledger.violations.append(f"{request!r}: the fake itself failed: {error!r}")
            raise
        finally:
            ledger.changed()
        if response is None:
            request.cut = True
            if http.transport is not None:
                http.transport.abort()
            return web.Response(status=500)
        return response

    async def _respond(self, http: web.BaseRequest, request: Request) -> web.Response | None:
        """The answer to a request; None cuts the connection."""
        if not http.path.startswith(API + "/"):
            return self._refused(request, not_found())
        try:
            await decode(http, request)
        except Refused as refused:
            return self._refused(request, refused)
        self.service.ledger.changed()
        planned = self.service.faults.take(request)
        if planned is None:
            return await self._late(self._perform(http, request))
        return await self._with_fault(planned, http, request)

    async def _with_fault(self, planned: Planned, http: web.BaseRequest, request: Request) -> web.Response | None:
        if planned.kind is Fault.CUT_BEFORE:
            return None
        if planned.kind is Fault.LATE:
            await asyncio.sleep(planned.seconds)
            return self._perform(http, request)
        works = planned.done or planned.kind in (Fault.CUT_AFTER, Fault.BAD_JSON, Fault.SLOW)
        request.cut = works and planned.kind is not Fault.SLOW
        response = self._perform(http, request) if works else None
        if planned.kind is Fault.SLOW:
            await asyncio.sleep(planned.seconds)
            return response
        return await self._late(self._spoilt(planned, request))

    def _spoilt(self, planned: Planned, request: Request) -> web.Response | None:
        """What a fault answers."""
        refusal = planned.refusal()
        if refusal is not None:
            return self._refused(request, refusal)
        if planned.kind in LIMITED:
            return answers.too_many(request, planned.retry_after, planned.kind)
        if planned.kind in PAGES:
            return answers.page(request, 429 if planned.kind is Fault.BANNED else planned.status)
        if planned.kind is Fault.BAD_JSON:
            return web.Response(status=200, text='{"id":"1","mess', content_type="application/json")
        return None

    def _perform(self, http: web.BaseRequest, request: Request) -> web.Response:
        """Checks a request and does the work."""
        try:
            route, names = self.service.routes.find(request)
            request.route = f"{route.method} {route.path}"
            self._authorize(http, request, route)
            window, limited = self._count(request, route, names)
            if limited is not None:
                return limited
            _check(request, route)
            result = route.work(request, *names)
        except Refused as refused:
            return self._refused(request, refused)
        status = 204 if result is None else route.status
        return answers.as_json(request, status, result, window)

    def _authorize(self, http: web.BaseRequest, request: Request, route: Route) -> None:
        """…/reference#authentication"""
        if route.open:
            return
        kind, _, token = http.headers.get("Authorization", "").partition(" ")
        if kind != "Bot":
            raise Objection(401, 0, "401: Unauthorized")
        if AGENT.fullmatch(http.headers.get("User-Agent", "")) is None:
            self.service.ledger.object_to(f"{request!r}: User-Agent {http.headers.get('User-Agent')!r}")
        if token != self.token:
            raise unauthorized()
        request.authorized = True

    def _count(self, request: Request, route: Route, names: list[str]) -> tuple[Window | None, web.Response | None]:
        flood = self.service.flood
        if flood is None:
            return None, None
        window, passes, everywhere = flood.check(request, "/".join(names[: 2 if route.open else 1]))
        if passes:
            return window, None
        seconds = math.ceil(max(0.001, window.ends - time.monotonic()) * 1000) / 1000
        return None, answers.too_many(request, seconds, Fault.TOO_MANY_GLOBAL if everywhere else Fault.TOO_MANY)

    def _refused(self, request: Request, refused: Refused) -> web.Response:
        if isinstance(refused, Objection):
            self.service.ledger.violations.append(f"{request!r}: {refused}")
        return answers.refusal(request, refused)

    async def _late(self, response: web.Response | None) -> web.Response | None:
        if self.latency:
            await asyncio.sleep(self.latency)
        return response


def _check(request: Request, route: Route) -> None:
    strange = request.query.keys() - route.query
    if strange:
        raise invalid((min(strange),), "UNKNOWN_FIELD", "This parameter is unknown here.")
    if route.body is not None:
        if request.body is None:
            raise wrong_content_type()
        check(route.body, request.body)
    elif request.body not in (None, {}):
        raise invalid((), "UNKNOWN_FIELD", "There is no body here.")


def _request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=BODY_LIMIT)
