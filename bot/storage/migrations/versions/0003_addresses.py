"""addresses of chats, nonces of messages"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("chat") as batch_op:
        batch_op.add_column(sa.Column("address", sa.String(), server_default="", nullable=False))
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.add_column(sa.Column("nonce", sa.String(), server_default="", nullable=False))
