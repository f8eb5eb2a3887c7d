"""The order of one read: access, files, proof; and the citizen that comes out of it.

Places for what follows: chip authentication comes after the SOD, active authentication after it; the chain of
trust is judged from ``SecurityObject.signer``. Until they exist their results are ``NOT_DONE``.
"""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from devices.chip_card import lds
from devices.chip_card.access import pace, security_infos
from devices.chip_card.access.secure_messaging import SecureChannel
from devices.chip_card.access.security_infos import SecurityInfos
from devices.chip_card.access.session_keys import password_from_can
from devices.chip_card.apdu import Command, Response
from devices.chip_card.data_groups import com, dg1, dg13
from devices.chip_card.data_groups.dg13 import Field, PrintedData
from devices.chip_card.errors import CardProblem, channel_broken, unreadable
from devices.chip_card.lds import BlockSize, FileMissing
from devices.chip_card.pcsc import CardLink
from devices.chip_card.trust import sod
from kiosk.failures import FailureCode
from kiosk.identity.card_proof import Access, AccessProtocol, CardProof, GroupHash, Password, Signature
from kiosk.identity.citizen import Citizen, Sex
from kiosk.identity.number import card_access_number, doubts

PACE_CAN = Access(AccessProtocol.PACE, Password.CAN)


class ReadStep(StrEnum):
    """What a read is doing, for the screen; in this order."""

    ACCESS = "access"
    IDENTITY = "identity"
    PROOF = "proof"


class Note(StrEnum):
    """Oddities that stop nothing, for staff; never with anything of the person."""

    DETAILS_MISSING = "details_missing"
    DETAILS_UNREADABLE = "details_unreadable"
    FIELD_DROPPED = "field_dropped"
    FILE_LISTS_DIFFER = "file_lists_differ"
    NUMBER_UNUSUAL = "number_unusual"
    NAMES_DIFFER = "names_differ"
    EXPIRED = "expired"


Progress = Callable[[ReadStep], None]


class NotProven(CardProblem):
    """The card's own data speak against it; ``proof`` says which check failed."""

    def __init__(self, code: FailureCode, detail: str, proof: CardProof) -> None:
        super().__init__(code, detail)
        self.proof = proof


@dataclass(frozen=True)
class Files:
    """What was read, as it came from the card."""

    com: bytes = field(repr=False)
    sod: bytes = field(repr=False)
    groups: dict[int, bytes] = field(repr=False)


def plain(link: CardLink, command: Command) -> Response:
    """Exchange a command in clear."""
    try:
        return Response.decode(link.transmit(command.encode()))
    except ValueError as error:
        raise channel_broken(str(error)) from None


def protected(link: CardLink, channel: SecureChannel, command: Command) -> Response:
    """Exchange a command through the secure channel."""
    return channel.unprotect(plain(link, channel.protect(command)))


def read_card_access(link: CardLink, size: BlockSize) -> SecurityInfos:
    """EF.CardAccess, as the first command after a reset; once more after a cold reset. Raises
    ``CardProblem``.
    """
    try:
        raw = _card_access_file(link, size)
    except (FileMissing, CardProblem) as trouble:
        if isinstance(trouble, CardProblem) and trouble.code is not FailureCode.CARD_DATA_UNREADABLE:
            raise
        link.cold_reset()
        try:
            raw = _card_access_file(link, size)
        except FileMissing:
            raise CardProblem(FailureCode.CARD_NOT_SUPPORTED, "no EF.CardAccess on this card") from None
    return security_infos.parse(raw)


def _card_access_file(link: CardLink, size: BlockSize) -> bytes:
    return lds.read_file(lambda command: plain(link, command), lds.CARD_ACCESS, size)


def open_channel(link: CardLink, access: SecurityInfos, can: str) -> SecureChannel:
    """PACE with the CAN, once. There is no silent way back to BAC. Raises ``CardProblem``."""
    info = access.best_pace()
    if info is None:
        raise CardProblem(
            FailureCode.CARD_NOT_SUPPORTED, f"the card offers only: {access.summary() or 'nothing'}"
        )
    result = pace.establish(lambda command: plain(link, command), info, password_from_can(can), pace.CAN)
    return SecureChannel(result.keys)


def read_files(link: CardLink, channel: SecureChannel, size: BlockSize) -> Files:
    """Application, EF.COM, EF.SOD, DG1 and DG13. DG13 may be missing. Raises ``CardProblem``."""

    def transmit(command: Command) -> Response:
        return protected(link, channel, command)

    lds.select_application(transmit)
    try:
        com_file = lds.read_file(transmit, lds.COM, size)
        sod_file = lds.read_file(transmit, lds.SOD, size)
        groups = {1: lds.read_file(transmit, lds.data_group(1), size)}
    except FileMissing as missing:
        raise unreadable(f"the card does not give {missing}") from None
    with contextlib.suppress(FileMissing):  # prove() says that it is missing
        groups[13] = lds.read_file(transmit, lds.data_group(13), size)
    return Files(com_file, sod_file, groups)


def prove(files: Files) -> tuple[CardProof, set[Note]]:
    """Check signature and hashes. Raises ``NotProven`` when one of them fails, before anything is made of the
    data.
    """
    security_object = sod.parse(files.sod)
    results = {number: security_object.check(number, content) for number, content in files.groups.items()}
    proof = CardProof(access=PACE_CAN, sod_signature=security_object.signature, data_groups=results)
    altered = sorted(number for number, result in results.items() if result is not GroupHash.MATCH)
    if altered:
        names = ", ".join(f"DG{number}" for number in altered)
        raise NotProven(FailureCode.CARD_DATA_ALTERED, f"{names} is not what the issuer signed", proof)
    if security_object.signature is Signature.INVALID:
        raise NotProven(FailureCode.CHIP_SIGNATURE_INVALID, "the signature of EF.SOD does not verify", proof)
    notes: set[Note] = set()
    if com.data_groups(files.com) != frozenset(security_object.hashes):
        notes.add(Note.FILE_LISTS_DIFFER)
    if 13 not in files.groups:
        notes.add(Note.DETAILS_MISSING)
    return proof, notes


def citizen_of(files: Files, can: str, notes: set[Note], today: date) -> Citizen:
    """Put DG1 and DG13 together; DG13 only adds what DG1 has not, and the name with its diacritics.

    Raises ``CardProblem`` when the numbers of DG1, DG13 and the CAN do not agree.
    """
    zone = dg1.vietnamese(dg1.parse(files.groups[1]))
    printed = _printed(files, notes)
    number = printed.text(Field.NUMBER)
    if number not in (None, zone.number) or card_access_number(zone.number) != can:
        raise CardProblem(
            FailureCode.CARD_NUMBERS_DISAGREE, "the numbers of DG1, DG13 and the CAN do not agree"
        )
    if doubts(zone.number, zone.sex, zone.birth_date):
        notes.add(Note.NUMBER_UNUSUAL)
    name = printed.text(Field.FULL_NAME)
    if name is not None and not _same_name(name, zone.full_name):
        notes.add(Note.NAMES_DIFFER)
    birth_date = _date(printed.text(Field.BIRTH_DATE))
    sex = printed.text(Field.SEX)
    if birth_date not in (None, zone.birth_date) or sex not in (None, zone.sex.value):
        raise unreadable("DG1 and DG13 disagree on birth date or sex")
    expiry_date = _date(printed.text(Field.EXPIRY_DATE)) or (
        None if printed.text(Field.EXPIRY_DATE) else zone.expiry_date
    )
    if expiry_date is not None and expiry_date < today:
        notes.add(Note.EXPIRED)
    parents = printed.texts.get(Field.PARENTS, ())
    former = printed.text(Field.FORMER_NUMBER)
    return Citizen(
        number=zone.number,
        full_name=name or zone.full_name,
        birth_date=zone.birth_date,
        sex=Sex(zone.sex),
        nationality=printed.text(Field.NATIONALITY),
        ethnicity=printed.text(Field.ETHNICITY),
        hometown=printed.text(Field.HOMETOWN),
        residence=printed.text(Field.RESIDENCE),
        issue_date=_date(printed.text(Field.ISSUE_DATE)),
        expiry_date=expiry_date,
        father=(parents[0] or None) if parents else None,
        mother=(parents[1] or None) if len(parents) > 1 else None,
        spouse=printed.text(Field.SPOUSE),
        former_number=former if former is not None and former.isdigit() else None,
    )


def _printed(files: Files, notes: set[Note]) -> PrintedData:
    """DG13 as far as it can be read; a card of 2024 may hold it in another form."""
    if 13 not in files.groups:
        return PrintedData({})
    try:
        printed = dg13.parse(files.groups[13])
    except CardProblem:
        notes.add(Note.DETAILS_UNREADABLE)
        return PrintedData({})
    if printed.dropped:
        notes.add(Note.FIELD_DROPPED)
    return printed


def _date(text: str | None) -> date | None:
    """``dd/mm/yyyy``; anything else, such as the words for "no expiry", is no date."""
    parts = (text or "").split("/")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    try:
        return date(int(parts[2]), int(parts[1]), int(parts[0]))
    except ValueError:
        return None


def _same_name(name: str, latin: str) -> bool:
    """Compare a name with diacritics to the zone's capitals, which may be cut off."""
    plain_name = unicodedata.normalize("NFD", name.upper().replace("Đ", "D"))
    letters = "".join(char for char in plain_name if unicodedata.category(char) != "Mn")
    return " ".join(letters.split()).startswith(latin)
