"""Which events a session gets: docs.discord.com/developers/events/gateway#gateway-intents."""

from typing import Any

GUILDS = 1 << 0
GUILD_MESSAGES = 1 << 9
DIRECT_MESSAGES = 1 << 12
MESSAGE_CONTENT = 1 << 15
PRIVILEGED = 1 << 1 | 1 << 8 | MESSAGE_CONTENT
"""GUILD_MEMBERS, GUILD_PRESENCES, MESSAGE_CONTENT."""
VALID = sum(1 << bit for bit in (*range(17), 20, 21, 24, 25))

_OF_GUILDS = (
    "GUILD_CREATE",
    "GUILD_UPDATE",
    "GUILD_DELETE",
    "GUILD_ROLE_UPDATE",
    "CHANNEL_CREATE",
    "CHANNEL_UPDATE",
    "CHANNEL_DELETE",
    "CHANNEL_PINS_UPDATE",
    "THREAD_CREATE",
    "THREAD_UPDATE",
    "THREAD_DELETE",
)
_OF_MESSAGES = ("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE")
HIDDEN: dict[str, Any] = {"content": "", "embeds": [], "attachments": [], "components": []}


def passes(name: str, data: dict[str, Any], intents: int, app_id: int) -> dict[str, Any] | None:
    """An event as a session sees it; None: not at all."""
    if name in _OF_GUILDS:
        in_a_guild = name != "CHANNEL_PINS_UPDATE" or "guild_id" in data
        return data if intents & (GUILDS if in_a_guild else DIRECT_MESSAGES) else None
    if name not in _OF_MESSAGES:
        return data
    if "guild_id" not in data:
        return data if intents & DIRECT_MESSAGES else None
    if not intents & GUILD_MESSAGES:
        return None
    return data if name == "MESSAGE_DELETE" or may_read(data, app_id) else data | HIDDEN


def may_read(message: dict[str, Any], app_id: int) -> bool:
    """…/events/gateway#message-content-intent: its own ones, and those that mention it."""
    mentioned = any(user["id"] == str(app_id) for user in message["mentions"])
    return message["author"]["id"] == str(app_id) or mentioned
