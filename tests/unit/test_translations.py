"""Texts of the configuration: each may be said in other languages, and what is not is known by its place."""

from __future__ import annotations

import tomllib

from kiosk.translations import Text, faults, in_language, languages_of, texts_of

RAW = tomllib.loads("""
[[service]]
id = "ho-tich"
name = "Hộ tịch"
name_in.en = "Civil status"
hint = "Khai sinh"
[[service]]
id = "dat-dai"
name = "Đất đai"
name_in.tyz = "…"
""")
PLACES = {"service": {"name": 12, "hint": 20}}


def test_a_file_is_read_in_a_language_where_it_has_one_and_in_vietnamese_elsewhere() -> None:
    assert in_language(RAW, "en") == {
        "service": [
            {"id": "ho-tich", "name": "Civil status", "hint": "Khai sinh"},
            {"id": "dat-dai", "name": "Đất đai"},
        ]
    }


def test_every_language_of_a_file_is_known() -> None:
    assert languages_of(RAW) == {"en", "tyz"}
    assert languages_of({"name": "Hộ tịch"}) == frozenset()


def test_each_text_is_told_with_its_place_and_what_is_there() -> None:
    assert texts_of(RAW, PLACES, "en") == [
        Text("service[ho-tich].name", "Hộ tịch", "Civil status", 12),
        Text("service[ho-tich].hint", "Khai sinh", None, 20),
        Text("service[dat-dai].name", "Đất đai", None, 12),
    ]


def test_what_citizens_never_see_needs_no_translation() -> None:
    unseen = {"field": [{"id": "x", "label": "Kính gửi", "ask": False, "check": False}]}
    assert texts_of(unseen, {"field": {"label": 20}}, "en") == []


def test_a_translation_is_text_in_a_language_with_the_same_values() -> None:
    told = dict(faults("{centre} giữ {days} ngày", {"en": "{centre}, {days} days", "tyz": "{centre}"}))
    assert list(told) == ["tyz"]
    wrong = {"English": "Yes", "en": "", "ium": 3}
    assert dict(faults("Có", wrong)) == {
        "English": "is no language such as en or hmn-Latn",
        "en": "is empty",
        "ium": "must be text",
    }
