"""Every name and place that the keyboard knows can be typed in each way, whenever the marks are set."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.eforms.vietnamese_input import TONE_KEYS, InputMethod, press
from kiosk.procedures.folding import normal
from kiosk.processes.suggestion_lists import read_suggestions

LISTS = read_suggestions(Path(__file__).parents[3] / "config" / "suggestions")
HARD = (
    "Thúy Hường",
    "Huỳnh Được",
    "Quý Hưu",
    "Thuở Ướt",
    "Ngoéo Khuỷu",
    "Rượu Hươu",
    "Giữa Giếng",
    "Gìn Gì",
    "Nguyệt Uyển",
    "Ỷ Yên",
    "Kỳ Quặc",
)
NAMES = (*LISTS.families, *LISTS.given, *LISTS.places, *HARD)
TELEX_TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
VNI_TONES = {"\u0300": "2", "\u0301": "1", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
DIRECT_TONES = {tone.value: name for name, tone in TONE_KEYS.items()}
VNI_MARKS = {"\u0302": "6", "\u031b": "7", "\u0306": "8"}


def keys_of(word: str, method: InputMethod, late: bool) -> Iterator[tuple[str, bool]]:
    """Keys with whether they are capitals. ``late``: the marks and the tone when all letters stand."""
    marks, tones = [], []
    tone_keys = {InputMethod.DIRECT: DIRECT_TONES, InputMethod.TELEX: TELEX_TONES, InputMethod.VNI: VNI_TONES}
    for letter in word:
        base, *signs = unicodedata.normalize("NFD", letter)
        plain, upper = {"đ": "d"}.get(base.lower(), base.lower()), base.isupper()
        tone = [sign for sign in signs if sign in TELEX_TONES]
        mark = [sign for sign in signs if sign in VNI_MARKS]
        if method is InputMethod.DIRECT:
            yield unicodedata.normalize("NFC", base.lower() + "".join(mark)), upper
        else:
            yield plain, upper
            keys = [VNI_MARKS[sign] for sign in mark] + (["9"] if plain != base.lower() else [])
            if method is InputMethod.TELEX:
                keys = ["w" if key in "78" else plain for key in keys]
            if late:
                marks += keys
            else:
                yield from ((key, False) for key in keys)
        tones += [tone_keys[method][sign] for sign in tone]
        if tones and not late:
            yield tones.pop(), False
    yield from ((key, False) for key in dict.fromkeys([*marks, *tones]))


def typed(text: str, method: InputMethod, *, late: bool) -> str:
    result = ""
    for part in re.findall(r"[^\W\d_]+|.", text):
        keys = keys_of(part, method, late) if part.isalpha() else [(part.replace(" ", "space"), False)]
        for key, upper in keys:
            result = press(result, key, upper=upper, method=method)
    return result


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("method", InputMethod)
def test_every_name_is_typed_in_each_way(method, late):
    foreign = re.compile(
        r"\b\w*k\b|\b\w*l\b|[fjwz']", re.IGNORECASE
    )  # no Vietnamese syllables: marked at once
    for text in NAMES:
        if late and foreign.search(text):
            continue
        for written in (text, text.upper()):
            result = typed(written, method, late=late)
            assert (normal(result), result.isupper()) == (normal(written), written.isupper())
