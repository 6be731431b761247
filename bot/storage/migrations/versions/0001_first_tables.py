"""first tables"""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import NUMBER, Day, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "person",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("met_at", Moment(), nullable=False),
        sa.Column("adult", sa.Boolean(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("ties", sa.String(), nullable=False),
        sa.Column("danger", sa.String(), nullable=False),
        sa.Column("hope", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("morning", sa.String(), nullable=False),
        sa.Column("evening", sa.String(), nullable=False),
        sa.Column("with_read", sa.Boolean(), nullable=False),
        sa.Column("paused_until", Moment(), nullable=True),
        sa.Column("counting_since", Day(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "chat",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("run", sa.Text(), nullable=True),
        sa.Column("run_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_chat_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("platform", "id", name=op.f("pk_chat")),
    )
    with op.batch_alter_table("chat") as batch_op:
        batch_op.create_index(batch_op.f("ix_chat_person_id"), ["person_id"], unique=False)

    op.create_table(
        "delivered",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on", Day(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_delivered_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "kind", "on", name=op.f("pk_delivered")),
    )
    op.create_table(
        "letter",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", Moment(), nullable=False),
        sa.Column("tomorrow", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_letter_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    with op.batch_alter_table("letter") as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_person_id"), ["person_id"], unique=False)

    op.create_table(
        "reason",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reason_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason")),
    )
    with op.batch_alter_table("reason") as batch_op:
        batch_op.create_index(batch_op.f("ix_reason_person_id"), ["person_id"], unique=False)

    op.create_table(
        "saved",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "article", name=op.f("pk_saved")),
    )
    op.create_table(
        "shown",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_shown_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "card", name=op.f("pk_shown")),
    )
    op.create_table(
        "slip",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("on", Day(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_slip_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "on", name=op.f("pk_slip")),
    )
    op.create_table(
        "due",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("on", Day(), nullable=False),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["platform", "chat"],
            ["chat.platform", "chat.id"],
            name=op.f("fk_due_platform_chat"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("platform", "chat", "kind", name=op.f("pk_due")),
    )
    with op.batch_alter_table("due") as batch_op:
        batch_op.create_index("ix_due_platform_at", ["platform", "at"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform", "chat"],
            ["chat.platform", "chat.id"],
            name=op.f("fk_outbox_platform_chat"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.create_index("ix_outbox_platform_chat", ["platform", "chat"], unique=False)
