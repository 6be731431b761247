"""What a handler can ask to be changed. The store knows how; a unit of work holds any number of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from whenever import Date, Instant

from bot.engine import Run
from bot.messages import Chat, Receipt


@dataclass(frozen=True, slots=True)
class SetPerson:
    """Sets fields of `Person`, by name."""

    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SaveRun:
    """The chat's run is now this one, or none."""

    run: Run | None


@dataclass(frozen=True, slots=True)
class AddSlip:
    """The person wrote to their ex on that date. A second one on the same date counts once."""

    on: Date


@dataclass(frozen=True, slots=True)
class AddReason:
    """Keeps a reason not to text."""

    text: str


@dataclass(frozen=True, slots=True)
class DropReason:
    """Forgets a reason."""

    id: int


@dataclass(frozen=True, slots=True)
class AddLetter:
    """Keeps a letter."""

    text: str
    tomorrow: bool = False


@dataclass(frozen=True, slots=True)
class LetterShown:
    """A letter that was to be shown once more was shown."""

    id: int


@dataclass(frozen=True, slots=True)
class DropLetter:
    """Burns a letter."""

    id: int


@dataclass(frozen=True, slots=True)
class SaveArticle:
    """Puts an article on the person's shelf, or takes it off."""

    id: str
    saved: bool = True


@dataclass(frozen=True, slots=True)
class MarkShown:
    """A card was shown; of an article (`articles/ID`) that `page`, from 1."""

    key: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class Receive:
    """How a card was received: `HELPED`, `REFUSED`, or "" for neither."""

    key: str
    received: str


@dataclass(frozen=True, slots=True)
class SetDue:
    """The chat's next moment of a kind; it replaces the one there is. `on` is its local date. A check-in is always due
    in the chat where the person's check-ins go."""

    kind: str
    at: Instant
    on: Date


@dataclass(frozen=True, slots=True)
class Sooner:
    """The person's next check-in of a kind, if that is set for later than this. `on` is its local date."""

    kind: str
    at: Instant
    on: Date


@dataclass(frozen=True, slots=True)
class Unanswered:
    """One more check-in in a row without a sign of the person. Counted if it is really sent."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A sign of the person: no check-in was ignored."""


@dataclass(frozen=True, slots=True)
class Came:
    """The person did something on that date, the first thing on it."""

    on: Date


@dataclass(frozen=True, slots=True)
class AppLanguage:
    """The app in which the chat is is set to that language now."""

    language: str


@dataclass(frozen=True, slots=True)
class DropDue:
    """Nothing of these kinds is to happen in this chat any more; of check-ins, in none of the person's chats."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """From now on something comes unasked: the way to the person must be open."""


@dataclass(frozen=True, slots=True)
class SetHome:
    """From now on check-ins go to that chat of the person."""

    chat: Chat


@dataclass(frozen=True, slots=True)
class AskLink:
    """The chat asks to be joined with the one where this code is entered. It replaces an older code of the chat.
    `code` is its hash."""

    code: str


@dataclass(frozen=True, slots=True)
class AcceptLink:
    """The code of that hash was entered in this chat, and the person said yes. It is taken once."""

    code: str


@dataclass(frozen=True, slots=True)
class DropLink:
    """The code of that hash is good for nothing any more."""

    code: str


@dataclass(frozen=True, slots=True)
class Join:
    """Makes one person of two: what belongs to whoever accepted this chat's code goes to this chat's person."""

    code: str


@dataclass(frozen=True, slots=True)
class Part:
    """Everything stays with this chat; the person's other chats begin anew, their days on that date. It is decided for
    these `chats`: if there is another one meanwhile, nothing is done."""

    on: Date
    chats: frozenset[Chat] | None = None


@dataclass(frozen=True, slots=True)
class Scrub:
    """What this visit took out of the run must not stay anywhere on disk."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Deletes everything about the person. `asked` is the message that asks for it: what had come before it in its
    chat goes, too, and what came after it is answered. It is decided for these `chats`: if there is another one
    meanwhile, nothing is done."""

    asked: Receipt | None = None
    chats: frozenset[Chat] | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said of a danger holds in this chat from now on, in memory only; "none": nothing of it holds any more.
    This is no change of what is kept."""

    danger: str


Change = (
    SetPerson
    | SaveRun
    | AddSlip
    | AddReason
    | DropReason
    | AddLetter
    | LetterShown
    | DropLetter
    | SaveArticle
    | MarkShown
    | Receive
    | SetDue
    | Sooner
    | Unanswered
    | Seen
    | Came
    | AppLanguage
    | DropDue
    | Reach
    | SetHome
    | AskLink
    | AcceptLink
    | DropLink
    | Join
    | Part
    | Scrub
    | Forget
)
