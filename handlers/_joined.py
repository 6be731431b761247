"""The chats that are one person, for what is done to all of them: it must be those that the screen spoke of."""

from hashlib import sha256

from bot.messages import Chat
from bot.visit import Visit

DIGITS = 12


def all_chats(visit: Visit) -> frozenset[Chat]:
    """This chat and those it is joined with, as far as is known."""
    return frozenset({visit.chat, *visit.known.others})


def with_others(visit: Visit, argument: str) -> str:
    """What the button of such a screen says: it holds which other chats there are. Once these have changed it is none
    that fits, and the screen is shown again."""
    others = ",".join(sorted(map(str, visit.known.others)))
    return f"{argument} {sha256(others.encode()).hexdigest()[:DIGITS]}" if others else argument
