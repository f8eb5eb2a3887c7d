"""A form file tells everything that is wrong with it at once, and names file and key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.eforms.definition import FieldType, FormDefinitionError, load_form, load_forms, parse_form

FORMS = Path(__file__).parents[3] / "config" / "forms"

SMALL = """
id = "x"
version = "1"
title = "Tờ khai"
effective_from = 2026-01-01
[consent]
version = "1"
statement = "Tôi đồng ý."
notice = [{ heading = "Ai dùng", text = "{centre}" }]
[declaration]
field = "camDoan"
text = "Tôi cam đoan."
[[section]]
id = "s"
title = "Phần"
[[section.field]]
id = "ten"
label = "Tên"
question = "Tên?"
type = "name"
[[section.field]]
id = "camDoan"
label = "Cam đoan"
type = "bool"
ask = false
must_be_true = true
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(FormDefinitionError) as caught:
        parse_form(text, "small.toml")
    return caught.value.problems


def test_the_shipped_form_reads_and_covers_the_procedure() -> None:
    form = load_form(FORMS / "1.004873.toml")
    assert form.id == "1.004873"
    ids = {made.id for made in form.fields()}
    assert ids >= {
        "kinhGui", "nycHoTen", "nycNgaySinh", "nycSoGiayToTuyThan", "nycLoaiGiayToTuyThan", "nycNoiCuTru",
        "nycNgayCapGiayToTuyThan", "nycNoiCapGiayToTuyThan", "nycSoDienThoai", "nycQuanHe", "nhanKetQua",
        "soLuongBanSao", "camDoan", "nxnHoTen", "nxnGioiTinh", "nxnNgaySinh", "nxnDanToc", "nxnQuocTich",
        "nxnNoiCuTru", "nxnSoGiayToTuyThan", "nxnThoiGianCuTruTu", "nxnThoiGianCuTruDen",
        "nxnTinhTrangHonNhan", "nxnLoaiMucDichSuDung", "nxnMucDichSuDung", "giayCu",
    }  # fmt: skip


def test_nothing_is_asked_that_the_procedure_does_not_need() -> None:
    words = " ".join(made.label.lower() for made in load_form(FORMS / "1.004873.toml").fields())
    for unwanted in ("tôn giáo", "nhận dạng", "họ tên cha", "họ tên mẹ", "mật khẩu", "otp"):
        assert unwanted not in words


def test_the_shipped_form_ends_with_the_law_it_rests_on() -> None:
    form = load_form(FORMS / "1.004873.toml")
    assert form.in_force(date(2027, 2, 28))
    assert not form.in_force(date(2027, 3, 1))


def test_a_small_form_reads() -> None:
    form = parse_form(SMALL, "small.toml")
    assert form.field("ten").type is FieldType.NAME
    with pytest.raises(KeyError):
        form.field("tuoi")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('title = "Tờ khai"', 'titel = "Tờ khai"', "titel: unknown key; did you mean “title”?"),
        ('title = "Tờ khai"', "", "title: is missing"),
        ('title = "Tờ khai"', "title = 5", "title: must be text"),
        ("2026-01-01", '"hôm nay"', "effective_from: must be a date"),
        ('type = "name"', 'type = "nam"', "ten.type: “nam” is unknown; did you mean “name”?"),
        ('type = "name"', 'type = "enum"', "ten.options: an enum needs options"),
        ('question = "Tên?"', "", "ten.question: is missing; a field that is never asked says ask = false"),
        ('type = "name"', 'type = "name"\nprefill = "citizen.fullname"', "did you mean “citizen.full_name”?"),
        ('type = "name"', 'type = "name"\nmin = 1', "ten.min: min and max are for int"),
        ('type = "name"', 'type = "name"\ncopy = "tn"', "ten.copy: no field “tn”; did you mean “ten”?"),
        ('type = "name"', 'type = "name"\ncopy = "camDoan"', "ten.copy: “camDoan” must stand before it"),
        ('type = "name"', 'type = "name"\nwhen = [{ field = "ten" }]', "needs either “is” or “not”"),
        ('id = "ten"', 'id = "camDoan"', "camDoan: stands twice"),
        ("must_be_true = true", "", "declaration.field: “camDoan” must be a bool with must_be_true = true"),
        ('field = "camDoan"', 'field = "camdoan"', "declaration.field: no field “camdoan”"),
        ("[[section]]",
         '[[rule]]\nkind = "before"\nfields = ["ten", "ten"]\n[[section]]', "“ten” is no date"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_and_key(old: str, new: str, told: str) -> None:
    found = problems_of(SMALL.replace(old, new, 1))
    assert any(told in problem for problem in found), found
    assert all(problem.startswith("small.toml: ") for problem in found)


def test_all_mistakes_are_told_together() -> None:
    text = (
        SMALL.replace('title = "Tờ khai"', "").replace('type = "name"', 'type = "nam"').replace("Ai dùng", "")
    )
    assert len(problems_of(text)) == 3


def test_every_file_of_a_folder_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SMALL.replace('version = "1"', "", 1))
    (tmp_path / "b.toml").write_text("id =")
    (tmp_path / "c.toml").write_text(SMALL)
    (tmp_path / "d.toml").write_text(SMALL)
    with pytest.raises(FormDefinitionError) as caught:
        load_forms(tmp_path)
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["a.toml", "b.toml", "d.toml"]


@given(st.text() | st.binary())
def test_any_text_reads_or_is_refused_with_reasons(text: str | bytes) -> None:
    with pytest.raises(FormDefinitionError):
        parse_form(text, "any.toml")


VALUES = st.sampled_from(["5", "true", '"x"', "[]", "{}", "[{}]", '["x"]', "2026-01-01", "[[1]]", "1.5"])


@given(st.integers(0, len(SMALL.splitlines()) - 1), VALUES)
def test_a_value_of_any_type_in_any_place_is_refused_or_fine(line: int, value: str) -> None:
    lines = SMALL.splitlines()
    if "=" in lines[line]:
        lines[line] = lines[line].split("=")[0] + "= " + value
    try:
        parse_form("\n".join(lines), "any.toml")
    except FormDefinitionError as error:
        assert error.problems
