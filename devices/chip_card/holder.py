"""The citizen that a card's files make: the machine-readable zone, and what DG13 adds to it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from devices.chip_card.data_groups import dg13
from devices.chip_card.data_groups.dg1 import VietnameseZone
from devices.chip_card.data_groups.dg13 import Field, PrintedData
from devices.chip_card.errors import CardProblem
from kiosk.identity.access_keys import AccessKeys
from kiosk.identity.agreement import IdentityField, Statement, compare
from kiosk.identity.card_proof import Agreement
from kiosk.identity.citizen import Citizen, Sex
from kiosk.identity.number import doubts


class Note(StrEnum):
    """Oddities that stop nothing, for staff; never with anything of the person."""

    DETAILS_MISSING = "details_missing"
    DETAILS_UNREADABLE = "details_unreadable"
    FIELD_DROPPED = "field_dropped"
    FILE_LISTS_DIFFER = "file_lists_differ"
    NUMBER_UNUSUAL = "number_unusual"
    NAMES_DIFFER = "names_differ"
    PRINT_DIFFERS = "print_differs"
    EXPIRED = "expired"
    PHOTO_UNREADABLE = "photo_unreadable"


def printed_data(content: bytes | None, notes: set[Note]) -> PrintedData:
    """DG13 as far as it can be read; a card of 2024 may hold it in another form, or not at all."""
    if content is None:
        if Note.DETAILS_UNREADABLE not in notes:
            notes.add(Note.DETAILS_MISSING)
        return PrintedData({})
    try:
        printed = dg13.parse(content)
    except CardProblem:
        notes.add(Note.DETAILS_UNREADABLE)
        return PrintedData({})
    if printed.opaque:
        notes.add(Note.DETAILS_UNREADABLE)
    if printed.dropped:
        notes.add(Note.FIELD_DROPPED)
    return printed


def citizen_of(zone: VietnameseZone, printed: PrintedData, notes: set[Note], today: date) -> Citizen:
    """Put both together; DG13 only adds what DG1 has not, and the name with its diacritics."""
    if doubts(zone.number, zone.sex, zone.birth_date):
        notes.add(Note.NUMBER_UNUSUAL)
    expiry_date = printed.day(Field.EXPIRY_DATE) if printed.text(Field.EXPIRY_DATE) else zone.expiry_date
    if expiry_date is not None and expiry_date < today:
        notes.add(Note.EXPIRED)
    parents = printed.texts.get(Field.PARENTS, ())
    former = printed.text(Field.FORMER_NUMBER)
    return Citizen(
        number=zone.number,
        full_name=printed.text(Field.FULL_NAME) or zone.full_name,
        birth_date=zone.birth_date,
        sex=Sex(zone.sex),
        nationality=printed.text(Field.NATIONALITY),
        ethnicity=printed.text(Field.ETHNICITY),
        hometown=printed.text(Field.HOMETOWN),
        residence=printed.text(Field.RESIDENCE),
        issue_date=printed.day(Field.ISSUE_DATE),
        expiry_date=expiry_date,
        father=(parents[0] or None) if parents else None,
        mother=(parents[1] or None) if len(parents) > 1 else None,
        spouse=printed.text(Field.SPOUSE),
        former_number=former if former is not None and former.isdigit() else None,
    )


def compared(
    zone: VietnameseZone, printed: PrintedData, keys: AccessKeys | None, notes: set[Note]
) -> Agreement:
    """Whether zone, DG13, printed QR and typed number speak of one person; smaller differences are noted."""
    of_zone, of_print = zone.statement, printed.statement
    known = Statement(number=keys.number or keys.can) if keys is not None else None
    of_qr = Statement.of_qr(keys.qr) if keys is not None and keys.qr is not None else None
    if IdentityField.FULL_NAME in compare(of_zone, of_print).differing:
        notes.add(Note.NAMES_DIFFER)
    if of_qr is not None and compare(of_print, of_qr).differing:
        notes.add(Note.PRINT_DIFFERS)
    return compare(of_zone, of_print, known, of_qr).agreement
