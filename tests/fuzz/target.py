"""One fuzz target: what to call, inputs to start from, what it may refuse with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fuzz.mutations import Form

LARGEST_FILE = 65535


@dataclass(frozen=True)
class Loaded:
    """A target that is ready. ``call`` takes any bytes, and raises nothing but ``allowed``."""

    call: Callable[[bytes], object]
    allowed: tuple[type[BaseException], ...]
    seeds: list[bytes] = field(repr=False)


@dataclass(frozen=True)
class Target:
    """``parser``: in the words of whoever asks what is fuzzed. ``longest``: bytes of an input. ``short``:
    cases of the short run in the tests. ``long``: of the bench, fewer where a case reads a whole card or
    starts a process. ``cost``: rough milliseconds of a case.
    """

    name: str
    parser: str
    form: Form
    loader: Callable[[], Loaded]
    longest: int = 4096
    short: int = 2000
    long: int = 200_000
    cost: float = 0.1
