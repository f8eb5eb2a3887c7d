"""Clips: the list, one of a topic, one that plays, one that was stopped, and those that run by themselves."""

from __future__ import annotations

from kiosk.visit.events import (
    ClipChosen,
    ClipPauseTapped,
    ClipSpeedTapped,
    ClipTakeTapped,
    ClipTopicTapped,
    PageTapped,
    Tick,
    WatchClips,
)
from kiosk.visit.states import Setup
from screens.gallery.walk import NOW, Walk


def clips(walk: Walk, setup: Setup) -> None:
    """Everything the clips page shows."""
    watching = Walk(setup)
    watching.do(WatchClips())
    watching.keep("clips")
    watching.do(PageTapped(page=1))
    watching.keep("clips_page_2")
    watching.do(ClipTopicTapped(topic="Hộ tịch"))
    watching.keep("clips_topic")
    watching.do(ClipChosen(clip=setup.clips[0].id))
    watching.keep("clip_playing")
    watching.do(ClipPauseTapped(), ClipSpeedTapped())
    watching.keep("clip_stopped")
    watching.do(ClipTakeTapped())
    watching.keep("clip_take")
    left = Walk(setup)
    left.do(Tick(NOW, 91.0))
    left.keep("clip_by_itself")
    walk.views |= watching.views | left.views
