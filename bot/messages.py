"""What goes in and what comes out, in words every platform understands."""

from dataclasses import dataclass, field, replace
from typing import Self

from whenever import Instant

TOKEN_BYTES = 64
"""Longest button token, in bytes of UTF-8. Telegram's callback_data is the narrowest: 1 to 64 bytes
(core.telegram.org/bots/api#inlinekeyboardbutton); Discord allows a custom_id of 100 characters."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A place where one person and the bot talk. Not a person: one person may have several."""

    platform: str
    id: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.id}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Names an incoming message in the inbox, so that it is handled once: the bot it came to, and its number there."""

    source: str
    id: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing a person did: a tap (the button's token) or a text, never both.

    `at` is when they did it, where the platform says so. `message` is the message whose button was tapped, while it
    is the last one in the chat: an answer may take its place. `edited`: the text is one they changed afterwards.
    `wordless`: it came with a picture, a voice or something else that is not read. `question` is the question a text
    answers (`Reply.writes`), where it came through a form of its own and stands nowhere else. `away`: they speak from
    another place than the one where what comes unasked would find them. `address` is where the chat is written to, if
    its platform gives that another name than the chat's. `language` is the tag (BCP 47) of the one their app is set to,
    if the platform says it.
    """

    chat: Chat
    text: str = ""
    token: str = ""
    at: Instant | None = None
    receipt: Receipt | None = None
    message: str = ""
    edited: bool = False
    wordless: bool = False
    question: str = ""
    away: bool = False
    address: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """Something to tap. The token comes back as it is when it is tapped, even weeks later."""

    label: str
    token: str

    def __post_init__(self) -> None:
        if not 0 < len(self.token.encode()) <= TOKEN_BYTES:
            raise ValueError(f"button {self.label!r}: token {self.token!r} must have 1 to {TOKEN_BYTES} bytes")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture below content/, and the words for those who do not see it."""

    path: str
    alt: str


@dataclass(frozen=True, slots=True)
class File:
    """A file made for one person. It holds what they wrote, so it is sent at once and written down nowhere."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to a person.

    `text` is Markdown from content/. `quote` holds the person's own words, shown below the text as they are: an
    adapter never interprets them. `key` names where the text came from. `until` is the moment to count down to.
    `writes` says that a typed answer is welcome: it names the question. `replaces` is a message of the chat whose
    place this one takes, if it is still there. The buttons of a `docked` one stay in reach below the chat, where a
    platform can do that; one without buttons takes them away. Of the buttons, the first `listed` ones are the
    entries of a list to pick from, and the last `ways` ones are no answers but lead elsewhere. An `unasked` one
    comes by itself: it goes where the person is found, wherever they spoke last. To what is shown anybody may be
    led by a `link`, on a platform that has links to a bot: it says what stands behind the bot's address. `files`
    are seen by nobody but the person. In its `language` an adapter says what it adds.
    """

    text: str
    key: str = ""
    buttons: tuple[Button, ...] = ()
    quote: str = ""
    picture: Picture | None = None
    until: Instant | None = None
    writes: str = ""
    replaces: str = ""
    docked: bool = False
    listed: int = 0
    ways: int = 0
    unasked: bool = False
    link: str = ""
    files: tuple[File, ...] = ()
    language: str = ""

    def with_ways(self, *buttons: Button) -> Self:
        """The same message with further buttons that lead elsewhere."""
        return replace(self, buttons=(*self.buttons, *buttons), ways=self.ways + len(buttons))

    def without(self, token: str) -> Self:
        """The same message without the button of that token that leads elsewhere."""
        answers, ways = self.groups
        kept = tuple(button for button in ways if button.token != token)
        return replace(self, buttons=(*answers, *kept), ways=len(kept))

    @property
    def groups(self) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
        """The answers, and the ways elsewhere."""
        answers = len(self.buttons) - self.ways
        return self.buttons[:answers], self.buttons[answers:]
