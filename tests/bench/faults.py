"""kill -9 at random moments of a full lobby, over SQLite and PostgreSQL: what was told, lost and doubled.

``python -m tests.bench.faults [--kills N] [--seed N] [--engine sqlite|postgresql]``. Over PostgreSQL two
centres run, and a third of the faults strike a backend or the whole server. ``in flight``: kills at which
a request had been sent and got no answer; only these can show anything. What was ``unanswered`` is tried
again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.kills import Outcome, run
from tests.faults.places import ENGINES, Seed

EACH = 100
"""Kills of one run, after which everything is counted."""


def tell(engine: str, seed: int, outcome: Outcome, seconds: float) -> None:
    """One line."""
    books = outcome.books
    row = (outcome.kills, outcome.in_flight, outcome.recovery_cut_short, outcome.told, outcome.unanswered,
           books.tickets, books.entries, len(books.faults) + len(outcome.wrong))  # fmt: skip
    print(f"{engine:12}{seed:6}" + "".join(f"{value:12}" for value in row) + f"{seconds:8.0f}", flush=True)
    for words in (*books.faults[:10], *outcome.wrong[:10]):
        print(f"  {words}", flush=True)


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=ENGINES, action="append")
    chosen = parser.parse_args()
    columns = ("kills", "in flight", "cut short", "told", "unanswered", "numbers", "entries", "faults")
    print(f"{'':12}{'seed':>6}" + "".join(f"{word:>12}" for word in columns) + f"{'s':>8}")
    good = True
    seeds = Seed()
    try:
        for engine in chosen.engine or ENGINES:
            done, seed = 0, chosen.seed
            while done < chosen.kills:
                with tempfile.TemporaryDirectory(prefix="faults-") as name:
                    place = seeds.place(engine, Path(name))
                    began = time.monotonic()
                    outcome = run(
                        place, min(EACH, chosen.kills - done), seed, 1 if place.server is None else 2
                    )
                    tell(engine, seed, outcome, time.monotonic() - began)
                    seeds.leave(place)
                done += outcome.kills
                seed += 1
                good &= outcome.good
    finally:
        seeds.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
