"""DG2: a drawn face in the wrapping of biometric data (ICAO Doc 9303-10 §4.7.2, ISO/IEC 19794-5)."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image

from devices.chip_card import tlv
from devices.virtual.chip_card.citizens import DemoCitizen
from devices.virtual.chip_card.face import HEIGHT, WIDTH, portrait
from devices.virtual.chip_card.profile import Portrait

_SEGMENT = 65533
_JP2_BOX = bytes.fromhex("4d6f742043756120696e76656e746564")
_START_OF_FRAME = b"\xff\xc0"
_BOMB_SIDE = (60000).to_bytes(2)


def template(citizen: DemoCitizen, kind: Portrait, size: int | None = None) -> bytes:
    """The content of DG2: none, one or two faces in their wrapping. ``size``: bytes of the picture."""
    if kind is Portrait.NO_FACE:
        return tlv.encode(0x7F61, tlv.encode(0x02, b"\x00"))
    picture = _picture(citizen, kind, size)
    faces = 2 if kind is Portrait.TWO_FACES else 1
    one = _face(picture, jpeg_2000=kind is Portrait.JPEG_2000)
    return tlv.encode(0x7F61, tlv.encode(0x02, bytes((faces,))) + one * faces)


def _picture(citizen: DemoCitizen, kind: Portrait, size: int | None) -> bytes:
    drawn = portrait(citizen)
    if kind is Portrait.JPEG_2000:
        return _grown_jp2(_as_jp2(drawn), size)
    if kind is Portrait.BOMB:
        # Precision, then height and width, follow the length of the frame header (ITU-T T.81 §B.2.2).
        at = drawn.index(_START_OF_FRAME) + 5
        drawn = drawn[:at] + _BOMB_SIDE * 2 + drawn[at + 4 :]
    grown = _grown_jpeg(drawn, size)
    return grown[: len(grown) // 2] if kind is Portrait.CUT_OFF else grown


def _grown_jpeg(picture: bytes, size: int | None) -> bytes:
    """With comment segments behind the start until it has so many bytes, if it has fewer."""
    filler = b""
    missing = (size or 0) - len(picture)
    while missing >= 4:
        content = min(missing - 4, _SEGMENT)
        filler += b"\xff\xfe" + (content + 2).to_bytes(2) + bytes(content)
        missing -= content + 4
    return picture[:2] + filler + picture[2:]


@cache
def _as_jp2(jpeg: bytes) -> bytes:
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(jpeg)) as image:
        image.save(buffer, "JPEG2000", quality_mode="rates", quality_layers=[20])
    return buffer.getvalue()


def _grown_jp2(picture: bytes, size: int | None) -> bytes:
    """With a box of our own kind at the end until it has so many bytes, if it has fewer."""
    missing = (size or 0) - len(picture)
    if missing < 8 + len(_JP2_BOX):
        return picture
    return picture + missing.to_bytes(4) + b"uuid" + _JP2_BOX + bytes(missing - 8 - len(_JP2_BOX))


def _face(picture: bytes, *, jpeg_2000: bool) -> bytes:
    """One biometric template: CBEFF header and a record with one picture."""
    facial = (20 + 12 + len(picture)).to_bytes(4) + bytes(16)  # no feature points; sex, eyes, hair not given
    kind = bytes((1, int(jpeg_2000)))
    information = kind + WIDTH.to_bytes(2) + HEIGHT.to_bytes(2) + bytes((1, 0)) + bytes(4)
    size = 14 + len(facial) + len(information) + len(picture)
    record = b"FAC\x00010\x00" + size.to_bytes(4) + bytes((0, 1))
    header = tlv.encode(0x81, b"\x02") + tlv.encode(0x87, b"\x01\x01") + tlv.encode(0x88, b"\x00\x08")
    block = tlv.encode(0x5F2E, record + facial + information + picture)
    return tlv.encode(0x7F60, tlv.encode(0xA1, header) + block)
