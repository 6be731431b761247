"""when somebody was last there"""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Day

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LAST = """SELECT max(chat.run_at) FROM chat WHERE chat.person_id = person.id"""

DATES = {
    "sqlite": "date({} / 1000, 'unixepoch')",
    "postgresql": "CAST(to_timestamp({} / 1000.0) AT TIME ZONE 'UTC' AS date)",
}
"""Milliseconds since 1970 as a date in UTC."""


def upgrade() -> None:
    with op.batch_alter_table("person") as batch_op:
        batch_op.add_column(sa.Column("seen_on", Day(), nullable=True))
        batch_op.create_index("ix_person_seen_on", ["seen_on"], unique=False)
    last = f"CASE WHEN ({LAST}) > met_at THEN ({LAST}) ELSE met_at END"
    date = DATES[op.get_bind().dialect.name].format(last)
    op.execute(f"UPDATE person SET seen_on = {date}")  # noqa: S608
