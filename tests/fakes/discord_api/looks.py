"""Buttons and menus as a person sees them: docs.discord.com/developers/components/reference."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .components import BUTTON, LINK, SELECTS, walk


@dataclass(frozen=True, slots=True)
class Button:
    """A button. Without a `custom_id` it sends nothing to the bot."""

    label: str
    custom_id: str | None
    url: str | None = None
    disabled: bool = False
    style: int = 1


@dataclass(frozen=True, slots=True)
class Menu:
    """A select menu. `options` are labels and values."""

    custom_id: str
    kind: int
    options: tuple[tuple[str, str], ...]
    placeholder: str | None = None
    disabled: bool = False
    low: int = 1
    high: int = 1


def buttons_of(components: list[dict[str, Any]]) -> Iterator[Button]:
    """The buttons among components, in the order in which they are seen."""
    for part in walk(components):
        if part["type"] == BUTTON:
            label = part.get("label") or (part.get("emoji") or {}).get("name") or ""
            url = part.get("url") if part["style"] == LINK else None
            yield Button(label, part.get("custom_id"), url, bool(part.get("disabled")), part["style"])


def menus_of(components: list[dict[str, Any]]) -> Iterator[Menu]:
    """The select menus among components."""
    for part in walk(components):
        if part["type"] in SELECTS:
            options = tuple((option["label"], option["value"]) for option in part.get("options", ()))
            low, high = part.get("min_values", 1), part.get("max_values", 1)
            disabled = bool(part.get("disabled"))
            yield Menu(part["custom_id"], part["type"], options, part.get("placeholder"), disabled, low, high)
