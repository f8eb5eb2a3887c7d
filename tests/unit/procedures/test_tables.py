"""Tables from elsewhere: each trap is handled and told with its line; a bad table is refused as a whole."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.procedures.import_remarks import Kind
from kiosk.procedures.procedure import FeeKind, Online
from kiosk.procedures.tables import Rules, Table, TableError, read_rules, read_table
from kiosk.processes.procedure_files import load_rules
from tests.unit.procedures.asked import CONFIG

HEADER = "code\tname\tfield\tlevel\tdecision\tmethod_time_fee_raw\turl"
URL = "https://dichvucong.gov.vn/x"
RULES = load_rules(CONFIG)


def row(
    code: str = "1.000001",
    name: str = "Cấp giấy đi đường",
    *,
    field: str = "Hộ tịch",
    level: str = "Cấp xã",
    decision: str = "12/QĐ-BTP",
    raw: str = "Trực tiếp3 Ngày làm việcMiễn phí",
    url: str = URL,
) -> str:
    return "\t".join((code, name, field, level, decision, raw, url))


def read(*rows: str, all_levels: bool = False) -> Table:
    content = "\r\n".join((HEADER, *rows, "")).encode()
    return read_table(content, RULES, all_levels=all_levels)


def told(table: Table, kind: Kind) -> list[tuple[int, str]]:
    return [(remark.line, remark.what) for remark in table.remarks if remark.kind is kind]


def test_a_clean_line_is_taken_as_it_is():
    table = read(row())
    (one,) = table.procedures
    assert (one.code, one.name, one.field) == ("1.000001", "Cấp giấy đi đường", "Hộ tịch")
    assert (one.time_text, one.fee_text, one.fee_kind) == ("3 ngày làm việc", "Miễn phí", FeeKind.FREE)
    assert (one.service, one.url, one.checked) == ("ho-tich", URL, frozenset())
    assert table.remarks == ()


def test_decomposed_letters_are_composed_and_told():
    name = unicodedata.normalize("NFD", "Cấp thẻ căn cước")
    table = read(row(name=name, field=unicodedata.normalize("NFD", "Cấp, quản lý căn cước")))
    assert table.procedures[0].name == "Cấp thẻ căn cước"
    assert table.procedures[0].field == "Cấp, quản lý căn cước"
    assert [line for line, what in told(table, Kind.CHANGED) if "NFC" in what] == [2, 2]


@pytest.mark.parametrize(
    ("name", "neat"),
    [
        ("Thủ tục đăng ký khai tử", "Đăng ký khai tử"),
        ("Trả lại  giấy phép .", "Trả lại giấy phép"),
        ("Tham vấn (cấp xã) (1.010736)", "Tham vấn (cấp xã)"),
        ("Cấp\u200b giấy;", "Cấp giấy"),
    ],
)
def test_names_are_cleaned_and_it_is_told(name, neat):
    table = read(row(name=name))
    assert table.procedures[0].name == neat
    assert told(table, Kind.CHANGED)


def test_a_title_of_a_publication_is_no_procedure():
    table = read(row(), row("1.000002", "Công bố Danh mục thủ tục hành chính của Sở"))
    assert [one.code for one in table.procedures] == ["1.000001"]
    assert [line for line, _ in told(table, Kind.DROPPED)] == [3]


def test_a_name_that_three_codes_share_says_nothing_and_two_are_doubted():
    rows = [row(f"2.00000{number}", "Hỗ trợ sản xuất.") for number in range(3)]
    rows += [row(f"3.00000{number}", "Cấp giấy phép chợ") for number in range(2)]
    table = read(*rows)
    assert [one.code for one in table.procedures] == ["3.000000", "3.000001"]
    assert [line for line, _ in told(table, Kind.DROPPED)] == [2, 3, 4]
    assert [line for line, _ in told(table, Kind.DOUBTED)] == [5, 6]


def test_other_levels_are_left_out_unless_wanted():
    rows = (
        row(),
        row("1.000002", "Cấp thẻ luật sư", level="Cấp tỉnh"),
        row("1.000003", "Cấp sổ", level="Cấp tỉnh, Cấp xã"),
    )
    assert [one.code for one in read(*rows).procedures] == ["1.000001", "1.000003"]
    assert told(read(*rows), Kind.DROPPED) == [(3, "level is Cấp tỉnh")]
    assert len(read(*rows, all_levels=True).procedures) == 3


def test_a_text_that_is_cut_keeps_its_whole_channels_only():
    raw = ("Trực tuyến3 NgàyMiễn phíTrực tiếp3 NgàyMiễn phí(Thông tư " + "x" * 400)[:400]
    table = read(row(raw=raw))
    assert [method.fee for method in table.procedures[0].methods] == ["Miễn phí", ""]
    assert any("cut" in what for _, what in told(table, Kind.DOUBTED))


def test_a_cut_text_is_known_by_its_length_before_composing():
    raw = unicodedata.normalize("NFD", "Trực tiếp3 NgàyMiễn phíNộp tại xã. " * 20)[:400]
    assert any("cut" in what for _, what in told(read(row(raw=raw)), Kind.DOUBTED))


def test_odd_decisions_and_addresses_are_left_out_and_told():
    table = read(row(decision="Demo/QĐ-BCA", url="ftp://x"))
    assert (table.procedures[0].decision, table.procedures[0].url) == ("", "")
    assert len(told(table, Kind.DOUBTED)) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"code": "2.000986"},
        {"raw": "Trực tiếp3 NgàyMiễn phíMang sổ hộ khẩu."},
        {"name": "Báo mất (cấp huyện)"},
    ],
)
def test_what_is_older_than_the_communes_is_marked_for_the_citizen(changed):
    table = read(row(**changed))
    assert table.procedures[0].stale == RULES.stale_says
    assert told(table, Kind.DOUBTED)


def test_lines_that_cannot_be_read_are_told_and_the_others_taken():
    table = read(row(), "1.000002\tzu kurz", row("hai"), row("1.000004", ""), row("1.000005", field=""))
    assert [one.code for one in table.procedures] == ["1.000001"]
    assert [line for line, _ in told(table, Kind.UNREADABLE)] == [3, 4, 5, 6]


def test_a_code_twice_is_taken_once():
    table = read(row(), row(name="Cấp giấy khác"))
    assert [one.name for one in table.procedures] == ["Cấp giấy đi đường"]
    assert told(table, Kind.DROPPED) == [(3, "this code stands in line 2 already")]


def test_a_code_with_a_province_behind_it_is_the_same_code():
    table = read(row(), row("1.000001.000.00.00.H12", "Cấp giấy khác"))
    assert [one.name for one in table.procedures] == ["Cấp giấy đi đường"]
    assert told(table, Kind.DROPPED) == [(3, "this code stands in line 2 already")]


def test_online_in_a_name_is_understood():
    names = ("Đăng ký xe trực tuyến toàn trình", "Đăng ký xe bằng dịch vụ công một phần", "Đăng ký xe")
    rows = [row(f"1.00000{number}", name) for number, name in enumerate(names, 1)]
    assert [one.online for one in read(*rows).procedures] == [Online.FULL, Online.PARTIAL, Online.UNKNOWN]


CSV = (
    "code,name,field,time,fee,bring,everyday,in_person,valid_from\n"
    '1.000001,Cấp giấy đi đường,Giao thông,3 ngày làm việc,"8.000 đồng/giấy",Căn cước|Đơn,'
    "giấy đi đường,yes,2026-01-01\n"
)


@pytest.mark.parametrize("content", [CSV, "\ufeff" + CSV, CSV.replace(",", ";"), CSV.replace("\n", "\r\n")])
def test_a_csv_of_our_own_shape(content):
    (one,) = read_table(content.encode(), Rules()).procedures
    assert one.bring == ("Căn cước", "Đơn")
    assert one.everyday == ("giấy đi đường",)
    assert one.in_person is True
    assert one.fee_kind is FeeKind.AMOUNT
    assert one.valid_from is not None


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_json_of_our_own_shape(wrapped):
    entries = [
        {
            "code": "1.000001",
            "name": "Cấp giấy",
            "field": "Giao thông",
            "bring": ["Căn cước"],
            "fee": "Miễn phí",
        },
        {"code": "1.000002", "name": "Cấp sổ", "field": "Giao thông", "fee": 8000},
        "x",
    ]
    content = json.dumps({"procedures": entries} if wrapped else entries).encode()
    table = read_table(content, Rules())
    assert [one.code for one in table.procedures] == ["1.000001"]
    assert table.procedures[0].fee_kind is FeeKind.FREE
    assert sorted(line for line, _ in told(table, Kind.UNREADABLE)) == [2, 3]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "header"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"PK\x03\x04", "header"),
        (b"name,field\na,b\n", "lacks code"),
        (b"code,name,field,price\n1.000001,a,b,1\n", "not known"),
        (b"code,name,field,name\n1.000001,a,b,c\n", "twice"),
        (b"code,name,field\n", "no line"),
        (b"code,name,field\nx,a,b\n", "no line of it can be used\n  line 2 x: no procedure code"),
        ("code,name,field\n1.000001,Cấp giấy,Khác\n".encode("utf-16"), "CSV UTF-8"),
        ("Danh mục,,\ncode,name,field\n1.000001,Cấp giấy,Khác\n".encode(), "first line says “danh mục”"),
        (b'[{"code": "1.000001", "name": "a\\ud800", "field": "b"}]', "line 1 -: half of a letter"),
        (b'code,name,field\n"1.000001,a,b\n', "line"),
        (b"{", "JSON"),
        (b"[" * 100_000, "JSON"),
        (b'{"rows": []}', "objects"),
        (b"[]", "no line"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_the_reason(content, why):
    with pytest.raises(TableError, match=why):
        read_table(content, Rules())


def test_of_many_bad_lines_the_first_are_told_and_the_others_counted():
    with pytest.raises(TableError, match=r"line 21 x: .*\n  and 80 more$"):
        read_table(b"code,name,field\n" + b"x,a,b\n" * 100, Rules())


@pytest.mark.parametrize("key", ["name", "field", "level", "decision", "method_time_fee_raw", "url"])
@pytest.mark.parametrize("value", [5, None, ["a"], {"a": 1}])
def test_a_portal_line_of_json_whose_values_are_no_texts_is_told_and_the_others_taken(key, value):
    good = {"code": "1.000001", "name": "Cấp giấy", "field": "Khác"}
    portal = {**good, "code": "1.000002", "method_time_fee_raw": "Trực tiếp3 NgàyMiễn phí", key: value}
    table = read_table(json.dumps([portal, good]).encode(), Rules())
    assert [one.code for one in table.procedures] == ["1.000001"]
    assert told(table, Kind.UNREADABLE) == [(1, f"{key}: a text is wanted")]


@pytest.mark.parametrize("name", [5, None, ["a"], {"a": 1}])
def test_a_name_in_json_that_is_no_text_is_told(name):
    good = {"code": "1.000001", "name": "Cấp giấy", "field": "Khác"}
    table = read_table(json.dumps([{**good, "code": "1.000002", "name": name}, good]).encode(), Rules())
    assert [one.code for one in table.procedures] == ["1.000001"]
    assert told(table, Kind.UNREADABLE) == [(1, "name: a text is wanted")]


@pytest.mark.parametrize("table", [{"levels": "Cấp xã"}, {"services": {"a": 1}}, {"other": 1}])
def test_mistakes_in_the_rules_are_named(table):
    with pytest.raises(ValueError, match=r"import\.toml"):
        read_rules(table)


CELLS = st.text(alphabet="aấê\u0301đ Ngàyphí()12.,;|\"'=+-\t\n\r\x00\u200b", max_size=25)
LINES = st.lists(
    st.tuples(
        st.sampled_from(["1.000001", "2.000002", "9", "1.000986.H38"]),
        CELLS,
        CELLS,
        CELLS,
        CELLS,
        CELLS,
        CELLS,
    ),
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(LINES, st.sampled_from(["\t", ",", ";"]), st.binary(max_size=20), st.integers(0, 400))
def test_any_bytes_are_read_or_refused(lines, delimiter, junk, at):
    text = "\n".join((HEADER.replace("\t", delimiter), *(delimiter.join(cells) for cells in lines)))
    content = text.encode()
    at = min(at, len(content))
    for damaged in (content, content[:at] + junk + content[at:]):
        try:
            table = read_table(damaged, RULES)
        except TableError:
            continue
        codes = [one.code for one in table.procedures]
        assert len(set(codes)) == len(codes) > 0
        assert all(
            one.name and one.field and unicodedata.is_normalized("NFC", one.name) for one in table.procedures
        )
        assert [remark.line for remark in table.remarks] == sorted(remark.line for remark in table.remarks)


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda some: (
            st.lists(some, max_size=3)
            | st.dictionaries(
                st.sampled_from(["code", "name", "field", "method", "bring", "fee", "procedures", "x"]),
                some,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_refused(value):
    content = json.dumps(
        [{"code": "1.000001", "name": "a", "field": "b"} | (value if isinstance(value, dict) else {}), value]
    ).encode()
    try:
        read_table(content, RULES)
    except TableError:
        return
