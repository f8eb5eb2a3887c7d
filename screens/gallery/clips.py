"""Clips: the list, one of a topic, one that plays, one that was stopped, and those that run by themselves."""

from __future__ import annotations

from kiosk.visit.events import (
    ClipChosen,
    ClipPauseTapped,
    ClipSpeedTapped,
    ClipTakeTapped,
    ClipTopicTapped,
    FindClipsTapped,
    KeyTapped,
    PageTapped,
    SuggestionTapped,
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
    walk.views |= watching.views | _looking(setup).views
    left = Walk(setup)
    left.do(Tick(NOW, 91.0))
    left.keep("clip_by_itself")
    walk.views |= left.views


def _looking(setup: Setup) -> Walk:
    """The search in what is said, and what it leads to."""
    looking = Walk(setup)
    looking.do(WatchClips(), FindClipsTapped())
    looking.keep("find_clips")
    looking.do(*(KeyTapped(key=key) for key in ("l", "e", "space", "p", "h", "i")))
    looking.keep("find_clips_found")
    looking.do(PageTapped(page=1))
    looking.keep("find_clips_page_2")
    looking.do(SuggestionTapped(text="bằng lái xe"))
    looking.keep("find_clips_nothing")
    return looking
