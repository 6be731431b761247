"""A court order, in either direction: its wording and a lawyer decide, and through others counts as contact too."""

from collections.abc import Mapping

from bot.flow import Answers, Ask, Branch, Choice, Flow, Handoff
from bot.gate import FIGURE
from bot.routes import Command, Routes
from bot.visit import Visit
from handlers._told import hear, tell

WAYS = (Choice("not_safe", "not_safe"), Choice("wait", "wait"), Choice("write", "write"))


def known(_answers: Answers, facts: Mapping[str, str]) -> str:
    """Whether the order is remembered. One that was only said here may still be."""
    return "known" if "order" in facts.get("kept", "").split(",") else "what"


LEGAL_ORDER = Flow(
    name="legal_order",
    version=1,
    start="first",
    lost="what",
    urgent=True,
    open=True,
    steps={
        "first": Branch(on=known, to={"known": "known", "what": "what"}),
        "what": Ask(does=hear("order"), choices=(Choice("remember", "remembered", tell("order"), keeps=True), *WAYS)),
        "known": Ask(choices=WAYS),
        "remembered": Ask(choices=WAYS),
        "not_safe": Handoff(flow="safety"),
        "wait": Handoff(flow="urge", at="wait"),
        "write": Handoff(flow="urge", at="write"),
    },
)


async def legal_order(visit: Visit, _argument: str) -> None:
    """/legal_order: what an order means for every message."""
    visit.begin("legal_order")


ROUTES = Routes(
    flows=(LEGAL_ORDER,),
    commands={"legal_order": Command(legal_order, offline=True, open=True, everywhere=True)},
    texts={"legal_order/unclear": ("/legal_order", FIGURE)},
)
