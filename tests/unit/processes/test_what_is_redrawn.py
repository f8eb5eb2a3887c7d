"""The window is drawn anew when something a citizen can see has changed, and only then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.processes.visible import visible
from kiosk.visit.comfort import Comfort, Voice
from kiosk.visit.states import ChooseComfort, ChooseLanguage, Setup, VisitState
from screens import gallery


@pytest.fixture(scope="module")
def setup() -> Setup:
    return gallery.setup_of(gallery.told())


@pytest.mark.parametrize(
    "change",
    [
        {"panel": ChooseLanguage()},
        {"panel": ChooseComfort()},
        {"comfort": Comfort(language="en")},
        {"comfort": Comfort(high_contrast=True)},
        {"comfort": Comfort(voice=Voice.ALOUD)},
        {"given_back": ("ho-tich",)},
        {"offline": True},
    ],
    ids=str,
)
def test_what_can_be_seen_is_drawn_anew(setup: Setup, change: dict[str, object]) -> None:
    state = VisitState(setup)
    assert visible(replace(state, **change)) != visible(state)


def test_seconds_alone_draw_nothing(setup: Setup) -> None:
    state = VisitState(setup, now=gallery.NOW)
    later = replace(state, now=gallery.NOW + timedelta(seconds=3), quiet=3.0, waited=1.0)
    assert visible(later) == visible(state)
