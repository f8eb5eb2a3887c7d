"""Clips, chosen and by themselves."""

from __future__ import annotations

from kiosk.visit.events import (
    ClipChosen,
    Tick,
    WatchClips,
)
from kiosk.visit.states import Setup
from screens.gallery.walk import NOW, Walk


def clips(walk: Walk, setup: Setup) -> None:
    watching = Walk(setup)
    watching.do(WatchClips())
    watching.keep("clips")
    watching.do(ClipChosen(clip=setup.clips[0].id))
    watching.keep("clip_playing")
    left = Walk(setup)
    left.do(Tick(NOW, 91.0))
    left.keep("clip_by_itself")
    walk.views |= watching.views | left.views
