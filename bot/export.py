"""Everything about a person as one JSON file. Its keys are described in docs/export.md and stay as they are: another
meaning of one of them is another version."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from whenever import Date, Instant

from bot.engine import Run
from bot.messages import Reply

FORMAT, VERSION = "holdfast", 1

Kept = Mapping[str, Sequence[Mapping[str, Any]]]
"""All rows that are a person's, by part; see `Store.everything`."""


def as_json(kept: Kept, now: Instant) -> bytes:
    """The file."""
    head = {"format": FORMAT, "version": VERSION, "made_at": now}
    profile = next(iter(kept["profile"]), {})
    whole = {**head, **kept, "profile": profile}
    return json.dumps(whole, ensure_ascii=False, indent=2, default=plain).encode()


def plain(value: object) -> object:
    """A value as JSON has it: moments in UTC, dates, the state of a conversation, a message.

    Raises:
        TypeError: nobody knows how.
    """
    match value:
        case Instant() | Date():
            return value.format_iso()
        case Run():
            return _run(value)
        case Reply():
            return {"text": value.text, "quote": value.quote, "buttons": [button.label for button in value.buttons]}
    raise TypeError(f"{type(value).__name__} has no place in an export")


def _run(run: Run) -> Mapping[str, object]:
    told = {"flow": run.flow, "version": run.version, "step": run.step, "answers": dict(run.answers)}
    return {**told, "seen": list(run.seen), "ends": run.ends, "under": run.under}
