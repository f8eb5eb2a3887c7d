"""Of each device since when it is known to be there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Devices that are there now count from their last change; others from when they are found again."""
    op.add_column("device", sa.Column("found_at", sa.String(), nullable=True))
    op.execute("UPDATE device SET found_at = since WHERE condition IN ('ready', 'busy', 'needs_attention')")
