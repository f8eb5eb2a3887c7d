"""The record of a tour: pictures, and for each step what was expected, what was seen, how long it took."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kiosk.processes.tour.stage import NotSeenError


@dataclass
class Step:
    """One step. ``milliseconds`` counts from the step's first touch or request until it was seen."""

    number: int
    name: str
    expected: str
    seen: str = ""
    milliseconds: float = 0.0
    ok: bool = False
    files: list[str] = field(default_factory=list)
    measured: dict[str, Any] = field(default_factory=dict)


class ChapterFailedError(Exception):
    """A step failed; what builds on it is not played."""


class Record:
    """Writes into ``folder``; ``say`` gets a line for each step."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.steps: list[Step] = []
        self._say = say
        folder.mkdir(parents=True, exist_ok=True)
        for old in (*folder.glob("[0-9][0-9]-*.*"), folder / "tour.json"):
            old.unlink(missing_ok=True)

    @contextmanager
    def step(self, name: str, expected: str) -> Iterator[Step]:
        """A step of the visit. Raises ``ChapterFailedError`` when what was expected was not seen."""
        step = Step(len(self.steps) + 1, name, expected)
        self.steps.append(step)
        began = time.monotonic()
        try:
            yield step
            step.ok = True
        except NotSeenError as error:
            step.seen = error.seen
            raise ChapterFailedError(name) from error
        except Exception as error:
            step.seen = f"{type(error).__name__}: {error}"
            raise ChapterFailedError(name) from error
        finally:
            if not step.milliseconds:
                step.milliseconds = round((time.monotonic() - began) * 1000, 1)
            mark = "ok " if step.ok else "NOT"
            self._say(f"{mark} {step.number:02d} {name} ({step.milliseconds:.0f} ms): {step.seen}")
            self._write()

    def keep(self, step: Step, name: str, content: bytes) -> Path:
        """Keep a file of this step, named by its number: ``03-reading.png``."""
        path = self.folder / f"{step.number:02d}-{name}"
        path.write_bytes(content)
        step.files.append(path.name)
        return path

    @property
    def passed(self) -> bool:
        """Whether every step went as expected."""
        return bool(self.steps) and all(step.ok for step in self.steps)

    def _write(self) -> None:
        content = {"passed": self.passed, "steps": [asdict(step) for step in self.steps]}
        path = self.folder / "tour.json"
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
