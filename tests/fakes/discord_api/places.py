"""Where people meet the bot: their DMs, servers and channels, groups of their own."""

from collections.abc import Iterable
from typing import Any, Protocol

from . import payloads
from .gateway import Gateway
from .permissions import Permission
from .state import TEXT_CHANNEL, GuildState, Message, Place, World


class Somebody(Protocol):
    """A person."""

    @property
    def id(self) -> int: ...


class Room:
    """A place as a test looks at it. `messages` are all that are there, also those only some may see."""

    def __init__(self, world: World, gateway: Gateway, place: Place) -> None:
        self.world = world
        self.gateway = gateway
        self.place = place

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.place.name}>"

    @property
    def id(self) -> int:
        return self.place.id

    @property
    def messages(self) -> list[Message]:
        return self.place.messages

    @property
    def last(self) -> Message:
        """The last message; LookupError if there is none."""
        return self.messages[-1]

    @property
    def from_bot(self) -> list[Message]:
        """What the bot wrote."""
        return [message for message in self.messages if message.from_bot]

    @property
    def pinned(self) -> list[Message]:
        return [message for message in self.messages if message.pinned]

    @property
    def typed_at(self) -> list[float]:
        """When the bot was seen typing, by the clock."""
        return self.place.typed_at

    def seen_by(self, person: Somebody) -> list[Message]:
        """What this person sees here: what is public, and what is only for them."""
        if not is_in(person.id, self.place):
            raise AssertionError(f"{person} is not in {self}")
        return self.place.seen_by(person.id)


class Chat(Room):
    """The DM of one person with the bot: `messages` are what this person sees."""

    @property
    def messages(self) -> list[Message]:
        return self.place.seen_by(self.place.people[0])


class Group(Room):
    """A DM or group of people without the bot, where an app installed to a user can be used all the same."""


class Channel(Room):
    """A channel or thread of a server."""

    @property
    def threads(self) -> list["Channel"]:
        assert self.place.guild is not None
        inner = [one for one in self.place.guild.places if one.parent is self.place]
        return [Channel(self.world, self.gateway, one) for one in inner]

    def denies(self, *names: str) -> None:
        """Takes permissions from the bot here, such as "SEND_MESSAGES"."""
        self._set(self.place.allowed & ~_bits(names), self.place.denied | _bits(names))

    def permits(self, *names: str) -> None:
        """Gives permissions to the bot here."""
        self._set(self.place.allowed | _bits(names), self.place.denied & ~_bits(names))

    def is_deleted(self) -> None:
        """Somebody deletes it, with all that is in it."""
        assert self.place.guild is not None
        told = payloads.place(self.world, self.place)
        self.place.guild.places.remove(self.place)
        del self.world.places[self.id]
        self.gateway.push("THREAD_DELETE" if self.place.is_thread else "CHANNEL_DELETE", told)

    def _set(self, allowed: int, denied: int) -> None:
        self.place.allowed, self.place.denied = allowed, denied
        self.gateway.push("CHANNEL_UPDATE", payloads.place(self.world, self.place))


class Guild:
    """A server. Members see all of its channels."""

    def __init__(self, world: World, gateway: Gateway, state: GuildState) -> None:
        self.world = world
        self.gateway = gateway
        self.state = state
        self._channels: dict[str, Channel] = {}

    def __repr__(self) -> str:
        return f"<Guild {self.id} {self.state.name}>"

    @property
    def id(self) -> int:
        return self.state.id

    @property
    def has_bot(self) -> bool:
        """Whether the bot is in it."""
        return self.state.has_bot

    def channel(self, name: str = "general") -> Channel:
        """The text channel of a name; made at the first time."""
        if name not in self._channels:
            place = Place(self.world.clock.snowflake(), TEXT_CHANNEL, name, self.state)
            self.world.places[place.id] = place
            self.state.places.append(place)
            self._channels[name] = Channel(self.world, self.gateway, place)
            self._tell("CHANNEL_CREATE", payloads.place(self.world, place))
        return self._channels[name]

    def adds(self, *people: Somebody) -> None:
        """People join."""
        self.state.members += [one.id for one in people if one.id not in self.state.members]

    def permits(self, *names: str) -> None:
        """Gives permissions to the role of the bot, everywhere."""
        self.state.bot_role |= _bits(names)
        self._tell_roles()

    def denies(self, *names: str) -> None:
        """Takes permissions from the bot, everywhere: from its role and from everybody's."""
        self.state.bot_role &= ~_bits(names)
        self.state.everyone &= ~_bits(names)
        self._tell_roles()

    def kicks_bot(self) -> None:
        """Puts the bot out."""
        self.state.has_bot = False
        self.gateway.push("GUILD_DELETE", {"id": str(self.id)})

    def adds_bot(self) -> None:
        """Lets the bot in, again."""
        self.state.has_bot = True
        self.gateway.push("GUILD_CREATE", payloads.guild_create(self.world, self.state))

    def goes_down(self) -> None:
        """An outage: docs.discord.com/developers/resources/guild#unavailable-guild-object."""
        self.state.unavailable = True
        self._tell("GUILD_DELETE", {"id": str(self.id), "unavailable": True})

    def comes_back(self) -> None:
        """The outage is over."""
        self.state.unavailable = False
        self._tell("GUILD_CREATE", payloads.guild_create(self.world, self.state))

    def _tell_roles(self) -> None:
        for role in payloads.guild(self.world, self.state)["roles"]:
            self._tell("GUILD_ROLE_UPDATE", {"guild_id": str(self.id), "role": role})

    def _tell(self, name: str, data: dict[str, Any]) -> None:
        if self.state.has_bot:
            self.gateway.push(name, data)


def is_in(user_id: int, place: Place) -> bool:
    """Whether somebody can look into a place."""
    if place.guild is None or place.kind == 12:
        return user_id in place.people
    return user_id in place.guild.members


def _bits(names: Iterable[str]) -> int:
    return int(sum(Permission[name] for name in names))
