"""Exports of other systems: what is read, what is left out, and that no remark tells what a line says."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalogues import SOURCE_LANGUAGE
from kiosk.dossiers.export import Export, ExportError, read_export
from kiosk.dossiers.status import DossierStatus, State, as_mapping, read_status
from kiosk.procedures.import_remarks import Kind
from screens.locale import catalogue

HANOI = timezone(timedelta(hours=7))
AS_OF = datetime(2026, 11, 23, 7, 15, tzinfo=HANOI)
SOURCE = "hệ thống một cửa của tỉnh"
CODE, OTHER = "000.00.01.H26-261102-0012", "H26.12-261103-0013"
HEADER = "STT;Mã hồ sơ;Người nộp;Số điện thoại;Tên thủ tục;Ngày hẹn trả;Trạng thái"
PERSON = "Nguyễn Thị Bưởi"


def line(
    code: str = CODE, state: str = "Đang xử lý", due: str = "25/11/2026", procedure: str = "Khai sinh"
) -> str:
    return f"1;{code};{PERSON};0912345678;{procedure};{due};{state}"


def read(*lines: str, header: str = HEADER) -> Export:
    return read_export("\r\n".join((header, *lines, "")).encode("utf-8-sig"), SOURCE, AS_OF)


def one(*lines: str) -> DossierStatus:
    (status,) = read(*lines).statuses
    return status


def told(export: Export) -> list[tuple[int, Kind]]:
    return [(remark.line, remark.kind) for remark in export.remarks]


def test_a_line_is_taken_over_without_the_person():
    export = read(line())
    assert export.statuses == (
        DossierStatus(CODE, State.PROCESSING, date(2026, 11, 25), "Khai sinh", AS_OF, SOURCE),
    )
    assert (export.remarks, export.lines, export.left_out) == ((), 1, 3)
    assert PERSON not in str([as_mapping(status) for status in export.statuses])
    assert read_status(as_mapping(export.statuses[0])) == export.statuses[0]


def test_every_state_is_known_by_the_name_that_citizens_read():
    for language in (SOURCE_LANGUAGE, "en"):
        names = catalogue("citizen", language).lines("my_dossier.states")
        for name, state in zip(names, State, strict=True):
            assert one(line(state=name if language != "en" else state.value)).state is state, name


@pytest.mark.parametrize(
    ("named", "state"),
    [
        ("ĐÃ XỬ LÝ XONG", State.FINISHED),
        ("da tra ket qua", State.RETURNED),
        ("Chờ trả kết quả", State.FINISHED),
        ("Đang giải quyết (quá hạn)", State.PROCESSING),
        ("Đã trả kết quả - đúng hạn", State.RETURNED),
        ("Chờ bổ sung hồ sơ", State.SUPPLEMENT),
        ("Đang xử lý", State.PROCESSING),
    ],
)
def test_states_are_known_in_the_words_of_other_systems(named: str, state: State):
    assert one(line(state=named)).state is state


@pytest.mark.parametrize("named", ["Hoàn thành", "Completed", "Trả kết quả", "Tạm dừng", "", "Xong rồi ạ"])
def test_a_state_that_may_mean_two_things_is_none(named: str):
    export = read(line(OTHER), line(state=named))
    assert [status.code for status in export.statuses] == [OTHER]
    assert told(export) == [(3, Kind.UNREADABLE)]


@pytest.mark.parametrize(
    "due",
    [
        *("25/11/2026", "25-11-2026", "25.11.2026", "2026-11-25", "25/11/2026 17:00", "17:00 25/11/2026"),
        *("2026-11-25T17:00:00", "2026-11-25T17:00:00+07:00", "17:00:00, 25/11/2026"),
    ],
)
def test_days_are_read_with_the_day_first_or_as_iso(due: str):
    assert one(line(due=due)).due == date(2026, 11, 25)


@pytest.mark.parametrize(
    "due", ["31/02/2026", "25/11/26", "mai", "25/11/2026 hoặc 26/11/2026", "01/01/2020", "9999-1-1"]
)
def test_a_due_date_in_doubt_is_left_out_and_told(due: str):
    export = read(line(due=due))
    assert (export.statuses[0].due, told(export)) == (None, [(2, Kind.DOUBTED)])


def test_a_due_date_may_be_missing():
    assert one(line(due="")).due is None
    assert read(f"{CODE};đang xử lý", header="Mã hồ sơ;Trạng thái").statuses[0].procedure == ""


def test_what_may_be_a_persons_number_stays_out_of_the_procedure():
    for number in ("0912345678", "0912 345 678", "012345678901", "012.345.678"):
        export = read(line(procedure=f"Cấp lại cho số {number}"))
        assert (export.statuses[0].procedure, told(export)) == ("", [(2, Kind.DOUBTED)])
    assert one(line(procedure="1.001193.000.00.00.H60 - Khai sinh")).procedure.startswith("1.001193")


def test_titles_above_the_header_and_other_columns_are_passed_over():
    text = "\ufeffDANH SÁCH HỒ SƠ,,\n,,\nMã số hồ sơ,Hạn xử lý,Tình trạng,Ngày hẹn trả kết quả\n"
    export = read_export(f"{text}{CODE},24/11/2026,Đang xử lý,25/11/2026\n".encode(), SOURCE, AS_OF)
    assert export.statuses[0].due == date(2026, 11, 25), "the day that was promised, not the internal one"


def test_tabs_utf_16_and_quoted_cells_are_read():
    rows = f"dossier code\tstatus\tprocedure\n{CODE}\tprocessing\tA\n"
    assert read_export(rows.encode("utf-16"), SOURCE, AS_OF).statuses[0].procedure == "A"
    rows = f'code,status,procedure\n{CODE},processing,"A, ""B"", C"\n'
    assert read_export(rows.encode(), SOURCE, AS_OF).statuses[0].procedure == 'A, "B", C'


def test_json_is_read_with_the_same_names():
    entries = [
        {"Mã hồ sơ": CODE, "status": "returned", "họ tên": PERSON, "due": None},
        7,
        {"code": OTHER, "status": 1},
    ]
    for value in (entries, {"dossiers": entries}):
        export = read_export(json.dumps(value).encode(), SOURCE, AS_OF)
        assert [status.state for status in export.statuses] == [State.RETURNED]
        assert told(export) == [(2, Kind.UNREADABLE), (3, Kind.UNREADABLE)]


def test_lines_that_disagree_about_one_dossier_are_both_left_out():
    export = read(line(), line(OTHER), line(state="Đã trả kết quả"), line(OTHER))
    assert [status.code for status in export.statuses] == [OTHER]
    assert told(export) == [(4, Kind.UNREADABLE), (5, Kind.DROPPED)]


def test_old_and_future_dossiers_are_left_out():
    export = read(line(), line("H26-231102-0001", due=""), line("H26-261202-0001", due=""))
    assert told(export) == [(3, Kind.DROPPED), (4, Kind.UNREADABLE)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"PK\x03\x04...",
        b"\xd0\xcf\x11\xe0",
        "mã".encode("cp1258", "replace"),
        b"a;b\n1;2\n",
        b"[]",
        b"{",
        HEADER.encode(),
        f"{HEADER}\n;;;;;;\n".encode(),
        f"{HEADER}\n{line('x')}".encode(),
        f"Mã hồ sơ;mã hồ sơ;Trạng thái\n{CODE};{OTHER};Đang xử lý\n".encode(),
    ],
)
def test_a_file_without_one_usable_line_is_refused(content: bytes):
    with pytest.raises(ExportError) as refused:
        read_export(content, SOURCE, AS_OF)
    assert PERSON not in str(refused.value)


@pytest.mark.parametrize("source", ["", "  ", "x" * 81])
def test_a_source_without_a_name_is_refused(source: str):
    with pytest.raises(ExportError):
        read_export(f"{HEADER}\n{line()}".encode(), source, AS_OF)


def test_late_is_what_the_office_owes_and_only_as_far_as_the_data_know():
    late = one(line(due="22/11/2026"))
    assert late.overdue(HANOI)
    assert not one(line(due="23/11/2026")).overdue(HANOI), "the day itself is not over"
    for state in ("Yêu cầu bổ sung", "Đã xử lý xong", "Đã trả kết quả", "Chờ nộp phí"):
        assert not one(line(state=state, due="22/11/2026")).overdue(HANOI)
    night = read_export(
        f"{HEADER}\n{line(due='22/11/2026')}".encode(), SOURCE, AS_OF.replace(hour=1).astimezone(UTC)
    )
    assert night.statuses[0].overdue(HANOI), "days are those of the centre"


# -- whatever comes ------------------------------------------------------------------------------------------

CELLS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30) | st.sampled_from(
    [CODE, OTHER, "Đang xử lý", "đã trả kết quả", "25/11/2026", "2026-13-01", '"', "\n", ";", PERSON]
)
HEADS = st.sampled_from(["Mã hồ sơ", "Trạng thái", "Ngày hẹn trả", "Thủ tục", "Họ tên", "Code", "status", ""])


def judged(content: bytes) -> None:
    try:
        export = read_export(content, SOURCE, AS_OF)
    except ExportError:
        return
    assert export.statuses
    assert len({status.code for status in export.statuses}) == len(export.statuses)
    assert len(export.statuses) <= export.lines
    for status in export.statuses:
        assert read_status(as_mapping(status)) == status
        assert status.due is None or status.due.year < 2040
    assert [remark.line for remark in export.remarks] == sorted(remark.line for remark in export.remarks)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes):
    judged(content)
    judged(f"{HEADER}\n{line()}\n".encode() + content)


@given(
    st.lists(HEADS, max_size=6), st.lists(st.lists(CELLS, max_size=7), max_size=6), st.sampled_from(";,\t")
)
def test_any_table_is_read_or_refused(header: list[str], rows: list[list[str]], delimiter: str):
    judged("\n".join(delimiter.join(row) for row in (header, *rows)).encode())


@given(
    st.recursive(
        CELLS | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(HEADS, inner)
    )
)
def test_any_json_is_read_or_refused(value: object):
    judged(json.dumps([value]).encode())
    judged(json.dumps({"dossiers": value}).encode())


@given(st.text(st.characters(categories=("L",)), min_size=6, max_size=20).map("qx".__add__))
def test_no_remark_repeats_what_a_line_says(secret: str):
    lines = [line(secret), line(state=secret), line(due=secret, code=OTHER), f"{secret};{secret}"]
    lines.append(line("H26.7-261103-0014", procedure=f"{secret} 0912345678"))
    export = read(*lines)
    assert len({remark.line for remark in export.remarks}) == 5
    said = " ".join(remark.what for remark in export.remarks)
    assert secret not in said
    assert all(secret not in str(as_mapping(status)) for status in export.statuses)
