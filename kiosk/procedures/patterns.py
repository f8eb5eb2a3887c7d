"""Everyday names with alternatives: *(làm|xin) giấy (khai sinh )* written out. Pure.

``(a|b)`` stands for either, ``(a)`` for with and without it.
"""

from __future__ import annotations

import re
from itertools import islice, product

_GROUP = re.compile(r"\(([^()]*)\)")
_SPACES = re.compile(r"\s+")
_MOST = 400


class PatternError(ValueError):
    """A pattern whose brackets do not fit, or that stands for too many names."""


def written_out(pattern: str) -> tuple[str, ...]:
    """Every name that a pattern stands for, each once. Raises ``PatternError``."""
    parts: list[list[str]] = []
    at = 0
    for group in _GROUP.finditer(pattern):
        parts.append([pattern[at : group.start()]])
        choices = group.group(1).split("|")
        parts.append(choices if len(choices) > 1 else [*choices, ""])
        at = group.end()
    parts.append([pattern[at:]])
    if any("(" in text or ")" in text for choices in parts for text in choices):
        raise PatternError(f"{pattern}: the brackets do not fit")
    names = {_SPACES.sub(" ", "".join(choice)).strip() for choice in islice(product(*parts), _MOST + 1)}
    if len(names) > _MOST:
        raise PatternError(f"{pattern}: stands for more than {_MOST} names")
    return tuple(sorted(names - {""}))
