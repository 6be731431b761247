"""The whole bot as a process of its own, in front of the Discord of the tests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from discord_api import Channel, DiscordApi, Interaction, Message, Person

from bot.adapters.terminal.text import plain
from tests.whole_bot import WholeBot, squeezed


@dataclass
class Process(WholeBot):
    """The bot on Discord."""

    api: DiscordApi

    def platform(self) -> Mapping[str, str]:
        """Token and address."""
        return {"DISCORD_BOT_TOKEN": self.token or self.api.token, "DISCORD_API_URL": self.api.url}

    def secrets(self) -> Sequence[str]:
        """The token, whole and its last part, and what each interaction is answered with."""
        token = self.token or self.api.token
        return (token, token.rpartition(".")[2], *(one.token for one in self.api.interactions))

    def mark(self) -> Callable[[], bool]:
        """Ready when it has begun a session and can be called."""
        seen = len(self.api.gateway.identifies)
        return lambda: (
            len(self.api.gateway.identifies) > seen and self.api.gateway.is_connected and bool(self.api.commands)
        )

    def check_no_interaction_is_kept(self) -> None:
        """No token with which an interaction is answered is in any file of the database."""
        kept = b"".join(file.read_bytes() for file in self.folder.iterdir() if file.name.startswith(self.file.name))
        assert not [one for one in self.api.interactions if one.token.encode() in kept]


def act(person: Person, does: str, where: Channel | None = None) -> Interaction | Message:
    """Types, or calls a command, or in brackets taps the newest button or choice of that label."""
    if does.startswith("/"):
        name, _, words = does[1:].partition(" ")
        return person.slash(name, where, **{OPTIONS[name]: words} if words else {})
    if not does.startswith("["):
        return person.types(does, where)
    label = does.strip("[]")
    with_it = [message for message in seen_by(person, where) if label in labels(message)]
    assert with_it, f"no {does} in {seen_by(person, where)[-3:]}"
    if label in with_it[-1].labels:
        return person.taps(with_it[-1], label)
    return person.selects(with_it[-1], label)


OPTIONS = {"read": "words", "lines": "country"}
"""What may stand behind a command."""


def labels(message: Message) -> list[str]:
    """What can be pressed or chosen below a message."""
    return [*message.labels, *(label for menu in message.menus for label, _ in menu.options)]


def seen_by(person: Person, where: Channel | None = None) -> list[Message]:
    """What the bot shows to somebody, in private unless a place is given."""
    place = where or person.dm
    return [message for message in place.seen_by(person) if message.from_bot]


def last(person: Person, where: Channel | None = None) -> str:
    """The bot's last message there and its buttons."""
    shown = seen_by(person, where)[-1]
    return " ".join([squeezed(plain(shown.text)), *(f"[{label}]" for label in labels(shown))])


def texts(person: Person, where: Channel | None = None) -> list[str]:
    """The words of all that the bot shows there."""
    return [squeezed(plain(message.text)) for message in seen_by(person, where)]
