"""Runs and replies as JSON and back."""

import json
from typing import Any

from whenever import Instant

from bot.engine import Run
from bot.messages import Button, Picture, Reply

_to_json = json.JSONEncoder(ensure_ascii=False).encode

UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
"""What a row raises that somebody else has written."""


def run_to_json(run: Run | None) -> str | None:
    """A run as one JSON text."""
    return None if run is None else _to_json(_row(run))


def run_from_json(text: str | None) -> Run | None:
    """The run of a JSON text. One that cannot be read is no run: the person can always begin again."""
    try:
        return None if text is None else _run(json.loads(text))
    except UNREADABLE:
        return None


def _row(run: Run) -> dict[str, Any]:
    """A run as plain JSON values; what has its default is left out."""
    row: dict[str, Any] = {"flow": run.flow, "version": run.version, "step": run.step, "answers": dict(run.answers)}
    if run.seen:
        row["seen"] = list(run.seen)
    if run.ends is not None:
        row |= {"ends": run.ends.timestamp(unit="millisecond"), "shown": run.shown}
    if run.under is not None:
        row["under"] = _row(run.under)
    return row


def _run(row: dict[str, Any]) -> Run:
    ends, under = row.get("ends"), row.get("under")
    return Run(
        flow=str(row["flow"]),
        version=int(row["version"]),
        step=str(row["step"]),
        answers={str(name): str(value) for name, value in row["answers"].items()},
        seen=tuple(str(card) for card in row.get("seen", ())),
        ends=None if ends is None else Instant.from_timestamp(ends, unit="millisecond"),
        shown=int(row.get("shown", 0)),
        under=_under(under),
    )


def _under(row: Any) -> Run | None:
    """What was interrupted; if that cannot be read, there is nothing to come back to."""
    try:
        return None if row is None else _run(row)
    except UNREADABLE:
        return None


def reply_to_json(reply: Reply) -> str:
    """A reply as one JSON text.

    Raises:
        ValueError: it has files. These are for no database: the visit that says it must be `secret`.
    """
    if reply.files:
        raise ValueError(f"{reply.key} has files and cannot be written down")
    row: dict[str, Any] = {"text": reply.text, "key": reply.key, "quote": reply.quote, "writes": reply.writes}
    row["buttons"] = [[button.label, button.token] for button in reply.buttons]
    if reply.picture is not None:
        row["picture"] = [reply.picture.path, reply.picture.alt]
    if reply.until is not None:
        row["until"] = reply.until.timestamp(unit="millisecond")
    if reply.replaces:
        row["replaces"] = reply.replaces
    more = ("docked", "listed", "ways", "unasked", "link", "language")
    row |= {name: value for name in more if (value := getattr(reply, name))}
    return _to_json(row)


def reply_from_json(text: str) -> Reply | None:
    """The reply of a JSON text, if it can be read."""
    try:
        return _reply(json.loads(text))
    except UNREADABLE:
        return None


def _reply(row: dict[str, Any]) -> Reply:
    until, picture = row.get("until"), row.get("picture")
    return Reply(
        text=str(row["text"]),
        key=str(row["key"]),
        buttons=tuple(Button(str(label), token) for label, token in row["buttons"]),
        quote=str(row["quote"]),
        picture=Picture(*map(str, picture)) if picture else None,
        until=None if until is None else Instant.from_timestamp(until, unit="millisecond"),
        writes=str(row["writes"] or ""),
        replaces=str(row.get("replaces", "")),
        docked=bool(row.get("docked")),
        listed=int(row.get("listed", 0)),
        ways=int(row.get("ways", 0)),
        unasked=bool(row.get("unasked")),
        language=str(row.get("language", "")),
        link=str(row.get("link", "")),
    )
