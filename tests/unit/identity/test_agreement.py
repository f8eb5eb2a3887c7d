"""The sources on one card must speak of one person; nothing of two sources is merged."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity import card_qr
from kiosk.identity.agreement import IdentityField, Statement, compare, folded
from kiosk.identity.card_proof import Agreement
from kiosk.identity.citizen import Sex

ZONE = Statement(
    number="001199012345",
    full_name="NGUYEN THI VI DU",
    birth_date=date(1999, 2, 1),
    sex=Sex.FEMALE,
    expiry_date=date(2039, 2, 1),
)
PRINTED = Statement(
    number="001199012345",
    full_name="Nguyễn Thị Ví Dụ",
    birth_date=date(1999, 2, 1),
    sex=Sex.FEMALE,
    expiry_date=date(2039, 2, 1),
    issue_date=date(2022, 3, 1),
    residence="Tổ dân phố 3, Phường Nam Sơn, Bắc Ninh",
)
QR = card_qr.parse(
    "001199012345||Nguyễn Thị Ví Dụ|01021999|Nữ|Tổ dân phố 3,  phường Nam Sơn, Bắc Ninh|01032022"
)


def test_a_card_whose_sources_agree():
    found = compare(ZONE, PRINTED, Statement.of_qr(QR))
    assert found.agreement is Agreement.AGREE
    assert found.differing == frozenset()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"number": "001199012346"}, IdentityField.NUMBER),
        ({"birth_date": date(1999, 2, 2)}, IdentityField.BIRTH_DATE),
        ({"sex": Sex.MALE}, IdentityField.SEX),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_another_persons_number_birth_date_or_sex_stops_the_card(change, name, place):
    sources = [ZONE, PRINTED, Statement.of_qr(QR)]
    sources[place] = replace(sources[place], **change)
    found = compare(*sources)
    assert found.agreement is Agreement.DIFFER
    assert found.differing == {name}


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"full_name": "Nguyễn Thị Ba"}, IdentityField.FULL_NAME),
        ({"expiry_date": date(2024, 2, 1)}, IdentityField.EXPIRY_DATE),
        ({"issue_date": date(2021, 3, 1)}, IdentityField.ISSUE_DATE),
        ({"residence": "Thôn Nà Phiêng"}, IdentityField.RESIDENCE),
    ],
)
def test_other_differences_are_named_and_stop_nobody(change, name):
    found = compare(ZONE, replace(PRINTED, **change), Statement.of_qr(QR))
    assert found.agreement is Agreement.AGREE
    assert found.differing == {name}


@pytest.mark.parametrize("told", ["001199012345", "012345", "199012345"])
def test_a_typed_number_or_its_end(told):
    assert compare(ZONE, PRINTED, Statement(number=told)).agreement is Agreement.AGREE
    for other in (told[:-1] + "6", "2345", ""):
        found = compare(ZONE, PRINTED, Statement(number=other))
        assert (found.agreement, found.differing) == (Agreement.DIFFER, {IdentityField.NUMBER})


@pytest.mark.parametrize("sources", [(), (None,), (ZONE,), (ZONE, None), (ZONE, Statement())])
def test_one_source_alone_is_compared_with_nothing(sources):
    assert compare(*sources).agreement is Agreement.NOT_COMPARED


def test_what_a_card_of_2024_does_not_say_is_not_missed():
    partial = Statement(number=ZONE.number, full_name="Nguyễn Thị Ví Dụ")
    assert compare(ZONE, partial).agreement is Agreement.AGREE


def test_of_a_birth_date_without_day_the_year_is_compared():
    year_only = replace(ZONE, birth_date=None, birth_year=1999)
    assert compare(year_only, PRINTED).agreement is Agreement.AGREE
    assert compare(replace(year_only, birth_year=1998), PRINTED).agreement is Agreement.DIFFER


@pytest.mark.parametrize(
    ("latin", "name", "cut", "same"),
    [
        ("NGUYEN THI VI DU", "Nguyễn Thị Ví Dụ", False, True),
        ("DANG DUC DO", "Đặng Đức Độ", False, True),
        ("HHEN NIE", "H'Hen Niê", False, True),
        ("Y BLIENG BYA", "Y-Bliêng Byă", False, True),
        ("KBRONG", "K’Brông", False, True),
        ("NGUYEN THI VI", "Nguyễn Thị Ví Dụ", False, False),
        ("NGUYEN THI VI", "Nguyễn Thị Ví Dụ", True, True),
        ("CONG TANG TON NU THI HUYEN TR", "Công Tằng Tôn Nữ Thị Huyền Trang", True, True),
        ("CONG TANG TON NU T H TRANG", "Công Tằng Tôn Nữ Thị Huyền Trang", True, True),
        ("NGUYEN VI THI", "Nguyễn Thị Ví Dụ", True, False),
        ("TRAN THI VI", "Nguyễn Thị Ví Dụ", True, False),
    ],
)
def test_names_with_and_without_diacritics(latin, name, cut, same):
    zone = Statement(full_name=latin, name_cut=cut)
    printed = Statement(full_name=name)
    for found in (compare(zone, printed), compare(printed, zone)):
        assert (IdentityField.FULL_NAME not in found.differing) is same


def test_letters_of_every_kind_are_folded():
    assert folded("Hoàng Đình Ƀlao, ÐIỂU") == "HOANG DINH BLAO DIEU"


def test_nothing_of_the_person_shows():
    shown = repr(compare(ZONE, replace(PRINTED, sex=Sex.MALE))) + repr(ZONE) + repr(PRINTED)
    assert not any(secret in shown for secret in ("199012345", "NGUYEN", "Nguyễn", "1999", "Nữ", "Nam"))


statements = st.builds(
    Statement,
    number=st.none() | st.sampled_from(["001199012345", "012345", "001199012346"]),
    full_name=st.none() | st.text(max_size=12),
    name_cut=st.booleans(),
    birth_date=st.none() | st.dates(),
    birth_year=st.none() | st.integers(1900, 2030),
    sex=st.none() | st.sampled_from(Sex),
    expiry_date=st.none() | st.dates(),
    residence=st.none() | st.text(max_size=12),
)


@given(st.lists(st.none() | statements, max_size=4))
def test_any_statements_are_compared_whatever_their_order(sources):
    found = compare(*sources)
    assert found == compare(*reversed(sources))
    assert (found.agreement is Agreement.DIFFER) is bool(
        found.differing & {IdentityField.NUMBER, IdentityField.BIRTH_DATE, IdentityField.SEX}
    )


@given(statements)
def test_a_statement_agrees_with_itself(statement):
    assert compare(statement, statement).differing == frozenset()
