"""Master lists: one authority tells which other countries' authorities it has found genuine (Doc 9303-12 §8).

Whoever takes such a list lets its signer speak for all countries. That is more than trusting the signer's own
documents, so it is a decision of the operator and never follows from a certificate that is held.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from devices.chip_card.trust.definite_form import content_of, split
from devices.chip_card.trust.signed_data import SignedData

CONTENT_TYPE = "2.23.136.1.1.2"
MOST_CERTIFICATES = 5000
_SEQUENCE, _SET, _VERSION_0 = 0x30, 0x31, b"\x02\x01\x00"


@dataclass(frozen=True)
class MasterList:
    """A list that has been opened; nothing is verified yet. ``certificates`` in DER."""

    signed: SignedData = field(repr=False)
    certificates: tuple[bytes, ...] = field(repr=False)


def parse(signed: SignedData) -> MasterList:
    """Open the list inside the envelope. Raises ``ValueError``."""
    if signed.content_type != CONTENT_TYPE:
        raise ValueError(f"content of type {signed.content_type} is no master list")
    try:
        version, certificates = split(content_of(signed.content), 2)
        if version != _VERSION_0:
            raise ValueError("a later version of master lists")
        if signed.content[0] != _SEQUENCE or certificates[0] != _SET:
            raise ValueError("not the list of Doc 9303-12 §8.2")
        found = tuple(split(content_of(certificates), MOST_CERTIFICATES))
    except ValueError as error:
        raise ValueError(f"no master list: {error}") from None
    return MasterList(signed, found)
