"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table of the first version."""
    op.create_table(
        "business_day",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("arrivals", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site"),
    )
    op.create_table(
        "counter",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("opened_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id"),
    )
    op.create_table(
        "device",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("warning", sa.String(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.Column("seen_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", "name"),
    )
    op.create_table(
        "device_request",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=True),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("answered_at", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id"),
    )
    op.create_index(
        "device_request_state",
        "device_request",
        ["site", "state", "at"],
    )
    op.create_table(
        "device_setting",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", "device"),
    )
    op.create_table(
        "device_token",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", "hash"),
    )
    op.create_table(
        "journal",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("prev", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", "seq"),
    )
    op.create_index(
        "journal_subject",
        "journal",
        ["site", "subject", "seq"],
    )
    op.create_table(
        "journal_head",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site"),
    )
    op.create_table(
        "number_band",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site", "day", "series", "first"),
    )
    op.create_table(
        "officer",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", "login"),
    )
    op.create_table(
        "probe",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site"),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("login_hash", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.String(), nullable=False),
        sa.Column("locked_until", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("site", "login_hash"),
    )
    op.create_table(
        "ticket",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("arrival", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("issued_at", sa.String(), nullable=False),
        sa.Column("counter", sa.String(), nullable=True),
        sa.Column("called_at", sa.String(), nullable=True),
        sa.Column("call_count", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.String(), nullable=True),
        sa.Column("ended_at", sa.String(), nullable=True),
        sa.Column("follow_token", sa.String(), nullable=False),
        sa.Column("print_state", sa.String(), nullable=False),
        sa.Column("print_code", sa.String(), nullable=True),
        sa.Column("print_copies", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=True),
        sa.Column("form_attached_at", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id"),
        sa.UniqueConstraint("site", "day", "series", "sequence", name="ticket_number"),
        sa.UniqueConstraint("site", "follow_token", name="ticket_follow"),
    )
    op.create_index(
        "ticket_at_counter",
        "ticket",
        ["site", "counter"],
        unique=True,
        sqlite_where=sa.text("state IN ('called', 'serving')"),
        postgresql_where=sa.text("state IN ('called', 'serving')"),
    )
    op.create_index(
        "ticket_day",
        "ticket",
        ["site", "day", "arrival"],
    )
    op.create_index(
        "ticket_waiting",
        "ticket",
        ["site", "service", "arrival"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "form",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("attached_at", sa.String(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site", "ticket"),
        sa.ForeignKeyConstraint(["site", "ticket"], ["ticket.site", "ticket.id"]),
    )
    op.create_table(
        "issue_key",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", "key"),
        sa.ForeignKeyConstraint(["site", "ticket"], ["ticket.site", "ticket.id"]),
    )
    op.create_table(
        "session",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("expires_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", "hash"),
        sa.ForeignKeyConstraint(["site", "login"], ["officer.site", "officer.login"]),
    )
