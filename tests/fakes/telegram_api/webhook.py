"""Webhooks: core.telegram.org/bots/api#setwebhook. Updates of one chat arrive in order, those of others beside them."""

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from yarl import URL

from .decode import body_params
from .delivery import Update, Updates
from .errors import Refused, bad_request, objection

Params = dict[str, Any]
CallMethod = Callable[[str, Params], Awaitable[None]]

PORTS = frozenset({443, 80, 88, 8443})
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0
PATIENCE = 10.0
"""Seconds until the bot must have answered."""


class Webhook:
    """Where updates go, and the workers that bring them there."""

    def __init__(self, updates: Updates, call: CallMethod, changed: Callable[[], None], *, local: bool) -> None:
        self.updates = updates
        self.url = ""
        self.deliveries: list[tuple[int, int | str]] = []
        self.slow: dict[str, float] = {}
        self._options: Params = {}
        self._error: tuple[int, str] | None = None
        self._call = call
        self._changed = changed
        self._local = local
        self._session: aiohttp.ClientSession | None = None
        self._slots = asyncio.Semaphore(1)
        self._queues: defaultdict[str, deque[int]] = defaultdict(deque)
        self._workers: set[asyncio.Task[None]] = set()

    def set(self, params: Params) -> bool:
        """core.telegram.org/bots/api#setwebhook; an empty url removes it."""
        if params["url"]:
            self._check(params["url"])
        if params.get("drop_pending_updates"):
            self.updates.drop()
        self.updates.allow(params.get("allowed_updates"))
        self._stop()
        self.url = params["url"]
        self._options = params
        self._error = None
        if self.url:
            self.updates.end_polls(Refused(409, "Conflict: terminated by setWebhook request"))
            self._slots = asyncio.Semaphore(params.get("max_connections", 40))
            self.updates.on_push = self._enqueue
            for update in list({**self.updates.pending, **self.updates.again}.values()):
                self._enqueue(update)
        return True

    def delete(self, params: Params) -> bool:
        """core.telegram.org/bots/api#deletewebhook; what is pending stays, unless it is to be dropped."""
        return self.set({"url": "", **params})

    def info(self) -> Params:
        """core.telegram.org/bots/api#webhookinfo"""
        result: Params = {
            "url": self.url,
            "has_custom_certificate": "certificate" in self._options,
            "pending_update_count": len(self.updates.pending),
        }
        if self.updates.named is not None:
            result["allowed_updates"] = self.updates.named
        if self.url:
            result["max_connections"] = self._options.get("max_connections", 40)
            result["ip_address"] = self._options.get("ip_address", "127.0.0.1")
        if self._error is not None:
            result["last_error_date"], result["last_error_message"] = self._error
        return result

    async def close(self) -> None:
        """Stops delivering."""
        workers = tuple(self._workers)
        self._stop()
        await asyncio.gather(*workers, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _check(self, address: str) -> None:
        url = URL(address)
        if not url.host or url.scheme not in ("http", "https"):
            raise objection("bad webhook: invalid URL")
        if self._local:
            return
        if url.scheme != "https":
            raise objection("bad webhook: An HTTPS URL must be provided for webhook")
        if url.port not in PORTS:
            raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")

    def _stop(self) -> None:
        for worker in self._workers:
            worker.cancel()
        self._workers.clear()
        self._queues.clear()
        self.updates.on_push = None

    def _enqueue(self, update: Update) -> None:
        queue = _queue_of(update)
        self._queues[queue].append(update["update_id"])
        if len(self._queues[queue]) == 1:
            worker = asyncio.get_running_loop().create_task(self._work(queue))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)

    async def _work(self, queue: str) -> None:
        """Brings the updates of one queue, one after the other, each until it has arrived."""
        waiting = self._queues[queue]
        while waiting:
            update_id = waiting[0]
            pause = FIRST_PAUSE
            while True:
                async with self._slots:
                    error, answer = await self._post(update_id)
                self.deliveries.append((update_id, error or 200))
                if error is None:
                    break
                self._error = (int(time.time()), error)
                self._changed()
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            self.updates.confirm(update_id)
            waiting.popleft()
            self._changed()
            if answer is not None:
                await self._call(*answer)
        del self._queues[queue]

    async def _post(self, update_id: int) -> tuple[str | None, tuple[str, Params] | None]:
        """Delivers an update: what went wrong, or the method in the body of the answer."""
        headers = {"Content-Type": "application/json"}
        if "secret_token" in self._options:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._options["secret_token"]
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=PATIENCE), connector=aiohttp.TCPConnector(ssl=False)
            )
        update = self.updates.every[update_id]
        body = json.dumps(update)
        await asyncio.sleep(max((self.slow.get(kind, 0) for kind in update), default=0))
        self.updates.sends(update_id)
        try:
            async with self._session.post(self.url, data=body, headers=headers) as response:
                text = await response.text()
                if response.status // 100 != 2:
                    return f"Wrong response from the webhook: {response.status} {response.reason}", None
                return None, _method_in(response.content_type, text)
        except TimeoutError:
            return "Read timeout expired", None
        except aiohttp.ClientConnectorError:
            self.updates.delivered.discard(update_id)
            return "Connection refused", None
        except (aiohttp.ClientError, OSError):
            return "Connection reset by peer", None


def _queue_of(update: Update) -> str:
    """Messages wait for those of their chat, everything else for that of its sender (WebhookActor.cpp)."""
    kind, value = next((name, value) for name, value in update.items() if name != "update_id")
    value = value if isinstance(value, dict) else {}
    if isinstance(value.get("chat"), dict):
        return f"chat {value['chat']['id']}"
    sender = value.get("from") or value.get("user") or {"id": update["update_id"]}
    return f"{kind} {sender['id']}"


def _method_in(kind: str, body: str) -> tuple[str, Params] | None:
    """core.telegram.org/bots/api#making-requests-when-getting-updates; its answer is lost, so a get is not run."""
    try:
        params = body_params(kind, body)
    except Refused:
        return None
    method = params.pop("method", None)
    if not isinstance(method, str) or method.startswith("get") or method in ("setWebhook", "deleteWebhook"):
        return None
    return method, params
