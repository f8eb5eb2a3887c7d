"""Each device is kept for each machine; what was changed for all machines stays their default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KIOSK, _DISPLAY, _MACHINES = "kiosk", "display", "kiosk:"
_OWNERS = {
    "card_reader": _KIOSK,
    "printer": _KIOSK,
    "scanner": _KIOSK,
    "kiosk_screen": _KIOSK,
    "speaker": _DISPLAY,
    "ceiling_screen": _DISPLAY,
}


def upgrade() -> None:
    """Give devices, their settings and the requests to them a machine.

    Keys change, and the tables are small, so they are made anew instead of altered.
    """
    devices = _rows("device")
    op.drop_table("device")
    table = op.create_table(
        "device",
        *(_text(name) for name in ("site", "name", "machine", "condition")),
        *(_text(name, null=True) for name in ("failure", "warning")),
        sa.Column("facts", sa.Text(), nullable=False),
        *(_text(name) for name in ("since", "seen_at")),
        sa.PrimaryKeyConstraint("site", "name", "machine"),
    )
    placed = [{**row, "machine": _reporter(row)} for row in devices]
    _fill(table, [row for row in placed if row["machine"]])
    settings = _rows("device_setting")
    op.drop_table("device_setting")
    table = op.create_table(
        "device_setting",
        *(_text(name) for name in ("site", "device", "machine")),
        sa.Column("settings", sa.Text(), nullable=False),
        *(_text(name) for name in ("changed_at", "changed_by")),
        sa.PrimaryKeyConstraint("site", "device", "machine"),
    )
    _fill(table, [{**row, "machine": ""} for row in settings])
    op.add_column("device_request", sa.Column("machine", sa.String(), nullable=False, server_default=""))
    change = sa.text("UPDATE device_request SET machine = :machine WHERE site = :site AND id = :id")
    for row in _rows("device_request"):
        machine = _only_machine(row["site"], _OWNERS.get(row["device"]))
        op.get_bind().execute(change, {"machine": machine, "site": row["site"], "id": row["id"]})


def _reporter(row: Mapping[str, Any]) -> str:
    """Whose report a row is: of whoever caused the last change; empty if that cannot be known any more. The
    machines report again within seconds.
    """
    if row["name"].startswith(_MACHINES):
        return str(row["name"].removeprefix(_MACHINES))
    owner = _OWNERS.get(row["name"])
    query = sa.text(
        "SELECT actor FROM journal WHERE site = :site AND subject = :name AND type = 'device.changed' "
        "AND actor LIKE :owner ORDER BY seq DESC LIMIT 1"
    )
    wanted = {"site": row["site"], "name": row["name"], "owner": f"{owner}:%"}
    actor = op.get_bind().execute(query, wanted).scalar()
    return str(actor.partition(":")[2]) if actor else _only_machine(row["site"], owner)


def _only_machine(site: str, owner: str | None) -> str:
    """The machine of a role of which there is but one; else empty."""
    query = sa.text("SELECT DISTINCT name FROM device_token WHERE site = :site AND role = :owner")
    names = op.get_bind().execute(query, {"site": site, "owner": owner}).scalars().all()
    return str(names[0]) if len(names) == 1 else ""


def _rows(table: str) -> list[dict[str, Any]]:
    found = op.get_bind().execute(sa.text(f"SELECT * FROM {table}"))  # noqa: S608 - names of this module
    return [dict(row) for row in found.mappings()]


def _fill(table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        op.get_bind().execute(sa.insert(table), rows)


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=null)
