"""What a test holds in its hands: the server, the people, and everything that was asked and answered."""

from collections.abc import Callable
from fnmatch import fnmatchcase
from types import TracebackType
from typing import Any, Self

from . import payloads
from .clock import Clock
from .faults import Fault, Flood, Planned
from .gateway import Gateway
from .ledger import Request
from .people import Person, new_person
from .places import Group, Guild
from .server import API, Server
from .service import Service
from .state import GROUP_DM, GuildState, Interaction, Message, Place

TOKEN = "TEST.discord.token_value"  # noqa: S105 - not a real one
APP_ID = 900_000_000_000_000_001
OWNER = 900_000_000_000_000_002


class DiscordApi:
    """A strict Discord on a port of 127.0.0.1, for one bot. `clock`: the time of ids and lifetimes, real by default."""

    def __init__(self, token: str = TOKEN, *, clock: Clock | None = None, app_id: int = APP_ID) -> None:
        self.token = token
        self.clock = clock or Clock()
        self.me = payloads.new_user(app_id, "Holdfast", bot=True)
        self._service = Service(self.me, self.clock, lambda: self._server.token)
        self._server = Server(self._service, token)
        self._people: dict[int, Person] = {}
        self._guilds: dict[int, Guild] = {}

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._server.stop()

    # People and places

    def user(self, user_id: int, name: str | None = None, *, locale: str = "en-US") -> Person:
        """The person of an id; made at the first time."""
        if user_id not in self._people:
            found = new_person(self._service.world, self._service.messages, user_id, name or f"User{user_id}", locale)
            self._people[user_id] = found
        return self._people[user_id]

    def guild(self, guild_id: int, name: str = "Friends", *members: Person, locale: str = "en-US") -> Guild:
        """The server of an id, with the bot and these members in it; made at the first time."""
        if guild_id not in self._guilds:
            owner = self.user(OWNER, "Owner")
            state = GuildState(guild_id, name, owner.id, self.clock(), locale=locale, members=[owner.id])
            state.bot_role_id = self.clock.snowflake()
            self._service.world.guilds[guild_id] = state
            self._guilds[guild_id] = Guild(self._service.world, self.gateway, state)
            self.gateway.push("GUILD_CREATE", payloads.guild_create(self._service.world, state))
        self._guilds[guild_id].adds(*members)
        return self._guilds[guild_id]

    def group(self, *people: Person, name: str = "Us") -> Group:
        """A group DM of people without the bot."""
        place = Place(self.clock.snowflake(), GROUP_DM, name, people=[one.id for one in people], with_bot=False)
        self._service.world.places[place.id] = place
        return Group(self._service.world, self.gateway, place)

    # Events

    @property
    def gateway(self) -> Gateway:
        """Sessions, identifies, resumes, and what can go wrong with them."""
        return self._service.gateway

    def push(self, name: str, data: dict[str, Any]) -> None:
        """Sends a raw event."""
        self.gateway.push(name, data)

    def redeliver(self, what: Interaction | Message) -> None:
        """Sends the same event once more."""
        if isinstance(what, Interaction):
            what.may_repeat = True
            self.gateway.push("INTERACTION_CREATE", what.event)
        else:
            self.gateway.push("MESSAGE_CREATE", payloads.in_event(self._service.world, what))

    # What the bot did

    @property
    def url(self) -> str:
        """Where the REST API is, as in DISCORD_API_URL; without a slash at the end."""
        return self._server.url + API

    @property
    def gateway_url(self) -> str:
        """What GET /gateway says."""
        return self._server.url.replace("http", "ws", 1) + "/gateway"

    @property
    def requests(self) -> list[Request]:
        """Every request, in order."""
        return self._service.ledger.requests

    def calls(self, method: str, pattern: str = "*") -> list[Request]:
        """Requests by method and path below /api/v10, such as "POST", "/channels/*/messages"."""
        return [one for one in self.requests if one.method == method and fnmatchcase(one.path, pattern)]

    @property
    def violations(self) -> list[str]:
        """What a strict server objects to."""
        return self._service.ledger.violations

    @property
    def interactions(self) -> list[Interaction]:
        """All, in order, each with its answer."""
        return list(self._service.world.interactions.values())

    @property
    def unanswered(self) -> list[Interaction]:
        """Interactions that were never acknowledged: "The application did not respond"."""
        return self._service.interactions.unanswered()

    @property
    def commands(self) -> dict[str, dict[str, Any]]:
        """The global commands by name."""
        return {one["name"]: one for one in self._service.world.commands.get(None, [])}

    @property
    def command_puts(self) -> int:
        """How often commands were overwritten."""
        return len(self._service.profile.overwrites)

    @property
    def opened_dms(self) -> list[int]:
        """With whom the bot has opened a DM, each time."""
        return self._service.channels.opened

    @property
    def invalid_requests(self) -> int:
        """Answers of 401, 403 and 429: docs.discord.com/developers/topics/rate-limits#invalid-request-limit…"""
        return sum(one.status in (401, 403, 429) and not one.shared for one in self.requests)

    # What goes wrong

    def fault(
        self,
        method: str,
        pattern: str,
        kind: Fault,
        *,
        times: int | None = 1,
        retry_after: float = 1.0,
        seconds: float = 1.0,
        status: int = 502,
        code: int | None = None,
        message: str | None = None,
        done: bool = False,
    ) -> None:
        """Lets the next `times` requests fail, None: all of them.

        `method` may be "*", `pattern` is a path below /api/v10 with "*" for anything. `seconds` is for SLOW and LATE,
        `status` for SERVER_ERROR, `code` and `message` for refusals; `done`: it comes though the work was done.
        """
        planned = Planned(method, pattern, kind, times, retry_after, seconds, status, code, message, done)
        self._service.faults.plan(planned)

    @property
    def faults_waiting(self) -> list[str]:
        """Faults that no request has met yet."""
        return self._service.faults.waiting()

    def clear_faults(self) -> None:
        """Takes back the faults that are left."""
        self._service.faults.clear()

    def revoke(self) -> None:
        """From now on the token is refused, as when it was reset."""
        self._server.token = ""

    @property
    def flood(self) -> Flood | None:
        """The limits on asking; None: no limits."""
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
    def nonce_lifetime(self) -> float:
        """Seconds in which the same nonce makes no second message."""
        return self._service.messages.nonce_lifetime

    @nonce_lifetime.setter
    def nonce_lifetime(self, seconds: float) -> None:
        self._service.messages.nonce_lifetime = seconds

    async def stop_listening(self) -> None:
        """The port refuses connections, and those that are open are cut, the gateway's too."""
        await self._server.stop_listening()

    async def listen_again(self) -> None:
        """The port is back."""
        await self._server.listen()

    # Waiting

    async def until(self, condition: Callable[[], object], seconds: float = 5) -> None:
        """Waits until something is true, or fails with what happened last."""
        await self._service.ledger.until(condition, seconds, self._hint)

    def _hint(self) -> str:
        lines = [self._service.ledger.recent(), f"connected: {self.gateway.is_connected}"]
        lines += [f"unanswered: {one}" for one in self.unanswered]
        lines += [f"violation: {violation}" for violation in self.violations]
        lines += [f"{person}: {person.dm.messages[-3:]}" for person in self._people.values() if person.dm.messages]
        return "\n".join(lines)
