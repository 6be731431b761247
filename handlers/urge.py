"""The emergency walk: "I want to text them". One screen at once, and every button works without stored state."""

from collections.abc import Mapping, Sequence

from whenever import Time

from bot.calendar import local_date, next_occasion
from bot.changes import AddLetter, AddReason, AddSlip, Reach, Scrub, SetDue
from bot.flow import END, Answers, Ask, Branch, Choice, Draw, Flow, Handoff, Say, Wait, World, Write
from bot.records import DANGERS, HARM
from bot.rhythm import occasion
from bot.routes import Command, Routes
from bot.visit import OWN_REASON, Visit
from handlers._told import NONE, UNREAD, danger
from handlers.letters import LETTER_HOUR

FOLLOW_UP = Time(10)
"""When the morning after is asked about, if no morning check-in sets the hour."""

REST_HOURS = 3
"""Hours that lie at least between a night and what comes of it the next morning."""


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


def may_be_practical(answers: Answers, facts: Mapping[str, str]) -> str:
    """Whether what was sent may be something that had to be said: because there are children, work or a home, or
    because that is what the person came for."""
    came_for = {"name_it": "logistics", "kind": "logistics", "what": "only"}
    tied = facts.get("tie", "none") != "none" or any(answers.get(step) == word for step, word in came_for.items())
    return "asked" if tied else "slip"


def has_letter(answers: Answers, _facts: Mapping[str, str]) -> str:
    """Which of the three choices was taken, if what was written is still there."""
    return answers.get("letter", "") if answers.get("write") else "gone"


def keep_letter(answers: Answers, _world: World) -> Sequence[object]:
    """Keeps what was written."""
    return (AddLetter(answers["write"]),)


def burn(_answers: Answers, _world: World) -> Sequence[object]:
    """No copy is left, not even in the files."""
    return (Scrub(),)


def put_aside(text: str, world: World) -> Sequence[object]:
    """Keeps a text, and brings it back in the morning."""
    ten = next_occasion(world.now.add(hours=REST_HOURS), world.facts.get("zone", "UTC"), LETTER_HOUR)
    return (AddLetter(text, tomorrow=True), Reach(), SetDue("letter", ten.at, ten.on))


def letter_tomorrow(answers: Answers, world: World) -> Sequence[object]:
    """Puts aside what was written."""
    return put_aside(answers["write"], world)


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
    entries=("wait", "write", "reason", "how_now", "did_you", "only", "sent", "my_reason"),
    steps={
        "name_it": Ask(
            choices=(
                felt("missing", "reason"),
                felt("lonely", "reason"),
                felt("angry", "reason"),
                felt("answer", "reason"),
                felt("they_wrote", "they_wrote"),
                felt("logistics", "practical"),
                Choice("not_safe", "not_safe"),
            )
        ),
        "reason": Draw(
            deck="reasons", choices=(Choice("another", "reason"), Choice("wait", "wait"), Choice("write", "write"))
        ),
        "they_wrote": Handoff(flow="they_wrote"),
        "not_safe": Handoff(flow="safety"),
        "practical": Handoff(flow="practical"),
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
        "how_now": Ask(choices=(Choice("passed", "passed"), Choice("still", "again"), Choice("sent", "today"))),
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
                Choice("today", "today"),
                Choice("yesterday", "yesterday"),
                Choice("about_to", "name_it"),
                Choice("no", "bye"),
            )
        ),
        "today": Branch(on=may_be_practical, to={"asked": "what_today", "slip": "slip_today"}),
        "yesterday": Branch(on=may_be_practical, to={"asked": "what_yesterday", "slip": "slip_yesterday"}),
        "what_today": Ask(text="urge/what", choices=(Choice("only", "only"), Choice("more", "slip_today"))),
        "what_yesterday": Ask(text="urge/what", choices=(Choice("only", "only"), Choice("more", "slip_yesterday"))),
        "only": Branch(
            on=danger, to={name: f"only_{name}" for name in (*DANGERS, HARM, UNREAD)} | {NONE: "only_plain"}
        ),
        "only_fear": Say(to=END),
        "only_order": Say(to=END),
        "only_no": Say(to=END),
        "only_harm": Handoff(flow="danger_to_them"),
        "only_unread": Say(to=END),
        "only_plain": Say(to=END),
        "slip_today": Handoff(flow="urge", at="sent", does=slip),
        "slip_yesterday": Handoff(flow="urge", at="sent", does=slip_yesterday),
        "sent": Ask(
            choices=(
                Choice("night", "sent_night"),
                Choice("saw", "sent_saw"),
                Choice("they_wrote", "sent_they_wrote"),
                Choice("carried", "sent_carried"),
                Choice("unknown", "sent_unknown"),
            )
        ),
        "sent_night": Say(to="after"),
        "sent_saw": Say(to="after"),
        "sent_they_wrote": Say(to="after"),
        "sent_carried": Say(to="after"),
        "sent_unknown": Say(to="after"),
        "after": Branch(on=danger, to={name: f"sent_{name}" for name in (*DANGERS, HARM, UNREAD)} | {NONE: "sent_on"}),
        "sent_fear": Say(to=END),
        "sent_order": Say(to=END),
        "sent_no": Say(to=END),
        "sent_harm": Handoff(flow="danger_to_them"),
        "sent_unread": Say(to=END),
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
