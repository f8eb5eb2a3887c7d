"""Calls for help from the kiosks, and what citizens say of the service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Add the new tables; nothing that is there changes."""
    op.create_table(
        "help_call",
        *(_text(name) for name in ("site", "id", "kiosk", "screen")),
        _text("language", null=True),
        *(_text(name) for name in ("day", "at")),
        *(_text(name, null=True) for name in ("ended_at", "outcome", "counter")),
        sa.PrimaryKeyConstraint("site", "id"),
    )
    op.create_index(
        "help_call_open",
        "help_call",
        ["site", "kiosk"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("help_call_day", "help_call", ["site", "day"])
    op.create_table(
        "rating",
        *(_text(name) for name in ("site", "id", "day")),
        sa.Column("face", sa.Integer(), nullable=False),
        *(_text(name, null=True) for name in ("aspect", "service")),
        sa.Column("has_words", sa.Integer(), nullable=False),
        *(_text(name) for name in ("key", "body")),
        sa.PrimaryKeyConstraint("site", "id"),
        sa.UniqueConstraint("site", "key", name="rating_key"),
    )
    op.create_index("rating_day", "rating", ["site", "day"])
    op.create_table(
        "rating_words",
        *(_text(name) for name in ("site", "rating", "day")),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site", "rating"),
    )
    op.create_index("rating_words_day", "rating_words", ["site", "day"])


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=null)
