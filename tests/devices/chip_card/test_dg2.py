"""The photo is cut out of the record around it, of either standard; what is no photo costs the photo only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.chip_card import tlv
from devices.chip_card.data_groups import dg2
from devices.chip_card.data_groups.dg2 import FaceFormat
from devices.chip_card.errors import CardProblem
from devices.virtual.chip_card import demo_citizens
from devices.virtual.chip_card.issuer import demo_issuer
from devices.virtual.chip_card.personalisation import personalise
from kiosk.failures import FailureCode

JPEG = b"\xff\xd8\xff\xe0 a picture"
JP2 = bytes.fromhex("0000000C6A5020200D0A870A") + b" a picture"
CODESTREAM = bytes.fromhex("FF4FFF51") + b" a picture"


def face(picture, *, points=0, size=(240, 320), length=None):
    """One face of ISO/IEC 19794-5:2005 §5.5 to §5.8."""
    image = bytes((1, 0)) + size[0].to_bytes(2) + size[1].to_bytes(2) + bytes(6)
    whole = 20 + 8 * points + len(image) + len(picture)
    header = (whole if length is None else length).to_bytes(4) + points.to_bytes(2) + bytes(14)
    return header + bytes(8 * points) + image + picture


def record(*faces, count=None, length=None):
    body = b"".join(faces)
    count = len(faces) if count is None else count
    return b"FAC\x00010\x00" + (length or 14 + len(body)).to_bytes(4) + count.to_bytes(2) + body


def template(data, tag=0x5F2E):
    header = tlv.encode(0xA1, tlv.encode(0x87, b"\x01\x01") + tlv.encode(0x88, b"\x00\x08"))
    return tlv.encode(0x7F60, header + tlv.encode(tag, data))


def group(*templates):
    count = tlv.encode(0x02, bytes((len(templates),)))
    return tlv.encode(0x75, tlv.encode(0x7F61, count + b"".join(templates)))


def block_of_39794(picture, *, size=(413, 531), wrapped=True):
    """ISO/IEC 39794-5 as ICAO's application profile has it, mandatory fields and the size."""
    information = tlv.encode(0xA0, tlv.encode(0x80, b"\x02"))
    if size:
        sides = tlv.encode(0x80, size[0].to_bytes(2)) + tlv.encode(0x81, size[1].to_bytes(2))
        information += tlv.encode(0xA7, sides)
    two_d = tlv.encode(0x80, picture) + tlv.encode(0xA1, information)
    representation = tlv.encode(0xA1, tlv.encode(0xA0, tlv.encode(0xA0, two_d)))
    blocks = tlv.encode(0xA1, tlv.encode(0x30, tlv.encode(0x80, b"\x00") + representation))
    version = tlv.encode(0xA0, tlv.encode(0x80, b"\x03") + tlv.encode(0x81, b"\x07\xe3"))
    block = tlv.encode(0x65, version + blocks)
    return tlv.encode(0xA1, block) if wrapped else block


@pytest.mark.parametrize(
    ("picture", "format"),
    [(JPEG, FaceFormat.JPEG), (JP2, FaceFormat.JPEG_2000), (CODESTREAM, FaceFormat.JPEG_2000)],
)
@pytest.mark.parametrize("tag", [0x5F2E, 0x7F2E])
def test_a_face_of_iso_19794(picture, format, tag):
    found = dg2.parse(group(template(record(face(picture)), tag)))
    assert (found.format, found.data, found.width, found.height) == (format, picture, 240, 320)
    assert "picture" not in repr(found)


def test_feature_points_are_passed_over():
    assert dg2.parse(group(template(record(face(JPEG, points=9))))).data == JPEG


@pytest.mark.parametrize("length", [1, 2**32 - 1])
def test_the_records_own_length_is_wrong_on_some_documents(length):
    assert dg2.parse(group(template(record(face(JPEG), length=length)))).data == JPEG


def test_a_size_of_zero_is_no_size():
    found = dg2.parse(group(template(record(face(JPEG, size=(0, 0))))))
    assert (found.width, found.height) == (None, None)


def test_of_many_faces_the_first():
    assert dg2.parse(group(template(record(face(JPEG), face(JP2), face(JP2))))).data == JPEG
    assert (
        dg2.parse(group(*[template(record(face(JPEG + bytes((n,))))) for n in range(9)])).data == JPEG + b"\0"
    )
    assert dg2.parse(group(template(record(face(JPEG), count=65535)))).data == JPEG


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize("size", [(413, 531), None])
def test_a_face_of_iso_39794(wrapped, size):
    found = dg2.parse(group(template(block_of_39794(JP2, size=size, wrapped=wrapped), 0x7F2E)))
    assert (found.format, found.data) == (FaceFormat.JPEG_2000, JP2)
    assert (found.width, found.height) == (size or (None, None))


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "object 75"),
        (b"\x75\x00", "object 7F61"),
        (group(), "no face"),
        (group(tlv.encode(0x7F60, b"")), "without data"),
        (group(template(b"")), "record format not known"),
        (group(template(b"FAC\x00030\x00" + bytes(60))), "record format not known"),
        (group(template(b"FAC\x00010\x00")), "no face in the record"),
        (group(template(record(face(JPEG), count=0))), "no face in the record"),
        (group(template(record(face(JPEG, points=0xFFFF)[:60]))), "length is wrong"),
        (group(template(record(face(JPEG, length=0)))), "length is wrong"),
        (group(template(record(face(JPEG, length=2**32 - 1)))), "length is wrong"),
        (group(template(record(face(JPEG)[:-1]))), "length is wrong"),
        (group(template(record(face(b"GIF89a")))), "photo format not known"),
        (group(template(record(face(b"")))), "photo format not known"),
        (group(template(block_of_39794(b"BM"), 0x7F2E)), "photo format not known"),
        (group(template(b"\xa1\x02\x65\x00", 0x7F2E)), "no object A1"),
        (group(template(b"\xa1\x12\x12\x34", 0x7F2E)), "longer than what holds it"),
        (bytes.fromhex("7584FFFFFFFF"), "above 65535"),
        (bytes.fromhex("7580") + JPEG, "not allowed"),
    ],
)
def test_what_holds_no_photo_is_named(raw, why):
    with pytest.raises(CardProblem, match=why) as caught:
        dg2.parse(raw)
    assert caught.value.code is FailureCode.CARD_DATA_UNREADABLE


@given(st.binary(max_size=300))
def test_any_bytes_are_a_photo_or_a_named_problem(raw):
    for data in (
        raw,
        group(template(raw)),
        group(template(record(raw))),
        group(template(record(raw, count=1))),
        group(template(b"\xa1" + raw)),
    ):
        try:
            dg2.parse(data)
        except CardProblem as problem:
            assert problem.code is FailureCode.CARD_DATA_UNREADABLE


@given(st.data())
def test_a_damaged_record_gives_no_more_than_its_bytes(data):
    make = data.draw(st.sampled_from([lambda: record(face(JPEG, points=2)), lambda: block_of_39794(JPEG)]))
    raw = bytearray(group(template(make())))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = dg2.parse(bytes(raw))
    except CardProblem as problem:
        assert problem.code is FailureCode.CARD_DATA_UNREADABLE
    else:
        assert found.data in bytes(raw)


def test_the_photo_of_a_demo_card(tmp_path):
    chip = personalise(demo_citizens()["lan"], demo_issuer(tmp_path))
    found = dg2.parse(chip.files[2])
    assert (found.format, found.width, found.height) == (FaceFormat.JPEG, 240, 320)
