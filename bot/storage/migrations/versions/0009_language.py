"""the language of the app a chat is in"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("chat") as batch_op:
        batch_op.add_column(sa.Column("language", sa.String(), server_default="", nullable=False))
