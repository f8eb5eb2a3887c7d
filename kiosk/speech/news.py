"""What becomes other on a screen that stays the same, and is to be said."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class News:
    """``said`` when ``about`` was not there before; empty: when these words were not. Minutes that tick stand
    in ``said`` alone and say nothing anew. ``typing``: it follows each key, and waits for the hand to rest.
    """

    said: str
    about: str = ""
    typing: bool = False

    @property
    def key(self) -> str:
        """By what it is known."""
        return self.about or self.said


def fresh(news: Collection[News], known: Collection[str]) -> tuple[News, ...]:
    """What was not there before, ``known`` by its keys."""
    return tuple(one for one in news if one.key not in known)
