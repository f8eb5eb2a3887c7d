"""What the rules of a language for saying signs are made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
"""What is looked for, and the words for one find; the words hold no digit."""


@dataclass(frozen=True)
class Reading:
    """How one language says what is written in signs.

    ``rules`` are tried in their order, each on the whole text: the special ones first. ``digits`` are the
    names of 0 to 9, for any digit that is still left.
    """

    rules: tuple[Rule, ...]
    digits: tuple[str, ...]


def grouped(groups: str, read: Callable[[str], str]) -> str:
    """Digits with spaces or dots between them, group by group with a little pause: “1800 1096”."""
    return ", ".join(read(group) for group in re.findall("[0-9]+", groups))
