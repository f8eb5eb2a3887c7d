"""DG2: the face, as a compressed picture inside a biometric template (ICAO Doc 9303-10 §4.7.2).

``75 { 7F61 { 02 count, 7F60 { A1 header, 5F2E or 7F2E data } … } }``. The data are a record of ISO/IEC
19794-5:2005 (``FAC``) or the tagged binary of ISO/IEC 39794-5, by which issuers replace it until 2030. The
picture is cut out here and decoded elsewhere (``face_decoder``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from devices.chip_card import tlv
from devices.chip_card.errors import unreadable
from devices.chip_card.lds import data_group
from devices.chip_card.tlv import Tlv

_GROUP_TEMPLATE, _TEMPLATE = 0x7F61, 0x7F60
_DATA = (0x5F2E, 0x7F2E)
_FACE_RECORD = b"FAC\x00010\x00"
_RECORD_HEADER, _FACE_HEADER, _FEATURE_POINT, _IMAGE_HEADER = 14, 20, 8, 12
_JPEG = b"\xff\xd8\xff"
_JPEG_2000 = (b"\x00\x00\x00\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")  # a JP2 file, a bare codestream


class FaceFormat(StrEnum):
    """How the picture is compressed."""

    JPEG = "jpeg"
    JPEG_2000 = "jpeg2000"


@dataclass(frozen=True)
class FaceImage:
    """A picture as the card holds it. ``width`` and ``height`` in pixels as the record around it says, which
    nobody checked; ``None`` when it says nothing.
    """

    format: FaceFormat
    data: bytes = field(repr=False)
    width: int | None = None
    height: int | None = None


def parse(data: bytes) -> FaceImage:
    """The first face of the data group; more of them are not looked at.

    Raises ``CardProblem`` (data unreadable): another structure, no face, or a record or picture of a format
    that is not known.
    """
    try:
        group = tlv.single(tlv.single(data, data_group(2).tag).value, _GROUP_TEMPLATE)
        template = next((item for item in group.children() if item.tag == _TEMPLATE), None)
        if template is None:
            raise unreadable("DG2: no face")
        for item in template.children():
            if item.tag in _DATA:
                return _face(item.value)
    except tlv.TlvError as error:
        raise unreadable(f"DG2: {error}") from None
    raise unreadable("DG2: a template without data")


def _face(record: bytes) -> FaceImage:
    if record.startswith(_FACE_RECORD):
        return _face_of_19794(record)
    if record[:1] in (b"\xa1", b"\x65"):
        return _face_of_39794(record)
    raise unreadable("DG2: record format not known")


def _face_of_19794(record: bytes) -> FaceImage:
    """ISO/IEC 19794-5:2005 §5: record header, then for each face its header with the length of the whole,
    feature points, image header and picture. The record's own length is wrong on some documents and unused.
    """
    if len(record) < _RECORD_HEADER + _FACE_HEADER or record[12:14] == b"\x00\x00":
        raise unreadable("DG2: no face in the record")
    length = int.from_bytes(record[14:18])
    points = int.from_bytes(record[18:20])
    image = _RECORD_HEADER + _FACE_HEADER + points * _FEATURE_POINT
    end = _RECORD_HEADER + length
    if not image + _IMAGE_HEADER <= end <= len(record):
        raise unreadable("DG2: the face's length is wrong")
    width, height = (
        int.from_bytes(record[image + 2 : image + 4]),
        int.from_bytes(record[image + 4 : image + 6]),
    )
    return _image(record[image + _IMAGE_HEADER : end], width, height)


def _face_of_39794(record: bytes) -> FaceImage:
    """ISO/IEC 39794-5 in ICAO's application profile: ``65 { A0 version, A1 { 30 { 80 id, A1 { A0 { A0 {
    80 picture, A1 information } } } … } } }``, the whole inside A1.
    """
    block = tlv.parse(record)
    if block and block[0].tag == 0xA1:
        block = block[0].children()
    for tag in (0x65, 0xA1, 0x30, 0xA1, 0xA0, 0xA0):
        block = _inside(block, tag).children()
    picture, information = _inside(block, 0x80), _inside(block, 0xA1).children()
    sizes = [item for item in information if item.tag == 0xA7]
    width, height = 0, 0
    if sizes:
        width, height = (int.from_bytes(_inside(sizes[0].children(), tag).value) for tag in (0x80, 0x81))
    return _image(picture.value, width, height)


def _inside(items: list[Tlv], tag: int) -> Tlv:
    for item in items:
        if item.tag == tag:
            return item
    raise tlv.TlvError(f"no object {tag:X}")


def _image(data: bytes, width: int, height: int) -> FaceImage:
    """Told by its first bytes; the record's own word for the compression is not needed."""
    if data.startswith(_JPEG):
        found = FaceFormat.JPEG
    elif data.startswith(_JPEG_2000):
        found = FaceFormat.JPEG_2000
    else:
        raise unreadable("DG2: photo format not known")
    return FaceImage(found, data, width or None, height or None)
