"""Words at rest are sealed: what a person wrote, and for whom. Without the keys nobody reads them in the database, its
write-ahead log or a copy of it, and a row that somebody put in another person's place is not opened.

Sealed text is a Fernet token (github.com/fernet/spec): AES-128-CBC with an HMAC-SHA256. Several keys are as
`cryptography.fernet.MultiFernet` has them: the first one seals, each of them opens.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot.messages import Chat

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

TOKEN = "gAAAAA"  # noqa: S105
"""What every token begins with for the next two hundred years: a version, and a moment in seconds as eight bytes."""


class Sealed(Exception):
    """Words that the keys at hand do not open, or that are somebody else's."""


class Seal:
    """Closes and opens words. Without keys it leaves words as they are, and opens none that are sealed."""

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._keys = keys

    @cached_property
    def _fernet(self) -> "MultiFernet":
        from cryptography.fernet import Fernet, MultiFernet

        return MultiFernet([Fernet(key) for key in self._keys])

    def close(self, words: str, whose: str) -> str:
        """Words that only `whose` they are can be read as, from now on."""
        return self._fernet.encrypt(f"{whose}\0{words}".encode()).decode() if self._keys else words

    def open(self, kept: str, whose: str) -> str:
        """Words as they were written. Those that were written before there were keys are as they were.

        Raises:
            Sealed: no key fits, or they are not theirs.
        """
        if not is_sealed(kept):
            return kept
        if not self._keys:
            raise Sealed
        from cryptography.fernet import InvalidToken

        try:
            owner, _, words = self._fernet.decrypt(kept).decode().partition("\0")
        except InvalidToken:
            raise Sealed from None
        if owner != whose:
            raise Sealed
        return words

    def is_newest(self, kept: str) -> bool:
        """Whether it is the first of the keys that opens this."""
        from cryptography.fernet import Fernet, InvalidToken

        try:
            Fernet(self._keys[0]).decrypt(kept)
        except InvalidToken:
            return False
        return True


PLAIN = Seal()


def is_sealed(kept: str) -> bool:
    """Whether words are sealed. What is written down as JSON never looks like that."""
    return kept.startswith(TOKEN)


def seal_of(connection: Connection) -> Seal:
    """The seal of the database that somebody is connected to."""
    seal: Seal = connection.get_execution_options().get("seal", PLAIN)
    return seal


def owner_of(platform: str, chat: str) -> str:
    """Whose words are that belong to a chat, not to a person."""
    return str(Chat(platform, chat))
