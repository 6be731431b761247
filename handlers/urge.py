"""The emergency walk: "I want to text them". One screen at once, and every button works without stored state."""

from collections.abc import Mapping, Sequence

from whenever import Time

from bot.calendar import local_date, next_occasion
from bot.changes import AddLetter, AddReason, AddSlip, Reach, Scrub, SetDue
from bot.flow import END, Answers, Ask, Branch, Choice, Draw, Flow, Handoff, Say, Wait, World, Write
from bot.rhythm import occasion
from bot.routes import Command, Routes
from bot.visit import OWN_REASON, Visit
from handlers.letters import LETTER_HOUR

FOLLOW_UP = Time(10)
"""When the morning after is asked about, if no morning check-in sets the hour."""

REST_HOURS = 3
"""Hours that lie at least between a night and what comes of it the next morning."""


def danger(_answers: Answers, facts: Mapping[str, str]) -> str:
    """What was told of an order or of fear decides before anything else."""
    told = facts.get("danger") or "none"
    return "order" if "order" in told.split(",") else told


def follow_up(_answers: Answers, world: World) -> Sequence[object]:
    """Next morning one short question, if check-ins are on."""
    facts = world.facts
    on = facts.get("zone") and (facts.get("morning") or facts.get("evening"))
    if not on or {"paused", "resting"} & facts.keys():
        return ()
    rested = world.now.add(hours=REST_HOURS)
    if facts.get("morning"):
        morning = occasion("morning", facts["morning"], facts["zone"], rested, world.seed)
        return (SetDue("followup", morning.at, morning.on),)
    ten = next_occasion(rested, facts["zone"], FOLLOW_UP)
    return (SetDue("followup", ten.at, ten.on),)


def slip(_answers: Answers, world: World) -> Sequence[object]:
    """Today does not count; every other day stays counted."""
    return (AddSlip(local_date(world.now, world.facts.get("zone", ""))),)


def slip_yesterday(_answers: Answers, world: World) -> Sequence[object]:
    """It was last night, or the day before today."""
    return (AddSlip(local_date(world.now, world.facts.get("zone", "")).subtract(days=1)),)


def has_letter(answers: Answers, _facts: Mapping[str, str]) -> str:
    """Which of the three choices was taken, if what was written is still there."""
    return answers.get("letter", "") if answers.get("write") else "gone"


def keep_letter(answers: Answers, _world: World) -> Sequence[object]:
    """Keeps what was written."""
    return (AddLetter(answers["write"]),)


def burn(_answers: Answers, _world: World) -> Sequence[object]:
    """No copy is left, not even in the files."""
    return (Scrub(),)


def letter_tomorrow(answers: Answers, world: World) -> Sequence[object]:
    """Keeps what was written, and brings it back in the morning."""
    ten = next_occasion(world.now.add(hours=REST_HOURS), world.facts.get("zone", "UTC"), LETTER_HOUR)
    return (AddLetter(answers["write"], tomorrow=True), Reach(), SetDue("letter", ten.at, ten.on))


def keep_reason(answers: Answers, _world: World) -> Sequence[object]:
    """Keeps a reason for next time."""
    return (AddReason(answers["my_reason"]),)


def felt(name: str, to: str) -> Choice:
    """A feeling: whatever happens then, the morning after is asked about."""
    return Choice(name, to, follow_up)


URGE = Flow(
    name="urge",
    version=1,
    start="name_it",
    lost="name_it",
    urgent=True,
    carries=("name_it",),
    entries=("wait", "write", "how_now", "did_you", "my_reason"),
    steps={
        "name_it": Ask(
            choices=(
                felt("missing", "reason"),
                felt("lonely", "reason"),
                felt("angry", "reason"),
                felt("answer", "reason"),
                felt("they_wrote", "they_wrote"),
                felt("logistics", "contact"),
                Choice("not_safe", "not_safe"),
            )
        ),
        "reason": Draw(
            deck="reasons", choices=(Choice("another", "reason"), Choice("wait", "wait"), Choice("write", "write"))
        ),
        "they_wrote": Handoff(flow="they_wrote"),
        "not_safe": Handoff(flow="safety"),
        "contact": Branch(on=danger, to={"order": "by_order", "fear": "by_fear", "none": "logistics"}),
        "by_order": Ask(choices=(Choice("lines", "not_safe"), Choice("wait", "wait"), Choice("write", "write"))),
        "by_fear": Ask(choices=(Choice("lines", "abuse"), Choice("wait", "wait"), Choice("write", "write"))),
        "abuse": Handoff(flow="safety", at="abuse"),
        "logistics": Ask(choices=(Choice("only", "before_plain"), Choice("more", "reason"))),
        "before_plain": Branch(on=danger, to={"order": "by_order", "fear": "by_fear", "none": "plain"}),
        "plain": Ask(choices=(Choice("wait", "wait"), Choice("write", "write"), Choice("done", "bye"))),
        "wait": Wait(
            minutes=10,
            meanwhile=((3, "urge/wait_ground"), (6, "urge/wait_surf")),
            to="write_offer",
            choices=(Choice("write", "write"), Choice("enough", "write_offer")),
        ),
        "write_offer": Ask(choices=(Choice("write", "write"), Choice("no", "how_now"))),
        "write": Write(to="letter", choices=(Choice("no", "how_now"),)),
        "letter": Write(
            adds_to="write",
            to="letter",
            choices=(Choice("keep", "fate"), Choice("burn", "fate"), Choice("tomorrow", "fate")),
        ),
        "fate": Branch(
            on=has_letter,
            to={"keep": "letter_kept", "burn": "letter_burned", "tomorrow": "letter_tomorrow", "gone": "letter_gone"},
        ),
        "letter_kept": Say(does=keep_letter, forgets=("write",), to="how_now"),
        "letter_burned": Say(does=burn, forgets=("write",), to="how_now"),
        "letter_tomorrow": Say(does=letter_tomorrow, forgets=("write",), to="how_now"),
        "letter_gone": Say(to="how_now"),
        "how_now": Ask(choices=(Choice("passed", "passed"), Choice("still", "again"), Choice("sent", "sent", slip))),
        "again": Draw(
            deck="exercises",
            choices=(Choice("wait", "wait"), Choice("reason", "reason"), Choice("now", "how_now")),
        ),
        "passed": Ask(choices=(Choice("leave", "my_reason"), Choice("done", "bye"))),
        "my_reason": Write(to="reason_kept", choices=(Choice("no", "bye"),)),
        "reason_kept": Say(does=keep_reason, forgets=("my_reason",), to="bye"),
        "bye": Say(to=END),
        "did_you": Ask(
            choices=(
                Choice("today", "sent", slip),
                Choice("yesterday", "sent", slip_yesterday),
                Choice("about_to", "name_it"),
                Choice("no", "bye"),
            )
        ),
        "sent": Ask(
            choices=(
                Choice("night", "sent_night"),
                Choice("saw", "sent_saw"),
                Choice("they_wrote", "sent_they_wrote"),
                Choice("carried", "sent_carried"),
                Choice("unknown", "sent_unknown"),
            )
        ),
        "sent_night": Say(to="sent_on"),
        "sent_saw": Say(to="sent_on"),
        "sent_they_wrote": Say(to="sent_on"),
        "sent_carried": Say(to="sent_on"),
        "sent_unknown": Say(to="sent_on"),
        "sent_on": Say(to=END),
    },
)


async def urge(visit: Visit, _argument: str) -> None:
    """/urge: the walk, at once."""
    visit.begin("urge")


async def slipped(visit: Visit, _argument: str) -> None:
    """/slipped: asks whether it happened today, then the kind way on."""
    visit.begin("urge", at="did_you")


async def write(visit: Visit, _argument: str) -> None:
    """/write: write it here instead."""
    visit.begin("urge", at="write")


async def add_reason(visit: Visit, _argument: str) -> None:
    """/reason: leave a reason for the next bad night."""
    visit.begin("urge", at="my_reason")


ROUTES = Routes(
    flows=(URGE,),
    commands={
        "urge": Command(urge, offline=True, everywhere=True),
        "slipped": Command(slipped, offline=True, everywhere=True),
        "write": Command(write, offline=True, everywhere=True),
        "reason": Command(add_reason),
    },
    texts={OWN_REASON: ()},
)
