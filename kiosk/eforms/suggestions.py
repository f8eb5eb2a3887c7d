"""What a keyboard may offer while a name or an address is typed: family names, given names, places. Pure.

A suggestion continues the last word that is being typed, also where its marks are still missing
(``nguy`` → *Nguyễn*). Lists stand in ``config/suggestions``, the more frequent first.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property

_MOST_WORDS_OF_A_PLACE = 5


@dataclass(frozen=True)
class Suggestions:
    """``families`` begin a name, ``given`` go on with it; ``places`` are names of any number of words."""

    families: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def of_name(self, text: str, limit: int = 4) -> tuple[str, ...]:
        """The names that ``text`` may become, each whole with what stands before."""
        head, begun = _split(text)
        if not begun:
            return ()
        return _whole(head, _fitting(begun, self._folded_given if head else self._folded_families), limit)

    def of_place(self, text: str, limit: int = 4) -> tuple[str, ...]:
        """The addresses that ``text`` may become: a place of several words goes on after its first."""
        words = text.split(" ")
        for count in range(min(_MOST_WORDS_OF_A_PLACE, len(words)), 0, -1):
            begun = " ".join(words[-count:])
            if len(begun) < 2:
                continue
            found = _fitting(begun, self._folded_places)
            if found:
                head = " ".join(words[:-count])
                return _whole(head + " " if head else "", found, limit)
        return ()

    @cached_property
    def _folded_families(self) -> tuple[tuple[str, str], ...]:
        return _folded(self.families)

    @cached_property
    def _folded_given(self) -> tuple[tuple[str, str], ...]:
        return _folded(self.given)

    @cached_property
    def _folded_places(self) -> tuple[tuple[str, str], ...]:
        return _folded(self.places)


def plain(text: str) -> str:
    """``text`` without marks, in small letters, *đ* as *d*."""
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _split(text: str) -> tuple[str, str]:
    at = text.rfind(" ") + 1
    return text[:at], text[at:]


def _folded(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((plain(name), name) for name in names)


def _fitting(begun: str, names: tuple[tuple[str, str], ...]) -> list[str]:
    """Names that begin as typed, marks included, before those that only do without marks; none that is typed
    already.
    """
    folded, low = plain(begun), begun.lower()
    fitting = [name for without, name in names if without.startswith(folded) and name.lower() != low]
    return sorted(fitting, key=lambda name: not name.lower().startswith(low))


def _whole(head: str, names: list[str], limit: int) -> tuple[str, ...]:
    return tuple(head + name for name in names[:limit])
