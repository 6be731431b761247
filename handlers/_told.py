"""What was told of a danger, kept until it is taken back, and what it decides."""

from collections.abc import Callable, Mapping, Sequence

from bot.changes import Heard, SetPerson
from bot.flow import Answers, Branch, Effect, World
from bot.records import DANGERS, HARM

QUIET = "quiet"
"""What comes unasked is to give nothing away: somebody else may see the phone."""

NONE = "none"
UNREAD = "unread"


def told(facts: Mapping[str, str]) -> Sequence[str]:
    """All that was told, or said here."""
    return [part for part in facts.get("danger", "").split(",") if part]


def danger(_answers: Answers, facts: Mapping[str, str]) -> str:
    """What is met before anything else about contact; where it cannot be read, that. Where fear comes first, its texts
    say that an order or a no holds as well (`{besides}`)."""
    unknown = UNREAD if UNREAD in facts else NONE
    return next((name for name in (*DANGERS, HARM) if name in told(facts)), unknown)


def unless_dangerous(step: str) -> Branch:
    """Goes to a step that helps with contact only if it is known that nothing speaks against contact, also from an old
    button."""
    return Branch(on=danger, to={**{name: name for name in (*DANGERS, HARM, UNREAD)}, NONE: step})


def hear(name: str) -> Effect:
    """Lets it hold in this chat at once, in memory: whoever names a danger is not coached after it, also before they
    have said whether it is to be remembered."""

    def hold(_answers: Answers, _world: World) -> Sequence[object]:
        return (Heard(name),)

    return hold


def tell(name: str) -> Effect:
    """Remembers it beside what was told before. "none" takes all dangers back."""
    return _keeping(name, lambda before: before == QUIET if name == NONE else before not in (name, NONE))


def take_back(name: str) -> Effect:
    """Forgets that, and nothing else that was told."""
    return _keeping("", lambda before: before != name)


def _keeping(name: str, stays: Callable[[str], bool]) -> Effect:
    def remember(_answers: Answers, world: World) -> Sequence[object]:
        kept = [before for before in world.facts.get("kept", "").split(",") if before and stays(before)]
        keep = SetPerson({"danger": ",".join([*kept, name] if name else kept)})
        return (keep, Heard(NONE)) if name == NONE else (keep,)

    return remember
