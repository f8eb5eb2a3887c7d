"""Vietnamese words as they are compared: composed, one tone placement, and without any marks. Pure."""

from __future__ import annotations

import re
import unicodedata

from kiosk.eforms.vietnamese_input import compose_telex

_WORD = re.compile(r"[^\W_]+")
_LONGEST_TEXT = 300
_PLAIN: dict[int, str | None] = {ord("đ"): "d", **dict.fromkeys(range(0x300, 0x370))}

# Open oa, oe, uy (not after q): the older spelling has the tone on the first vowel, the newer on the second.
_NEW_STYLE = re.compile(r"(?<!q)(o[àáảãạ]|o[èéẻẽẹ]|u[ỳýỷỹỵ])(?![\w])")


def normal(text: str) -> str:
    """NFC, lower case, the older tone placement (hòa, thúy): two spellings of one word become equal."""
    lowered = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    return _NEW_STYLE.sub(_older, lowered)


def _older(found: re.Match[str]) -> str:
    pair = found.group(0)
    parts = unicodedata.normalize("NFD", pair[1])
    return unicodedata.normalize("NFC", pair[0] + parts[1]) + parts[0]


def fold(text: str) -> str:
    """Lower case without any marks, đ as d: *Đăng ký khai sinh* → *dang ky khai sinh*."""
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    plain = unicodedata.normalize("NFD", lowered).translate(_PLAIN)
    if plain.isascii():
        return plain
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def words(text: str) -> tuple[str, ...]:
    """The words of a text in ``normal`` form, without signs; at most 300 letters are read."""
    return tuple(_WORD.findall(normal(text[:_LONGEST_TEXT])))


def has_marks(text: str) -> bool:
    """Whether there is any Vietnamese mark in it."""
    return fold(text) != unicodedata.normalize("NFC", text.lower())


def from_keys(word: str) -> str | None:
    """What a word was meant to be that was typed as Telex or VNI keys without composing; None: it was not.

    ``ddawng`` → *đăng*, ``d9a8ng`` → *dang* (the digits of VNI are only dropped).
    """
    if not word.isascii() or not word[:1].isalpha():
        return None
    if word.isalpha():
        composed = compose_telex(word)
        return normal(composed) if composed != word else None
    letters = "".join(sign for sign in word if sign.isalpha())
    return letters if len(word) - len(letters) <= 3 else None
