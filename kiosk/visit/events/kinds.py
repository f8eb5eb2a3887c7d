"""The two kinds of event that belong to one visit: what a touch means, what a worker answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Intent:
    """A touch. ``at`` is the key of the screen it was meant for; empty means any screen."""

    at: str = ""


@dataclass(frozen=True)
class Answer:
    """Result of an effect. ``visit`` is the id of the visit that asked."""

    visit: str
