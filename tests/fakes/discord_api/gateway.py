"""Sessions and events: docs.discord.com/developers/events/gateway."""

from collections.abc import Callable
from typing import Any

from . import payloads
from .intents import PRIVILEGED, VALID, passes
from .ledger import Ledger
from .session import (
    ACK,
    ALREADY_AUTHENTICATED,
    AUTHENTICATION_FAILED,
    DECODE_ERROR,
    DISALLOWED_INTENTS,
    FATAL,
    HEARTBEAT,
    HELLO,
    IDENTIFY,
    INVALID,
    INVALID_INTENTS,
    INVALID_SEQUENCE,
    INVALID_SHARD,
    MEMBERS,
    NOT_AUTHENTICATED,
    PRESENCE,
    RECONNECT,
    RESUME,
    UNKNOWN_OPCODE,
    VOICE,
    Connection,
    Session,
)
from .state import World


class Gateway:
    """All sessions, and what goes wrong with them.

    `heartbeat_interval` is in seconds. What may be set: `acknowledges` heartbeats, `says_hello`, `refuses_resume` (with
    an invalid session), and `refuses_with`, the HTTP status of connecting (None: it connects).
    """

    def __init__(self, world: World, ledger: Ledger, token: Callable[[], str]) -> None:
        self.world = world
        self.ledger = ledger
        self.sessions: dict[str, Session] = {}
        self.connections: list[Connection] = []
        self.identifies: list[dict[str, Any]] = []
        self.resumes: list[dict[str, Any]] = []
        self.heartbeats = 0
        self.heartbeat_interval = 41.25
        self.acknowledges = True
        self.says_hello = True
        self.refuses_resume = False
        self.refuses_with: int | None = None
        self.start_limit = {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 1}
        self._token = token
        self._made = 0
        self.leaves_out: tuple[str, ...] = ()

    def push(self, name: str, data: dict[str, Any]) -> None:
        """An event for every session that has the intents for it: …/events/gateway#gateway-intents."""
        if name == "INTERACTION_CREATE":
            data = {field: value for field, value in data.items() if field not in self.leaves_out}
        for session in list(self.sessions.values()):
            seen = passes(name, data, session.intents, self.world.app_id)
            if seen is not None:
                session.push(name, seen)
        self.ledger.changed()

    # What a bot sends

    def opened(self, connection: Connection) -> None:
        """Says hello."""
        self.connections.append(connection)
        if self.says_hello:
            connection.send(
                {"op": HELLO, "d": {"heartbeat_interval": int(self.heartbeat_interval * 1000), "_trace": []}}
            )

    def closed(self, connection: Connection, code: int | None) -> None:
        """The bot has gone; with 1000 or 1001 its session goes too: …/events/gateway#initiating-a-disconnect."""
        if connection in self.connections:
            self.connections.remove(connection)
        session = self._of(connection)
        if session is not None:
            session.connection = None
            if code in (1000, 1001):
                del self.sessions[session.id]
        self.ledger.changed()

    def heard(self, connection: Connection, payload: Any) -> None:
        """A message of the bot."""
        if not isinstance(payload, dict) or not isinstance(payload.get("op"), int):
            return self.refuse(connection, DECODE_ERROR, "not a payload")
        op, data = payload["op"], payload.get("d")
        if op == HEARTBEAT:
            return self._heartbeat(connection, data)
        if op in (IDENTIFY, RESUME):
            if not isinstance(data, dict):
                return self.refuse(connection, DECODE_ERROR, f"op {op} without an object")
            if self._of(connection) is not None:
                return self.refuse(connection, ALREADY_AUTHENTICATED, "identified twice")
            return self._identify(connection, data) if op == IDENTIFY else self._resume(connection, data)
        if op not in (PRESENCE, VOICE, MEMBERS):
            return self.refuse(connection, UNKNOWN_OPCODE, f"unknown opcode {op}")
        if self._of(connection) is None:
            return self.refuse(connection, NOT_AUTHENTICATED, f"op {op} before identify")
        if op != PRESENCE:
            self.ledger.object_to(f"gateway: op {op} is nothing for this bot")
        return None

    def refuse(self, connection: Connection, code: int, why: str) -> None:
        """Closes with a code that no good bot earns."""
        self.ledger.object_to(f"gateway: {code} {why}")
        self._end(connection, code)

    def _heartbeat(self, connection: Connection, seen: object) -> None:
        if seen is not None and (isinstance(seen, bool) or not isinstance(seen, int)):
            return self.refuse(connection, DECODE_ERROR, f"heartbeat with {seen!r}")
        self.heartbeats += 1
        if self.acknowledges:
            connection.send({"op": ACK, "d": None})
        self.ledger.changed()
        return None

    def _identify(self, connection: Connection, data: dict[str, Any]) -> None:
        self.identifies.append(data)
        wrong = self._wrong_with(data)
        if wrong is not None:
            return self.refuse(connection, *wrong)
        if data["token"] != self._token():
            return self._end(connection, AUTHENTICATION_FAILED)
        if self.start_limit["remaining"] <= 0:
            return self.refuse(connection, AUTHENTICATION_FAILED, "no session starts are left")
        self.start_limit["remaining"] -= 1
        self._made += 1
        session = Session(f"session-{self._made}", data["intents"], connection)
        self.sessions[session.id] = session
        guilds = [guild for guild in self.world.guilds.values() if guild.has_bot]
        session.push("READY", self._ready(session, [{"id": str(guild.id), "unavailable": True} for guild in guilds]))
        for guild in guilds:
            if not guild.unavailable and passes("GUILD_CREATE", {}, session.intents, 0) is not None:
                session.push("GUILD_CREATE", payloads.guild_create(self.world, guild))
        self.ledger.changed()
        return None

    def _wrong_with(self, data: dict[str, Any]) -> tuple[int, str] | None:
        """…/events/gateway-events#identify"""
        known = {"token", "properties", "compress", "large_threshold", "shard", "presence", "intents"}
        properties = data.get("properties")
        if data.keys() - known or not isinstance(data.get("token"), str):
            return DECODE_ERROR, f"identify with {sorted(data)}"
        if not isinstance(properties, dict) or not {"os", "browser", "device"} <= properties.keys():
            return DECODE_ERROR, "identify without properties"
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~VALID:
            return INVALID_INTENTS, f"intents {intents}"
        if intents & PRIVILEGED:
            return DISALLOWED_INTENTS, f"privileged intents {intents & PRIVILEGED}"
        if data.get("shard", [0, 1]) != [0, 1]:
            return INVALID_SHARD, f"shard {data['shard']}"
        if not 50 <= data.get("large_threshold", 50) <= 250:
            return DECODE_ERROR, "large_threshold"
        return None

    def _ready(self, session: Session, guilds: list[dict[str, Any]]) -> dict[str, Any]:
        """…/events/gateway-events#ready"""
        return {
            "v": 10,
            "user": self.world.me | {"email": None, "verified": True, "mfa_enabled": False},
            "guilds": guilds,
            "session_id": session.id,
            "resume_gateway_url": f"{self.world.url.replace('http', 'ws', 1)}/gateway/resume",
            "application": {"id": str(self.world.app_id), "flags": 0},
            "private_channels": [],
            "relationships": [],
            "session_type": "normal",
            "_trace": [],
        }

    def _resume(self, connection: Connection, data: dict[str, Any]) -> None:
        """…/events/gateway#resuming"""
        self.resumes.append(data)
        if data.keys() != {"token", "session_id", "seq"}:
            return self.refuse(connection, DECODE_ERROR, f"resume with {sorted(data)}")
        if data["token"] != self._token():
            return self._end(connection, AUTHENTICATION_FAILED)
        session = self.sessions.get(str(data["session_id"]))
        if session is None or self.refuses_resume:
            self.sessions.pop(str(data["session_id"]), None)
            return connection.send({"op": INVALID, "d": False})
        if not isinstance(data["seq"], int) or data["seq"] > len(session.events):
            return self.refuse(connection, INVALID_SEQUENCE, f"resume at {data['seq']}")
        if not connection.resuming:
            self.ledger.object_to("gateway: resumed elsewhere than at resume_gateway_url")
        if session.connection is not None:
            session.connection.close(4000)
        session.connection = connection
        for event in session.events[data["seq"] :]:
            connection.send(event)
        session.push("RESUMED", {"_trace": []})
        self.ledger.changed()
        return None

    # What a test does to it

    def _of(self, connection: Connection) -> Session | None:
        return next((one for one in self.sessions.values() if one.connection is connection), None)

    def _end(self, connection: Connection, code: int) -> None:
        session = self._of(connection)
        if session is not None:
            session.connection = None
            if code in FATAL:
                del self.sessions[session.id]
        connection.close(code)

    def close(self, code: int) -> None:
        """Closes all connections with a code."""
        for connection in list(self.connections):
            self._end(connection, code)

    def cut(self) -> None:
        """Cuts all connections without a word."""
        for connection in list(self.connections):
            connection.cut()

    def reconnect(self) -> None:
        """Tells the bot to reconnect and resume: …/events/gateway-events#reconnect."""
        for connection in list(self.connections):
            connection.send({"op": RECONNECT, "d": None})

    def ask_for_heartbeat(self) -> None:
        """…/events/gateway#heartbeat-requests"""
        for connection in list(self.connections):
            connection.send({"op": HEARTBEAT, "d": None})

    def invalidate(self, *, resumable: bool = False) -> None:
        """…/events/gateway-events#invalid-session"""
        for session in list(self.sessions.values()):
            if not resumable:
                del self.sessions[session.id]
            if session.connection is not None:
                session.connection.send({"op": INVALID, "d": resumable})

    def forget(self) -> None:
        """Sessions without a connection can't be resumed any more; what they had missed is lost."""
        self.sessions = {name: one for name, one in self.sessions.items() if one.connection is not None}

    @property
    def is_connected(self) -> bool:
        """Whether a bot is there, identified."""
        return any(session.connection is not None for session in self.sessions.values())
