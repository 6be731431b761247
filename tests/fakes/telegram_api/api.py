"""What a test holds in its hands: the server, the people, and everything that was asked and answered."""

import re
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from .delivery import Update
from .faults import Fault, Flood, Planned
from .ledger import Request
from .people import Person
from .places import Channel, Group
from .profile import Commands
from .server import Server
from .service import Service
from .state import Chat, Query

TOKEN = "123456:TEST-token_value"  # noqa: S105 - not a real one
ADMIN = 900_001


class BotApi:
    """A strict Telegram on a port of 127.0.0.1, for one bot.

    `local`: webhooks may be plain http and on any port, as with a local Bot API server
    (core.telegram.org/bots/api#using-a-local-bot-api-server). `now`: the clock of dates and of queries' lifetime.
    """

    def __init__(self, token: str = TOKEN, *, local: bool = True, now: Callable[[], float] = time.time) -> None:
        if re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token) is None:
            raise ValueError(f"not a token: {token!r}")
        self.token = token
        self.me: dict[str, Any] = {
            "id": int(token.split(":")[0]),
            "is_bot": True,
            "first_name": "Holdfast",
            "username": "holdfast_test_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": True,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }
        self._service = Service(self.me, now, self._from_webhook, local=local)
        self._server = Server(self._service, token)
        self._people: dict[int, Person] = {}
        self._places: dict[int, Group | Channel] = {}

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._server.stop()

    # People and places

    def user(self, user_id: int, first_name: str | None = None, *, met: bool = False, **about: Any) -> Person:
        """The person of an id; made at the first time. `met`: has written to the bot before."""
        if user_id not in self._people:
            user = {"id": user_id, "is_bot": False, "first_name": first_name or f"User{user_id}", **about}
            user = {name: value for name, value in user.items() if value is not None}
            self._people[user_id] = Person(self._service.world, self._service.updates, user, met=met)
        return self._people[user_id]

    def group(
        self, chat_id: int, title: str = "Friends", kind: str = "supergroup", *, is_forum: bool = False, **about: Any
    ) -> Group:
        """The group of an id, with the bot in it; made at the first time."""
        found = self._places.get(chat_id)
        if found is None:
            chat = Chat(chat_id, kind, {"title": title, **about}, is_forum=is_forum)
            admin = self.user(ADMIN, "Admin")
            found = self._places[chat_id] = Group(self._service.world, self._service.updates, chat, admin)
        assert isinstance(found, Group)
        return found

    def channel(self, chat_id: int, title: str = "News", **about: Any) -> Channel:
        """The channel of an id, with the bot in it; made at the first time."""
        found = self._places.get(chat_id)
        if found is None:
            chat = Chat(chat_id, "channel", {"title": title, **about})
            found = self._places[chat_id] = Channel(self._service.world, self._service.updates, chat)
        assert isinstance(found, Channel)
        return found

    # Updates

    def push(self, update: Update, *, odd: bool = False, times: int = 1) -> int:
        """Sends a raw update, without its id, which is returned.

        `odd`: it may be of no kind that there is. `times`: how often it is in one and the same answer.
        """
        return self._service.updates.push(update, odd=odd, times=times)

    def skip_a_week(self, update_id: int) -> None:
        """There were no updates for a week: the next ones count from here (core.telegram.org/bots/api#update)."""
        self._service.updates.count_from(update_id)

    def redeliver(self, update_id: int) -> None:
        """Delivers an update once more, also one that was confirmed."""
        self._service.updates.redeliver(update_id)

    @property
    def pending(self) -> list[Update]:
        """Updates that are not confirmed."""
        return list(self._service.updates.pending.values())

    @property
    def withheld(self) -> list[Update]:
        """Updates that were not created for the bot, since its allowed_updates do not name them."""
        return self._service.updates.withheld

    @property
    def allowed_updates(self) -> frozenset[str]:
        """What the bot gets."""
        return self._service.updates.allowed

    # What the bot did

    @property
    def url(self) -> str:
        """The bot calls {url}/bot<token>/<method>."""
        return self._server.url

    @property
    def requests(self) -> list[Request]:
        """Every request with the right token, in order."""
        return self._service.ledger.requests

    def calls(self, method: str) -> list[Request]:
        """The requests of one method."""
        return [request for request in self.requests if request.method == method]

    @property
    def violations(self) -> list[str]:
        """What a strict server objects to."""
        return self._service.ledger.violations

    @property
    def unanswered_callbacks(self) -> list[Query]:
        """Taps that have reached the bot and that it never tried to answer."""
        return self._service.queries.unanswered()

    @property
    def callbacks(self) -> list[Query]:
        """All taps, each with its answer."""
        return list(self._service.world.callbacks.values())

    @property
    def commands(self) -> dict[str, Commands]:
        """By scope and language: "default", "default/de", "all_private_chats", "chat:1001/en"."""
        return self._service.profile.commands

    @property
    def description(self) -> dict[str, str]:
        """By language; "" is for everybody else."""
        return self._service.profile.description

    @property
    def short_description(self) -> dict[str, str]:
        """By language; "" is for everybody else."""
        return self._service.profile.short_description

    @property
    def name(self) -> dict[str, str]:
        """By language; "" is for everybody else."""
        return self._service.profile.name

    @property
    def menu_buttons(self) -> dict[int | None, dict[str, Any]]:
        """By chat; None is the default."""
        return self._service.profile.menu_buttons

    @property
    def webhook(self) -> dict[str, Any]:
        """What getWebhookInfo says."""
        return self._service.webhook.info()

    @property
    def deliveries(self) -> list[tuple[int, int | str]]:
        """Every attempt to deliver to the webhook: the update's id, and 200 or what went wrong."""
        return self._service.webhook.deliveries

    @property
    def slow_deliveries(self) -> dict[str, float]:
        """By kind of update, seconds that it is on its way to the webhook."""
        return self._service.webhook.slow

    # What goes wrong

    def fault(
        self,
        method: str,
        kind: Fault,
        *,
        times: int = 1,
        retry_after: float = 1,
        chat: int | None = None,
        seconds: float = 1.0,
        status: int | None = None,
        description: str | None = None,
        done: bool = False,
    ) -> None:
        """Lets the next `times` requests of a method fail ("*": of any), only those to `chat` if it is given.

        `seconds` is for SLOW, `status` for SERVER_ERROR (500) and HTML (502); `done`: a refusal comes though the work
        was done.
        """
        status = status or (502 if kind is Fault.HTML else 500)
        planned = Planned(kind, times, retry_after, chat, seconds, status, description, done)
        self._service.faults.plan(method, planned)

    @property
    def faults_waiting(self) -> list[str]:
        """Faults that no request has met yet."""
        return self._service.faults.waiting()

    def revoke(self) -> None:
        """From now on the token is refused, as when @BotFather has given out a new one."""
        self._server.token = ""

    def clear_faults(self) -> None:
        """Takes back the faults that no request has met yet."""
        self._service.faults.clear()

    @property
    def flood(self) -> Flood | None:
        """The limits on sending; None: no limits."""
        return self._service.flood

    @flood.setter
    def flood(self, flood: Flood | None) -> None:
        self._service.flood = flood

    @property
    def latency(self) -> float:
        """Seconds before each answer."""
        return self._server.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._server.latency = seconds

    @property
    def callback_lifetime(self) -> float:
        """Seconds in which a query takes an answer."""
        return self._service.queries.lifetime

    @callback_lifetime.setter
    def callback_lifetime(self, seconds: float) -> None:
        self._service.queries.lifetime = seconds

    async def stop_listening(self) -> None:
        """The port refuses connections, and those that are open are cut."""
        await self._server.stop_listening()

    async def listen_again(self) -> None:
        """The port is back."""
        await self._server.listen()

    def cut_connections(self) -> None:
        """Cuts every open connection once."""
        self._server.cut_connections()

    # Waiting

    async def until(self, condition: Callable[[], object], seconds: float = 5) -> None:
        """Waits until something is true, or fails with what happened last."""
        await self._service.ledger.until(condition, seconds, self._hint)

    def _hint(self) -> str:
        lines = [self._service.ledger.recent(), f"pending updates: {len(self.pending)}"]
        lines += [f"violation: {violation}" for violation in self.violations]
        lines += [f"{person}: {person.chat.messages[-3:]}" for person in self._people.values() if person.chat.messages]
        return "\n".join(lines)

    async def _from_webhook(self, method: str, params: dict[str, Any]) -> None:
        request = Request(method, params, by_webhook=True)
        self.requests.append(request)
        await self._server.perform(request)
        self._service.ledger.changed()
