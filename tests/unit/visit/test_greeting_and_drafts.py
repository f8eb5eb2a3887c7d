"""How people are addressed, and how typing becomes an answer."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.eforms.definition import Field, FieldType
from kiosk.visit.drafts import draft_of, types_capital, value_of
from kiosk.visit.greeting import name_to_call


@pytest.mark.parametrize(
    ("full", "called"),
    [
        ("Nguyễn Thị Hường", "Hường"),
        ("NGUYỄN THỊ HƯỜNG", "Hường"),
        ("Vàng Thị Mỷ", "Mỷ"),
        ("Sùng A Páo", "Páo"),
        ("H'Hen Niê", "H'Hen Niê"),
        ("Y Moan Ênuôl", "Y Moan Ênuôl"),
        ("Ka Hương", "Ka Hương"),
        ("Đinh", "Đinh"),
        ("  Lò   Văn  ", "Văn"),
        ("", ""),
    ],
)
def test_a_person_is_called_by_the_given_name(full: str, called: str) -> None:
    assert name_to_call(full) == called


@given(st.text())
def test_no_name_breaks_the_greeting(full: str) -> None:
    assert isinstance(name_to_call(full), str)


@given(st.dates())
def test_a_date_comes_back_as_it_was(day: date) -> None:
    made = Field("x", "X", FieldType.DATE)
    assert value_of(made, draft_of(made, day.isoformat())) == day.isoformat()


@pytest.mark.parametrize(
    ("kind", "draft", "value"),
    [
        (FieldType.DATE, "1703", "1703"),
        (FieldType.BOOL, "true", True),
        (FieldType.BOOL, "false", False),
        (FieldType.NAME, "  Lò  Văn ", "Lò Văn"),
        (FieldType.IDNO, "b123", "B123"),
        (FieldType.INT, "09", "9"),
        (FieldType.INT, "0", "0"),
        (FieldType.TEXT, "  ", None),
    ],
)
def test_a_draft_becomes_a_value(kind: FieldType, draft: str, value: str | bool | None) -> None:
    assert value_of(Field("x", "X", kind), draft) == value


@pytest.mark.parametrize(
    ("kind", "draft", "shift", "capital"),
    [
        (FieldType.NAME, "", False, True),
        (FieldType.NAME, "Lò", False, False),
        (FieldType.NAME, "Lò ", False, True),
        (FieldType.NAME, "Lò ", True, False),
        (FieldType.NAME, "H'", False, True),
        (FieldType.ADDR, "Thôn ", False, True),
        (FieldType.ORG, "Tòa ", False, False),
        (FieldType.ORG, "Tòa ", True, True),
        (FieldType.TEXT, "", False, True),
    ],
)
def test_names_and_addresses_get_their_capitals_by_themselves(
    kind: FieldType, draft: str, shift: bool, capital: bool
) -> None:
    assert types_capital(Field("x", "X", kind), draft, shift) is capital
