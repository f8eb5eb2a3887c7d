"""The queue's tables, folded from the journal's entries alone.

``Books`` begins empty, or with what a table or an archive hands over, and takes one entry after the other.
Nothing is computed that an entry does not tell: no clock, no settings, no random numbers. What the journal
does not hold (accounts, tokens, sealed forms, persons' hashes, what was written with a rating) is not here
either.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kiosk.centre.follow_token import follow_token
from kiosk.centre.journal import Entry
from kiosk.centre.store.schema import help_call as help_call_table
from kiosk.centre.store.schema import rating as rating_table
from kiosk.centre.store.schema import ticket as ticket_table
from kiosk.centre.ticket_record import before_text, row_of

Json = dict[str, Any]
Key = tuple[Any, ...]

KEYS: Mapping[str, tuple[str, ...]] = {
    "business_day": (),
    "number_band": ("day", "series", "first"),
    "lease": ("id",),
    "lease_block": ("lease", "service"),
    "ticket": ("id",),
    "issue_key": ("key",),
    "counter": ("id",),
    "leg": ("ticket", "n"),
    "stop": ("service",),
    "help_call": ("id",),
    "rating": ("id",),
}
"""The tables that the journal tells of and their keys after ``site``; what others refer to comes first."""

CARRIED = ("counter", "stop")
"""What outlives the days it came from, so that an archive hands it over."""

_TICKET_COLUMNS = frozenset(ticket_table.columns.keys())
_HELP_CALL: Json = dict.fromkeys(help_call_table.columns.keys())
_RATING: Json = dict.fromkeys(rating_table.columns.keys())


class RebuildError(Exception):
    """An entry does not tell enough, such as one of an earlier program; the text names it."""


class Books:
    """The rows of one site by table and key, as dictionaries of columns.

    ``secret``: of the follow links (``kiosk.centre.follow_token``).
    """

    def __init__(self, site: str, secret: bytes) -> None:
        self.site = site
        self.tables: dict[str, dict[Key, Json]] = {name: {} for name in KEYS}
        self._secret = secret

    def put(self, table: str, row: Mapping[str, Any]) -> None:
        """Have a table hold this row."""
        self.tables[table][tuple(row[name] for name in KEYS[table])] = {**row, "site": self.site}

    def carried(self) -> dict[str, list[Json]]:
        """The rows of the tables ``CARRIED`` without their site, for ``take_over``."""
        return {name: [_without_site(row) for row in self.tables[name].values()] for name in CARRIED}

    def take_over(self, carried: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
        """Begin with what earlier, archived entries left."""
        for name in CARRIED:
            for row in carried.get(name, ()):
                self.put(name, row)

    def copy(self) -> Books:
        """Books that change apart from these."""
        made = Books(self.site, self._secret)
        made.tables = {name: dict(rows) for name, rows in self.tables.items()}
        return made

    def apply(self, entry: Entry) -> None:
        """Take the next entry. Raises ``RebuildError``."""
        try:
            payload: Json = json.loads(entry.payload)
            if entry.type.startswith("ticket.") and "ticket" in payload:
                self._ticket(entry, payload)
            effect = _EFFECTS.get(entry.type)
            if effect is not None:
                effect(self, entry, payload)
        except (KeyError, TypeError, ValueError) as error:
            raise RebuildError(
                f"entry {entry.seq} ({entry.type}) does not tell enough: {type(error).__name__} {error}"
            ) from error

    # -- tickets -----------------------------------------------------------------------------------------

    def _ticket(self, entry: Entry, payload: Json) -> None:
        record = payload["ticket"]
        if not record.keys() <= _TICKET_COLUMNS:
            raise ValueError(f"columns {sorted(record.keys() - _TICKET_COLUMNS)}")
        row = row_of(record, self.site)
        row["follow_token"] = follow_token(self._secret, row["id"])
        last = self.tables["ticket"].get((row["id"],))
        if row["undoable"] is not None and last is not None:
            row["before"] = last["before"] if entry.type == "ticket.print" else before_text(last)
        self.put("ticket", row)
        leg = payload.get("leg")
        if leg is not None:
            self.put("leg", {"day": row["day"], "started_at": None, "ticket": row["id"], **leg})
        if last is not None:
            for n in range(row["legs"] + 1, last["legs"] + 1):
                self.tables["leg"].pop((row["id"], n), None)

    def _issued(self, entry: Entry, payload: Json) -> None:
        record = payload["ticket"]
        if "band" in payload:
            first, taken, reserved = payload["band"]
            self._band(record["day"], record["series"], first, taken, reserved)
        self._held(entry, {**payload, "ticket_id": record["id"]})
        # One that was given without a link and handed in after its day takes a place of the day that is.
        day = {**self.tables["business_day"][()], "arrivals": record["arrival"]}
        if not record.get("offline"):
            day["last_queued_at"] = max(day["last_queued_at"] or "", record["queued_at"])
        self.put("business_day", day)

    def _held(self, entry: Entry, payload: Json) -> None:
        row = {"key": payload["key"], "body": payload["body"], "ticket": payload["ticket_id"], "at": entry.at}
        self.put("issue_key", row)

    def _called(self, _entry: Entry, payload: Json) -> None:
        self._pass(payload.get("passed", ()), 1)

    def _undone(self, _entry: Entry, payload: Json) -> None:
        self._pass(payload.get("passed", ()), -1)

    def _pass(self, passed: Iterable[str], change: int) -> None:
        for ticket_id in passed:
            row = self.tables["ticket"].get((ticket_id,))
            if row is not None:
                self.put("ticket", {**row, "overtaken": row["overtaken"] + change})

    def _form(self, entry: Entry, payload: Json) -> None:
        row = self.tables["ticket"][(payload["ticket_id"],)]
        self.put("ticket", {**row, "form": payload["form"], "form_attached_at": entry.at})

    # -- days, numbers, counters, services ---------------------------------------------------------------

    def _day_begun(self, _entry: Entry, payload: Json) -> None:
        fresh = {"day": payload["day"], "arrivals": 0, "last_queued_at": None, "closed_at": None}
        self.put("business_day", fresh)

    def _day_closed(self, entry: Entry, _payload: Json) -> None:
        self.put("business_day", {**self.tables["business_day"][()], "closed_at": entry.at})

    def _band(self, day: str, series: str, first: int, taken: int, reserved: int) -> None:
        self.put(
            "number_band",
            {"day": day, "series": series, "first": first, "taken": taken, "reserved": reserved},
        )

    def _leased(self, entry: Entry, payload: Json) -> None:
        lease = {"at": entry.at, "returned_at": None, **payload["lease"]}
        self.put("lease", lease)
        for block in payload["blocks"]:
            names = ("service", "series", "first", "last")
            self.put("lease_block", {"lease": lease["id"], **{name: block[name] for name in names}})
        for band in payload["bands"]:
            self._band(lease["day"], *band)

    def _returned(self, entry: Entry, payload: Json) -> None:
        lease = self.tables["lease"][(payload["lease"],)]
        self.put("lease", {**lease, "returned_at": entry.at})
        for band in payload["bands"]:
            self._band(lease["day"], *band)

    def _opened(self, entry: Entry, payload: Json) -> None:
        row = {"id": payload["counter"], "officer": payload["officer"], "opened_at": entry.at}
        self.put("counter", row)

    def _closed(self, _entry: Entry, payload: Json) -> None:
        self.tables["counter"].pop((payload["counter"],), None)

    def _stopped(self, entry: Entry, payload: Json) -> None:
        told = {"service": payload["service"], "message": payload["message"]}
        self.put("stop", {**told, "stopped_by": entry.actor, "at": entry.at})

    def _resumed(self, _entry: Entry, payload: Json) -> None:
        self.tables["stop"].pop((payload["service"],), None)

    def _help(self, _entry: Entry, payload: Json) -> None:
        self.put("help_call", {**_HELP_CALL, **payload["help_call"]})

    def _rated(self, _entry: Entry, payload: Json) -> None:
        self.put("rating", {**_RATING, **payload["rating"]})

    def _archived(self, _entry: Entry, payload: Json) -> None:
        self.let_go(payload["until"])

    def let_go(self, until: str) -> None:
        """Drop what belongs to archived days, the last of which is ``until``."""
        gone = {key for key, row in self.tables["ticket"].items() if row["day"] <= until}
        leases = {key for key, row in self.tables["lease"].items() if row["day"] <= until}
        self._keep("ticket", lambda key, _row: key not in gone)
        self._keep("issue_key", lambda _key, row: (row["ticket"],) not in gone)
        self._keep("leg", lambda _key, row: row["day"] > until)
        self._keep("number_band", lambda _key, row: row["day"] > until)
        self._keep("lease", lambda key, _row: key not in leases)
        self._keep("lease_block", lambda _key, row: (row["lease"],) not in leases)
        self._keep("help_call", lambda _key, row: row["day"] > until)
        self._keep("rating", lambda _key, row: row["day"] > until)

    def _keep(self, table: str, stays: Callable[[Key, Json], bool]) -> None:
        self.tables[table] = {key: row for key, row in self.tables[table].items() if stays(key, row)}


_EFFECTS: Mapping[str, Callable[[Books, Entry, Json], None]] = {
    "ticket.issued": Books._issued,
    "ticket.held": Books._held,
    "ticket.called": Books._called,
    "ticket.undone": Books._undone,
    "form.attached": Books._form,
    "day.begun": Books._day_begun,
    "day.closed": Books._day_closed,
    "numbers.leased": Books._leased,
    "numbers.returned": Books._returned,
    "counter.opened": Books._opened,
    "counter.closed": Books._closed,
    "service.stopped": Books._stopped,
    "service.resumed": Books._resumed,
    "help.called": Books._help,
    "help.answered": Books._help,
    "help.expired": Books._help,
    "rating.given": Books._rated,
    "days.archived": Books._archived,
}


def fold(books: Books, entries: Iterable[Entry]) -> Books:
    """``books`` after all of ``entries``. Raises ``RebuildError``."""
    for entry in entries:
        books.apply(entry)
    return books


def first_difference(told: Books, kept: Books, now: str) -> str | None:
    """Where the journal (``told``) and the tables (``kept``) differ first; ``None`` if nowhere.

    An undo whose time was over before ``now`` counts for nothing on either side, nor does one that the table
    has forgotten: its time was over by a clock that was set back since.
    """
    for table, names in KEYS.items():
        left, right = told.tables[table], kept.tables[table]
        for key in sorted(left.keys() | right.keys()):
            place = " ".join([table, *(f"{name}={value}" for name, value in zip(names, key, strict=True))])
            if key not in right:
                return f"{place}: in the journal, not in the table"
            if key not in left:
                return f"{place}: in the table, not in the journal"
            one, other = _comparable(left[key], now), _comparable(right[key], now)
            if other.get("undo_until", "") is None:
                one = _without_undo(one)
            for column in sorted(one.keys() | other.keys()):
                if one.get(column) != other.get(column):
                    said = f"the journal says {one.get(column)!r}, the table {other.get(column)!r}"
                    return f"{place}, {column}: {said}"
    return None


def _comparable(row: Json, now: str) -> Json:
    if row.get("undo_until") is None or row["undo_until"] >= now:
        return row
    return _without_undo(row)


def _without_undo(row: Json) -> Json:
    return {**row, "before": None, "undoable": None, "undo_until": None, "undo_counter": None}


def _without_site(row: Mapping[str, Any]) -> Json:
    return {name: value for name, value in row.items() if name != "site"}
