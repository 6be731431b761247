"""one person on two platforms"""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person") as batch_op:
        batch_op.add_column(sa.Column("home", sa.String(), server_default="", nullable=False))
    with op.batch_alter_table("letter") as batch_op:
        batch_op.add_column(sa.Column("chat", sa.String(), server_default="", nullable=False))

    op.create_table(
        "link",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("other_platform", sa.String(), nullable=True),
        sa.Column("other_chat", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["platform", "chat"],
            ["chat.platform", "chat.id"],
            name=op.f("fk_link_platform_chat"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_platform", "other_chat"],
            ["chat.platform", "chat.id"],
            name=op.f("fk_link_other_platform_other_chat"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("platform", "chat", name=op.f("pk_link")),
    )
    with op.batch_alter_table("link") as batch_op:
        batch_op.create_index("ix_link_code", ["code"], unique=True)
