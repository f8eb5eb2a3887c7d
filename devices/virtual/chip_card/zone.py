"""The machine-readable zone that is printed on an invented person's document and stands in DG1."""

from __future__ import annotations

import unicodedata

from devices.virtual.chip_card.citizens import DemoCitizen
from devices.virtual.chip_card.profile import Document
from kiosk.identity.citizen import Sex
from kiosk.identity.mrz import check_digit

_NO_EXPIRY = "991231"
_TD3 = 88


def zone(citizen: DemoCitizen, document: Document = Document.CITIZEN_CARD) -> str:
    """Its characters without line ends: 90 of a card (TD1), 88 of a passport (TD3)."""
    if document is Document.PASSPORT:
        return _passport(citizen)
    number = citizen.number[3:] if document is Document.CITIZEN_CARD else f"D{citizen.number[4:]}"
    country = "VNM" if document is Document.CITIZEN_CARD else "UTO"
    if document is Document.CITIZEN_CARD:
        one = f"IDVNM{number}{check_digit(number)}{citizen.number}<<{check_digit(citizen.number)}"
    else:
        one = f"I<UTO{number}{check_digit(number)}".ljust(30, "<")
    birth, expiry = _dates(citizen)
    two = f"{birth}{_sex(citizen)}{expiry}{country}".ljust(29, "<")
    composite = check_digit(one[5:30] + two[:7] + two[8:15] + two[18:29])
    return one + two + composite + _names(citizen, 30)


def information(lines: str) -> str:
    """Document number, birth and expiry date with their check digits: the key of BAC and of PACE with MRZ."""
    if len(lines) == _TD3:
        two = lines[44:]
        return two[:10] + two[13:20] + two[21:28]
    return lines[5:15] + lines[30:37] + lines[38:45]


def _passport(citizen: DemoCitizen) -> str:
    number = f"C{citizen.number[-7:]}<"
    birth, expiry = _dates(citizen)
    personal = citizen.number.ljust(14, "<")
    two = f"{number}{check_digit(number)}VNM{birth}{_sex(citizen)}{expiry}{personal}{check_digit(personal)}"
    composite = check_digit(two[:10] + two[13:20] + two[21:43])
    return f"P<VNM{_names(citizen, 39)}{two}{composite}"


def _dates(citizen: DemoCitizen) -> tuple[str, str]:
    """Birth and expiry with their check digits. A document without expiry shows 31/12/2099."""
    birth = f"{citizen.birth_date:%y%m%d}"
    expiry = f"{citizen.expiry_date:%y%m%d}" if citizen.expiry_date else _NO_EXPIRY
    return birth + check_digit(birth), expiry + check_digit(expiry)


def _sex(citizen: DemoCitizen) -> str:
    return "M" if citizen.sex is Sex.MALE else "F"


def _names(citizen: DemoCitizen, width: int) -> str:
    letters = unicodedata.normalize("NFD", citizen.full_name.upper().replace("Đ", "D"))
    family, *given = "".join(char for char in letters if unicodedata.category(char) != "Mn").split()
    return f"{family}<<{'<'.join(given)}".ljust(width, "<")[:width]
