"""A flow as a Mermaid diagram, so that somebody who does not read code can see where a conversation leads."""

from bot.flow import END, Ask, Branch, Draw, Flow, Handoff, Say, Step, Wait, Write

SHAPES: dict[type[Step], tuple[str, str]] = {
    Say: ("(", ")"),
    Ask: ("{{", "}}"),
    Draw: ("[[", "]]"),
    Write: ("[/", "/]"),
    Wait: ("([", "])"),
    Branch: ("{", "}"),
    Handoff: (">", "]"),
}


def mermaid(flow: Flow) -> str:
    """The flow as a Markdown page with one Mermaid flowchart."""
    lines = [f"    begin(( )) --> {flow.start}"]
    lines += [f"    begin_{entry}(( )) --> {entry}" for entry in flow.entries]
    for name, step in flow.steps.items():
        left, right = SHAPES[type(step)]
        lines.append(f'    {name}{left}"{_title(name, step)}"{right}')
        lines += [f"    {name} -->{label} {_node(target)}" for label, target in _arrows(step)]
    if any(END in step.targets for step in flow.steps.values()):
        lines.append("    finish(( ))")
    urgent = "Urgent: every button works without stored state.\n\n" if flow.urgent else ""
    body = "\n".join(lines)
    return f"# {flow.name}\n\n{urgent}```mermaid\nflowchart TD\n{body}\n```\n"


def _title(name: str, step: Step) -> str:
    match step:
        case Wait():
            return f"{name}: {step.minutes} minutes"
        case Draw():
            return f"{name}: a card of {step.deck}"
        case Handoff():
            return f"{name}: on to {step.flow}{'/' if step.at else ''}{step.at}"
        case _:
            return name


def _arrows(step: Step) -> list[tuple[str, str]]:
    arrows = [(f"|{choice.name}|", choice.to) for choice in step.choices]
    match step:
        case Say():
            arrows.append(("", step.to))
        case Write():
            arrows.append(("|typed|", step.to))
        case Wait():
            arrows.append(("|time|", step.to))
        case Branch():
            arrows += [(f"|{name}|", target) for name, target in step.to.items()]
        case _:
            pass
    return arrows


def _node(target: str) -> str:
    return "finish" if target == END else target
