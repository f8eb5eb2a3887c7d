"""The whole queue: priorities, parking, transfers, undo, legs, leases, stops, archived days."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('waiting', 'called', 'serving', 'parked')")
_UNDOABLE = sa.text("before IS NOT NULL")


def upgrade() -> None:
    """Widen the ticket and the day, add the new tables, keep what is there."""
    _tickets()
    _days_and_numbers()
    _history()
    _issue_keys()


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=null)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")


def _tickets() -> None:
    op.drop_index("ticket_waiting", table_name="ticket")
    for name in ("then", "priority", "priority_source", "appointed_at", "reserved_counter", "recalled_at"):
        op.add_column("ticket", _text(name, null=True))
    for name in ("parked_until", "park_reason", "undoable", "undo_until", "undo_counter"):
        op.add_column("ticket", _text(name, null=True))
    op.add_column("ticket", sa.Column("before", sa.Text(), nullable=True))
    for name in ("offline", "overtaken", "rejoins", "legs"):
        op.add_column("ticket", _count(name))
    for name in ("queued_at", "issued_by"):
        op.add_column("ticket", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.execute(sa.text("UPDATE ticket SET queued_at = issued_at"))
    op.execute(sa.text("UPDATE ticket SET state = 'completed' WHERE state = 'done'"))
    op.create_index(
        "ticket_open", "ticket", ["site", "state", "arrival"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index(
        "ticket_undoable",
        "ticket",
        ["site", "undo_until"],
        sqlite_where=_UNDOABLE,
        postgresql_where=_UNDOABLE,
    )


def _days_and_numbers() -> None:
    op.add_column("business_day", _text("last_queued_at", null=True))
    op.add_column("business_day", _text("closed_at", null=True))
    op.add_column("number_band", _count("reserved"))
    op.create_table(
        "lease",
        *(_text(name) for name in ("site", "id", "kiosk", "day", "at", "until")),
        _text("returned_at", null=True),
        sa.PrimaryKeyConstraint("site", "id"),
    )
    op.create_table(
        "lease_block",
        *(_text(name) for name in ("site", "lease", "service", "series")),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site", "lease", "service"),
        sa.ForeignKeyConstraint(["site", "lease"], ["lease.site", "lease.id"]),
    )
    op.create_table(
        "stop",
        *(_text(name) for name in ("site", "service", "message", "stopped_by", "at")),
        sa.PrimaryKeyConstraint("site", "service"),
    )
    op.create_table(
        "person_today",
        *(_text(name) for name in ("site", "person", "service", "day", "ticket")),
        sa.PrimaryKeyConstraint("site", "person", "service"),
    )


def _history() -> None:
    op.drop_column("journal", "prev")
    op.create_table(
        "journal_anchor",
        _text("site"),
        sa.Column("seq", sa.Integer(), nullable=False),
        *(_text(name) for name in ("hash", "day", "file", "digest", "at")),
        sa.PrimaryKeyConstraint("site", "seq"),
    )
    op.create_table(
        "site_secret",
        _text("site"),
        _text("name"),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site", "name"),
    )
    op.create_table(
        "leg",
        _text("site"),
        _text("ticket"),
        sa.Column("n", sa.Integer(), nullable=False),
        *(_text(name) for name in ("day", "service", "counter")),
        sa.Column("officers", sa.Integer(), nullable=False),
        *(_text(name) for name in ("queued_at", "called_at")),
        _text("started_at", null=True),
        *(_text(name) for name in ("ended_at", "outcome")),
        sa.PrimaryKeyConstraint("site", "ticket", "n"),
    )
    op.create_index("leg_day", "leg", ["site", "day"])


def _issue_keys() -> None:
    """Keys are kept as the journal tells them: hashed. A ticket that is archived takes its keys along."""
    op.create_index("issue_key_ticket", "issue_key", ["site", "ticket"])
    bind = op.get_bind()
    rows = bind.execute(sa.text("SELECT site, key FROM issue_key")).all()
    change = sa.text("UPDATE issue_key SET key = :hashed WHERE site = :site AND key = :key")
    for site, key in rows:
        hashed = hashlib.sha256(key.encode()).hexdigest()[:32]
        bind.execute(change, {"site": site, "key": key, "hashed": hashed})
