"""settings of servers"""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Day, Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "server",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("panel_channel", sa.BigInteger(), nullable=False),
        sa.Column("panel_message", sa.BigInteger(), nullable=False),
        sa.Column("thread_channel", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("wall", sa.String(), nullable=False),
        sa.Column("next_at", Moment(), nullable=True),
        sa.Column("last_on", Day(), nullable=True),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_server"),
    )
    op.create_index("ix_server_next_at", "server", ["next_at"])
