"""What ``main.py languages`` asks of the words of the screens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kiosk.catalogues import places
from screens.locale import source_texts
from screens.locale.checking import Finding, check_lengths, check_texts
from screens.locale.languages import language, languages
from screens.locale.updating import PARTS, update
from screens.locale.whole import WholeScreens, whole_screens

FIRST_TO_RECORD = ("frame", "start", "language", "services", "ask_priority", "ticket", "help", "idle_warning")
"""The screens of a visit without a card, and help: what a speaker records first."""
LEAST_LETTERS = 2


class LanguageTools:
    """The words of every language: found, checked, brought up to date."""

    def tags(self) -> Sequence[str]:
        """Every language, Vietnamese first."""
        return [one.tag for one in languages()]

    def name(self, tag: str) -> str:
        """What the language is called by its speakers and in English."""
        one = language(tag)
        return f"{one.name} ({one.english})"

    def total(self) -> int:
        """How many texts there are to translate, those that are the same in every language included."""
        return sum(len(part.source()) for part in PARTS)

    def texts(self, tag: str) -> Sequence[Finding]:
        """Faults of the files."""
        return check_texts(language(tag))

    def whole(self, tag: str) -> WholeScreens:
        """Which screens have every text."""
        return whole_screens(language(tag))

    def lengths(self, tag: str, size: tuple[int, int], inches: float) -> Sequence[Finding]:
        """What does not fit on which screen. Raises ``RuntimeError`` when nothing can be drawn."""
        return check_lengths(language(tag), size, inches)

    def update(self, tag: str) -> Sequence[str]:
        """Bring the files up to today's Vietnamese; the names of those that changed."""
        if tag == "vi":
            return []
        return [part.name for part in PARTS if update(part, language(tag))]

    def speaks(self, tag: str) -> bool:
        """Whether a synthesised voice of this machine speaks the language."""
        return bool(language(tag).voice)

    def to_record(self) -> Mapping[str, str]:
        """The sentences to record, by ``citizen:KEY``: those of the first screens that hold no value."""
        return {
            f"citizen:{key}": text
            for key, text in source_texts("citizen").items()
            if key.split(".")[0] in FIRST_TO_RECORD
            and not places(text)
            and sum(letter.isalpha() for letter in text) >= LEAST_LETTERS
        }
