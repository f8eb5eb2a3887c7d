"""Every parser of bytes from outside against 200,000 changed inputs, its slowest and its hungriest case.

Atheris changes inputs by the lines they reach; hypothesis draws as many again; then come the largest and the
oddest of what a file has room for, in each place of a few inputs. A case has one second of processor time and
64 MB of memory; the latter is a limit of the process (``RLIMIT_DATA``). This takes hours, so ``script/bench``
runs it only when it is named. ``memory`` is what the hungriest case added, ``values`` how many cases were no
refusal, ``edges`` what atheris counts of the product's and asn1crypto's lines.

Run: ``python -m tests.bench.fuzz [TARGET …] [--runs N] [--by atheris|hypothesis|extremes] [--keep FOLDER]``
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.targets import TARGETS
from tests.fuzz.watch import Outcome, read_outcomes, tell_findings

RUNNERS = ("atheris", "hypothesis", "extremes")
_COLUMNS = ("cases", 8), ("seconds", 8), ("slowest", 10), ("memory", 8), ("edges", 6), ("values", 8)
HEAD = " ".join((f"{'target':20} {'by':10}", *(f"{word:>{width}}" for word, width in _COLUMNS)))


def fuzzed(name: str, by: str, runs: int) -> Outcome:
    """One target in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        report = Path(folder, "report.json")
        command = [
            sys.executable,
            "-m",
            f"tests.fuzz.{by}_runner",
            name,
            "--runs",
            str(runs),
            "--json",
            str(report),
        ]
        ended = subprocess.run(command, check=False, capture_output=True, text=True)
        if report.exists():
            return read_outcomes(json.loads(report.read_text()))[0]
        return Outcome(name, died=f"status {ended.returncode}: {ended.stderr[-500:]}")


def line(outcome: Outcome, by: str) -> str:
    """One row of the table."""
    kinds = ", ".join(one.kind for one in outcome.findings)
    return (
        f"{outcome.target:20} {by:10} {outcome.runs:8} {outcome.seconds:8.0f} {outcome.slowest:7.1f} ms "
        f"{outcome.extra_memory / (1 << 20):5.1f} MB {outcome.edges or '':6} {outcome.accepted:8}  "
        f"{'good' if outcome.good else f'FOUND {kinds} {outcome.died[:40]}'}"
    )


def main() -> int:
    """All targets, or those that are named."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--runs", type=int, help="of each target; without it what the target asks for")
    parser.add_argument("--by", choices=RUNNERS, action="append")
    parser.add_argument("--keep", type=Path, help="a folder for the inputs that were found")
    chosen = parser.parse_args()
    print(HEAD)
    bad = 0
    for name in chosen.targets or TARGETS:
        runs = chosen.runs or TARGETS[name].long
        for by in chosen.by or RUNNERS:
            outcome = fuzzed(name, by, runs)
            print(line(outcome, by), flush=True)
            tell_findings(outcome)
            bad += not outcome.good
            for number, finding in enumerate(outcome.findings if chosen.keep else ()):
                chosen.keep.mkdir(parents=True, exist_ok=True)
                place = chosen.keep / f"{name}-{by}-{number}-{finding.kind}"
                place.write_bytes(bytes.fromhex(finding.data))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
