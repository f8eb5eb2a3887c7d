"""A text as it is said: ``spoken("Mời số A015 lúc 10 giờ 30", "vi")`` has no digit left in it.

A voice guesses at digits and guesses wrong (espeak-ng says “không mười năm” for 015), so everything that
holds one is turned into words here: ticket numbers and codes letter by letter, times, dates, money, ranges,
phone numbers, plain numbers. What is read differently in each language stands in ``spoken_vi`` and
``spoken_en``; a language without rules of its own shows Vietnamese text and is read by the Vietnamese ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from kiosk.speech.spoken_en import ENGLISH
from kiosk.speech.spoken_vi import VIETNAMESE


def spoken(text: str, language: str = "vi") -> str:
    """``text`` in words, one line, NFC; of what holds no digit, sign or known abbreviation nothing changes.

    Never raises; what no rule knows is read digit by digit. ``language`` is a BCP 47 tag.
    """
    reading = ENGLISH if language.partition("-")[0] == "en" else VIETNAMESE
    said = unicodedata.normalize("NFC", text)
    said = _SPACES.sub(" ", said)
    for pattern, words in reading.rules:
        said = pattern.sub(words, said)
    said = "".join(_digit(character, reading.digits) for character in said)
    for pattern, instead in _SIGNS:
        said = pattern.sub(instead, said)
    return _SPACES.sub(" ", said).strip(" ,;")


def _digit(character: str, names: Sequence[str]) -> str:
    if not character.isdigit():
        return character
    return f" {names[unicodedata.digit(character)]} "


_SPACES = re.compile(r"\s+")
_SIGNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=\w)/(?=\w)"), " "),  # ông/bà: said without the stroke
    (re.compile(r"[“”\"«»‘’‹›*_#|<>=⌫•→←✓✗/\\^~`{}\[\]]"), " "),
    (re.compile(r"\s[–—-]\s|[–—]"), ", "),
    (re.compile(r"\s*[(·]\s*"), ", "),
    (re.compile(r"\s*\)\s*(?=[.,;:?!…])|\s*\)\s*$"), ""),
    (re.compile(r"\)"), ", "),
    (re.compile(r"…"), "."),
    (re.compile(r"\s+(?=[.,;:?!])"), ""),
    (re.compile(r"([,;])[,;\s]*(?=[.,;:?!])"), ""),
)
"""Signs that a voice would name or stumble over, and the pause that takes their place."""
