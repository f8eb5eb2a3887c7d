"""The doors of the start screen and what is behind them."""

from __future__ import annotations

from kiosk.visit.events import ServiceChoice
from kiosk.visit.states import Setup
from screens.gallery.walk import Walk


def doors(walk: Walk, setup: Setup, services: tuple[ServiceChoice, ...]) -> None:
    """Every door and its parts."""
