"""The server: HTTP on a port of its own, tokens, faults, and the methods behind it. core.telegram.org/bots/api."""

import asyncio
import inspect
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from .decode import decode
from .errors import Objection, Refused
from .faults import Fault, Planned
from .ledger import Request
from .schema import METHODS, method
from .service import Service

HOST = "127.0.0.1"
BODY_LIMIT = 60 * 1024 * 1024
PATH = re.compile(r"/bot(?P<token>\d+:[^/]+)/(?P<method>[^/]+)")
FILE_PATH = re.compile(r"/file/bot(?P<token>\d+:[^/]+)/(?P<path>.+)")
PAGE = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"


class Server:
    """Listens, and answers each request as the official server does."""

    def __init__(self, service: Service, token: str) -> None:
        self.service = service
        self.token = token
        self.latency = 0.0
        self.port = 0
        self._handlers = _handlers(service)
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

    async def stop_listening(self) -> None:
        """Refuses connections, and cuts those that are open."""
        if self._site is not None:
            await self._site.stop()
            self._site = None
        self.cut_connections()

    def cut_connections(self) -> None:
        """Cuts every connection that is open now, without closing the port."""
        if self._runner is not None and self._runner.server is not None:
            for connection in list(self._runner.server.connections):
                if connection.transport is not None:
                    connection.transport.abort()

    async def stop(self) -> None:
        """Goes away for good."""
        self.service.updates.close()
        await self.service.webhook.close()
        await self.stop_listening()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, http: web.BaseRequest) -> web.StreamResponse:
        found = PATH.fullmatch(http.path)
        if found is None:
            return self._download(http.path)
        if found["token"] != self.token:
            return _answer(Refused(401, "Unauthorized"))
        request = Request(found["method"], {})
        ledger = self.service.ledger
        ledger.requests.append(request)
        try:
            response = await self._respond(http, request)
        except asyncio.CancelledError:
            request.cut = True
            raise
        except Exception as error:
            ledger.violations.append(f"{request.method}: the fake itself failed: {error!r}")
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
        try:
            request.params = await decode(http)
        except Refused as refused:
            return self._refused(request, refused)
        self.service.ledger.changed()
        planned = self.service.faults.take(request.method, request.params.get("chat_id"))
        if planned is not None and planned.kind is Fault.CUT_BEFORE:
            return None
        refusal = planned.refusal() if planned is not None else None
        if planned is not None and refusal is not None and not planned.done:
            return await self._late(self._refused(request, refusal))
        if planned is not None and planned.kind is Fault.HTML and not planned.done:
            return self._html(request, planned.status)
        request.cut = planned is not None and (planned.done or planned.kind in (Fault.CUT_AFTER, Fault.BAD_JSON))
        response = await self.perform(request)
        if planned is not None:
            return await self._spoilt(planned, refusal, request, response)
        return await self._late(response)

    async def perform(self, request: Request) -> web.Response:
        """Checks a call and does the work."""
        try:
            if request.method not in METHODS:
                method(request.method)
            request.params = METHODS[request.method].read(request.params)
            self.service.check_flood(request)
            result = self._handlers[request.method](request)
            request.answer = await result if inspect.isawaitable(result) else result
        except Refused as refused:
            return self._refused(request, refused)
        request.status = 200
        return _json(200, {"ok": True, "result": request.answer})

    def _refused(self, request: Request, refused: Refused) -> web.Response:
        if isinstance(refused, Objection):
            self.service.ledger.violations.append(f"{request.method}: {refused.description}")
        request.status, request.answer = refused.code, refused.body()
        return _answer(refused)

    async def _spoilt(
        self, planned: Planned, refusal: Refused | None, request: Request, response: web.Response
    ) -> web.Response | None:
        """What a fault makes of an answer after the work was done."""
        match planned.kind:
            case Fault.CUT_AFTER:
                return None
            case Fault.BAD_JSON:
                return web.Response(status=200, text='{"ok":true,"result":{"mess', content_type="application/json")
            case Fault.HTML:
                return self._html(request, planned.status)
            case Fault.SLOW:
                await asyncio.sleep(planned.seconds)
        return self._refused(request, refusal) if refusal is not None else response

    def _html(self, request: Request, status: int) -> web.Response:
        request.status, request.answer = status, PAGE
        return web.Response(status=status, text=PAGE, content_type="text/html")

    async def _late(self, response: web.Response) -> web.Response:
        if self.latency:
            await asyncio.sleep(self.latency)
        return response

    def _download(self, path: str) -> web.Response:
        """core.telegram.org/bots/api#file"""
        found = FILE_PATH.fullmatch(path)
        if found is not None and found["token"] == self.token:
            for file in self.service.world.files.values():
                if file.path == found["path"]:
                    return web.Response(body=file.data, content_type="application/octet-stream")
        return _answer(Refused(404, "Not Found"))


Handler = Callable[[Request], Awaitable[Any] | Any]


def _handlers(service: Service) -> dict[str, Handler]:
    """What carries out each method of the schema."""
    messages, profile, queries, webhook = service.messages, service.profile, service.queries, service.webhook
    taking_params: dict[str, Callable[[dict[str, Any]], Any]] = {
        "sendMessage": messages.send_message,
        "sendPhoto": messages.send_photo,
        "sendDocument": messages.send_document,
        "sendChatAction": messages.send_chat_action,
        "editMessageText": messages.edit_message_text,
        "editMessageCaption": messages.edit_message_caption,
        "editMessageMedia": messages.edit_message_media,
        "editMessageReplyMarkup": messages.edit_message_reply_markup,
        "deleteMessage": messages.delete_message,
        "deleteMessages": messages.delete_messages,
        "getMe": profile.get_me,
        "setMyCommands": profile.set_my_commands,
        "getMyCommands": profile.get_my_commands,
        "deleteMyCommands": profile.delete_my_commands,
        "setMyDescription": profile.set_my_description,
        "getMyDescription": profile.get_my_description,
        "setMyShortDescription": profile.set_my_short_description,
        "getMyShortDescription": profile.get_my_short_description,
        "setMyName": profile.set_my_name,
        "getMyName": profile.get_my_name,
        "setChatMenuButton": profile.set_chat_menu_button,
        "getChat": profile.get_chat,
        "getFile": profile.get_file,
        "getUpdates": service.get_updates,
        "setWebhook": service.set_webhook,
        "deleteWebhook": service.delete_webhook,
        "getWebhookInfo": lambda _params: webhook.info(),
    }
    handlers: dict[str, Handler] = {name: _with_params(work) for name, work in taking_params.items()}
    handlers["answerCallbackQuery"] = lambda request: queries.answer_callback_query(request.params, request)
    handlers["answerInlineQuery"] = lambda request: queries.answer_inline_query(request.params, request)
    return handlers


def _with_params(work: Callable[[dict[str, Any]], Any]) -> Handler:
    return lambda request: work(request.params)


def _request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=BODY_LIMIT)


def _answer(refused: Refused) -> web.Response:
    return _json(refused.code, refused.body())


def _json(status: int, body: object) -> web.Response:
    return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json")
