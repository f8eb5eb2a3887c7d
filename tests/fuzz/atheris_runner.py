"""Fuzzes targets with atheris (libFuzzer's coverage guidance over Python), each in a child process.

Run: ``python -m tests.fuzz.atheris_runner TARGET … [--runs N] [--seed S]``; without a target all of them. The
corpus is made in code from the virtual card and lies in a temporary folder as long as the run lasts.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random

import atheris

from tests.fuzz.dictionary import WORDS
from tests.fuzz.mutations import mutated
from tests.fuzz.targets import TARGETS, Loaded, Target, load
from tests.fuzz.watch import WARM_UP, Finding, Outcome, Watch, read_outcome, tell_findings, told

INSTRUMENTED = ["devices.chip_card", "devices.code_scanner.lines", "kiosk.identity", "asn1crypto"]
RUNS = 20_000
_HANG_SECONDS = 20
_SEED_SHARE = 3
"""At most every third case of a short run is a seed as it is."""
_BLIND_SHARE = 0.25


def fuzz(names: Sequence[str], runs: Mapping[str, int], seed: int = 1, at_once: int = 1) -> Iterator[Outcome]:
    """Fuzz these targets. This process instruments and imports the product; each target has a child of it."""
    with atheris.instrument_imports(include=INSTRUMENTED):
        loaded = {name: load(TARGETS[name]) for name in names}
    gc.freeze()  # shared by the children as long as nobody writes to it
    waiting = list(names)
    running: dict[int, Path] = {}
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        while waiting or running:
            while waiting and len(running) < at_once:
                name = waiting.pop(0)
                place = Path(folder, name)
                running[_child(TARGETS[name], loaded[name], place, runs[name], seed)] = place
            ended, status = os.wait()
            yield _outcome(running.pop(ended), status)


def _child(target: Target, loaded: Loaded, folder: Path, runs: int, seed: int) -> int:
    """Start the process that fuzzes the target."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    for number, data in enumerate(loaded.seeds[:: max(1, len(loaded.seeds) * _SEED_SHARE // runs)]):
        (corpus / f"{number:04}").write_bytes(data)
    (folder / "words").write_text(WORDS)
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    try:
        os.dup2(os.open(folder / "log", os.O_WRONLY | os.O_CREAT), 2)
        os.dup2(2, 1)
        _run(target, loaded, folder, runs, seed)
    finally:
        os._exit(3)


def _run(target: Target, loaded: Loaded, folder: Path, runs: int, seed: int) -> None:
    for data in loaded.seeds[:WARM_UP]:
        with contextlib.suppress(Exception):
            loaded.call(data)
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


def _outcome(folder: Path, status: int) -> Outcome:
    """What the child found, and how it ended."""
    outcome = read_outcome(folder / "report.json", folder.name)
    log = (folder / "log").read_text(errors="replace")
    for found in re.finditer(r"cov: (\d+) ft: (\d+)", log):
        outcome.edges, outcome.features = int(found[1]), int(found[2])
    if status == 0:
        return outcome
    outcome.died = f"status {status:#x}: " + " | ".join(log.splitlines()[-12:])[-900:]
    for pattern in ("crash-*", "timeout-*", "oom-*", "leak-*"):
        for artifact in folder.glob(pattern):
            kind = pattern.removesuffix("-*")
            outcome.findings.append(Finding(kind, "", outcome.died, artifact.read_bytes().hex()))
    return outcome


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("targets", nargs="*", help=", ".join(TARGETS))
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    parser.add_argument("--short", action="store_true", help="all in one go, as few cases as in the tests")
    parser.add_argument("--at-once", type=int, default=1, help="children that run side by side")
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
    for outcome in fuzz(names, runs, chosen.seed, chosen.at_once):
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
