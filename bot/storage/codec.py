"""Runs and replies as JSON and back."""

import json
from typing import Any

from whenever import Instant

from bot.engine import Run
from bot.messages import Button, Picture, Reply


def run_to_json(run: Run | None) -> dict[str, Any] | None:
    """A run as plain JSON values; what has its default is left out."""
    if run is None:
        return None
    row: dict[str, Any] = {
        "flow": run.flow,
        "version": run.version,
        "step": run.step,
        "answers": dict(run.answers),
    }
    if run.seen:
        row["seen"] = list(run.seen)
    if run.ends is not None:
        row |= {"ends": run.ends.timestamp(unit="millisecond"), "shown": run.shown}
    if run.under is not None:
        row["under"] = run_to_json(run.under)
    return row


def run_from_json(row: dict[str, Any] | None) -> Run | None:
    """The run of a row. A row that cannot be read is no run: the person can always begin again."""
    try:
        return None if row is None else _run(row)
    except (KeyError, TypeError, ValueError):
        return None


def _run(row: dict[str, Any]) -> Run:
    ends = row.get("ends")
    return Run(
        flow=str(row["flow"]),
        version=int(row["version"]),
        step=str(row["step"]),
        answers={str(name): str(value) for name, value in row["answers"].items()},
        seen=tuple(row.get("seen", ())),
        ends=None if ends is None else Instant.from_timestamp(ends, unit="millisecond"),
        shown=int(row.get("shown", 0)),
        under=run_from_json(row.get("under")),
    )


def reply_to_json(reply: Reply) -> str:
    """A reply as one JSON text."""
    row: dict[str, Any] = {"text": reply.text, "key": reply.key, "quote": reply.quote, "writes": reply.writes}
    row["buttons"] = [[button.label, button.token] for button in reply.buttons]
    if reply.picture is not None:
        row["picture"] = [reply.picture.path, reply.picture.alt]
    if reply.until is not None:
        row["until"] = reply.until.timestamp(unit="millisecond")
    return json.dumps(row, ensure_ascii=False)


def reply_from_json(text: str) -> Reply:
    """The reply of a JSON text."""
    row = json.loads(text)
    until, picture = row.get("until"), row.get("picture")
    return Reply(
        text=row["text"],
        key=row["key"],
        buttons=tuple(Button(label, token) for label, token in row["buttons"]),
        quote=row["quote"],
        picture=Picture(*picture) if picture else None,
        until=None if until is None else Instant.from_timestamp(until, unit="millisecond"),
        writes=row["writes"],
    )
