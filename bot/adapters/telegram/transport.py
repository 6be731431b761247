"""python-telegram-bot's requests on aiohttp: a fifth of the CPU of its default, and no pool that many requests choke
(docs/decisions/telegram.md has the figures)."""

from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

if TYPE_CHECKING:
    from telegram._utils.types import ODVInput

CONNECTIONS = 256
"""Requests to the Bot API at once."""

READ_SECONDS = 30.0
"""How long a silent server is waited for. A send given up too early is sent twice, so this is not short."""

CONNECT_SECONDS = 10.0

PLACE = "place"

FORM = {"Content-Type": "application/x-www-form-urlencoded"}

UNREAD = ("entities", "caption_entities", "reply_markup", "link_preview_options")
"""Fields of a message (core.telegram.org/bots/api#message)."""


class AiohttpRequest(BaseRequest):
    """Sends requests through one aiohttp session. What it raises never names the URL, which holds the token."""

    __slots__ = ("_session", "_timeout")

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._timeout = _timeout(READ_SECONDS)

    @property
    def read_timeout(self) -> float:
        """Seconds."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """Opens the session."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        """Closes the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
        write_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
        connect_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
        pool_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Sends one request, and gives the status and the body of the answer.

        Raises:
            TimedOut: no answer in time.
            NetworkError: no connection, it was cut, or a proxy answered in place of the Bot API: what that refuses
                says nothing about a chat or the token.
        """
        if self._session is None:
            raise NetworkError("the connection to the Bot API is closed")
        timeout = _timeout(read_timeout) if isinstance(read_timeout, int | float) else self._timeout
        try:
            sending = self._session.request(method, url, **_body(request_data), proxy=_proxy(url), timeout=timeout)
            async with sending as response:
                body = await response.read()
        except TimeoutError:
            raise TimedOut("the Bot API did not answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(_why(error)) from None
        if response.status >= HTTPStatus.BAD_REQUEST and not body.startswith(b"{"):
            raise NetworkError(f"a page in place of an answer of the Bot API (HTTP {response.status})")
        return response.status, body

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """Reads an answer, without what is not read of its messages.

        Raises:
            TelegramError: it is no JSON.
        """
        answer: Any = BaseRequest.parse_json_payload(payload)
        result = answer.get("result") if isinstance(answer, dict) else None
        _without_repeats(result)
        for update in result if isinstance(result, list) else ():
            lean(update)
        return answer


def _timeout(read: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=None, sock_connect=CONNECT_SECONDS, sock_read=read)


def _body(request_data: RequestData | None) -> dict[str, Any]:
    if request_data is None:
        return {}
    if not request_data.contains_files:
        encoded = URL.build(query=request_data.json_parameters).raw_query_string
        return {"data": encoded.encode(), "headers": FORM}
    form = aiohttp.FormData(request_data.json_parameters)
    for name, (filename, content, mimetype) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mimetype)
    return {"data": form}


def _proxy(url: str) -> str | None:
    """The proxy that the environment sets for a server, looked up once: aiohttp would ask a thread at each request."""
    scheme, _, rest = url.partition("://")
    return _proxy_of(scheme, rest.partition("/")[0])


@lru_cache(maxsize=8)
def _proxy_of(scheme: str, host: str) -> str | None:
    return None if proxy_bypass(host) else getproxies().get(scheme)


def _without_repeats(message: object) -> None:
    """Takes out of a message what the bot has said itself and what it never reads: python-telegram-bot would make
    objects of all of it, which costs more than everything else about an update."""
    if isinstance(message, dict):
        for name in UNREAD:
            message.pop(name, None)
        _without_repeats(message.get("reply_to_message"))


def lean(update: Any) -> Any:
    """An update without what is not read of its messages. Of the message whose button was tapped that is all but its
    place: it comes under the name `PLACE`, among the fields python-telegram-bot does not know (`api_kwargs`)."""
    if isinstance(update, dict):
        for name in ("message", "edited_message"):
            _without_repeats(update.get(name))
        query: Any = update.get("callback_query")
        if isinstance(query, dict) and isinstance(query.get("message"), dict):
            query[PLACE] = query.pop("message")
    return update


def _why(error: Exception) -> str:
    """What went wrong, without the address."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection to the Bot API ({error.os_error.strerror or type(error.os_error).__name__})"
    return f"the connection to the Bot API failed ({type(error).__name__})"
