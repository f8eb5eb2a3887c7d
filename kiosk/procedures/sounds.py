"""Syllables that regions say or write alike: *xinh* for *sinh*, *chích nục* for *trích lục*. Pure."""

from __future__ import annotations

_ONSETS = (
    ("ngh", "ng"),
    ("gh", "g"),
    ("tr", "ch"),
    ("gi", "d"),
    ("qu", "kw"),
    ("ph", "f"),
    ("nh", "nh"),
    ("kh", "kh"),
    ("th", "th"),
    ("ch", "ch"),
    ("ng", "ng"),
    ("x", "s"),
    ("r", "d"),
    ("v", "d"),
    ("n", "l"),
    ("c", "k"),
    ("q", "k"),
)
_CODAS = (("ng", "n"), ("nh", "n"), ("ch", "t"), ("c", "t"))


def sound(spelling: str) -> str:
    """A key that is the same for syllables without marks that are often taken for each other."""
    onset, rest = "", spelling
    for written, said in _ONSETS:
        if spelling.startswith(written) and len(spelling) > len(written):
            onset, rest = said, spelling[len(written) :]
            break
    for written, said in _CODAS:
        if rest.endswith(written) and len(rest) > len(written):
            rest = rest[: -len(written)] + said
            break
    return onset + rest.replace("y", "i")
