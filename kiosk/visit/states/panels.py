"""What lies over a screen, which goes on beneath: language, comfort, help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class ChooseLanguage:
    """The languages, each by its own name."""


@dataclass(frozen=True)
class ChooseComfort:
    """Size of the letters, contrast, reach, hand, voice and its volume."""


class HelpStep(StrEnum):
    """How far a call for help has come."""

    CALLING = "calling"
    CALLED = "called"
    ANSWERED = "answered"
    FAILED = "failed"


@dataclass(frozen=True)
class HelpAsked:
    """An officer is called to this machine. ``counter``: whose officer comes, where it is known."""

    step: HelpStep = HelpStep.CALLING
    counter: int | None = None


Panel = ChooseLanguage | ChooseComfort | HelpAsked


PANEL_NAMES: Mapping[type, str] = {
    ChooseLanguage: "language",
    ChooseComfort: "comfort",
    HelpAsked: "help",
}
"""The name of each panel, as its folder is called."""
