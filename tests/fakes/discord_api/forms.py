"""Modals as people see and fill them in: docs.discord.com/developers/components/reference#label, #text-input."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .components import ROW, SELECT, TEXT_INPUT, walk
from .state import Interaction


@dataclass(frozen=True, slots=True)
class Field:
    """Something to fill in. `options` are the values of a select menu."""

    label: str
    custom_id: str
    kind: int
    value: str = ""
    placeholder: str | None = None
    required: bool = True
    low: int = 0
    high: int = 4000
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Modal:
    """A modal that is open."""

    title: str
    fields: list[Field]
    text: str
    opened: Interaction


def modal_of(opened: Interaction) -> Modal:
    """What an answer of type 9 shows."""
    assert opened.modal is not None
    fields = [
        _field(part["components"][0] if part["type"] == ROW else part["component"], part) for part in _parts(opened)
    ]
    text = "\n".join(part["content"] for part in walk(opened.modal["components"]) if "content" in part)
    return Modal(opened.modal["title"], fields, text, opened)


def filled_in(modal: Modal, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The components of a submit; `answers` by label or custom_id. AssertionError where Discord would not send it."""
    names = {name for field in modal.fields for name in (field.label, field.custom_id)}
    if answers.keys() - names:
        raise AssertionError(f"no field {sorted(answers.keys() - names)} in {modal.title!r}")
    fields = iter(modal.fields)
    components = []
    for number, part in enumerate(_parts(modal.opened), start=1):
        field = next(fields)
        answer = answers.get(field.custom_id, answers.get(field.label, field.value))
        inner = _answer(field, answer, number)
        shell = {"components": [inner]} if part["type"] == ROW else {"component": inner}
        components.append({"type": part["type"], "id": 2 * number - 1, **shell})
    return components


def _answer(field: Field, answer: Any, number: int) -> dict[str, Any]:
    found: dict[str, Any] = {"type": field.kind, "id": 2 * number, "custom_id": field.custom_id}
    if field.kind == TEXT_INPUT:
        if not isinstance(answer, str) or (field.required and not answer):
            raise AssertionError(f"{field.label!r} is required")
        if answer and not field.low <= len(answer) <= field.high:
            raise AssertionError(f"{field.label!r} takes {field.low} to {field.high} characters, not {len(answer)}")
        return found | {"value": answer}
    values = [answer] if isinstance(answer, str) and answer else list(answer)
    if not (values or not field.required) or (field.kind == SELECT and set(values) - set(field.options)):
        raise AssertionError(f"{values} is nothing for {field.label!r}")
    return found | {"values": values}


def _parts(opened: Interaction) -> list[dict[str, Any]]:
    assert opened.modal is not None
    return [part for part in opened.modal["components"] if "component" in part or "components" in part]


def _field(part: Mapping[str, Any], around: Mapping[str, Any]) -> Field:
    label = around.get("label") or part.get("label") or ""
    return Field(
        label,
        part["custom_id"],
        part["type"],
        part.get("value") or "",
        part.get("placeholder"),
        part.get("required", True),
        part.get("min_length", 0),
        part.get("max_length", 4000),
        tuple(option["value"] for option in part.get("options", ())),
    )
