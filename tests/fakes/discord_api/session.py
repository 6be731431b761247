"""A session and its connection, opcodes and close codes: docs.discord.com/developers/events/gateway."""

from typing import Any, Protocol

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, _, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = range(12)
"""docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-opcodes"""

UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, AUTHENTICATION_FAILED, ALREADY_AUTHENTICATED = range(4001, 4006)
INVALID_SEQUENCE, RATE_LIMITED, TIMED_OUT, INVALID_SHARD = range(4007, 4011)
INVALID_VERSION, INVALID_INTENTS, DISALLOWED_INTENTS = range(4012, 4015)
FATAL = {AUTHENTICATION_FAILED, INVALID_SEQUENCE, TIMED_OUT, *range(4010, 4015)}
"""After these a session can't be resumed: …#gateway-gateway-close-event-codes."""


class Connection(Protocol):
    """A socket to a bot."""

    resuming: bool

    def send(self, payload: dict[str, Any]) -> None: ...

    def close(self, code: int) -> None: ...

    def cut(self) -> None: ...


class Session:
    """What a bot has identified for; outlives its connections."""

    def __init__(self, session_id: str, intents: int, connection: Connection) -> None:
        self.id = session_id
        self.intents = intents
        self.connection: Connection | None = connection
        self.events: list[dict[str, Any]] = []

    def push(self, name: str, data: dict[str, Any]) -> None:
        """Sends an event, or keeps it until the bot resumes."""
        self.events.append({"op": DISPATCH, "t": name, "s": len(self.events) + 1, "d": data})
        if self.connection is not None:
            self.connection.send(self.events[-1])
