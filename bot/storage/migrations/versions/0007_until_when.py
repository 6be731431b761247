"""since when and until when a message may leave"""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.add_column(sa.Column("due_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("not_after", Moment(), nullable=True))
