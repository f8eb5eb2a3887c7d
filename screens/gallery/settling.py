"""Lays a page out without drawing it: sizes, places and words are as on the panel, in much less time."""

from __future__ import annotations

from typing import Any

_MOST_ROUNDS = 80


def turn() -> None:
    """One turn of the window's loop without drawing, which takes most of its time and moves nothing."""
    from kivy.clock import Clock  # noqa: PLC0415 - the window is prepared now
    from kivy.lang import Builder  # noqa: PLC0415

    Clock.tick()
    Builder.sync()
    Clock.tick_draw()
    Builder.sync()


def settle(stage: Any) -> None:
    """Until nothing below ``stage`` changes its size any more, but not for ever."""
    from screens.widgets.column import SETTLED_FRAMES  # noqa: PLC0415

    before: object = None
    for _ in range(_MOST_ROUNDS):
        for _ in range(SETTLED_FRAMES + 3):  # columns look again after some turns
            turn()
        now = [(w.size[:], w.pos[:], getattr(w, "squeeze", 1)) for w in _below(stage)]
        if now == before:
            return
        before = now


def _below(stage: Any) -> list[Any]:
    """``stage`` and all that stands on it; ``Widget.walk`` gives each widget through as many generators as it
    stands deep.
    """
    found = [stage]
    for widget in found:  # grows as it is gone through
        found += widget.children
    return found
