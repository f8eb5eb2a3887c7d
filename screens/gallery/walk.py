"""A visit walked through by the flow's own events, with what it showed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TypeVar

from kiosk.visit.effects import Effect
from kiosk.visit.events import (
    Event,
)
from kiosk.visit.flow import step
from kiosk.visit.states import Setup, VisitState
from screens.citizen.screens import KioskView, present
from screens.locale import catalogue

ROOT = Path(__file__).parent.parent.parent
NOW = datetime(2026, 11, 23, 9, 15, tzinfo=timezone(timedelta(hours=7)))
FRAMES = 14  # enough for every size to settle

E = TypeVar("E", bound=Effect)


class Walk:
    """A visit walked through by events; ``views`` keeps what was shown under a name."""

    def __init__(self, setup: Setup, now: datetime = NOW) -> None:
        self.state = VisitState(setup, comfort=setup.comfort, now=now)
        self.views: dict[str, KioskView] = {}
        self.effects: list[Effect] = []  #: everything the visit asked for

    def do(self, *events: Event) -> None:
        """Let these happen."""
        for event in events:
            self.state, effects = step(self.state, event)
            self.effects += effects

    def keep(self, name: str) -> None:
        """Keep what is shown now, also in words that no native reader has confirmed: these are pictures."""
        words = catalogue("citizen", self.state.comfort.language, unreviewed=True)
        self.views[name] = present(self.state, words)

    def asked(self, kind: type[E]) -> E:
        """The newest effect of this kind. Raises ``LookupError`` when there was none."""
        for effect in reversed(self.effects):
            if isinstance(effect, kind):
                return effect
        raise LookupError(kind.__name__)
