"""What the keyboard offers while a name or an address is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.eforms.suggestions import Suggestions, plain
from kiosk.processes.suggestion_lists import read_suggestions

SHIPPED = read_suggestions(Path(__file__).parents[3] / "config" / "suggestions")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("Nguy", "Nguyễn"),
        ("nguy", "Nguyễn"),
        ("Nguyễn Th", "Nguyễn Thị"),
        ("Giàng A Pá", "Giàng A Páo"),
        ("Đặng Văn Hư", "Đặng Văn Hưng"),
    ],
)
def test_a_name_goes_on_as_people_are_called(typed: str, offered: str) -> None:
    assert offered in SHIPPED.of_name(typed)


def test_marks_that_were_typed_are_kept_to_first() -> None:
    names = Suggestions(families=("Lê", "Lệ", "Lễ Văn"))
    assert names.of_name("le")[0] == "Lê"
    assert names.of_name("Lễ")[0] == "Lễ Văn"


def test_what_is_typed_already_is_not_offered() -> None:
    assert "Nguyễn" not in SHIPPED.of_name("Nguyễn")


def test_nothing_is_offered_before_a_letter_is_typed() -> None:
    assert SHIPPED.of_name("") == ()
    assert SHIPPED.of_name("Nguyễn ") == ()


def test_a_place_of_several_words_goes_on_after_its_first() -> None:
    assert "thôn Nà Kiếm, xã Thuận Hòa, tỉnh Tuyên Quang" in SHIPPED.of_place(
        "thôn Nà Kiếm, xã Thuận Hòa, tỉnh Tuyên Q"
    )
    assert "ở Tuyên Quang" in SHIPPED.of_place("ở tuyen qu")


def test_a_missing_list_leaves_the_keyboard_as_it_is(tmp_path: Path) -> None:
    assert read_suggestions(tmp_path) == Suggestions()


@given(st.text(max_size=40))
def test_any_text_is_only_ever_gone_on_with(text: str) -> None:
    for found in (*SHIPPED.of_name(text), *SHIPPED.of_place(text)):
        assert plain(found).startswith(plain(text))
