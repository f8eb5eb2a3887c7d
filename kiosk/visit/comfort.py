"""How this citizen wants the screens: language, letters, contrast, reach, voice. Value types only.

Every visit begins with what the centre set up, and ``wiped`` goes back to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class TextSize(IntEnum):
    """Three sizes of letters; the presenters and the theme know what they mean in millimetres."""

    NORMAL = 0
    LARGE = 1
    LARGEST = 2


class Voice(StrEnum):
    """Whether the screens are spoken, and who hears it. ``PRIVATE``: headphones or the handset only."""

    OFF = "off"
    ALOUD = "aloud"
    PRIVATE = "private"


LOUDEST = 4
"""``Comfort.volume`` goes from 0 (silent) to this, in equal steps of loudness."""


FEWEST = 2
"""However large the letters are, a page of a list holds so many."""

_LARGER_TAKE = {TextSize.NORMAL: 1.0, TextSize.LARGE: 0.75, TextSize.LARGEST: 0.6}
_LOW_TAKES = 0.75


@dataclass(frozen=True)
class Comfort:
    """``language`` is a BCP 47 tag. ``low``: everything to touch stands where a wheelchair user reaches.

    ``left_handed``: what is pressed most stands at the left.
    """

    language: str = "vi"
    text_size: TextSize = TextSize.NORMAL
    high_contrast: bool = False
    low: bool = False
    left_handed: bool = False
    voice: Voice = Voice.OFF
    volume: int = 2

    def fitting(self, usual: int) -> int:
        """How many things stand on a page that holds ``usual`` ones with the usual letters and places."""
        share = _LARGER_TAKE[self.text_size] * (_LOW_TAKES if self.low else 1.0)
        return max(FEWEST, min(usual, round(usual * share)))
