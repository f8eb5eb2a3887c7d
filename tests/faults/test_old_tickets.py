"""Whatever is asked of the centre, no statement reads through what lies behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import text

from kiosk.settings import load
from tests.centre.support import SetClock, headers, start_desk
from tests.faults.lobby_work import MOMENT
from tests.faults.past import fill
from tests.faults.places import Place

OLD = 20_000
GROWING = ("ticket", "journal", "leg", "issue_key")
"""Tables that grow with the years."""

PARTIAL = ("ticket_open", "ticket_at_counter", "ticket_undoable")
"""Indexes of few rows, however many tickets there are."""


class Watched:
    """A centre whose statements are noted while requests are made."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.web = start_desk(load(place.config), place.data, SetClock(MOMENT))
        self.statements: dict[str, Any] = {}
        self._request = ""
        sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", self._note)

    def close(self) -> None:
        """Note no more."""
        sqlalchemy.event.remove(sqlalchemy.Engine, "before_cursor_execute", self._note)
        self.web.__exit__(None, None, None)

    def _note(
        self, connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool
    ) -> None:
        if self._request and connection.dialect.name == self._place.engine:
            self.statements.setdefault(statement, (values[0] if many else values, self._request))

    def __call__(self, method: str, path: str, who: str = "lan", **more: Any) -> Any:
        """A request that must succeed."""
        self._request = f"{method} {path}"
        sent = {**headers(self._place.tokens[who]), **more.pop("headers", {})}
        answer = self.web.request(method, f"/api/v1{path}", headers=sent, **more)
        self._request = ""
        assert answer.status_code < 300, (path, answer.text)
        return answer.json() if answer.content else None

    def minute(self) -> None:
        """The centre's own upkeep."""
        self._request = "upkeep"
        self.web.portal.call(self.web.app.state.centre.minute)
        self._request = ""


@pytest.fixture
def watched(place: Place) -> Iterator[Watched]:
    """A centre with a past."""
    fill(place.url, load(place.config).centre.site, OLD, whole=True)
    made = Watched(place)
    try:
        yield made
    finally:
        made.close()


def everything(ask: Watched) -> None:
    """A day at the centre, every kind of request once."""
    kiosk = {"who": "kiosk"}
    ask("POST", "/counters/quay-1/open")
    ask("POST", "/counters/quay-9/open", "tuan")
    issued = [
        ask("POST", "/tickets", **kiosk, json={"service": "ho-tich", "person": f"{n:064x}"},
            headers={"Idempotency-Key": f"key-{n}"})
        for n in range(9)
    ]  # fmt: skip
    ask("POST", "/tickets", **kiosk, json={"service": "ho-tich", "person": f"{0:064x}"},
        headers={"Idempotency-Key": "key-0"})  # fmt: skip
    ask("POST", f"/tickets/{issued[0]['id']}/print", **kiosk, json={"state": "pending"})
    for action, body in (
        ("call-next", None),
        ("recall", None),
        ("start", None),
        ("add-service", {"service": "dat-dai"}),
        ("undo", None),
        ("complete", None),
        ("undo", None),
        ("park", {"minutes": 5}),
        (f"call/{issued[0]['id']}", None),
        ("no-show", None),
        ("call-next", None),
        ("transfer", {"counter": "quay-9"}),
    ):
        ask("POST", f"/counters/quay-1/{action}", json=body)
    ask("POST", "/counters/quay-9/call-next", "tuan")
    ask("POST", "/counters/quay-9/start", "tuan")
    ask("POST", "/counters/quay-9/park", "tuan", json={})
    ask("POST", f"/tickets/{issued[1]['id']}/return", "tuan")
    ask("POST", f"/tickets/{issued[0]['id']}/rejoin")
    ask("POST", f"/tickets/{issued[2]['id']}/prioritise", json={"class": "co-cong"})
    ask("POST", f"/tickets/{issued[3]['id']}/transfer", json={"service": "dat-dai"})
    ask("POST", f"/tickets/{issued[4]['id']}/cancel")
    link = issued[5]["follow_url"].rsplit("/", 1)[1]
    ask("GET", f"/follow/{link}")
    ask("POST", f"/follow/{link}/cancel")
    lease = ask("POST", "/number-leases", **kiosk, json={})
    block = lease["blocks"][0]
    offline = {"series": block["series"], "sequence": block["first"], "service": block["service"],
               "issued_at": "2026-11-23T02:00:00Z", "key": "offline-1"}  # fmt: skip
    ask("POST", "/tickets/offline", **kiosk, json={"lease": lease["lease"], "tickets": [offline]})
    ask("DELETE", f"/number-leases/{lease['lease']}", **kiosk)
    ask("PUT", "/services/dat-dai/stop", "truong", json={"message": "Mất điện."})
    ask("DELETE", "/services/dat-dai/stop", "truong")
    for path in ("/counters", "/services", "/queue/rules", f"/tickets/{issued[0]['id']}"):
        ask("GET", path, "lan" if path == "/counters" else "kiosk")
    for state in ("waiting", "called", "serving", "parked", "completed", "no_show", "cancelled", "expired"):
        ask("GET", f"/tickets?state={state}")
    ask("GET", "/print-jobs", **kiosk)
    ask("GET", "/board", "display")
    ask.minute()
    ask("POST", "/counters/quay-9/close", "tuan")
    ask.web.app.state.centre.store.clock._clock.forward(days=1)  # the page is turned
    ask.minute()


def test_no_statement_reads_through_the_past(watched: Watched, place: Place) -> None:
    everything(watched)
    engine = sqlalchemy.create_engine(place.url)
    with engine.connect() as connection:
        if place.server is not None:
            connection.execute(text("SET enable_seqscan = off"))  # what has an index uses it
        found = [
            f"{request}: {' '.join(statement.split())}\n    {line}"
            for statement, (values, request) in watched.statements.items()
            if statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE"))
            for line in _reads_through(connection, statement, values)
        ]
    engine.dispose()
    assert len(watched.statements) > 60, "the statements were noted"
    assert not found, "\n".join(found)


def _reads_through(connection: Any, statement: str, values: Any) -> list[str]:
    """Lines of the statement's plan that go over every row that was ever written."""
    if connection.dialect.name == "postgresql":
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", values)
        return _postgresql([str(row[0]).strip() for row in plan])
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    return [line for line in (str(row[-1]) for row in plan) if _sqlite(line, statement)]


def _sqlite(line: str, statement: str) -> bool:
    words = line.split()
    if len(words) < 2 or words[1] not in GROWING:
        return False
    if "max(ticket.day)" in statement and "COVERING INDEX ticket_day" in line:
        return False  # the greatest of an index is its last (https://www.sqlite.org/optoverview.html#minmax)
    everything = words[0] == "SCAN" or (words[0] == "SEARCH" and line.endswith("(site=?)"))
    return everything and not any(index in line for index in PARTIAL)


def _postgresql(plan: list[str]) -> list[str]:
    """A scan of a table, or of an index without another condition than the site."""
    found = []
    for line, following in zip(plan, [*plan[1:], ""], strict=True):
        step = line.removeprefix("->").strip()
        table = next((one for one in GROWING if f" on {one} " in step), None)
        if table is None or any(index in step for index in (*PARTIAL, "Bitmap Heap", "Backward")):
            continue
        conditions = (
            following.count(" = ") + following.count("ANY") + following.count("<") + following.count(">")
        )
        unbounded = not following.startswith("Index Cond") or conditions < 2
        if step.startswith("Seq Scan") or ("Scan" in step and unbounded):
            found.append(f"{step} / {following}")
    return found
