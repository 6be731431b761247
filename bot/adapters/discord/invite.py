"""The links with which a bot is invited."""

import base64
import binascii
from urllib.parse import urlencode

from bot.errors import OperatorError

AUTHORIZE = "https://discord.com/oauth2/authorize"

PERMISSIONS = {
    "View Channels": 1 << 10,
    "Send Messages": 1 << 11,
    "Read Message History": 1 << 16,
    "Create Public Threads": 1 << 35,
    "Send Messages in Threads": 1 << 38,
}
"""What the panel and the daily thread of a server need (discord.com/developers/docs/topics/permissions). Answers to
people need none."""


def links(token: str) -> dict[str, str]:
    """A link for a server's owner, and one for a person who wants the bot for themselves alone.

    Raises:
        OperatorError: the token names no application.
    """
    application = application_id(token)
    server = {"scope": "bot applications.commands", "permissions": sum(PERMISSIONS.values()), "integration_type": 0}
    person = {"scope": "applications.commands", "integration_type": 1}
    return {
        "server": f"{AUTHORIZE}?{urlencode({'client_id': application, **server})}",
        "person": f"{AUTHORIZE}?{urlencode({'client_id': application, **person})}",
    }


def application_id(token: str) -> int:
    """The application a token belongs to: it is the token's first part, in base64, and no secret.

    Raises:
        OperatorError: there is none in it.
    """
    first = token.partition(".")[0]
    try:
        return int(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (binascii.Error, ValueError):
        raise OperatorError(
            "DISCORD_BOT_TOKEN: this is no bot token; copy the whole of it from the Bot page of the developer portal"
        ) from None
