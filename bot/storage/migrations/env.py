"""Alembic's entry: runs inside the transaction that `migrate` has begun."""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString

from bot.storage.columns import Day, Moment
from bot.storage.models import METADATA, ON_POSTGRESQL


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Names column types in a new migration without SQLModel's or our own module paths."""
    if kind == "type" and isinstance(item, Moment | Day):
        return f"{type(item).__name__}()"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String({item.length or ''})"
    return False


def belongs(_object: Any, name: str | None, _kind: str, _reflected: bool, _other: Any) -> bool:
    """Whether something is compared on this database."""
    return name != ON_POSTGRESQL or context.config.attributes["connection"].dialect.name == "postgresql"


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    render_item=render,
    include_object=belongs,
    compare_type=True,
)
context.run_migrations()
