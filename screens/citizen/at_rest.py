"""What the window does while nobody stands before it, so that nobody has to wait for it."""

from __future__ import annotations

import gc
from collections.abc import Callable

from kivy.clock import Clock

STILL_SECONDS = 2.0
STEP_SECONDS = 0.3
VISITS_WITHOUT_REST = 20  # mostly a person needs longer than the rest to come up to the machine
EVERYTHING_AFTER = 50
IN_A_VISIT = 700, 10, 100  # Python's own thresholds but the last, which is ten there


class AtRest:
    """Builds screens ahead, then looks for garbage; ``disturbed`` ends it, ``rest`` begins it.

    The window's widgets are some 200,000 objects. Python would go through all of them whenever enough new
    ones were made: 0.2 to 0.4 s, and mostly in a change of screens, since these make new ones. Here all that
    is there at rest is set aside (``gc.freeze``), and what a visit makes is gone through after it, or when it
    is far more than a visit makes; where one person follows the other without a rest, after some visits.
    ``build_ahead`` builds one screen and tells whether more are to be built.
    """

    def __init__(self, build_ahead: Callable[[], bool]) -> None:
        self._build_ahead = build_ahead
        self._visits = self._collections = 0
        self._at_start = self._collected = False
        self._still = Clock.create_trigger(self._step, STILL_SECONDS)
        self._next = Clock.create_trigger(self._step, STEP_SECONDS)
        self._usual_thresholds = gc.get_threshold()
        gc.set_threshold(*IN_A_VISIT)

    def rest(self) -> None:
        """The start is shown and nobody touches it."""
        if not self._at_start:
            self._at_start = True
            self._visits += 1
            if self._visits >= VISITS_WITHOUT_REST:
                self._collect()
        if not self._collected:
            self._still()

    def disturbed(self, *, left: bool = False) -> None:
        """Somebody is there; ``left``: and the start is not shown any more."""
        self._still.cancel()
        self._next.cancel()
        self._collected = False
        self._at_start = self._at_start and not left

    def end(self) -> None:
        """The window closes: nothing stays set aside."""
        self.disturbed()
        gc.set_threshold(*self._usual_thresholds)
        gc.unfreeze()

    def _step(self, *_args: object) -> None:
        if self._build_ahead():
            self._next()
        else:
            self._collect()
            self._collected = True

    def _collect(self) -> None:
        if self._collections % EVERYTHING_AFTER == 0:
            gc.unfreeze()
        self._collections += 1
        self._visits = 0
        gc.collect()
        gc.freeze()
