"""All parts of the fake in one place, and what concerns several of them."""

import time
from collections.abc import Callable
from typing import Any

from .delivery import Update, Updates
from .errors import Refused
from .faults import Faults, Flood
from .ledger import Ledger, Request
from .messages import MessageMethods
from .profile import ProfileMethods
from .queries import QueryMethods
from .state import World
from .webhook import CallMethod, Webhook

Params = dict[str, Any]

WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
DROPPED = "drop_pending_updates: what people wrote while the bot was away must not be lost"
"""Not a rule of Telegram's: one of ours."""


class Service:
    """The state of one bot's server."""

    def __init__(self, me: Params, now: Callable[[], float], call: CallMethod, *, local: bool) -> None:
        self.ledger = Ledger()
        self.faults = Faults()
        self.flood: Flood | None = None
        self.world = World(me, now)
        self.updates = Updates(self.ledger.changed)
        self.webhook = Webhook(self.updates, call, self.ledger.changed, local=local)
        self.messages = MessageMethods(self.world)
        self.profile = ProfileMethods(self.world)
        self.queries = QueryMethods(self.world, self.updates, self.object_to)
        self.updates.on_repeat = self.queries.came_again

    def object_to(self, what: str) -> None:
        """Lists a violation that does not change the answer."""
        self.ledger.violations.append(what)

    def check_flood(self, request: Request) -> None:
        """429 where the bot sends too fast."""
        if self.flood is None or "chat_id" not in request.params:
            return
        chat = self.world.chats.get(request.params["chat_id"])
        if chat is not None:
            self.flood.check(request.method, chat.id, chat.is_group, time.monotonic())

    async def get_updates(self, params: Params) -> list[Update]:
        """core.telegram.org/bots/api#getupdates"""
        if self.webhook.url:
            raise Refused(409, WEBHOOK_ACTIVE)
        return await self.updates.get(params)

    def set_webhook(self, params: Params) -> bool:
        """core.telegram.org/bots/api#setwebhook"""
        self._look_for_dropping("setWebhook", params)
        return self.webhook.set(params)

    def delete_webhook(self, params: Params) -> bool:
        """core.telegram.org/bots/api#deletewebhook"""
        self._look_for_dropping("deleteWebhook", params)
        return self.webhook.delete(params)

    def _look_for_dropping(self, method: str, params: Params) -> None:
        if params.get("drop_pending_updates"):
            self.object_to(f"{method}: {DROPPED}")
