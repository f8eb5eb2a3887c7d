"""Targets: TLV, and the files of a card as they are parsed one by one."""

from __future__ import annotations

import contextlib
from datetime import date

from tests.fuzz.mutations import Form
from tests.fuzz.target import LARGEST_FILE, Loaded, Target

TODAY = date(2026, 11, 22)


def _tlv() -> Loaded:
    from devices.chip_card import tlv
    from tests.fuzz import material

    def walk(data: bytes, depth: int) -> None:
        objects = tlv.parse(data)
        assert b"".join(one.raw for one in objects) == data
        for one in objects:
            assert tlv.single(tlv.encode(one.tag, one.value), one.tag).value == one.value
            if depth < 40:
                try:
                    walk(one.value, depth + 1)
                except tlv.TlvError:
                    continue

    def call(data: bytes) -> None:
        try:
            tag, header, length = tlv.header(data)
            assert tag >= 0 and 2 <= header <= len(data) and 0 <= length <= tlv.LARGEST
        finally:
            walk(data, 0)

    return Loaded(
        call, (tlv.TlvError,), material.files(material.COM) + material.files(13)[:2] + material.files(14)[:4]
    )


def _card_access() -> Loaded:
    from devices.chip_card.access import security_infos
    from devices.chip_card.errors import CardProblem
    from tests.fuzz import material

    def call(data: bytes) -> None:
        infos = security_infos.parse(data)
        _use(infos)
        assert infos.confirms(infos) or not infos.entries or infos.compare(infos)

    return Loaded(call, (CardProblem,), material.files(material.CARD_ACCESS))


def _use(infos) -> None:
    infos.summary()
    infos.best_pace()
    for one in infos.pace:
        _ = one.words, one.label, one.strength, one.supported
    for one in infos.chip_authentication:
        _ = one.agreement, one.suite


def _com() -> Loaded:
    from devices.chip_card.data_groups import com
    from devices.chip_card.errors import CardProblem
    from tests.fuzz import material

    def call(data: bytes) -> None:
        assert com.data_groups(data) <= frozenset(range(1, 17))

    return Loaded(call, (CardProblem,), material.files(material.COM))


def _dg1() -> Loaded:
    from devices.chip_card.data_groups import dg1
    from devices.chip_card.errors import CardProblem
    from tests.fuzz import material

    def call(data: bytes) -> None:
        zone = dg1.parse(data)
        _ = zone.full_name, zone.birth_date, zone.expiry_date, zone.information
        dg1.vietnamese(zone)

    return Loaded(call, (CardProblem,), material.files(1))


def _dg1_checked() -> Loaded:
    """With right check digits, which the fuzzer would not find: what lies behind them."""
    from devices.chip_card import tlv
    from devices.chip_card.data_groups import dg1
    from devices.chip_card.errors import CardProblem
    from tests.fuzz.printed_text import TD1, TD2, TD3
    from tests.fuzz.zone_digits import with_digits

    def call(data: bytes) -> None:
        lines = with_digits(data)
        zone = dg1.parse(tlv.encode(0x61, tlv.encode(0x5F1F, lines)))
        _ = zone.full_name, zone.birth_date, zone.birth_date_before(TODAY), zone.expiry_date, zone.information
        dg1.vietnamese(zone)

    return Loaded(call, (CardProblem,), ["".join(lines).encode() for lines in (TD1, TD2, TD3)])


def _dg2() -> Loaded:
    from devices.chip_card.data_groups import dg2
    from devices.chip_card.errors import CardProblem
    from tests.fuzz import material

    def call(data: bytes) -> None:
        assert dg2.parse(data).data in data

    faces = material.files(2, ("genuine", "portrait-jpeg-2000", "portrait-two", "portrait-none"))
    return Loaded(call, (CardProblem,), [*faces, material.face_of_39794()])


def _dg2_record() -> Loaded:
    """The record alone, in true TLV."""
    from devices.chip_card import tlv
    from devices.chip_card.data_groups import dg2
    from devices.chip_card.errors import CardProblem
    from tests.fuzz import material

    def call(data: bytes) -> None:
        template = tlv.encode(0x7F60, tlv.encode(0xA1, b"") + tlv.encode(0x5F2E, data[:60_000]))
        dg2.parse(tlv.encode(0x75, tlv.encode(0x7F61, tlv.encode(0x02, b"\x01") + template)))

    faces = material.files(2, ("genuine", "portrait-jpeg-2000", "portrait-two"))
    records = [face[face.index(b"FAC\0") :] for face in faces]
    return Loaded(call, (CardProblem,), [record[:300] for record in records] + records)


def _portrait() -> Loaded:
    """The picture through its decoder, a child process for each."""
    from devices.chip_card.data_groups.dg2 import FaceFormat, FaceImage
    from devices.chip_card.data_groups.face_decoder import FaceDecoder, FacePicture, FaceProblem
    from tests.fuzz import material

    decoder = FaceDecoder()

    def call(data: bytes) -> None:
        kind = FaceFormat.JPEG if data[:2] == b"\xff\xd8" else FaceFormat.JPEG_2000
        found = decoder.decode(FaceImage(kind, data))
        if isinstance(found, FacePicture):
            assert len(found.rgb) == 3 * found.width * found.height <= 3 * 600 * 800
        else:
            assert found is not FaceProblem.NO_DECODER

    return Loaded(call, (), material.pictures())


def _portrait_pixels() -> Loaded:
    """What the decoder's child does, in this process and without its limits: Pillow under many more cases."""
    from devices.chip_card.data_groups import face_decoder_child as child
    from tests.fuzz import material

    def call(data: bytes) -> None:
        answer = child.decode((b"J" if data[:2] == b"\xff\xd8" else b"2") + data)
        assert answer[0] in (child.OK, child.UNREADABLE, child.TOO_LARGE)
        assert len(answer) <= 5 + 3 * child.MOST_WIDTH * child.MOST_HEIGHT

    return Loaded(call, (), material.pictures())


def _dg13() -> Loaded:
    from devices.chip_card.data_groups import dg13
    from devices.chip_card.errors import CardProblem
    from tests.fuzz import material

    def call(data: bytes) -> None:
        printed = dg13.parse(data)
        for number in dg13.Field:
            printed.text(number)
        for texts in printed.texts.values():
            assert not any(char < " " or char == "\u202e" for text in texts for char in text)

    return Loaded(call, (CardProblem,), material.files(13))


def _dg14() -> Loaded:
    from devices.chip_card.access import chip_authentication
    from devices.chip_card.data_groups import dg14
    from devices.chip_card.errors import CardProblem
    from tests.fuzz import material

    def call(data: bytes) -> None:
        infos = dg14.parse(data)
        _use(infos)
        for offer in chip_authentication.offers(infos):
            _ = offer.words

    return Loaded(call, (CardProblem,), material.files(14))


def _dg15() -> Loaded:
    from devices.chip_card.access import chip_public_keys
    from devices.chip_card.data_groups import dg15
    from devices.chip_card.errors import CardProblem
    from tests.fuzz import material

    def call(data: bytes) -> None:
        found = dg15.parse(data)
        try:
            chip_public_keys.describe(chip_public_keys.load(found.der))
        except ValueError:  # as its docstring says
            return

    return Loaded(call, (CardProblem,), material.files(15))


def _card_key() -> Loaded:
    """SubjectPublicKeyInfo of a chip: both readers of it."""
    from devices.chip_card.access import chip_public_keys
    from devices.chip_card.access.subject_public_key import ec_key
    from tests.fuzz import material

    def call(data: bytes) -> None:
        with contextlib.suppress(ValueError):  # as its docstring says
            ec_key(data)
        chip_public_keys.describe(chip_public_keys.load(data))

    return Loaded(call, (ValueError,), material.public_keys())


TARGETS = (
    Target("tlv", "TLV", Form.BER, _tlv, short=1500),
    Target("card-access", "CardAccess", Form.BER, _card_access, short=2000),
    Target("com", "COM", Form.BER, _com, short=3000),
    Target("dg1", "DG1", Form.BER, _dg1, longest=1000, short=3000),
    Target("dg1-right-digits", "DG1", Form.TEXT, _dg1_checked, longest=200, short=4000),
    Target("dg2", "DG2", Form.BER, _dg2, longest=LARGEST_FILE, short=2000),
    Target("dg2-record", "DG2", Form.BYTES, _dg2_record, longest=LARGEST_FILE, short=2000),
    Target("portrait", "DG2", Form.BYTES, _portrait, longest=LARGEST_FILE, short=3, long=5_000, cost=200),
    Target("portrait-pixels", "DG2", Form.BYTES, _portrait_pixels, longest=LARGEST_FILE, short=150, cost=5),
    Target("dg13", "DG13", Form.BER, _dg13, longest=8000, short=1500),
    Target("dg14", "DG14", Form.BER, _dg14, longest=8000, short=600, cost=2),
    Target("dg15", "DG15", Form.BER, _dg15, longest=8000, short=1500),
    Target("card-key", "DG14, DG15", Form.BER, _card_key, longest=8000, short=1500),
)
