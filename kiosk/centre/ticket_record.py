"""A ticket as a row, as a life (``kiosk.queueing.ticket``) and as the journal's record of it.

The record is the row without what is told nowhere (``site``, ``follow_token``) and without what follows from
the record before it (``before``); values that are empty are left out, so that a year of a busy centre stays
small.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from kiosk.centre.moments import read, written
from kiosk.centre.store.schema import ticket
from kiosk.queueing.discipline import Waiting
from kiosk.queueing.ticket import Life, TicketEvent, TicketState

Json = dict[str, Any]
Row = RowMapping | Mapping[str, Any]

_UNTOLD = frozenset({"site", "follow_token", "before"})
_EMPTY: Mapping[str, Any] = {
    column.name: 0 if column.type.python_type is int else None for column in ticket.columns
} | {"print_state": "none", "form": None}
_MOMENTS = ("called_at", "recalled_at", "started_at", "ended_at", "parked_until")
_PLAIN = (
    "service",
    "counter",
    "reserved_counter",
    "call_count",
    "park_reason",
    "rejoins",
    "priority",
    "priority_source",
)
_UNDO = ("undoable", "undo_until", "undo_counter")
_SEPARATOR = " "


def recorded(row: Row) -> Json:
    """What the journal keeps of a ticket."""
    return {name: value for name, value in row.items() if name not in _UNTOLD and value != _EMPTY[name]}


def row_of(record: Mapping[str, Any], site: str) -> Json:
    """The row that ``recorded`` told of; ``follow_token`` and ``before`` are empty."""
    return {**_EMPTY, "follow_token": "", **record, "site": site}


def life_of(row: Row) -> Life:
    """The changing part of a ticket's row."""
    before = row["before"]
    values: Json = {name: row[name] for name in _PLAIN}
    values |= {name: _moment(row[name]) for name in _MOMENTS}
    return Life(
        state=TicketState(row["state"]),
        then=services_of(row),
        before=None if before is None else life_of({**json.loads(before), "before": None}),
        undoable=None if row["undoable"] is None else TicketEvent(row["undoable"]),
        undo_until=_moment(row["undo_until"]),
        undo_counter=row["undo_counter"],
        **values,
    )


def life_values(life: Life) -> Json:
    """The columns of a life."""
    values = {name: getattr(life, name) for name in _PLAIN}
    values |= {name: _text(getattr(life, name)) for name in _MOMENTS}
    values |= {
        "state": life.state.value,
        "then": _SEPARATOR.join(life.then) or None,
        "before": None if life.before is None else before_text(life_values(life.before)),
        "undoable": None if life.undoable is None else life.undoable.value,
        "undo_until": _text(life.undo_until),
        "undo_counter": life.undo_counter,
    }
    return values


def before_text(values: Mapping[str, Any]) -> str:
    """A life's columns as the column ``before`` of the life after it keeps them."""
    kept = {name: values[name] for name in (*_PLAIN, *_MOMENTS, "state", "then")}
    kept |= dict.fromkeys(_UNDO)
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def services_of(row: Row) -> tuple[str, ...]:
    """The services still to come in a ticket's visit."""
    then = row["then"]
    return tuple(then.split(_SEPARATOR)) if then else ()


def waiting_of(row: Row) -> Waiting:
    """A waiting ticket as the discipline sees it."""
    return Waiting(
        id=row["id"],
        service=row["service"],
        queued_at=read(row["queued_at"]),
        arrival=row["arrival"],
        priority=row["priority"],
        appointed_at=_moment(row["appointed_at"]),
        overtaken=row["overtaken"],
        reserved_counter=row["reserved_counter"],
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else read(text)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else written(moment)
