"""Runs one case after the other, and keeps what was wrong: raised, too slow, or too hungry.

A case has one second of processor time and 64 MB of memory. The memory is a real limit (``RLIMIT_DATA``):
what wants more gets a ``MemoryError``, or dies when it is native code. Children that decode pictures have
limits of their own.
"""

from __future__ import annotations

import json
import os
import resource
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

MOST_SECONDS = 1.0
WARM_UP = 3
"""Seeds to run before: what is imported or cached at a first call is no case's memory."""
MOST_MEMORY = 64 << 20
_PAGE = resource.getpagesize()
_SHOWN = 70_000
_SLOWEST_KEPT = 300
_REPORT_EVERY = 2000


@dataclass
class Finding:
    """One kind of trouble, known by its exception and the line that raised it."""

    kind: str
    where: str
    message: str
    data: str
    """The shortest input that shows it, hex."""
    times: int = 1


@dataclass
class Outcome:
    """What came of all cases of one target so far."""

    target: str
    runs: int = 0
    accepted: int = 0
    """Cases that gave a value rather than one of the allowed refusals."""
    seconds: float = 0.0
    slowest: float = 0.0
    """Milliseconds of processor time."""
    slowest_data: str = ""
    extra_memory: int = 0
    """Bytes that the hungriest case added to the process."""
    edges: int = 0
    features: int = 0
    died: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Nothing was found."""
        return not self.findings and not self.died


class Watch:
    """Calls ``call`` and judges it. ``allowed``: what may leave it. ``report``: a file for the outcome.

    ``limited``: whether the memory limit is set; it holds for the whole process.
    """

    def __init__(
        self,
        target: str,
        call: Callable[[bytes], object],
        allowed: tuple[type[BaseException], ...],
        *,
        report: Path | None = None,
        runs: int = 0,
        limited: bool = True,
    ) -> None:
        self.outcome = Outcome(target)
        self._call = call
        self._allowed = allowed
        self._report = report
        self._runs = runs
        self._limited = limited
        self._began = time.monotonic()
        self._statm = os.open("/proc/self/statm", os.O_RDONLY)
        self._clear_peak = os.open(
            "/proc/self/clear_refs", os.O_WRONLY
        )  # "5": the peak is what is in use now
        self._found: dict[tuple[str, str], Finding] = {}

    def __call__(self, data: bytes) -> None:
        """Run one case."""
        statm = os.pread(self._statm, 200, 0).split()
        os.write(self._clear_peak, b"5")
        if self._limited:
            ceiling = int(statm[5]) * _PAGE + MOST_MEMORY
            resource.setrlimit(resource.RLIMIT_DATA, (ceiling, resource.RLIM_INFINITY))
        trouble: BaseException | None = None
        began = _processor_seconds()
        try:
            self._call(data)
            self.outcome.accepted += 1
        except self._allowed:
            pass
        except Exception as error:
            trouble = error
        spent = _processor_seconds() - began
        if self._limited:
            resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        if trouble is not None:
            self._find(type(trouble).__name__, _origin(trouble), str(trouble)[:200], data)
            del trouble
        self._measure(data, spent, max(0, peak - int(statm[1]) * _PAGE))

    def finish(self) -> Outcome:
        """Write the report and give the outcome."""
        self.outcome.seconds = round(time.monotonic() - self._began, 2)
        if self._report is not None:
            written = self._report.with_suffix(".new")
            written.write_text(json.dumps(asdict(self.outcome)))
            written.replace(self._report)
        return self.outcome

    def _measure(self, data: bytes, spent: float, extra: int) -> None:
        outcome = self.outcome
        outcome.runs += 1
        if spent * 1000 > outcome.slowest:
            outcome.slowest, outcome.slowest_data = round(spent * 1000, 2), data[:_SLOWEST_KEPT].hex()
        if spent > MOST_SECONDS:
            self._find("slow", "", f"{spent:.2f} s", data)
        outcome.extra_memory = max(outcome.extra_memory, extra)
        if extra > MOST_MEMORY:
            self._find("memory", "", f"{extra >> 20} MB", data)
        if outcome.runs % _REPORT_EVERY == 0 or outcome.runs >= self._runs - 1:
            self.finish()

    def _find(self, kind: str, where: str, message: str, data: bytes) -> None:
        shown = data[:_SHOWN].hex()
        known = self._found.get((kind, where))
        if known is None:
            self._found[kind, where] = finding = Finding(kind, where, message, shown)
            self.outcome.findings.append(finding)
            self.finish()
            return
        known.times += 1
        if len(shown) < len(known.data):
            known.data, known.message = shown, message


def _processor_seconds() -> float:
    """Of this process, and of the children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def read_outcome(report: Path, target: str) -> Outcome:
    """What a child wrote; an empty outcome when it wrote nothing."""
    if not report.exists():
        return Outcome(target)
    return read_outcomes([json.loads(report.read_text())])[0]


def read_outcomes(written: list[dict[str, Any]]) -> list[Outcome]:
    """Outcomes out of a JSON file."""
    return [
        Outcome(**{**one, "findings": [Finding(**finding) for finding in one["findings"]]}) for one in written
    ]


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


def _origin(error: BaseException) -> str:
    """The innermost line of the product, and what raised it further in, as ``file:line < file:line``."""
    frames = traceback.extract_tb(error.__traceback__, limit=-400)
    innermost = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
    for frame in reversed(frames):
        path = Path(frame.filename)
        if "tests" not in path.parts and ("devices" in path.parts or "identity" in path.parts):
            place = "/".join(path.parts[-2:]) + f":{frame.lineno}"
            return place if frame is frames[-1] else f"{place} < {innermost}"
    return innermost
