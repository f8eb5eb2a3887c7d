"""In which ways everything can be drawn: language, size of the letters, contrast, layout."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from kiosk.visit.comfort import Comfort, TextSize

SIZES = ("0", "1", "2")
CONTRASTS = ("usual", "high")
LAYOUTS = ("usual", "low", "left", "low_left")


@dataclass(frozen=True)
class Mode:
    """One way of drawing; as text ``vi/0-usual-usual``, which is also the folder of its pictures."""

    language: str = "vi"
    size: str = "0"
    contrast: str = "usual"
    layout: str = "usual"

    def __str__(self) -> str:
        return f"{self.language}/{self.size}-{self.contrast}-{self.layout}"

    @property
    def comfort(self) -> Comfort:
        """What a citizen chose who sees this."""
        return Comfort(
            self.language,
            TextSize(int(self.size)),
            high_contrast=self.contrast == "high",
            low=self.layout in ("low", "low_left"),
            left_handed=self.layout in ("left", "low_left"),
        )


def mode_of(text: str) -> Mode:
    """The mode written as ``text``. Raises ``ValueError`` for anything else."""
    language, _, rest = text.partition("/")
    size, contrast, layout = rest.split("-")
    if not language or size not in SIZES or contrast not in CONTRASTS or layout not in LAYOUTS:
        raise ValueError(text)
    return Mode(language, size, contrast, layout)


def modes(
    languages: Iterable[str], sizes: Iterable[str], contrasts: Iterable[str], layouts: Iterable[str]
) -> list[Mode]:
    """Every combination."""
    return [Mode(*chosen) for chosen in product(languages, sizes, contrasts, layouts)]
