"""The chip is being read: steps and nothing to press but *stop*."""

from __future__ import annotations

from dataclasses import dataclass

from screens.citizen.parts import Button


@dataclass(frozen=True)
class StepLine:
    """One step; ``state`` is ``done``, ``now`` or ``later``."""

    label: str
    state: str


@dataclass(frozen=True)
class ReadingView:
    """``keep_still`` asks not to take the card away."""

    title: str
    keep_still: str
    steps: tuple[StepLine, ...]
    stop: Button
