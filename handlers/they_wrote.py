"""The ex wrote first: safety, then logistics or feelings, then two views; a short reply and silence are both fine."""

from bot.flow import END, Ask, Choice, Flow, Handoff, Say
from bot.routes import Command, Routes
from bot.visit import Visit
from handlers._told import hear, unless_dangerous

WAYS = (Choice("wait", "wait"), Choice("write", "write"))

THEY_WROTE = Flow(
    name="they_wrote",
    version=1,
    start="first",
    lost="kind",
    urgent=True,
    steps={
        "first": unless_dangerous("kind"),
        "order": Ask(choices=(Choice("lines", "not_safe"), *WAYS)),
        "fear": Ask(choices=(Choice("lines", "lines"), *WAYS)),
        "no": Ask(choices=(Choice("stop", "stop"), *WAYS)),
        "harm": Handoff(flow="danger_to_them"),
        "unread": Ask(choices=(Choice("lines", "not_safe"), *WAYS)),
        "kind": Ask(
            behind="first",
            choices=(
                Choice("logistics", "before_logistics"),
                Choice("feelings", "before_goal"),
                Choice("unclear", "before_goal"),
                Choice("threat", "fear", hear("fear")),
            ),
        ),
        "before_logistics": unless_dangerous("logistics"),
        "logistics": Ask(
            behind="before_logistics",
            choices=(Choice("wait", "wait"), Choice("write", "draft"), Choice("done", "before_bye")),
        ),
        "before_goal": unless_dangerous("goal"),
        "goal": Ask(
            behind="before_goal",
            choices=(Choice("heal", "before_views"), Choice("back", "before_views"), Choice("unsure", "before_views")),
        ),
        "before_views": unless_dangerous("views"),
        "views": Ask(
            behind="before_views",
            choices=(Choice("reply", "before_reply"), Choice("silence", "silence"), Choice("wait", "wait")),
        ),
        "before_reply": unless_dangerous("reply"),
        "reply": Ask(behind="before_reply", choices=(*WAYS, Choice("done", "before_bye"))),
        "silence": Ask(choices=(*WAYS, Choice("done", "before_bye"))),
        "draft": Handoff(flow="practical", at="before_draft"),
        "wait": Handoff(flow="urge", at="wait"),
        "write": Handoff(flow="urge", at="write"),
        "not_safe": Handoff(flow="safety"),
        "lines": Handoff(flow="safety", at="abuse"),
        "stop": Handoff(flow="danger_to_them", at="said_no"),
        "before_bye": unless_dangerous("bye"),
        "bye": Say(to=END),
    },
)


async def they_wrote(visit: Visit, _argument: str) -> None:
    """/they_wrote: the guide."""
    visit.begin("they_wrote")


ROUTES = Routes(flows=(THEY_WROTE,), commands={"they_wrote": Command(they_wrote, offline=True, everywhere=True)})
