"""The world that the requests change: people, places, messages, interactions."""

import re
from dataclasses import dataclass, field
from typing import Any

from .bodies import Flags
from .clock import Clock
from .components import walk
from .ledger import Upload
from .looks import Button, Menu, buttons_of, menus_of
from .permissions import IN_A_DM, USUAL, Permission, computed

ANSWER_IN = 3.0
TOKEN_LIFETIME = 15 * 60.0
"""Seconds: docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback."""

KINDS = {"": "users", "&": "roles"}
TEXT_CHANNEL, DM, GROUP_DM, PUBLIC_THREAD, PRIVATE_THREAD = 0, 1, 3, 11, 12


@dataclass(eq=False)
class Message:
    """A message. `viewer`: the only one who sees it. `edits`: what it said before, the oldest first."""

    id: int
    place: "Place"
    author: dict[str, Any]
    at: float
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    flags: int = 0
    kind: int = 0
    viewer: int | None = None
    edited_at: float | None = None
    pinned: bool = False
    tts: bool = False
    nonce: int | str | None = None
    reference: dict[str, Any] | None = None
    interaction: "Interaction | None" = None
    allowed_mentions: dict[str, Any] | None = None
    edits: list[str] = field(default_factory=list)
    former_components: list[list[dict[str, Any]]] = field(default_factory=list)
    deleted: bool = False
    thread: "Place | None" = None

    def __repr__(self) -> str:
        only = f" only for {self.viewer}" if self.ephemeral else ""
        state = " thinking" if self.thinking else " deleted" if self.deleted else ""
        who = "bot" if self.from_bot else self.author["username"]
        return f"<{who}{only}{state}: {self.text!r} {[button.label for button in self.buttons]}>"

    @property
    def from_bot(self) -> bool:
        return bool(self.author.get("bot"))

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & Flags.EPHEMERAL)

    @property
    def thinking(self) -> bool:
        """Whether "… is thinking" is all that is shown."""
        return bool(self.flags & Flags.LOADING)

    @property
    def text(self) -> str:
        """All that is to be read: the content, embeds, and texts among the components."""
        parts = [self.content]
        parts += [embed[name] for embed in self.embeds for name in ("title", "description") if embed.get(name)]
        parts += [part["content"] for part in walk(self.components) if "content" in part]
        return "\n".join(part for part in parts if part)

    @property
    def pings(self) -> list[str]:
        """Who is notified: ids of people, "&" and ids of roles, "@everyone", "@here": …#allowed-mentions-object."""
        allowed = {"parse": ["users", "roles", "everyone"]} if self.allowed_mentions is None else self.allowed_mentions
        found = re.findall(r"<@(&?)!?(\d+)>", self.text)
        parse = allowed.get("parse", ())
        named = {"": map(str, allowed.get("users", ())), "&": map(str, allowed.get("roles", ()))}
        listed = {kind: set(ids) for kind, ids in named.items()}
        pinged = [f"{kind}{one}" for kind, one in found if KINDS[kind] in parse or one in listed[kind]]
        return pinged + (re.findall(r"@(?:everyone|here)\b", self.text) if "everyone" in parse else [])

    @property
    def buttons(self) -> list[Button]:
        """All buttons, in the order in which they are seen."""
        return list(buttons_of(self.components))

    @property
    def menus(self) -> list[Menu]:
        """All select menus."""
        return list(menus_of(self.components))

    @property
    def labels(self) -> list[str]:
        """What the buttons say."""
        return [button.label for button in self.buttons]


@dataclass(eq=False)
class Place:
    """A channel of any kind. `people`: who is in it, where it is no server's."""

    id: int
    kind: int
    name: str = ""
    guild: "GuildState | None" = None
    people: list[int] = field(default_factory=list)
    parent: "Place | None" = None
    with_bot: bool = True
    everything: list[Message] = field(default_factory=list)
    denied: int = 0
    allowed: int = 0
    typed_at: list[float] = field(default_factory=list)
    owner: int = 0
    archive_after: int = 1440
    topic: str | None = None

    def __repr__(self) -> str:
        return f"<Place {self.id} {self.name or self.people}>"

    @property
    def is_thread(self) -> bool:
        return self.kind in (PUBLIC_THREAD, PRIVATE_THREAD)

    @property
    def has_bot(self) -> bool:
        """Whether the bot hears what happens here."""
        return self.with_bot if self.guild is None else self.guild.has_bot and not self.guild.unavailable

    @property
    def messages(self) -> list[Message]:
        """Those that are there, whoever may see them."""
        return [message for message in self.everything if not message.deleted]

    def seen_by(self, user_id: int) -> list[Message]:
        """Public messages, and those only for this viewer."""
        return [message for message in self.messages if message.viewer in (None, user_id)]

    def find(self, message_id: int, *, ephemeral: bool = False) -> Message | None:
        """A message that is there. Messages for one viewer only are not, for most requests."""
        for message in reversed(self.everything):
            if message.id == message_id and not message.deleted and (ephemeral or message.viewer is None):
                return message
        return None

    @property
    def permissions(self) -> Permission:
        """What the bot may do here."""
        if self.guild is None:
            return IN_A_DM if self.with_bot else Permission(0)
        above = self.parent if self.is_thread and self.parent is not None else self
        return computed(self.guild.everyone | self.guild.bot_role, [(above.allowed, above.denied)])


@dataclass(eq=False)
class GuildState:
    """A server. `has_bot`: the app is in it with its bot; `unavailable`: an outage."""

    id: int
    name: str
    owner: int
    joined_at: float
    everyone: int = int(USUAL)
    bot_role: int = 0
    bot_role_id: int = 0
    has_bot: bool = True
    unavailable: bool = False
    locale: str = "en-US"
    members: list[int] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)


@dataclass(eq=False)
class Interaction:
    """Something that a person did with a command, a component or a modal, and what came of it.

    `answered_at` is None until it is acknowledged; `answer` is the type of the callback. `modal`: what was opened.
    """

    id: int
    token: str
    kind: int
    user: dict[str, Any]
    place: Place
    at: float
    event: dict[str, Any] = field(default_factory=dict)
    source: Message | None = None
    opened_by: int | None = None
    answered_at: float | None = None
    answer: int | None = None
    original: Message | None = None
    modal: dict[str, Any] | None = None
    followups: list[Message] = field(default_factory=list)
    attempts: int = 0
    may_repeat: bool = False
    first_answer: Any = None

    def __repr__(self) -> str:
        name = self.event["data"].get("name") or self.event["data"].get("custom_id")
        return f"<Interaction {name} of {self.user['username']}: {self.took if self.acknowledged else 'unanswered'}>"

    @property
    def acknowledged(self) -> bool:
        return self.answered_at is not None

    @property
    def is_deferred(self) -> bool:
        """Whether it was put off and nothing has come yet."""
        return self.answer == 5 and self.original is not None and self.original.thinking

    @property
    def took(self) -> float:
        """Seconds until it was acknowledged."""
        if self.answered_at is None:
            raise LookupError("not acknowledged")
        return self.answered_at - self.at


class World:
    """Everything there is."""

    def __init__(self, me: dict[str, Any], clock: Clock) -> None:
        self.me = me
        self.clock = clock
        self.users: dict[int, dict[str, Any]] = {}
        self.places: dict[int, Place] = {}
        self.guilds: dict[int, GuildState] = {}
        self.interactions: dict[str, Interaction] = {}
        self.dms: dict[int, Place] = {}
        self.closed: dict[int, int] = {}
        self.by_nonce: dict[str, Message] = {}
        self.open_modals: dict[int, Interaction] = {}
        self.files: dict[str, Upload] = {}
        self.commands: dict[int | None, list[dict[str, Any]]] = {}
        self.url = ""

    @property
    def app_id(self) -> int:
        return int(self.me["id"])

    def add(self, place: Place, author: dict[str, Any], **fields: Any) -> Message:
        """A new message in a place."""
        message = Message(self.clock.snowflake(), place, author, self.clock(), **fields)
        place.everything.append(message)
        return message
