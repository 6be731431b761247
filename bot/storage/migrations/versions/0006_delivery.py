"""leases, two lanes, how late, dead letters"""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Day, Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person") as batch_op:
        batch_op.add_column(sa.Column("ignored", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("inbox") as batch_op:
        batch_op.add_column(sa.Column("chat", sa.String(), server_default="", nullable=False))
    if op.get_bind().dialect.name == "postgresql":
        waiting = sa.text("body IS NOT NULL")
        op.create_index("ix_inbox_waiting", "inbox", ["source", "chat", "id"], postgresql_where=waiting)

    with op.batch_alter_table("due") as batch_op:
        batch_op.add_column(sa.Column("urgent", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("free_at", Moment(), nullable=True))
    due = sa.table("due", *(sa.column(name) for name in ("kind", "at", "held", "urgent", "free_at")))
    op.execute(due.update().where(due.c.held.is_(sa.false())).values(free_at=due.c.at))
    op.execute(due.update().where(due.c.kind == "wait").values(urgent=sa.true()))
    with op.batch_alter_table("due") as batch_op:
        batch_op.drop_index("ix_due_platform_held_at")
        batch_op.drop_column("leased_until")
        batch_op.drop_column("held")
        batch_op.create_index("ix_due_platform_urgent_free_at", ["platform", "urgent", "free_at"], unique=False)

    with op.batch_alter_table("delivered") as batch_op:
        batch_op.add_column(sa.Column("due_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("sent_at", Moment(), nullable=True))
        batch_op.create_index("ix_delivered_sent_at", ["sent_at"], unique=False)

    with op.batch_alter_table("outbox") as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("on", Day(), nullable=True))
        batch_op.add_column(sa.Column("parts", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("leased_until", Moment(), nullable=True))
        batch_op.add_column(sa.Column("not_before", Moment(), nullable=True))
        batch_op.add_column(sa.Column("dead_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("error", sa.String(), server_default="", nullable=False))

    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
