"""Searching: codes, half-typed words, marks, slips, what is no longer in force."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.procedures.folding import fold
from kiosk.procedures.library import ProcedureLibrary
from kiosk.procedures.procedure import Procedure
from kiosk.procedures.vocabulary import Elsewhere, Vocabulary
from tests.unit.procedures.asked import large_library, questions

TYPED = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạếềểễệ ,.0123456789", max_size=60),
    st.sampled_from([one.text for one in questions("tuning")]),
)


@pytest.mark.parametrize(
    "text",
    [
        "1.001193",
        "1001193",
        "1 001193",
        " 1.001193 ",
        "1.001193.000.00.00.H60",
        "1.001193.H38",
        "thủ tục 1.001193?",
    ],
)
def test_a_code_is_found_however_it_is_written(text):
    assert large_library().search(text)[0].code == "1.001193"


def test_the_beginning_of_a_code_finds_all_that_begin_so():
    codes = [hit.code for hit in large_library().search("1.0139", 20)]
    assert codes == sorted(codes)
    assert all(code.startswith("1.0139") for code in codes)
    assert len(codes) >= 3


def test_a_code_that_nobody_has_finds_nothing():
    assert large_library().search("9.999999") == ()
    assert large_library().search("0912345678") == ()


@pytest.mark.parametrize("suffix", ["", ".H38", ".000.00.00.H60"])
def test_a_procedure_is_got_by_its_code_whatever_suffix_either_has(suffix):
    found = large_library().get(f"2.000815{suffix}")
    assert found is not None
    assert found.code == "2.000815"
    with_suffix = ProcedureLibrary([Procedure("1.001193.H38", "Đăng ký khai sinh", "Hộ tịch")])
    assert with_suffix.get("1.001193") is with_suffix.get("1.001193.H38")
    assert with_suffix.get("") is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("khai si", "1.001193"),
        ("đăng ký kết h", "1.000894"),
        ("chứng thực b", "2.000815"),
        ("giấy độc th", "1.004873"),
        ("gia hạn tạ", "1.002755"),
        ("sao", "2.000815"),
        ("xac nhan tinh trang ho", "1.004873"),
        ("giấy xác nhận tình trạng hoon", "1.004873"),
        ("khai tuwr", "1.000656"),
        ("dda8ng ky1 ke6t1 ho6n", "1.000894"),
        ("khuyêt tât", "1.001699"),
        ("dăng ki kêt hôn", "1.000894"),
        ("xn tthn", "1.004873"),
        ("giấy đkkd", "1.001612"),
        ("dk kd", "1.001612"),
        ("giấy attp", "2.001827"),
    ],
)
def test_it_is_found_while_it_is_being_typed(typed, code):
    assert large_library().search(typed)[0].code == code


def test_spelling_tone_place_and_composition_make_no_difference():
    for text in (
        "hòa giải đất",
        "hoà giải đất",
        unicodedata.normalize("NFD", "hòa giải đất"),
        "HÒA GIẢI ĐẤT",
    ):
        assert large_library().search(text) == large_library().search("hòa giải đất")


def test_what_is_not_in_force_is_left_out_on_that_day():
    old = Procedure("1.000001", "Cấp giấy đi đường", "Khác", valid_to=date(2026, 12, 31))
    new = Procedure("1.000002", "Cấp giấy đi đường mới", "Khác", valid_from=date(2027, 1, 1))
    library = ProcedureLibrary([old, new])
    assert [hit.code for hit in library.search("giấy đi đường", on=date(2026, 12, 31))] == ["1.000001"]
    assert [hit.code for hit in library.search("giấy đi đường", on=date(2027, 1, 1))] == ["1.000002"]
    assert len(library.search("giấy đi đường")) == 2


def test_an_empty_library_and_an_empty_text_find_nothing():
    assert ProcedureLibrary(()).search("khai sinh") == ()
    assert ProcedureLibrary(()).search("1.001193") == ()
    for text in ("", "   ", "?!", "́", "tôi muốn"):
        assert large_library().search(text) == ()


def test_what_was_done_elsewhere_is_found_once_a_table_brings_it_here():
    told = Elsewhere(("bán rượu", "giấy phép bán rượu"), "Xin hỏi cán bộ tại quầy.", ("bán lẻ rượu",))
    vocabulary = Vocabulary(elsewhere=(told,))
    shipped = [Procedure("1.000001", "Đăng ký khai sinh", "Hộ tịch")]
    brought = Procedure("2.000633", "Cấp giấy phép bán lẻ rượu", "Công Thương")
    before = ProcedureLibrary(shipped, vocabulary)
    after = ProcedureLibrary([*shipped, brought], vocabulary)
    assert (before.elsewhere("bán rượu"), before.search("bán rượu")) == (told.says, ())
    assert (after.elsewhere("bán rượu"), after.search("bán rượu")[0].code) == (None, brought.code)


def test_a_field_is_found_in_any_spelling_and_its_procedures_are_ordered_by_name():
    library = large_library()
    assert library.of_field("hộ tịch") == library.of_field("Hộ tịch")
    names = [one.shown for one in library.of_field("Hộ tịch")]
    assert names == sorted(names, key=lambda name: (fold(name), name))
    assert library.of_field("Không có") == ()
    assert "Chứng thực" in library.fields()


@settings(max_examples=200, deadline=None)
@given(TYPED, st.integers(1, 12))
def test_any_text_gives_ordered_hits_of_known_procedures(text, limit):
    hits = large_library().search(text, limit)
    scores = [hit.score for hit in hits]
    assert len(hits) <= limit
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert len({hit.code for hit in hits}) == len(hits)
    assert all(large_library().get(hit.code) is not None for hit in hits)
    assert large_library().search(text, limit) == hits


def test_names_longer_than_any_list_stay_readable():
    long = Procedure("1.000001", "Giao đất ở " + "không thông qua đấu giá, " * 40, "Đất đai")
    hit = ProcedureLibrary([long]).search("giao đất ở không thông qua đấu giá")[0]
    assert hit.name.endswith("…")
    assert len(hit.name) <= 112
