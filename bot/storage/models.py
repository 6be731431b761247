"""The tables. A person is not a chat: what belongs to the person has a person_id, runs of flows belong to the chat."""

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, ForeignKeyConstraint, Index, MetaData, Text, false, text
from sqlmodel import Field, SQLModel
from whenever import Date, Instant

from bot.storage.columns import NUMBER, Day, Moment

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


METADATA = SQLModel.metadata
ON_POSTGRESQL = "ix_inbox_waiting"
"""The index that is only there: several processes look for what waits, all the time."""

EMPTY = {"server_default": text("''")}
ZERO = {"server_default": text("0")}
FALSE = false()


def _person(*, primary_key: bool = False) -> Any:
    reference = ForeignKey("person.id", ondelete="CASCADE")
    return Field(
        sa_column=Column("person_id", reference, primary_key=primary_key, nullable=False, index=not primary_key)
    )


def _chat() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["platform", "chat"], ["chat.platform", "chat.id"], ondelete="CASCADE")


class PersonRow(SQLModel, table=True):
    """Who somebody is, as far as they told. Empty means: not told."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_seen_on", "seen_on"),)

    id: str = Field(primary_key=True, max_length=32)
    met_at: Instant = Field(sa_type=Moment)
    adult: bool | None = None
    language: str = ""
    side: str = ""
    ties: str = ""
    danger: str = ""
    hope: str = ""
    country: str = ""
    zone: str = ""
    morning: str = ""
    evening: str = ""
    with_read: bool = False
    paused_until: Instant | None = Field(default=None, sa_type=Moment)
    counting_since: Date | None = Field(default=None, sa_type=Day)
    home: str = Field(default="", sa_column_kwargs=EMPTY)
    ignored: int = Field(default=0, sa_column_kwargs=ZERO)
    seen_on: Date | None = Field(default=None, sa_type=Day)
    only_read: bool = Field(default=False, sa_column_kwargs={"server_default": FALSE})


class ChatRow(SQLModel, table=True):
    """A place to talk. The run of a flow is one JSON value: flow, version, step, answers, what it interrupted. The
    address is where the platform wants to be written to, if that is not the id; the language the one that the person's
    app there was set to last. The one they chose is the person's."""

    __tablename__ = "chat"

    platform: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    person_id: str = _person()
    run: str | None = Field(default=None, sa_type=Text)
    run_at: Instant | None = Field(default=None, sa_type=Moment)
    gone: bool = Field(default=False, sa_column_kwargs={"server_default": FALSE})
    address: str = Field(default="", sa_column_kwargs=EMPTY)
    language: str = Field(default="", sa_column_kwargs=EMPTY)


class SlipRow(SQLModel, table=True):
    """A date on which the person wrote to their ex."""

    __tablename__ = "slip"

    person_id: str = _person(primary_key=True)
    on: Date = Field(sa_type=Day, primary_key=True)


class ReasonRow(SQLModel, table=True):
    """A reason not to text, in the person's own words."""

    __tablename__ = "reason"

    id: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    person_id: str = _person()
    text: str = Field(sa_type=Text)


class LetterRow(SQLModel, table=True):
    """What was written here instead of there. One for tomorrow comes back in the chat ("platform:id"); empty: in
    whichever."""

    __tablename__ = "letter"

    id: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    person_id: str = _person()
    text: str = Field(sa_type=Text)
    written_at: Instant = Field(sa_type=Moment)
    tomorrow: bool = False
    chat: str = Field(default="", sa_column_kwargs=EMPTY)


class SavedRow(SQLModel, table=True):
    """An article on a person's shelf."""

    __tablename__ = "saved"

    person_id: str = _person(primary_key=True)
    article: str = Field(primary_key=True)
    saved_at: Instant = Field(sa_type=Moment)


class ShownRow(SQLModel, table=True):
    """When a card was last shown to a person, of an article the page they were on, and how they received it: "helped",
    "refused", or nothing."""

    __tablename__ = "shown"

    person_id: str = _person(primary_key=True)
    card: str = Field(primary_key=True)
    at: Instant = Field(sa_type=Moment)
    page: int = Field(default=0, sa_column_kwargs=ZERO)
    received: str = Field(default="", sa_column_kwargs=EMPTY)


class DueRow(SQLModel, table=True):
    """The next moment of a kind in a chat. It may be taken from `free_at` on: that is its moment, or the end of the
    lease of whoever took it; never, while its chat cannot be written to. What is urgent is taken before all else."""

    __tablename__ = "due"
    __table_args__ = (_chat(), Index("ix_due_platform_urgent_free_at", "platform", "urgent", "free_at"))

    platform: str = Field(primary_key=True)
    chat: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    at: Instant = Field(sa_type=Moment)
    on: Date = Field(sa_type=Day)
    urgent: bool = Field(default=False, sa_column_kwargs={"server_default": FALSE})
    free_at: Instant | None = Field(default=None, sa_type=Moment)


class DeliveredRow(SQLModel, table=True):
    """What a person got unasked: one a kind and local date. `due_at` and `sent_at` tell how late it was; `sent_at` is
    empty until it has left."""

    __tablename__ = "delivered"
    __table_args__ = (Index("ix_delivered_sent_at", "sent_at"),)

    person_id: str = _person(primary_key=True)
    kind: str = Field(primary_key=True)
    on: Date = Field(sa_type=Day, primary_key=True)
    due_at: Instant | None = Field(default=None, sa_type=Moment)
    sent_at: Instant | None = Field(default=None, sa_type=Moment)


class OutboxRow(SQLModel, table=True):
    """A message on its way out; the row is gone when the message has left, and its id may come again. The nonce does
    not.

    `kind` and `on` name what was due, for a message that comes by itself, and `due_at` when. `parts` of its parts have
    left. Until `leased_until` it is some process's to send. Before `not_before` nobody sends it: its platform wants to
    be left alone; nor after `not_after`: it would come at an hour at which it is not welcome. A message that is given
    up has a `dead_at` and the `error`.
    """

    __tablename__ = "outbox"
    __table_args__ = (_chat(), Index("ix_outbox_platform_chat", "platform", "chat"))

    id: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    platform: str
    chat: str
    body: str = Field(sa_type=Text)
    written_at: Instant = Field(sa_type=Moment)
    nonce: str = Field(default="", sa_column_kwargs=EMPTY)
    kind: str = Field(default="", sa_column_kwargs=EMPTY)
    on: Date | None = Field(default=None, sa_type=Day)
    parts: int = Field(default=0, sa_column_kwargs=ZERO)
    attempts: int = Field(default=0, sa_column_kwargs=ZERO)
    leased_until: Instant | None = Field(default=None, sa_type=Moment)
    due_at: Instant | None = Field(default=None, sa_type=Moment)
    not_before: Instant | None = Field(default=None, sa_type=Moment)
    not_after: Instant | None = Field(default=None, sa_type=Moment)
    dead_at: Instant | None = Field(default=None, sa_type=Moment)
    error: str = Field(default="", sa_column_kwargs=EMPTY)


class LeaseRow(SQLModel, table=True):
    """What one of several processes does alone, until when, and which."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True)
    holder: str
    until: Instant = Field(sa_type=Moment)


class InboxRow(SQLModel, table=True):
    """An incoming message, by its number at its bot. The body is gone when it is handled; the number is kept for as
    long as the platform may bring it again. Those of one `chat` are handled in order."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_received_at", "received_at"),
        Index(ON_POSTGRESQL, "source", "chat", "id", postgresql_where=text("body IS NOT NULL")).ddl_if("postgresql"),
    )

    source: str = Field(primary_key=True)
    id: int = Field(primary_key=True, sa_type=BigInteger)
    body: str | None = Field(default=None, sa_type=Text)
    received_at: Instant = Field(sa_type=Moment)
    chat: str = Field(default="", sa_column_kwargs=EMPTY)


class CountdownRow(SQLModel, table=True):
    """The message that counts down in a chat."""

    __tablename__ = "countdown"
    __table_args__ = (_chat(),)

    platform: str = Field(primary_key=True)
    chat: str = Field(primary_key=True)
    message: str
    body: str = Field(sa_type=Text)


class LinkRow(SQLModel, table=True):
    """A chat that asked to be joined with another, and the one that said yes. Of the code only the hash is there."""

    __tablename__ = "link"
    __table_args__ = (
        _chat(),
        ForeignKeyConstraint(["other_platform", "other_chat"], ["chat.platform", "chat.id"], ondelete="CASCADE"),
        Index("ix_link_code", "code", unique=True),
    )

    platform: str = Field(primary_key=True)
    chat: str = Field(primary_key=True)
    code: str
    at: Instant = Field(sa_type=Moment)
    other_platform: str | None = None
    other_chat: str | None = None


class ServerRow(SQLModel, table=True):
    """What the admins of a server have set. It holds nothing about persons. `next_at` is when a thread is next begun,
    `last_on` the local date of the last one, `channels` a JSON list of those where the bot may be used."""

    __tablename__ = "server"
    __table_args__ = (Index("ix_server_next_at", "next_at"),)

    id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    panel_channel: int = Field(default=0, sa_type=BigInteger)
    panel_message: int = Field(default=0, sa_type=BigInteger)
    thread_channel: int = Field(default=0, sa_type=BigInteger)
    zone: str = ""
    wall: str = ""
    next_at: Instant | None = Field(default=None, sa_type=Moment)
    last_on: Date | None = Field(default=None, sa_type=Day)
    channels: str = Field(default="[]", sa_type=Text)


class KeptRow(SQLModel, table=True):
    """What the bot has made up for itself and must know after a restart, by name."""

    __tablename__ = "kept"

    name: str = Field(primary_key=True)
    value: str
