"""where somebody was in an article, how a text was received, and something to read alone"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Without a batch: to make the table of persons anew would delete what refers to it."""
    op.add_column("shown", sa.Column("page", sa.Integer(), server_default="0", nullable=False))
    op.add_column("shown", sa.Column("received", sa.String(), server_default="", nullable=False))
    op.add_column("person", sa.Column("only_read", sa.Boolean(), server_default=sa.false(), nullable=False))
