"""What stands in the card's files is read as the standards and the known Vietnamese layouts have it."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.chip_card import tlv
from devices.chip_card.access import security_infos
from devices.chip_card.data_groups import com, dg1, dg13
from devices.chip_card.data_groups.dg13 import Field
from devices.chip_card.errors import CardProblem
from devices.virtual.chip_card import demo_citizens
from devices.virtual.chip_card.personalisation import dg13 as write_dg13
from devices.virtual.chip_card.personalisation import mrz as write_mrz
from kiosk.failures import FailureCode
from kiosk.identity.citizen import Sex
from kiosk.identity.mrz import check_digit

VIETNAMESE_CARD_ACCESS = bytes.fromhex(
    "3134300d060804007f0007020202020101300f060a04007f000702020302020201013012060a04007f0007020204020202010202010d"
)
WOMAN = "IDVNM1990123456001199012345<<79902015F3902013VNM<<<<<<<<<<<0NGUYEN<<THI<VI<DU<<<<<<<<<<<<<"


def test_the_vietnamese_card_offers_pace_that_we_speak():
    access = security_infos.parse(VIETNAMESE_CARD_ACCESS)
    assert access.supported_pace() == security_infos.PaceInfo(security_infos.PACE_ECDH_GM_AES_128, 2, 13)
    assert access.chip_authentication
    assert access.terminal_authentication
    assert access.summary() == "PACE-ECDH-GM-AES-128/13, CA, TA"


def test_the_card_of_the_appendix_offers_it_too():
    raw = bytes.fromhex("31143012060A04007F0007020204020202010202010D")
    assert security_infos.parse(raw).supported_pace() is not None


@pytest.mark.parametrize(
    "raw",
    [
        "3100",
        "3112" + "3010060804007f00070202020201013004" + "0000",
        "31143012060A04007F0007020204020402010202010D",
        "31143012060A04007F00070202040202020102020110",
        "31143012060A04007F0007020204020202010102010D",
        "31113010060A04007F000702020402020201020500"[:38],
    ],
)
def test_another_protocol_or_curve_is_not_taken_for_ours(raw):
    try:
        assert security_infos.parse(bytes.fromhex(raw)).supported_pace() is None
    except CardProblem as problem:
        assert problem.code is FailureCode.CARD_DATA_UNREADABLE


@given(st.binary(max_size=300))
def test_any_bytes_are_a_card_access_file_or_unreadable(raw):
    try:
        security_infos.parse(raw).supported_pace()
    except CardProblem as problem:
        assert problem.code is FailureCode.CARD_DATA_UNREADABLE


def test_the_list_of_data_groups():
    raw = bytes.fromhex("60185F0104303130375F36063034303030305C066175636D6E6F")
    assert com.data_groups(raw) == {1, 2, 3, 13, 14, 15}
    with pytest.raises(CardProblem):
        com.data_groups(bytes.fromhex("60075F010430313037"))


def file_of(zone):
    return tlv.encode(0x61, tlv.encode(0x5F1F, zone.encode()))


def test_the_file_around_the_zone_of_a_vietnamese_card():
    assert len(file_of(WOMAN)) == 95
    zone = dg1.vietnamese(dg1.parse(file_of(WOMAN)))
    assert (zone.number, zone.document_number) == ("001199012345", "199012345")
    assert zone.full_name == "NGUYEN THI VI DU"
    assert (zone.birth_date, zone.expiry_date) == (date(1999, 2, 1), date(2039, 2, 1))
    assert zone.birth_day_known
    assert zone.sex is Sex.FEMALE
    assert "0012345" not in repr(zone)


@pytest.mark.parametrize("name", demo_citizens())
def test_the_zone_of_every_demo_card(name):
    citizen = demo_citizens()[name]
    zone = dg1.vietnamese(dg1.parse(file_of(write_mrz(citizen))))
    assert (zone.number, zone.birth_date, zone.sex) == (citizen.number, citizen.birth_date, citizen.sex)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10",
            FailureCode.CARD_IS_PASSPORT,
        ),
        (
            "P<VNMNGUYEN<<THI<VI<DU<<<<<<<<<<<<<<<<<<<<<<C123456788VNM9902015F3902013001199012345<<76",
            FailureCode.CARD_IS_PASSPORT,
        ),
        (
            "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
            FailureCode.CARD_IS_FOREIGN,
        ),
        (
            "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6",
            FailureCode.CARD_IS_FOREIGN,
        ),
        (
            "IRVNMD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
            FailureCode.CARD_IS_FOREIGN,
        ),
        (
            "IDVNMD231458907<<<<<<<<<<<<<<<7408122F1204159VNM<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
            FailureCode.CARD_DATA_UNREADABLE,
        ),
        (WOMAN.replace("9902015F", "9902015X"), FailureCode.CARD_DATA_UNREADABLE),
    ],
    ids=["passport", "our passport", "foreign TD1", "foreign TD2", "resident", "no number", "no sex"],
)
def test_another_document_is_parsed_and_named(text, code):
    zone = dg1.parse(file_of(text))
    assert zone.full_name
    with pytest.raises(CardProblem) as caught:
        dg1.vietnamese(zone)
    assert caught.value.code is code


@pytest.mark.parametrize(
    ("birth", "first_day"),
    [("43<<<<", date(1943, 1, 1)), ("4305<<", date(1943, 5, 1)), ("43<<07", date(1943, 1, 1))],
)
def test_a_birth_date_of_which_only_the_year_is_known(birth, first_day):
    number = "001043012345"
    one = f"IDVNM{number[3:]}{check_digit(number[3:])}{number}<<{check_digit(number)}"
    two = f"{birth}{check_digit(birth)}M9912315VNM<<<<<<<<<<<"
    text = one + two + check_digit(one[5:] + two[:7] + two[8:15] + two[18:]) + "NGUYEN<<LAN".ljust(30, "<")
    zone = dg1.vietnamese(dg1.parse(file_of(text)))
    assert zone.birth_date == first_day
    assert not zone.birth_day_known


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x61\x00",
        file_of("Ệ" * 30),
        file_of(WOMAN[:-1]),
        file_of(WOMAN.replace("9902015", "9902014")),
        file_of(WOMAN) + b"\x00",
        tlv.encode(0x61, tlv.encode(0x5F1E, WOMAN.encode())),
        tlv.encode(0x75, tlv.encode(0x5F1F, WOMAN.encode())),
    ],
)
def test_what_is_no_zone_is_unreadable(raw):
    with pytest.raises(CardProblem) as caught:
        dg1.parse(raw)
    assert caught.value.code is FailureCode.CARD_DATA_UNREADABLE
    assert "NGUYEN" not in caught.value.detail


@given(st.binary(max_size=200) | st.text("IDVNM0123456789<", min_size=88, max_size=90).map(file_of))
def test_any_bytes_are_a_zone_or_unreadable(raw):
    try:
        dg1.vietnamese(dg1.parse(raw))
    except CardProblem as problem:
        assert problem.code in (
            FailureCode.CARD_DATA_UNREADABLE,
            FailureCode.CARD_IS_FOREIGN,
            FailureCode.CARD_IS_PASSPORT,
        )


FOUR_FIELDS = bytes.fromhex(
    "6d41303f020101060628d316010008313230110201010c0c30303131393930313233343530090201040c044ee1bbaf"
    "300b02010d30060c01410c0142300502010e3000"
)


def test_four_fields_with_parents_and_an_empty_spouse():
    printed = dg13.parse(FOUR_FIELDS)
    assert printed.text(Field.NUMBER) == "001199012345"
    assert printed.text(Field.SEX) == "Nữ"
    assert printed.texts[Field.PARENTS] == ("A", "B")
    assert printed.text(Field.SPOUSE) is None
    assert printed.text(Field.RESIDENCE) is None
    assert printed.dropped == ()
    assert "001199012345" not in repr(printed)


def group(*fields, set_tag=0x31):
    items = b"".join(tlv.encode(0x30, bytes((2, 1, number)) + value) for number, value in fields)
    header = bytes.fromhex("020101060628d316010008")
    return tlv.encode(0x6D, tlv.encode(0x30, header + tlv.encode(set_tag, items)))


def utf8(text):
    return tlv.encode(0x0C, text.encode())


def test_sixteen_fields_of_known_size():
    """The layout that fixed-offset readers rely on: number at 30, name at 49."""
    citizen = demo_citizens()["cu-binh"]
    raw = tlv.encode(0x6D, write_dg13(citizen))
    assert raw[0] == 0x6D
    assert raw[30:42].decode() == citizen.number
    assert raw[49:].decode(errors="ignore").startswith(citizen.full_name)


@pytest.mark.parametrize("name", demo_citizens())
def test_every_demo_card_gives_back_what_was_written(name):
    citizen = demo_citizens()[name]
    printed = dg13.parse(tlv.encode(0x6D, write_dg13(citizen)))
    assert printed.text(Field.FULL_NAME) == citizen.full_name
    assert printed.text(Field.RESIDENCE) == citizen.residence
    assert printed.text(Field.SPOUSE) == citizen.spouse
    assert printed.texts[Field.PARENTS] == (citizen.father, citizen.mother)
    assert printed.dropped == ()


def test_fields_are_found_by_number_whatever_their_order():
    printed = dg13.parse(group((9, utf8("Nà Phiêng")), (77, utf8("?")), (2, utf8("Ma Văn Bình"))))
    assert printed.text(Field.FULL_NAME) == "Ma Văn Bình"
    assert printed.text(Field.RESIDENCE) == "Nà Phiêng"


def test_decomposed_letters_are_composed():
    name = unicodedata.normalize("NFD", "Nguyễn Thị Ngọc Lan")
    assert dg13.parse(group((2, utf8(name)))).text(Field.FULL_NAME) == "Nguyễn Thị Ngọc Lan"


@pytest.mark.parametrize(
    "value",
    [
        tlv.encode(0x0C, b"Nguy\xc3"),
        tlv.encode(0x0C, b"\xff\xfe"),
        utf8("Lan\x00"),
        utf8("Lan\u202enaL"),
        utf8("Lan\u200b"),
        utf8("L" * 401),
        tlv.encode(0x0C, b"\xed\xa0\x80"),
        b"\x0c\x7fLan",
        tlv.encode(0x30, tlv.encode(0x02, b"\x01")),
    ],
)
def test_an_unusable_field_is_dropped_and_named_and_the_rest_stays(value):
    fields = [(9, utf8("Nà Phiêng")), (4, utf8("Nữ"))]
    raw = group((2, value), *fields) if value[:2] != b"\x0c\x7f" else None
    if raw is None:
        items = tlv.encode(0x30, bytes((2, 1, 2)) + value) + tlv.encode(
            0x30, bytes((2, 1, 9)) + utf8("Nà Phiêng")
        )
        header = bytes.fromhex("020101060628d316010008")
        raw = tlv.encode(0x6D, tlv.encode(0x30, header + tlv.encode(0x31, items)))
    printed = dg13.parse(raw)
    assert printed.text(Field.FULL_NAME) is None
    assert printed.text(Field.RESIDENCE) == "Nà Phiêng"
    assert Field.FULL_NAME in printed.dropped or value[:2] == b"\x0c\x7f"


def test_a_field_that_stands_twice_is_not_believed():
    printed = dg13.parse(group((9, utf8("Đây")), (9, utf8("Kia")), (9, utf8("Đó")), (4, utf8("Nữ"))))
    assert printed.text(Field.RESIDENCE) is None
    assert printed.dropped == (9,)


@pytest.mark.parametrize(
    "raw", [b"", b"\x6d\x00", tlv.encode(0x6D, b"opaque block"), group(set_tag=0x30), b"\x6e\x00"]
)
def test_what_is_no_such_structure_is_unreadable(raw):
    with pytest.raises(CardProblem) as caught:
        dg13.parse(raw)
    assert caught.value.code is FailureCode.CARD_DATA_UNREADABLE


@given(st.binary(max_size=500))
def test_any_set_of_fields_is_read_or_refused(raw):
    header = bytes.fromhex("020101060628d316010008")
    try:
        dg13.parse(tlv.encode(0x6D, tlv.encode(0x30, header + tlv.encode(0x31, raw))))
    except CardProblem as problem:
        assert problem.code is FailureCode.CARD_DATA_UNREADABLE
