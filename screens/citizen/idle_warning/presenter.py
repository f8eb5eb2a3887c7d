"""The overlay before everything is wiped."""

from __future__ import annotations

from dataclasses import dataclass

from screens.citizen.parts import Button


@dataclass(frozen=True)
class IdleWarningView:
    """Lies over the current screen and takes every touch. ``seconds`` counts down to the wipe."""

    title: str
    text: str
    seconds: int
    stay: Button
    leave: Button
