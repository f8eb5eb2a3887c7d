"""A full disk refuses, keeps what it has, and goes on when there is room again."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.centre import journal
from kiosk.centre.store.workers import Link
from tests.centre.support import Desk


def limit_pages(desk: Desk, pages: int | None) -> int:
    """Let the database grow by so many pages only (without limit: ``None``). Returns the pages it has."""

    def pragma(link: Link) -> int:
        cursor = link.connection().connection.driver_connection.cursor()  # type: ignore[union-attr]
        count = int(cursor.execute("PRAGMA page_count").fetchone()[0])
        most = 2**30 if pages is None else count + pages
        cursor.execute(f"PRAGMA max_page_count={most}")
        return count

    worker: Any = desk.centre.store._writers
    return int(worker.submit(pragma).result())


@pytest.mark.on_sqlite
def test_a_full_disk_loses_nothing_and_work_goes_on_after_it(desk: Desk) -> None:
    before = desk.head()
    limit_pages(desk, 12)
    told = []
    for _ in range(300):
        answer = desk.issue()
        if answer.status_code != 201:
            break
        told.append(answer.json()["number"])
    assert (answer.status_code, answer.json()["code"]) == (507, "STORE_FULL")
    assert told, "the limit was not there from the start"
    again = desk.issue()
    assert (again.status_code, again.json()["code"]) == (507, "STORE_FULL")
    ready = desk.web.get("/readyz")
    waiting = desk.call("GET", "/tickets?state=waiting", "kiosk").json()
    assert [one["number"] for one in waiting] == told == [f"A{n:03d}" for n in range(1, len(told) + 1)]
    assert desk.head() - before == len(told) + 0
    assert ready.status_code in {200, 507}, "a probe may still fit"

    limit_pages(desk, None)
    assert desk.issue().json()["number"] == f"A{len(told) + 1:03d}"
    assert desk.web.get("/readyz").status_code == 200
    entries = desk.journal()
    journal.verify_chain(desk.settings.centre.site, entries, journal.Verified(0, 0, journal.NO_HASH))
