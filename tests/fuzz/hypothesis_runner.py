"""Fuzzes one target with hypothesis, each case under the same watch as with atheris.

Run: ``python -m tests.fuzz.hypothesis_runner TARGET [--runs N] [--seed S] [--json FILE]``
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.drawing import inputs
from tests.fuzz.targets import TARGETS, load
from tests.fuzz.watch import WARM_UP, Outcome, Watch, tell_findings, told

RUNS = 20_000


def fuzz(name: str, runs: int, number: int) -> Outcome:
    """Draw so many inputs for this target."""
    target, loaded = TARGETS[name], load(TARGETS[name])
    for data in loaded.seeds[:WARM_UP]:
        with contextlib.suppress(Exception):
            loaded.call(data)
    watch = Watch(name, loaded.call, loaded.allowed)

    @seed(number)
    @settings(
        max_examples=runs, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(data=inputs(target, loaded))
    def run(data: bytes) -> None:
        watch(data)

    run()
    return watch.finish()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    parser.add_argument("--json", type=Path, help="a file for the outcome")
    chosen = parser.parse_args()
    outcome = fuzz(chosen.target, chosen.runs, chosen.seed)
    print(told(outcome))
    tell_findings(outcome)
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(outcome)]))
    return 0 if outcome.good else 1


if __name__ == "__main__":
    sys.exit(main())
