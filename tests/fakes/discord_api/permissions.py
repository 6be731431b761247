"""Who may do what where: docs.discord.com/developers/topics/permissions."""

from collections.abc import Iterable
from enum import IntFlag


class Permission(IntFlag):
    """docs.discord.com/developers/topics/permissions#permissions-bitwise-permission-flags"""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EXTERNAL_APPS = 1 << 50
    PIN_MESSAGES = 1 << 51


EVERYTHING = Permission(sum(Permission))
USUAL = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.CREATE_PRIVATE_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.USE_EXTERNAL_APPS
)
"""Of everybody in a new server, more or less."""
OF_AN_APP_IN_A_DM = Permission.ATTACH_FILES | Permission.EMBED_LINKS | Permission.MENTION_EVERYONE
"""docs.discord.com/developers/interactions/receiving-and-responding#interaction-object; one more where the bot is."""
IN_A_DM = USUAL | Permission.MENTION_EVERYONE | Permission.PIN_MESSAGES


def computed(base: int, overwrites: Iterable[tuple[int, int]]) -> Permission:
    """docs.discord.com/developers/topics/permissions#permission-overwrites; overwrites are (allow, deny), in order."""
    if base & Permission.ADMINISTRATOR:
        return EVERYTHING
    for allow, deny in overwrites:
        base = base & ~deny | allow
    if not base & Permission.VIEW_CHANNEL:
        return Permission(0)
    if not base & Permission.SEND_MESSAGES:
        base &= ~(Permission.MENTION_EVERYONE | Permission.ATTACH_FILES | Permission.EMBED_LINKS)
    return Permission(base & EVERYTHING)
