"""What a form fills in by itself, with which source, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.eforms.answers import Answer, Answers, from_wire, shown, to_wire
from kiosk.eforms.check import check_sections, next_question
from kiosk.eforms.definition import Field, FieldType, Option, load_form
from kiosk.eforms.prefill import Known, filled
from kiosk.eforms.rules import ProblemCode, check_value, is_name, problems
from kiosk.identity.citizen import Citizen, Sex, Source

FORM = load_form(Path(__file__).parents[3] / "config" / "forms" / "1.004873.toml")
TODAY = date(2026, 11, 23)
READ = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CITIZEN = Citizen(
    number="008145001234",
    full_name="Nguyễn Thị Hường",
    birth_date=date(1945, 5, 17),
    sex=Sex.FEMALE,
    nationality="Việt Nam",
    ethnicity="Tày",
    residence="Thôn Nà Kiếm, Xã Thuận Hòa, Tuyên Quang",
    issue_date=date(2022, 3, 9),
)
KNOWN = Known(CITIZEN, READ, {"authority": "Ủy ban nhân dân xã Thuận Hòa"})
TYPED: dict[str, str | bool] = {
    "nycQuanHe": "ban-than",
    "nxnTinhTrangHonNhan": "chua-ket-hon",
    "nxnThoiGianCuTru": "hien-nay",
    "nxnLoaiMucDichSuDung": "vay-von",
    "giayCu": False,
    "nhanKetQua": "truc-tiep",
    "soLuongBanSao": "1",
    "camDoan": True,
}


def typed(**changes: str | bool | None) -> Answers:
    answers = Answers()
    for field_id, value in {**TYPED, **changes}.items():
        answers = answers.typed(field_id, value, READ)
    return answers


def test_a_filled_form_has_no_problems() -> None:
    assert problems(FORM, filled(FORM, typed(), KNOWN), TODAY) == []


def test_every_filled_in_value_keeps_its_source_and_time() -> None:
    answers = filled(FORM, typed(), KNOWN)
    assert answers["nycHoTen"] == Answer("Nguyễn Thị Hường", Source.CHIP, READ)
    assert answers["nxnNgaySinh"] == Answer("1945-05-17", Source.CHIP, READ)
    assert answers["kinhGui"].source is Source.CENTRE
    assert answers["nxnTinhTrangHonNhan"].source is Source.TYPED


@pytest.mark.parametrize(
    ("issued", "kind", "by"),
    [
        (date(2024, 6, 30), "can-cuoc-cong-dan", "Cục Cảnh sát quản lý hành chính về trật tự xã hội"),
        (date(2024, 7, 1), "the-can-cuoc", "Bộ Công an"),
        (None, "so-dinh-danh", None),
    ],
)
def test_kind_and_issuer_of_the_card_follow_from_its_date(
    issued: date | None, kind: str, by: str | None
) -> None:
    answers = filled(FORM, typed(), Known(replace(CITIZEN, issue_date=issued), READ))
    assert answers.value("nycLoaiGiayToTuyThan") == kind
    assert answers.value("nycNoiCapGiayToTuyThan") == by


def test_a_name_corrected_by_hand_is_corrected_everywhere() -> None:
    answers = filled(FORM, typed(nycHoTen="Nguyễn Thị Hương"), KNOWN)
    assert answers["nxnHoTen"] == Answer("Nguyễn Thị Hương", Source.TYPED, READ)


def test_for_another_person_nothing_of_the_requester_is_copied() -> None:
    answers = filled(FORM, typed(nycQuanHe="con"), KNOWN)
    for field_id in (
        "nxnHoTen",
        "nxnNgaySinh",
        "nxnGioiTinh",
        "nxnDanToc",
        "nxnNoiCuTru",
        "nxnSoGiayToTuyThan",
    ):
        assert answers.value(field_id) is None
    assert answers.value("nxnQuocTich") == "Việt Nam"


def test_an_answer_to_a_question_that_no_longer_applies_is_left_out() -> None:
    answers = filled(FORM, typed(giayToSo="12/2019", nxnTinhTrangHonNhan="chua-ket-hon"), KNOWN)
    assert "giayToSo" not in answers
    answers = filled(FORM, typed(giayToSo="12/2019", nxnTinhTrangHonNhan="da-ly-hon"), KNOWN)
    assert answers.value("giayToSo") == "12/2019"


def test_the_same_number_for_two_people_is_refused() -> None:
    answers = filled(
        FORM,
        typed(nycQuanHe="con", nxnHoTen="Lan", nxnSoGiayToTuyThan=CITIZEN.number, nxnNgaySinh="1999-01-01",
              nxnGioiTinh="Nữ", nxnNoiCuTru="Xã"),
        KNOWN,
    )  # fmt: skip
    assert [(p.field, p.code) for p in problems(FORM, answers, TODAY)] == [
        ("nxnSoGiayToTuyThan", ProblemCode.SAME)
    ]


def test_an_answer_to_no_question_of_the_form_is_refused() -> None:
    answers = Answers({**filled(FORM, typed(), KNOWN), "tonGiao": Answer("x", Source.TYPED)})
    assert [p.code for p in problems(FORM, answers, TODAY)] == [ProblemCode.UNKNOWN_FIELD]


def test_without_the_declaration_nothing_is_accepted() -> None:
    for value, code in ((None, ProblemCode.MISSING), (False, ProblemCode.NOT_DECLARED)):
        answers = filled(FORM, typed(camDoan=value), KNOWN)
        assert [(p.field, p.code) for p in problems(FORM, answers, TODAY)] == [("camDoan", code)]


def test_the_wire_carries_everything_there_and_back() -> None:
    answers = filled(FORM, typed(), KNOWN)
    back = from_wire(to_wire(FORM, answers))
    assert dict(back) == {key: answer for key, answer in answers.items() if not answer.empty}
    assert problems(FORM, back, TODAY) == []


@pytest.mark.parametrize(
    "entries",
    [
        [{"field": "nycHoTen", "value": 5, "source": "typed"}],
        [{"value": "x", "source": "typed"}],
        [{"field": "nycHoTen", "value": "x", "source": "heard"}],
        [{"field": "a", "value": "x", "source": "typed"}, {"field": "a", "value": "y", "source": "typed"}],
    ],
)
def test_a_crooked_wire_is_refused(entries: list) -> None:
    with pytest.raises(ValueError, match=r"answer|heard"):
        from_wire(entries)


def test_answers_cannot_be_changed_and_show_nothing_in_logs() -> None:
    before = typed()
    after = before.typed("nycHoTen", "Khác")
    assert "nycHoTen" not in before
    assert "Khác" not in repr(after)
    assert "Khác" not in repr(after["nycHoTen"])
    with pytest.raises(TypeError):
        after["nycHoTen"] = Answer("x", Source.TYPED)  # type: ignore[index]


def test_the_check_page_shows_sources_and_leaves_repetition_out() -> None:
    sections = {
        section.title: section.lines for section in check_sections(FORM, filled(FORM, typed(), KNOWN))
    }
    assert [line.label for line in sections["Người được xác nhận"]] == ["Giới tính", "Dân tộc", "Quốc tịch"]
    name = sections["Người yêu cầu"][0]
    assert (name.shown, name.source, name.change) == ("Nguyễn Thị Hường", Source.CHIP, True)


def test_questions_come_until_nothing_is_open() -> None:
    answers = Answers()
    asked = []
    while (question := next_question(FORM, filled(FORM, answers, KNOWN), answers)) is not None:
        asked.append(question.id)
        answers = answers.typed(question.id, TYPED.get(question.id))
    assert asked == [
        "nycQuanHe", "nxnTinhTrangHonNhan", "nxnThoiGianCuTru", "nxnLoaiMucDichSuDung", "giayCu",
        "nhanKetQua",
        "soLuongBanSao", "nycSoDienThoai",
    ]  # fmt: skip


# -- single values -------------------------------------------------------------------------------------------

FIELDS = {
    kind: Field("x", "X", kind, min=1, max=20, not_after_today=True, options=(Option("a", "A"),))
    for kind in FieldType
}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FieldType.NAME, "Nguyễn Thị Hường"),
        (FieldType.NAME, "H'Hen Niê"),
        (FieldType.NAME, "Jang Wu-Fa Zơ Râm"),
        (FieldType.DATE, "2026-11-23"),
        (FieldType.DATE, "1960-02-29"),
        (FieldType.ID12, "008145001234"),
        (FieldType.IDNO, "B1234567"),
        (FieldType.PHONE, "0912345678"),
        (FieldType.INT, "20"),
        (FieldType.ENUM, "a"),
        (FieldType.BOOL, False),
        (FieldType.TEXT, "Mua bán nhà, đất"),
        (FieldType.NAME, None),
    ],
)
def test_good_values_pass(kind: FieldType, value: str | bool | None) -> None:
    assert check_value(FIELDS[kind], value, TODAY) is None


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        (FieldType.NAME, "Nguyễn 2", ProblemCode.NOT_A_NAME),
        (FieldType.NAME, "'", ProblemCode.NOT_A_NAME),
        (FieldType.DATE, "2026-11-24", ProblemCode.DATE_IN_FUTURE),
        (FieldType.DATE, "2026-02-30", ProblemCode.NOT_A_DATE),
        (FieldType.DATE, "20260230", ProblemCode.NOT_A_DATE),
        (FieldType.DATE, "20260101", ProblemCode.NOT_A_DATE),
        (FieldType.DATE, "1899-12-31", ProblemCode.DATE_TOO_OLD),
        (FieldType.ID12, "00814500123", ProblemCode.NOT_TWELVE_DIGITS),
        (FieldType.ID12, "٠٠٨١٤٥٠٠١٢٣٤", ProblemCode.NOT_TWELVE_DIGITS),
        (FieldType.IDNO, "b1", ProblemCode.NOT_AN_ID_NUMBER),
        (FieldType.PHONE, "1912345678", ProblemCode.NOT_A_PHONE),
        (FieldType.INT, "21", ProblemCode.NUMBER_OUT_OF_RANGE),
        (FieldType.INT, "0", ProblemCode.NUMBER_OUT_OF_RANGE),
        (FieldType.INT, "-1", ProblemCode.NOT_A_NUMBER),
        (FieldType.ENUM, "b", ProblemCode.NO_SUCH_OPTION),
        (FieldType.ENUM, True, ProblemCode.WRONG_TYPE),
        (FieldType.BOOL, "true", ProblemCode.WRONG_TYPE),
        (FieldType.TEXT, "a" * 201, ProblemCode.TEXT_TOO_LONG),
        (FieldType.TEXT, "a\u202eb", ProblemCode.TEXT_UNREADABLE),
        (FieldType.TEXT, "   ", ProblemCode.MISSING),
    ],
)
def test_bad_values_are_named(kind: FieldType, value: str | bool, code: ProblemCode) -> None:
    problem = check_value(FIELDS[kind], value, TODAY)
    assert problem is not None
    assert problem.code is code


@given(st.sampled_from(list(FieldType)), st.none() | st.booleans() | st.text(max_size=250))
def test_any_value_is_judged_and_shown_without_error(kind: FieldType, value: str | bool | None) -> None:
    check_value(FIELDS[kind], value, TODAY)
    assert isinstance(shown(FIELDS[kind], value), str)


@given(st.dictionaries(st.sampled_from([f.id for f in FORM.fields()]), st.none() | st.booleans() | st.text()))
def test_any_answers_are_judged_without_error(values: dict[str, str | bool | None]) -> None:
    answers = Answers({key: Answer(value, Source.TYPED) for key, value in values.items()})
    problems(FORM, answers, TODAY)
    problems(FORM, filled(FORM, answers, KNOWN), TODAY)
    check_sections(FORM, filled(FORM, answers, KNOWN))


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (FieldType.DATE, "1945-05-17", "17/05/1945"),
        (FieldType.ID12, "008145001234", "008 145 001 234"),
        (FieldType.PHONE, "0912345678", "0912 345 678"),
        (FieldType.ENUM, "a", "A"),
        (FieldType.TEXT, None, ""),
    ],
)
def test_values_are_shown_as_people_write_them(kind: FieldType, value: str | None, text: str) -> None:
    assert shown(FIELDS[kind], value) == text


def test_names_of_every_people_are_names() -> None:
    for name in ("Vàng Thị Mỷ", "Y Moan Ênuôl", "Ka Hương", "Chamaléa Khiêm", "Zơ Râm Wốt", "K’Brẻo"):
        assert is_name(name)
