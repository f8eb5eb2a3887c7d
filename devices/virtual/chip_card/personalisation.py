"""Fills a chip with the files of an invented person: EF.CardAccess, COM, SOD, DG1, DG2, DG13, DG14 and
DG15.
"""

from __future__ import annotations

import unicodedata

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from devices.chip_card import tlv
from devices.chip_card.lds import CARD_ACCESS, COM, DATA_GROUP_TAGS, SOD
from devices.virtual.chip_card.card import Chip
from devices.virtual.chip_card.citizens import DemoCitizen
from devices.virtual.chip_card.face import portrait
from devices.virtual.chip_card.issuer import DemoIssuer
from kiosk.identity.citizen import Sex
from kiosk.identity.mrz import check_digit

# As seen on the cards of 2021: terminal authentication, chip authentication, PACE on brainpoolP256r1.
CARD_ACCESS_FILE = bytes.fromhex(
    "3134300d060804007f0007020202020101300f060a04007f000702020302020201013012060a04007f00070202040202020102"
    "02010d"
)
_UTF8_OID = bytes.fromhex("28d316010008")
_FINGERPRINTS = 3


def personalise(citizen: DemoCitizen, issuer: DemoIssuer) -> Chip:
    """A chip with this person's files, signed by the demo issuer; altered afterwards where the person's entry
    says so.
    """
    groups = {
        1: _group(1, tlv.encode(0x5F1F, mrz(citizen).encode("ascii"))),
        2: _group(2, _face(portrait(citizen))),
        3: _group(3, bytes(16)),
        13: _group(13, dg13(citizen)),
        14: _group(14, _security_infos()),
        15: _group(15, _public_key()),
    }
    sod = issuer.sod(groups, spoiled=citizen.altered == "signature")
    if citizen.altered == "dg13":
        groups[13] = groups[13].replace("Thôn".encode(), "Thừn".encode(), 1)
    com = tlv.encode(0x5F01, b"0107") + tlv.encode(0x5F36, b"040000")
    com += tlv.encode(0x5C, bytes(DATA_GROUP_TAGS[number] for number in sorted(groups)))
    files = {CARD_ACCESS.sfi: CARD_ACCESS_FILE, COM.sfi: tlv.encode(COM.tag, com), SOD.sfi: sod, **groups}
    return Chip(files, citizen.can)


def mrz(citizen: DemoCitizen) -> str:
    """The 90 characters of the TD1 zone as the Vietnamese card has it. A card without expiry shows
    31/12/2099.
    """
    document = citizen.number[3:]
    expiry = f"{citizen.expiry_date:%y%m%d}" if citizen.expiry_date else "991231"
    birth = f"{citizen.birth_date:%y%m%d}"
    one = f"IDVNM{document}{check_digit(document)}{citizen.number}<<{check_digit(citizen.number)}"
    sex = "M" if citizen.sex is Sex.MALE else "F"
    two = f"{birth}{check_digit(birth)}{sex}{expiry}{check_digit(expiry)}VNM".ljust(29, "<")
    composite = check_digit(one[5:30] + two[:7] + two[8:15] + two[18:29])
    family, *given = _latin(citizen.full_name).split()
    return one + two + composite + f"{family}<<{'<'.join(given)}".ljust(30, "<")[:30]


def dg13(citizen: DemoCitizen) -> bytes:
    """The numbered fields; a field without value is left out, the spouse of a single person is an empty
    sequence.
    """
    expiry = f"{citizen.expiry_date:%d/%m/%Y}" if citizen.expiry_date else "Không thời hạn"
    texts = {
        1: citizen.number, 2: citizen.full_name, 3: f"{citizen.birth_date:%d/%m/%Y}", 4: citizen.sex.value,
        5: citizen.nationality, 6: citizen.ethnicity, 7: citizen.religion, 8: citizen.hometown,
        9: citizen.residence, 10: citizen.marks, 11: f"{citizen.issue_date:%d/%m/%Y}", 12: expiry,
    }  # fmt: skip
    fields = {number: _text(text) for number, text in texts.items()}
    fields[13] = tlv.encode(0x30, _text(citizen.father) + _text(citizen.mother))
    fields[14] = tlv.encode(0x30, _text(citizen.spouse) if citizen.spouse else b"")
    if citizen.former_number:
        fields[15] = _text(citizen.former_number)
    items = b"".join(
        tlv.encode(0x30, bytes((2, 1, number)) + value) for number, value in sorted(fields.items())
    )
    return tlv.encode(0x30, bytes((2, 1, 1)) + tlv.encode(0x06, _UTF8_OID) + tlv.encode(0x31, items))


def _group(number: int, content: bytes) -> bytes:
    return tlv.encode(DATA_GROUP_TAGS[number], content)


def _text(text: str) -> bytes:
    return tlv.encode(0x0C, unicodedata.normalize("NFC", text).encode("utf-8"))


def _latin(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.upper().replace("Đ", "D"))
    return "".join(char for char in letters if unicodedata.category(char) != "Mn")


def _face(jpeg: bytes) -> bytes:
    """Biometric template of one face (ICAO Doc 9303-10 §4.7.2): CBEFF header and an ISO/IEC 19794-5
    record.
    """
    facial = (20 + 12 + len(jpeg)).to_bytes(4) + bytes(16)  # no feature points; sex, eyes, hair not given
    information = bytes((1, 0)) + (240).to_bytes(2) + (320).to_bytes(2) + bytes((1, 0)) + bytes(4)
    record = b"FAC\x00010\x00" + (14 + len(facial) + len(information) + len(jpeg)).to_bytes(4) + bytes((0, 1))
    header = tlv.encode(0x81, b"\x02") + tlv.encode(0x87, b"\x01\x01") + tlv.encode(0x88, b"\x00\x08")
    template = tlv.encode(0xA1, header) + tlv.encode(0x5F2E, record + facial + information + jpeg)
    return tlv.encode(0x7F61, tlv.encode(0x02, b"\x01") + tlv.encode(0x7F60, template))


def _security_infos() -> bytes:
    """DG14: what EF.CardAccess says, and the chip authentication key."""
    key = tlv.encode(0x06, bytes.fromhex("04007f000702020102")) + _public_key()
    inside = tlv.single(CARD_ACCESS_FILE, CARD_ACCESS.tag).value + tlv.encode(0x30, key)
    return tlv.encode(0x31, inside)


def _public_key() -> bytes:
    """SubjectPublicKeyInfo of a fresh key of the chip."""
    public = ec.generate_private_key(ec.BrainpoolP256R1()).public_key()
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
