"""DG1: the machine-readable zone (ICAO Doc 9303-10 §4.7.1), and whether a Vietnamese identity card has it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from devices.chip_card import tlv
from devices.chip_card.errors import CardProblem, unreadable
from devices.chip_card.lds import data_group
from kiosk.failures import FailureCode
from kiosk.identity import mrz
from kiosk.identity.agreement import Statement
from kiosk.identity.citizen import Sex
from kiosk.identity.mrz import MachineReadableZone, MrzFormat
from kiosk.identity.number import century

_MRZ = 0x5F1F


@dataclass(frozen=True)
class VietnameseZone:
    """What the zone of a Vietnamese card says of its holder.

    Where the card knows only the year or month of birth, ``birth_date`` is the first possible day and
    ``birth_day_known`` false. ``expiry_date`` is ``None`` when the zone gives none.
    """

    number: str = field(repr=False)
    document_number: str = field(repr=False)
    full_name: str = field(repr=False)
    name_cut: bool = field(repr=False)
    birth_date: date = field(repr=False)
    birth_day_known: bool = field(repr=False)
    sex: Sex = field(repr=False)
    expiry_date: date | None = field(repr=False)
    issuer: str
    nationality: str

    @property
    def statement(self) -> Statement:
        """For the comparison with the card's other sources."""
        return Statement(
            number=self.number, full_name=self.full_name, name_cut=self.name_cut,
            birth_date=self.birth_date if self.birth_day_known else None, birth_year=self.birth_date.year,
            sex=self.sex, expiry_date=self.expiry_date,
        )  # fmt: skip


def parse(data: bytes) -> MachineReadableZone:
    """Read the data group of any travel document. Raises ``CardProblem``: wrong form or any check digit wrong
    (data unreadable).
    """
    try:
        return mrz.parse(tlv.single(tlv.single(data, data_group(1).tag).value, _MRZ).value.decode("ascii"))
    except (tlv.TlvError, UnicodeDecodeError, mrz.MrzError) as error:
        detail = str(error) if isinstance(error, mrz.MrzError) else type(error).__name__
        raise unreadable(f"DG1: {detail}") from None


def vietnamese(zone: MachineReadableZone) -> VietnameseZone:
    """The zone of a Vietnamese identity card. Raises ``CardProblem``: a passport, a foreign document, or a
    card that does not say what the cards of the country say (data unreadable).
    """
    if zone.format is MrzFormat.TD3:
        raise CardProblem(FailureCode.CARD_IS_PASSPORT, "DG1 is the zone of a passport")
    if zone.issuer != mrz.VIETNAM or (zone.number is None and zone.nationality != mrz.VIETNAM):
        raise CardProblem(FailureCode.CARD_IS_FOREIGN, f"DG1 is a {zone.format} zone of another kind of card")
    if zone.number is None:
        raise unreadable("DG1: no 12-digit number in the optional data")
    if zone.sex is None:
        raise unreadable("DG1: the sex is neither M nor F")
    known = zone.birth_date
    return VietnameseZone(
        number=zone.number,
        document_number=zone.document_number,
        full_name=zone.full_name,
        name_cut=zone.name_cut,
        birth_date=known or _first_day(zone.number, zone.birth),
        birth_day_known=known is not None,
        sex=zone.sex,
        expiry_date=zone.expiry_date,
        issuer=zone.issuer,
        nationality=zone.nationality,
    )


def _first_day(number: str, birth: str) -> date:
    """Of a birth date with unknown parts."""
    year, month = birth[:2], birth[2:4]
    if year == "<<":
        raise unreadable("DG1: the year of birth is not known")
    return date(century(number) + int(year), 1 if month == "<<" else int(month), 1)
