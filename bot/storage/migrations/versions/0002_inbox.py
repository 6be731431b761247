"""inbox, countdowns, chats that are gone"""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("chat") as batch_op:
        batch_op.add_column(sa.Column("gone", sa.Boolean(), server_default="0", nullable=False))
    with op.batch_alter_table("due") as batch_op:
        batch_op.add_column(sa.Column("held", sa.Boolean(), server_default="0", nullable=False))
        batch_op.drop_index("ix_due_platform_at")
        batch_op.create_index("ix_due_platform_held_at", ["platform", "held", "at"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox") as batch_op:
        batch_op.create_index("ix_inbox_received_at", ["received_at"], unique=False)

    op.create_table(
        "countdown",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform", "chat"],
            ["chat.platform", "chat.id"],
            name=op.f("fk_countdown_platform_chat"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("platform", "chat", name=op.f("pk_countdown")),
    )
    op.create_table(
        "kept",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_kept")),
    )
