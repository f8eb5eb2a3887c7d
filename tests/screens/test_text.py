"""Where lines break."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.widgets.text import names_kept


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Trung tâm Phục vụ hành chính công xã Thuận Hòa", ["hành chính công", "xã Thuận Hòa"]),
        (
            "Thôn Nà Kiếm, Xã Thuận Hòa, Tỉnh Tuyên Quang",
            ["Thôn Nà Kiếm,", "Xã Thuận Hòa,", "Tỉnh Tuyên Quang"],
        ),
        ("Tổ dân phố Hưng Thành, phường Minh Xuân", ["phố Hưng Thành,", "phường Minh Xuân"]),
        ("Nơi đang cư trú, đến nay", []),
    ],
)
def test_the_name_of_a_place_is_held_together(text: str, pieces: list[str]) -> None:
    unbroken = [word.replace("\u00a0", " ") for word in names_kept(text).split(" ") if "\u00a0" in word]
    assert unbroken == pieces


@given(
    st.text() | st.lists(st.sampled_from(("xã", "Thuận", "Hòa,", "tỉnh", "đến", "", "phố\n"))).map(" ".join)
)
def test_nothing_but_spaces_is_changed_and_no_piece_is_long(text: str) -> None:
    kept = names_kept(text)
    assert kept.replace("\u00a0", " ") == text.replace("\u00a0", " ")
    assert all(piece.count("\u00a0") <= 5 for piece in kept.split(" ") if "\u00a0" not in text)
