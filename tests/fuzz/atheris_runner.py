"""Fuzzes targets with atheris (libFuzzer's coverage guidance over Python), each in a child process.

Run: ``python -m tests.fuzz.atheris_runner TARGET … [--runs N] [--seed S]``; without a target all of them. The
corpus is made in code from the virtual card and lies in a temporary folder as long as the run lasts.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random

import atheris

from tests.fuzz.dictionary import WORDS
from tests.fuzz.mutations import mutated
from tests.fuzz.targets import TARGETS, Loaded, Target, load
from tests.fuzz.watch import Finding, Outcome, Watch, read_outcome

INSTRUMENTED = ["devices.chip_card", "kiosk.identity", "asn1crypto"]
RUNS = 20_000
_HANG_SECONDS = 20
_WARM_UP = 8
_SEED_SHARE = 3
"""At most every third case of a short run is a seed as it is."""
_BLIND_SHARE = 0.25


def fuzz(
    names: Sequence[str], runs: Mapping[str, int], seed: int = 1, most_seconds: float = 36_000
) -> Iterator[Outcome]:
    """Fuzz these targets one after the other. This process instruments and imports the product."""
    with atheris.instrument_imports(include=INSTRUMENTED):
        loaded = {name: load(TARGETS[name]) for name in names}
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for name in names:
            place = Path(folder, name)
            place.mkdir()
            yield _in_child(
                TARGETS[name], loaded[name], place, runs=runs[name], seed=seed, most_seconds=most_seconds
            )


def _in_child(
    target: Target, loaded: Loaded, folder: Path, *, runs: int, seed: int, most_seconds: float
) -> Outcome:
    corpus, report, log = folder / "corpus", folder / "report.json", folder / "log"
    corpus.mkdir()
    seeds = loaded.seeds[:: max(1, len(loaded.seeds) * _SEED_SHARE // runs)]
    for number, data in enumerate(seeds):
        (corpus / f"{number:04}").write_bytes(data)
    (folder / "words").write_text(WORDS)
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT), 2)
            os.dup2(2, 1)
            _run(target, loaded, folder, runs, seed)
        finally:
            os._exit(3)
    status = _waited(child, most_seconds)
    return _outcome(target, report, log, folder, status)


def _run(target: Target, loaded: Loaded, folder: Path, runs: int, seed: int) -> None:
    for data in loaded.seeds[:_WARM_UP]:  # what is imported or cached at the first call is nobody's memory
        try:
            loaded.call(data)
        except Exception:  # noqa: S112 - counted below, where every seed runs again
            continue
    watch = Watch(target.name, loaded.call, loaded.allowed, report=folder / "report.json", runs=runs)
    others = loaded.seeds

    def change(data: bytes, longest: int, number: int) -> bytes:
        random = Random(number)  # noqa: S311 - to be repeated
        if random.random() < _BLIND_SHARE:
            return atheris.Mutate(data, longest)
        return mutated(target.form, data, longest, random=random, others=others, blind=atheris.Mutate)

    options = [
        "fuzz", str(folder / "corpus"), f"-runs={runs}", f"-seed={seed}", f"-max_len={target.longest}",
        f"-dict={folder / 'words'}", f"-artifact_prefix={folder}/", f"-timeout={_HANG_SECONDS}",
        "-rss_limit_mb=0", "-reload=0",
    ]  # fmt: skip
    atheris.Setup(options, watch, custom_mutator=change)
    atheris.Fuzz()


def _waited(child: int, most_seconds: float) -> int:
    """The child's status; after ``most_seconds`` it is ended."""
    end = time.monotonic() + most_seconds
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return -1
        time.sleep(0.02)


def _outcome(target: Target, report: Path, log: Path, folder: Path, status: int) -> Outcome:
    outcome = read_outcome(report, target.name)
    told = log.read_text(errors="replace")
    for found in re.finditer(r"cov: (\d+) ft: (\d+)", told):
        outcome.edges, outcome.features = int(found[1]), int(found[2])
    if status == 0:
        return outcome
    outcome.died = f"status {status:#x}: " + " | ".join(told.splitlines()[-12:])[-900:]
    for pattern in ("crash-*", "timeout-*", "oom-*", "leak-*"):
        for artifact in folder.glob(pattern):
            kind = pattern.removesuffix("-*")
            outcome.findings.append(Finding(kind, "", outcome.died, artifact.read_bytes().hex()))
    return outcome


def told(outcome: Outcome) -> str:
    """One line of the table."""
    result = "good" if outcome.good else f"{len(outcome.findings)} findings"
    return (
        f"{outcome.target:26} {outcome.runs:8} {outcome.seconds:8.1f} s {outcome.slowest:8.1f} ms "
        f"{outcome.extra_memory / (1 << 20):6.1f} MB {outcome.edges:6} edges {outcome.features:6} features "
        f"{outcome.accepted:8} accepted  {result}"
    )


def tell_findings(outcome: Outcome) -> None:
    """Everything that one needs to repeat them."""
    for finding in outcome.findings:
        print(f"  {finding.kind} at {finding.where}, {finding.times} times: {finding.message}")
        size = len(finding.data) // 2
        print(f"    {size} bytes: {finding.data if size <= 400 else finding.data[:800] + '…'}")
    if outcome.died:
        print(f"  died: {outcome.died}")


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("targets", nargs="*", help=", ".join(TARGETS))
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    parser.add_argument("--short", action="store_true", help="all in one go, as few cases as in the tests")
    parser.add_argument("--json", type=Path, help="a file for the outcomes")
    parser.add_argument("--keep", type=Path, help="a folder for the findings")
    chosen = parser.parse_args()
    unknown = [name for name in chosen.targets if name not in TARGETS]
    if unknown:
        parser.error(f"no target {unknown[0]}; there are {', '.join(TARGETS)}")
    names = chosen.targets or list(TARGETS)
    runs = {name: TARGETS[name].short if chosen.short else chosen.runs for name in names}
    print(f"seed {chosen.seed}")
    outcomes = []
    for outcome in fuzz(names, runs, chosen.seed):
        print(told(outcome), flush=True)
        tell_findings(outcome)
        outcomes.append(outcome)
        if chosen.keep:
            chosen.keep.mkdir(parents=True, exist_ok=True)
            for number, finding in enumerate(outcome.findings):
                place = chosen.keep / f"{outcome.target}-{number}-{finding.kind}"
                place.write_bytes(bytes.fromhex(finding.data))
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(outcome) for outcome in outcomes]))
    return 0 if all(outcome.good for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
