"""Vietnamese words are compared as people mean them, however a keyboard made them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.procedures.folding import fold, from_keys, has_marks, normal, words

LETTERS = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ fjwz"
VIETNAMESE = st.text(alphabet=LETTERS + LETTERS.upper(), max_size=40)


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("Xã Thuận Hoà", "xã thuận hòa"),
        ("Thanh Thuỷ", "thanh thủy"),
        ("THUỶ", "thủy"),
        ("khoẻ", "khỏe"),
        ("Quý", "quý"),
        ("quỹ", "quỹ"),
        ("hoàng", "hoàng"),
        ("uỷ quyền", "ủy quyền"),
        ("câ\u0301p", "cấp"),
    ],
)
def test_two_spellings_of_a_word_become_one(newer, older):
    assert normal(newer) == older


def test_without_marks():
    assert fold("Đăng ký khai sinh – Hộ tịch") == "dang ky khai sinh – ho tich"
    assert fold("ĐẤT") == "dat"


def test_words_are_taken_without_signs():
    assert words("Sao y (bản chính), 2.000đ?") == ("sao", "y", "bản", "chính", "2", "000đ")


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("ddawng", "đăng"),
        ("giaays", "giấy"),
        ("d9a8ng", "dang"),
        ("nguye64n", "nguyen"),
        ("khai", None),
        ("12", None),
    ],
)
def test_keys_that_nobody_composed(keys, word):
    assert from_keys(keys) == word


@given(VIETNAMESE)
def test_composition_case_and_folding_twice_change_nothing(text):
    decomposed = unicodedata.normalize("NFD", text)
    assert normal(decomposed) == normal(text)
    assert fold(decomposed) == fold(text) == fold(fold(text)) == fold(text.upper())
    assert normal(normal(text)) == normal(text)
    assert fold(normal(text)) == fold(text)
    assert fold(text).isascii()
    assert not has_marks(fold(text))


@given(st.text(max_size=60))
def test_any_text_is_folded_without_marks(text):
    assert not any(unicodedata.combining(sign) for sign in fold(text))
    assert unicodedata.is_normalized("NFC", normal(text))
    assert all(words(text))
