"""Contact that must be: children, work, a shared home. One channel, what has to be settled, and nothing else.

The person writes, and the bot shows it back with four questions; it changes nothing and keeps nothing unasked.
"""

from collections.abc import Mapping, Sequence

from bot.changes import Scrub
from bot.flow import END, Answers, Ask, Branch, Choice, Flow, Handoff, Say, World, Write
from bot.routes import Command, Routes
from bot.visit import Visit
from handlers._told import unless_dangerous
from handlers.urge import put_aside, slip

DRAFT = ("draft",)

UNWRITTEN = (Choice("no_draft", "before_check"), Choice("wait", "wait"))
"""Ways round writing it here first."""

WAYS = (Choice("wait", "wait"), Choice("write", "write"))


def draft(answers: Answers) -> str:
    """What was written, if anything was."""
    text = answers.get("draft", "")
    return "" if text in {choice.name for choice in UNWRITTEN} else text


def has_draft(answers: Answers, _facts: Mapping[str, str]) -> str:
    """Whether it is still there."""
    return "kept" if draft(answers) else "gone"


def let_go(answers: Answers, _world: World) -> Sequence[object]:
    """No copy of it is left, not even in the files."""
    return (Scrub(),) if draft(answers) else ()


def keep_until_tomorrow(answers: Answers, world: World) -> Sequence[object]:
    """Puts it aside, and brings it back in the morning."""
    return put_aside(draft(answers), world)


def slip_and_let_go(answers: Answers, world: World) -> Sequence[object]:
    """There was more in it than had to be."""
    return (*slip(answers, world), *let_go(answers, world))


def without_draft(*choices: Choice) -> Ask:
    """A step at which the draft is gone."""
    return Ask(does=let_go, forgets=DRAFT, choices=choices)


def elsewhere(flow: str, at: str = "") -> Handoff:
    """A way to another flow. The draft stays behind."""
    return Handoff(flow=flow, at=at, does=let_go, forgets=DRAFT)


PRACTICAL = Flow(
    name="practical",
    version=1,
    start="first",
    lost="what",
    urgent=True,
    entries=("before_draft",),
    steps={
        "first": unless_dangerous("what"),
        "order": without_draft(Choice("lines", "not_safe"), *WAYS),
        "fear": without_draft(Choice("lines", "abuse"), *WAYS),
        "no": without_draft(Choice("stop", "stop"), *WAYS),
        "harm": elsewhere("danger_to_them"),
        "unread": Ask(choices=(Choice("lines", "not_safe"), *WAYS)),
        "what": Ask(behind="first", choices=(Choice("only", "before_draft"), Choice("more", "reason"))),
        "before_draft": unless_dangerous("draft"),
        "draft": Write(behind="before_draft", to="before_check", choices=UNWRITTEN),
        "before_check": unless_dangerous("check"),
        "check": Write(
            behind="before_check",
            renews="draft",
            quotes="draft",
            to="before_check",
            choices=(
                Choice("only", "sent"),
                Choice("more", "slipped"),
                Choice("tomorrow", "fate"),
                Choice("leave", "left"),
            ),
        ),
        "fate": Branch(on=has_draft, to={"kept": "kept", "gone": "gone"}),
        "kept": Say(does=keep_until_tomorrow, forgets=DRAFT, to=END),
        "gone": Say(to=END),
        "sent": elsewhere("urge", "only"),
        "left": Say(does=let_go, forgets=DRAFT, to=END),
        "slipped": Handoff(flow="urge", at="sent", does=slip_and_let_go, forgets=DRAFT),
        "reason": elsewhere("urge", "reason"),
        "wait": elsewhere("urge", "wait"),
        "write": elsewhere("urge", "write"),
        "not_safe": elsewhere("safety"),
        "abuse": elsewhere("safety", "abuse"),
        "stop": elsewhere("danger_to_them", "said_no"),
    },
)


async def practical(visit: Visit, _argument: str) -> None:
    """/practical: something that has to be said, kept to that."""
    visit.begin("practical")


ROUTES = Routes(flows=(PRACTICAL,), commands={"practical": Command(practical, offline=True, everywhere=True)})
