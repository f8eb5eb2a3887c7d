"""What stands in the card's files is read as the standards and the known Vietnamese layouts have it."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.chip_card import tlv
from devices.chip_card.data_groups import com, dg1, dg13
from devices.chip_card.data_groups.dg13 import Field
from devices.chip_card.errors import CardProblem
from devices.virtual.chip_card import demo_citizens
from devices.virtual.chip_card.personalisation import dg13 as write_dg13
from devices.virtual.chip_card.personalisation import mrz as write_mrz
from kiosk.failures import FailureCode
from kiosk.identity.citizen import Sex
from kiosk.identity.mrz import check_digit

WOMAN = "IDVNM1990123456001199012345<<79902015F3902013VNM<<<<<<<<<<<0NGUYEN<<THI<VI<DU<<<<<<<<<<<<<"


def test_the_list_of_data_groups():
    found = com.parse(bytes.fromhex("60185F0104303130375F36063034303030305C066175636D6E6F"))
    assert found.data_groups == {1, 2, 3, 13, 14, 15}
    assert (found.lds_version, found.unicode_version, found.unknown_tags) == ("1.7", "4.0.0", ())


@pytest.mark.parametrize(
    ("objects", "groups", "versions", "unknown"),
    [
        ([(0x5C, b"\x61")], {1}, (None, None), ()),
        ([(0x5C, b"")], set(), (None, None), ()),
        ([(0x5C, b"\x61\xff\x61")], {1}, (None, None), (0xFF,)),
        ([(0x5C, b"\x61\x6d"), (0x5F01, b"0108")], {1, 13}, ("1.8", None), ()),
        ([(0x5F01, b"01.7"), (0x5F36, b"0400"), (0x53, b"?"), (0x5C, b"\x61")], {1}, (None, None), ()),
        ([(0x5C, b"\x61"), (0x5C, b"\x75")], {1}, (None, None), ()),
    ],
)
def test_a_list_with_more_or_less_than_the_standard_has(objects, groups, versions, unknown):
    raw = tlv.encode(0x60, b"".join(tlv.encode(tag, value) for tag, value in objects))
    found = com.parse(raw)
    assert found.data_groups == com.data_groups(raw) == groups
    assert (found.lds_version, found.unicode_version) == versions
    assert found.unknown_tags == unknown


@pytest.mark.parametrize("raw", ["", "6000", "60075F010430313037", "61035C0161", "60045C0161", "6080"])
def test_what_is_no_list_is_unreadable(raw):
    with pytest.raises(CardProblem) as caught:
        com.parse(bytes.fromhex(raw))
    assert caught.value.code is FailureCode.CARD_DATA_UNREADABLE


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


def test_sixteen_fields_at_the_places_that_fixed_offset_readers_rely_on():
    texts = {
        1: "001199012345", 2: "Nguyễn Thị Ví Dụ", 3: "01/02/1999", 4: "Nữ", 5: "Việt Nam", 6: "Kinh",
        7: "Không", 8: "Nam Sơn, Bắc Ninh", 9: "Tổ dân phố 3, Phường Nam Sơn, Bắc Ninh", 10: "Nốt ruồi",
        11: "01/03/2022", 12: "01/02/2039",
    }  # fmt: skip
    sizes = {2: 24, 8: 37, 9: 66, 10: 46}
    fields = []
    for number, text in texts.items():
        filled = text + "." * (sizes.get(number, 0) - len(text.encode()))
        texts[number] = filled
        fields.append((number, utf8(filled)))
    fields.append((13, tlv.encode(0x30, utf8("Lý A") + utf8("Lý B"))))
    fields.append((14, tlv.encode(0x30, utf8("Vi Thi Xuan"))))
    fields += [(15, utf8("070123456")), (16, utf8("0123456789ABCDEF"))]
    raw = group(*fields)
    assert len(raw) == 426
    assert raw.hex().startswith("6d8201a6308201a2020101060628d3160100083182019330110201010c0c")
    offsets = (30, 49, 80, 97, 108, 125, 136, 149, 193, 266, 319, 336)
    for offset, text in zip(offsets, texts.values(), strict=True):
        assert raw[offset:].startswith(text.encode())
    assert raw[355:].startswith("Lý A".encode())
    printed = dg13.parse(raw)
    assert {number: (text,) for number, text in texts.items()}.items() <= printed.texts.items()
    assert printed.texts[Field.PARENTS] == ("Lý A", "Lý B")
    assert printed.text(Field.SPOUSE) == "Vi Thi Xuan"
    assert (printed.text(Field.FORMER_NUMBER), printed.text(Field.CHIP_CODE)) == (
        "070123456",
        "0123456789ABCDEF",
    )
    assert (printed.dropped, printed.opaque) == ((), False)


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
        tlv.encode(0x0C, b"\xed\xa0\x80"),
        tlv.encode(0x0C, b"\xc0\x80"),
        utf8("Lan\x00"),
        utf8("Lan\x1b[2J"),
        utf8("Lan\u202enaL"),
        utf8("Lan\u2066"),
        utf8("Lan\u200b"),
        utf8("L" * 1001),
        b"\x0c\x7fLan",
        b"\x0c\x80Lan\x00\x00",
        tlv.encode(0x30, tlv.encode(0x02, b"\x01")),
        tlv.encode(0x30, utf8("Lan") * 9),
        tlv.encode(0x30, tlv.encode(0x30, tlv.encode(0x30, utf8("Lan")))),
    ],
    ids=repr,
)
def test_an_unusable_field_is_dropped_and_named_and_the_rest_stays(value):
    printed = dg13.parse(group((4, utf8("Nữ")), (2, value), (9, utf8("Nà Phiêng"))))
    assert printed.text(Field.FULL_NAME) is None
    assert printed.text(Field.RESIDENCE) == "Nà Phiêng"
    assert printed.text(Field.SEX) == "Nữ"
    assert printed.dropped == (Field.FULL_NAME,)
    assert not printed.opaque


def test_line_breaks_in_a_long_address_are_spaces():
    printed = dg13.parse(group((9, utf8("Tổ 3,\r\nPhường Nam Sơn\n"))))
    assert printed.text(Field.RESIDENCE) == "Tổ 3, Phường Nam Sơn"


@pytest.mark.parametrize("value", [utf8(""), tlv.encode(0x30, b""), b""])
def test_an_empty_field_is_no_text_and_no_trouble(value):
    printed = dg13.parse(group((14, value)))
    assert printed.text(Field.SPOUSE) is None
    assert (printed.dropped, printed.opaque) == ((), False)


@pytest.mark.parametrize("tag", [0x0C, 0x13, 0x04])
def test_the_text_types_that_have_been_reported(tag):
    assert dg13.parse(group((6, tlv.encode(tag, "Tày".encode())))).text(Field.ETHNICITY) == "Tày"


def test_a_field_that_stands_twice_is_not_believed():
    printed = dg13.parse(group((9, utf8("Đây")), (9, utf8("Kia")), (9, utf8("Đó")), (4, utf8("Nữ"))))
    assert printed.text(Field.RESIDENCE) is None
    assert printed.text(Field.SEX) == "Nữ"
    assert printed.dropped == (9,)


def long_form(tag, value, count):
    return bytes((tag, 0x80 | count)) + len(value).to_bytes(count) + value


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_lengths_of_any_form_up_to_four_bytes(count):
    field = long_form(0x30, b"\x02\x01\x02" + long_form(0x0C, "Lý Văn Tư".encode(), count), count)
    content = bytes.fromhex("020101060628d316010008") + long_form(0x31, field, count)
    printed = dg13.parse(long_form(0x6D, long_form(0x30, content, count), count))
    assert printed.text(Field.FULL_NAME) == "Lý Văn Tư"


@pytest.mark.parametrize(
    "content",
    [b"opaque block", bytes(range(256)), b"\x30\x00", b"\x30\x03\x02\x01\x01", b"\x04\x02ab", b"\x00"],
)
def test_a_block_of_another_form_as_on_cards_of_2024_is_opaque(content):
    printed = dg13.parse(tlv.encode(0x6D, content))
    assert printed.opaque
    assert (dict(printed.texts), printed.dropped) == ({}, ())


def test_fields_before_a_place_that_cannot_be_read_are_kept():
    items = tlv.encode(0x30, bytes((2, 1, 1)) + utf8("001199012345")) + b"\x30\x7fopaque"
    content = bytes.fromhex("020101060628d316010008") + tlv.encode(0x31, items)
    printed = dg13.parse(tlv.encode(0x6D, tlv.encode(0x30, content)))
    assert printed.text(Field.NUMBER) == "001199012345"
    assert printed.opaque


def test_no_more_fields_are_looked_at_than_a_card_could_have():
    printed = dg13.parse(group(*((number, utf8("x")) for number in range(200))))
    assert len(printed.texts) == 64
    assert printed.opaque


def test_an_empty_data_group_says_nothing():
    assert dg13.parse(b"\x6d\x00") == dg13.PrintedData({})


@pytest.mark.parametrize("raw", [b"", b"\x6e\x00", b"\x6d\x05abc", group() + b"\x00", b"\x6d\x80\x00\x00"])
def test_what_is_not_one_object_of_this_group_is_unreadable(raw):
    with pytest.raises(CardProblem) as caught:
        dg13.parse(raw)
    assert caught.value.code is FailureCode.CARD_DATA_UNREADABLE


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01/02/1999", date(1999, 2, 1)),
        ("29/02/2023", None),
        ("Không thời hạn", None),
        ("1/2/1999", None),
        ("1999", None),
    ],
)
def test_dates_as_they_are_printed(text, day):
    assert dg13.parse(group((12, utf8(text)))).day(Field.EXPIRY_DATE) == day


@given(st.binary(max_size=500))
def test_any_content_is_read_as_far_as_it_goes(raw):
    header = bytes.fromhex("020101060628d316010008")
    for content in (raw, tlv.encode(0x30, raw), tlv.encode(0x30, header + tlv.encode(0x31, raw))):
        printed = dg13.parse(tlv.encode(0x6D, content))
        assert "Statement" in repr(printed.statement)


@given(st.binary(max_size=60))
def test_any_bytes_are_printed_data_or_unreadable(raw):
    for parse in (dg13.parse, com.parse):
        try:
            parse(raw)
        except CardProblem as problem:
            assert problem.code is FailureCode.CARD_DATA_UNREADABLE


@given(st.dictionaries(st.integers(0, 127), st.text(max_size=20), max_size=20))
def test_clean_texts_come_back_whatever_their_field(texts):
    printed = dg13.parse(group(*((number, utf8(text)) for number, text in texts.items())))
    for number, text in texts.items():
        clean = unicodedata.normalize("NFC", text)
        assert number in printed.dropped or " ".join(printed.texts[number][0].split()) == " ".join(
            clean.split()
        )
