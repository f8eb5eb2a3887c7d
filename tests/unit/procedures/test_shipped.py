"""The typed-in procedures are whole, honest and lead to counters that exist."""

from __future__ import annotations

import tomllib
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.procedures.patterns import written_out
from kiosk.procedures.procedure import (
    Aspect,
    Channel,
    FeeKind,
    Method,
    Online,
    Procedure,
    bare_code,
    is_code,
    shortened,
)
from kiosk.procedures.shipped import ProcedureFileError, as_mapping, read_procedure, read_shipped
from kiosk.processes.procedure_files import load_rules, load_shipped, load_vocabulary
from tests.unit.procedures.asked import CONFIG

ALL = load_shipped(CONFIG)
BY_CODE = {one.code: one for one in ALL}


def test_at_least_75_are_typed_in_each_with_everyday_names_and_a_source():
    assert len(ALL) >= 75
    assert all(one.everyday and one.source and one.name and one.field for one in ALL)
    assert all(one.time_text and one.fee_text for one in ALL)


def test_all_texts_are_composed_and_without_stray_spaces():
    for one in ALL:
        for text in (one.name, one.short, one.time_text, one.fee_text, *one.bring, *one.notes, *one.everyday):
            assert unicodedata.is_normalized("NFC", text)
            assert text == text.strip()
            assert "  " not in text


def test_every_pattern_of_everyday_names_can_be_written_out():
    assert all(written_out(pattern) for one in ALL for pattern in one.everyday)


def test_services_exist():
    table = tomllib.loads((CONFIG.parent / "services.toml").read_text(encoding="utf-8"))
    services = {one["id"] for one in table["service"]}
    assert {one.service for one in ALL} - {None} <= services
    assert set(load_rules(CONFIG).services.values()) <= services
    for one in table["service"]:
        for code in one.get("procedures", []):
            assert BY_CODE[code].service == one["id"]


def test_a_fee_that_the_province_sets_is_never_shown_as_free():
    for one in ALL:
        if "Hội đồng nhân dân" in one.fee_text:
            assert one.fee_kind is FeeKind.PROVINCIAL
        assert (one.fee_kind is FeeKind.FREE) == one.fee_text.startswith(("Miễn phí", "Miễn lệ phí."))


def test_what_nobody_knows_is_said_and_never_called_checked():
    for one in ALL:
        if one.fee_kind is FeeKind.UNKNOWN:
            assert one.fee_text == "Hỏi tại quầy"
            assert not one.is_checked(Aspect.FEE)
        if one.time_text == "Hỏi tại quầy":
            assert not one.is_checked(Aspect.TIME)


@pytest.mark.parametrize(
    ("code", "fee"),
    [
        (
            "2.000815",
            "2.000 đồng/trang; từ trang thứ 3 trở lên 1.000 đồng/trang; không quá 200.000 đồng/bản.",
        ),
        ("2.000635", "8.000 đồng/bản"),
        ("2.000884", "10.000 đồng/trường hợp"),
        ("2.001019", "50.000 đồng/di chúc"),
        ("2.000927", "25.000 đồng/giao dịch"),
        ("1.010041", "Miễn phí"),
    ],
)
def test_fees_are_those_of_the_facts(code, fee):
    assert BY_CODE[code].fee_text == fee


def test_linked_death_has_no_certain_code_and_is_not_there():
    assert not {"2.002621", "2.002622", "2.002913"} & BY_CODE.keys()


def test_the_vocabulary_and_the_rules_can_be_read():
    assert load_vocabulary(CONFIG).elsewhere
    assert load_rules(CONFIG).levels == ("Cấp xã",)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"code": "12"}, "code"),
        ({"name": ""}, "name"),
        ({"fee_kind": "cheap"}, "fee_kind"),
        ({"bring": "Căn cước"}, "bring"),
        ({"checked": ["all"]}, "checked"),
        ({"in_person": "yes"}, "in_person"),
        ({"url": "http://example.com"}, "url"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"valid_from": "2027-01-01", "valid_to": "2026-01-01"}, "valid_to"),
        ({"price": "1"}, "price"),
        ({"method": [{"channel": "fax"}]}, "channel"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_file_and_code(change, named):
    entry = {"code": "1.001193", "name": "Đăng ký khai sinh", "field": "Hộ tịch"} | change
    with pytest.raises(ProcedureFileError) as error:
        read_shipped("ho-tich.toml", {"procedure": [entry]})
    assert any(named in problem and "ho-tich.toml" in problem for problem in error.value.problems)


def test_a_code_twice_in_a_file_is_a_mistake():
    entry = {"code": "1.001193", "name": "Đăng ký khai sinh", "field": "Hộ tịch"}
    with pytest.raises(ProcedureFileError, match="twice"):
        read_shipped("a.toml", {"procedure": [entry, entry]})


TEXTS = st.text(alphabet="abcđêổ ,.", max_size=12).map(str.strip)
FILLED = TEXTS.filter(bool)
PROCEDURES = st.builds(
    Procedure,
    code=st.sampled_from(["1.001193", "2.000815.H38", "6.006594.000.00.00.H60"]),
    name=FILLED,
    field=FILLED,
    short=TEXTS,
    level=TEXTS,
    decision=TEXTS,
    methods=st.lists(
        st.builds(Method, st.sampled_from(Channel), TEXTS, TEXTS, st.sampled_from(FeeKind), st.booleans()),
        max_size=3,
    ).map(tuple),
    bring=st.lists(FILLED, max_size=2).map(tuple),
    time_text=TEXTS,
    fee_text=TEXTS,
    fee_kind=st.sampled_from(FeeKind),
    exemptions=TEXTS,
    notes=st.lists(FILLED, max_size=2).map(tuple),
    online=st.sampled_from(Online),
    in_person=st.none() | st.booleans(),
    place=TEXTS,
    url=st.sampled_from(["", "https://dichvucong.gov.vn/x"]),
    valid_from=st.none() | st.dates(date(2020, 1, 1), date(2025, 1, 1)),
    valid_to=st.none() | st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    service=st.none() | FILLED,
    everyday=st.lists(FILLED, max_size=2).map(tuple),
    source=TEXTS,
    checked=st.frozensets(st.sampled_from(Aspect)),
    stale=TEXTS,
    common=st.booleans(),
)


@given(PROCEDURES)
def test_a_procedure_is_the_same_after_writing_and_reading(procedure):
    assert read_procedure("", as_mapping(procedure)) == procedure


@pytest.mark.parametrize("code", ["1.000948.H38", "1.012753.H19", "1.001193.000.00.00.H60", "6.006594"])
def test_codes_as_provinces_write_them(code):
    assert is_code(code)
    assert bare_code(code) == code[:8]


@pytest.mark.parametrize("code", ["", "0.001193", "1.01193", "1.001193.", "1.001193.h38", "1,001193", "x"])
def test_what_is_no_code(code):
    assert not is_code(code)
    assert bare_code(code) is None


@given(st.text(alphabet="abc ,;(-", max_size=300))
def test_a_name_for_a_list_is_short_and_begins_as_the_name_does(name):
    short = shortened(name)
    assert len(short) <= 111
    assert name.startswith(short.removesuffix("…"))
