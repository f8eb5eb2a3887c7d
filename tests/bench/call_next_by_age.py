"""call-next with 0, 100,000 and 10,000,000 old tickets in the database: the 99th percentile must not grow.

``python -m tests.bench.call_next_by_age [--old 0,100000,10000000] [--calls N] [--engine sqlite|postgresql]``.
The databases are measured in turns, so that all see the same machine; 40 people wait. ``p99`` is the median
of the rounds' 99th percentiles, which a burst of something else on the machine does not move; ``p99 of all``
is that of all calls together. At most 1.2 times as slow with the most as with none; statements of the product
that read a whole table are printed. Ten million old tickets need about 6 GB of disk and some minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import time

import sqlalchemy

from tests.bench._queue import Queue, queue, server
from tests.faults.past import fill

WAITING = 40
MOST = 1.2
_ROUNDS = 20


def calls(measured: Queue, count: int) -> list[float]:
    """Milliseconds of each call; who was called is served, and another citizen comes."""
    taken = []
    for _ in range(count):
        measured.issue()
        began = time.perf_counter()
        assert measured.call(1)
        taken.append((time.perf_counter() - began) * 1000)
        measured.start(1)
        measured.complete(1)
    return taken


def bare(measured: Queue, count: int) -> list[float]:
    """Milliseconds of bare commits."""
    taken = []
    with measured.floor() as commit:
        for _ in range(count):
            began = time.perf_counter()
            commit()
            taken.append((time.perf_counter() - began) * 1000)
    return taken


def scans(measured: Queue) -> list[str]:
    """Statements of a call that read a whole table, as the engine plans them now."""
    seen: dict[str, tuple[object, ...]] = {}

    def note(_connection, _cursor, statement, parameters, _context, _many):
        seen.setdefault(statement, parameters)

    sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", note)
    try:
        calls(measured, 1)
    finally:
        sqlalchemy.event.remove(sqlalchemy.Engine, "before_cursor_execute", note)
    found = []
    prefix = "EXPLAIN QUERY PLAN " if measured.server is None else "EXPLAIN "
    engine = sqlalchemy.create_engine(measured.url)
    with engine.connect() as connection:
        for statement, parameters in seen.items():
            if not statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE")):
                continue
            plan = connection.exec_driver_sql(prefix + statement, parameters).all()
            words = [str(line[-1]) for line in plan]
            if any(map(_reads_all, words)):
                found.append(" ".join(statement.split())[:150] + "\n      " + "\n      ".join(words))
    engine.dispose()
    return found


def _reads_all(line: str) -> bool:
    """Whether a line of a plan goes over every row of a site that was ever written."""
    line = line.lstrip(" ->")
    alone = line.endswith("(site=?)") and "ticket_open" not in line and "ticket_at_counter" not in line
    return line.startswith(("SCAN", "Seq Scan on ticket")) or (line.startswith("SEARCH ticket") and alone)


def p99(values: list[float]) -> float:
    """The 99th percentile."""
    return statistics.quantiles(values, n=100)[98]


def typical_p99(values: list[float]) -> float:
    """The median of the rounds' 99th percentiles."""
    each = len(values) // _ROUNDS
    return statistics.median(p99(values[at : at + each]) for at in range(0, each * _ROUNDS, each))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--old", default="0,100000,10000000")
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    chosen = parser.parse_args()
    ages = [int(one) for one in chosen.old.split(",")]
    columns = (
        "old",
        "made in s",
        "median ms",
        "p99 ms",
        "p99 ratio",
        "p99 of all",
        "bare p50",
        "p50/bare",
        "p99/bare",
    )
    print(f"{'':12}" + "".join(f"{word:>12}" for word in columns))
    good = True
    for name in chosen.engine or ("sqlite", "postgresql"):
        with contextlib.ExitStack() as stack:
            postgres = stack.enter_context(server()) if name == "postgresql" else None
            measured, seconds = [], []
            for old in ages:
                one = stack.enter_context(queue(1, postgres))
                began = time.monotonic()
                fill(one.url, one.plan.site, old)
                seconds.append(time.monotonic() - began)
                for _ in range(WAITING):
                    one.issue()
                calls(one, 100)
                measured.append(one)
            taken: list[list[float]] = [[] for _ in ages]
            floors: list[list[float]] = [[] for _ in ages]
            for _ in range(_ROUNDS):
                for place, one in enumerate(measured):
                    taken[place] += calls(one, chosen.calls // _ROUNDS)
                    floors[place] += bare(one, chosen.calls // _ROUNDS)
            for place, one in enumerate(measured):
                middle, floor = statistics.median(taken[place]), statistics.median(floors[place])
                slow, bare_slow = typical_p99(taken[place]), typical_p99(floors[place])
                ratio = slow / typical_p99(taken[0])
                row = (middle, slow, ratio, p99(taken[place]), floor, middle / floor, slow / bare_slow)
                print(f"{one.engine:12}{ages[place]:12}{seconds[place]:12.0f}"
                      + "".join(f"{value:12.3f}" for value in row), flush=True)  # fmt: skip
            good &= typical_p99(taken[-1]) <= MOST * typical_p99(taken[0])
            for words in scans(measured[-1]):
                print(f"  reads a whole table: {words}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
