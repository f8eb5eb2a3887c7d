"""Typing Vietnamese on the kiosk's own keyboard: what the keys give, and what they never change."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.eforms.vietnamese_input import (
    TONE_KEYS,
    InputMethod,
    compose_telex,
    compose_vni,
    is_syllable,
    press,
)

TELEX = {
    "nguyeenx": "nguyễn",
    "ddawng": "đăng",
    "hoaf": "hòa",
    "thuys": "thúy",
    "tuyeens": "tuyến",
    "quays": "quáy",
    "ddoongf": "đồng",
    "khuyur": "khuỷu",
    "hoawcj": "hoặc",
    "uwowngs": "ướng",
    "dduwowcj": "được",
    "thuowr": "thuở",
    "tieengs": "tiếng",
    "toans": "toán",
    "gias": "giá",
    "gif": "gì",
    "w": "ư",
    "system": "system",
    "dduowngf": "đường",
    "Quys": "Quý",
    "Hoangf": "Hoàng",
    "ass": "as",
    "aaa": "aa",
    "hoaz": "hoaz",
    "hoafz": "hoa",
    "mowr": "mở",
    "nguowif": "người",
    "Thuaanj": "Thuận",
    "Mawts": "Mắt",
    "DDoox": "Đỗ",
    "cuwar": "cửa",
    "xoong": "xông",
    # marks typed when the rest of the syllable stands already
    "nguyenex": "nguyễn",
    "tieenge": "tienge",
    "tranaf": "trần",
    "Dinhdf": "Đình",
    "dand": "đan",
    "dandd": "dand",
    "duocdwj": "được",
    "giuawx": "giữa",
    "cuaw": "cưa",
    "cuaww": "cuaw",
    "quawng": "quăng",
    "huuwx": "hữu",
    "ruouwj": "rượu",
    "ngoeo": "ngoeo",
    "khoeo": "khoeo",
    "banana": "banana",
}


@pytest.mark.parametrize(("keys", "word"), TELEX.items())
def test_telex_gives_the_word(keys: str, word: str) -> None:
    assert compose_telex(keys) == word


def typed(*keys: str, method: InputMethod = InputMethod.DIRECT) -> str:
    text = ""
    for key in keys:
        upper = key.isupper()
        text = press(text, key.lower() if upper else key, upper=upper, method=method)
    return text


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (["N", "g", "u", "y", "ê", "n", "nga"], "Nguyễn"),
        (["h", "o", "a", "huyen"], "hòa"),
        (["h", "o", "huyen", "a"], "hòa"),
        (["h", "o", "a", "huyen", "n", "g"], "hoàng"),
        (["đ", "ư", "ơ", "c", "nang"], "được"),
        (["t", "h", "u", "y", "sac"], "thúy"),
        (["q", "u", "y", "sac"], "quý"),
        (["g", "i", "huyen"], "gì"),
        (["g", "i", "huyen", "a"], "già"),
        (["s", "a", "hoi", "hoi"], "sa"),
        (["s", "a", "hoi", "nang"], "sạ"),
        (["s", "a", "hoi", "no_tone"], "sa"),
        (["s", "a", "sac", "space", "P", "a", "huyen"], "sá Pà"),
        (["space", "a", "space", "space"], "a "),
        (["h", "o", "a", "huyen", "n", "backspace", "backspace"], "hò"),
        (["H", "'", "H", "e", "n"], "H'Hen"),
        (["t", "sac"], "t"),
        (["1", "2", "/", "3"], "12/3"),
    ],
)
def test_direct_keys_give_the_text(keys: list[str], text: str) -> None:
    assert typed(*keys) == text


def test_telex_may_be_chosen_on_the_keyboard_too() -> None:
    assert typed(*"Nguyeenx", "space", *"Vawn", method=InputMethod.TELEX) == "Nguyễn Văn"


# The vectors are those of the public rules of VNI; the placement of tones is the older one.
@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("nguye64n", "nguyễn"),
        ("d9a8ng", "đăng"),
        ("hoa2", "hòa"),
        ("tie61ng", "tiếng"),
        ("vie65t", "việt"),
        ("d9u7o7c5", "được"),
        ("d9uo7c5", "được"),
        ("thuo73", "thuở"),
        ("thuy3", "thủy"),
        ("D9o62ng", "Đồng"),
        ("a68n", "ăn"),
        ("huu74", "hữu"),
        ("ruou75", "rượu"),
        ("cua73", "cửa"),
        ("qua61n", "quấn"),
        ("hoa20", "hoa"),
    ],
)
def test_vni_gives_the_word(keys: str, word: str) -> None:
    assert compose_vni(keys) == word


def test_a_digit_that_marks_nothing_stays_and_the_same_one_twice_is_undone() -> None:
    assert typed(*"12", method=InputMethod.VNI) == "12"
    assert typed(*"b6", method=InputMethod.VNI) == "b6"
    assert typed(*"to66", method=InputMethod.VNI) == "to6"
    assert typed(*"ba11", method=InputMethod.VNI) == "ba1"


@pytest.mark.parametrize(
    "word", ["hoàng", "Quý", "quỹ", "khuỷu", "nghiêng", "ươm", "ý", "Mỷ", "ngoẹo", "tuýp"]
)
def test_vietnamese_words_are_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["Jrai", "Wu", "Fa", "Zung", "strong"])
def test_words_of_other_spelling_stay_as_typed(word: str) -> None:
    assert not is_syllable(word)
    assert typed(*word) == word


KEYS = [
    *"abcdeghiklmnopqrstuvxyfjwzăâđêôơư', -1",
    *"0123456789",
    *TONE_KEYS,
    "no_tone",
    "space",
    "backspace",
    "??",
    "",
]


@given(st.lists(st.sampled_from(KEYS), max_size=60), st.booleans(), st.sampled_from(InputMethod))
def test_any_keys_give_readable_nfc_text(keys: list[str], upper: bool, method: InputMethod) -> None:
    text = ""
    for key in keys:
        text = press(text, key, upper=upper, method=method)
        assert text == unicodedata.normalize("NFC", text)
        assert "  " not in text
        assert len(text) <= 200


@given(st.lists(st.sampled_from(KEYS), max_size=30))
def test_backspace_always_comes_to_an_end(keys: list[str]) -> None:
    text = ""
    for key in keys:
        text = press(text, key)
    for _ in range(len(text)):
        text = press(text, "backspace")
    assert text == ""
