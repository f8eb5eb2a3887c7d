"""Issuing a number, durable before it is told, against one bare durable SQLite commit in the same run.

``python -m tests.bench.ticket_issue``: milliseconds, and how many bare commits each way of issuing costs.
The ways take turns, so that all see the same disk and the same load of the machine.
"""

from __future__ import annotations

import http.client
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from kiosk.centre import admin, tickets
from kiosk.centre.moments import system_clock
from kiosk.centre.plan import Plan
from kiosk.centre.store.store import Store
from kiosk.settings import load
from tests.centre.support import CONFIG, Process

ROUNDS = 20
EACH = 20
WARM_UP = 20


def bare_commit(folder: Path) -> Callable[[], None]:
    """One row, one commit: WAL and synchronous=FULL as in the centre."""
    database = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, body TEXT)")

    def commit() -> None:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO row (body) VALUES (?)", ("x" * 600,))
        database.execute("COMMIT")

    return commit


def in_process(folder: Path) -> tuple[Callable[[], None], Store]:
    """The centre's own transaction on its writer thread, without the network."""
    settings = load(CONFIG)
    plan = Plan.of(settings, "http://127.0.0.1")
    store = Store(folder / "store", plan.site, system_clock)
    store.open()
    keys = iter(range(10**9))

    def issue() -> None:
        store.submit_write(
            lambda transaction: tickets.issue(
                transaction, plan, "kiosk:bench", "chung-thuc", f"k{next(keys)}"
            )
        ).result()

    return issue, store


def over_http(process: Process, token: str) -> Callable[[], None]:
    """What a kiosk does: a request over a connection that stays open."""
    connection = http.client.HTTPConnection("127.0.0.1", process.port)
    body = json.dumps({"service": "chung-thuc"})
    keys = iter(range(10**9))

    def issue() -> None:
        headers = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": f"k{next(keys)}",
            "Content-Type": "application/json",
        }
        connection.request("POST", "/api/v1/tickets", body, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 201

    return issue


def measure(ways: dict[str, Callable[[], None]]) -> dict[str, list[float]]:
    """Milliseconds of each call, the ways taking turns."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        for _ in range(WARM_UP):
            way()
    for _ in range(ROUNDS):
        for name, way in ways.items():
            for _ in range(EACH):
                began = time.perf_counter()
                way()
                taken[name].append((time.perf_counter() - began) * 1000)
    return taken


def report(taken: dict[str, list[float]], against: str) -> None:
    """One line for each way: min, median, 95th percentile, and the median as a multiple of ``against``."""
    base = statistics.median(taken[against])
    print(f"{'':34}{'min':>9}{'median':>9}{'p95':>9}{'ratio':>9}   (ms; n = {len(taken[against])})")
    for name, values in taken.items():
        p95 = statistics.quantiles(values, n=20)[18]
        middle = statistics.median(values)
        print(f"{name:34}{min(values):9.3f}{middle:9.3f}{p95:9.3f}{middle / base:9.2f}")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        token = admin.create_token(load(CONFIG), folder / "data", "kiosk", "bench")
        process = Process(folder / "data")
        process.start()
        issue, store = in_process(folder)
        try:
            taken = measure(
                {
                    "bare SQLite commit (WAL, FULL)": bare_commit(folder),
                    "issue, in process": issue,
                    "issue, over HTTP (keep-alive)": over_http(process, token),
                }
            )
        finally:
            store.close()
            process.end()
    report(taken, "bare SQLite commit (WAL, FULL)")


if __name__ == "__main__":
    main()
