"""EF.CardSecurity: security infos that the issuer signed apart from EF.SOD (ICAO Doc 9303-11 §9.2.11).

PACE with chip authentication mapping is proven against the key in it. Its signer counts only where it is the
signer of EF.SOD, or leads up to a trust anchor by itself: anybody could sign a key of their own and lay it
beside the copied files of a genuine card.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from devices.chip_card.access import security_infos
from devices.chip_card.access.security_infos import SecurityInfos
from devices.chip_card.errors import unreadable
from devices.chip_card.trust.signed_data import SignedData
from kiosk.identity.card_proof import Signature

_SECURITY_OBJECT = "0.4.0.127.0.7.3.2.1"


@dataclass(frozen=True)
class CardSecurity:
    """What it says, and whether its signature verifies. ``signer``: the certificate in DER, if any."""

    infos: SecurityInfos
    signature: Signature
    signer: bytes | None = field(repr=False)


def parse(data: bytes) -> CardSecurity:
    """Read the file and verify its signature. Raises ``CardProblem`` (data unreadable)."""
    try:
        envelope = SignedData.parse(data)
    except ValueError as error:
        raise unreadable(f"EF.CardSecurity: {error}") from None
    if envelope.content_type != _SECURITY_OBJECT:
        raise unreadable(f"EF.CardSecurity: content of type {envelope.content_type}")
    verified = envelope.verify()
    signer = verified.signer.der if verified.signer is not None else None
    return CardSecurity(security_infos.parse(envelope.content), verified.signature, signer)
