"""What lies over every screen: language, comfort, help."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.failures import FailureCode
from kiosk.visit.comfort import TextSize, Voice
from kiosk.visit.events.kinds import Answer, Intent


@dataclass(frozen=True)
class LanguagesTapped(Intent):
    """Show the languages."""


@dataclass(frozen=True)
class LanguageChosen(Intent):
    """This language from now on (BCP 47)."""

    language: str = ""


@dataclass(frozen=True)
class ComfortTapped(Intent):
    """Show what can be made more comfortable."""


@dataclass(frozen=True)
class TextSizeChosen(Intent):
    """Letters of this size."""

    size: TextSize = TextSize.NORMAL


@dataclass(frozen=True)
class ContrastChosen(Intent):
    """High contrast or the usual one."""

    high: bool = False


@dataclass(frozen=True)
class ReachChosen(Intent):
    """Everything low, or the usual layout."""

    low: bool = False


@dataclass(frozen=True)
class HandChosen(Intent):
    """For the left hand or the right one."""

    left: bool = False


@dataclass(frozen=True)
class VoiceChosen(Intent):
    """Speak the screens, to all or to one's own ear, or do not."""

    voice: Voice = Voice.OFF


@dataclass(frozen=True)
class VolumeChosen(Intent):
    """How loud the voice is."""

    volume: int = 0


@dataclass(frozen=True)
class HelpTapped(Intent):
    """Call an officer to this machine."""


@dataclass(frozen=True)
class PanelClosed(Intent):
    """Away with what lies over the screen."""


@dataclass(frozen=True)
class HelpCalled(Answer):
    """The officers' pages show the call."""


@dataclass(frozen=True)
class HelpAnswered(Answer):
    """An officer is on the way."""

    counter: int | None = None


@dataclass(frozen=True)
class HelpFailed(Answer):
    """The call did not reach the officers."""

    code: FailureCode
