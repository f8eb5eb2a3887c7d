"""The named failure that a doubt about a card is. Pure."""

from __future__ import annotations

from kiosk.failures import FailureCode
from kiosk.identity.card_proof import CardProof, Doubt

_FAILURES = {
    Doubt.DATA_ALTERED: FailureCode.CARD_DATA_ALTERED,
    Doubt.DATA_NOT_SIGNED: FailureCode.CARD_DATA_ALTERED,
    Doubt.ACCESS_FILE_ALTERED: FailureCode.CARD_DATA_ALTERED,
    Doubt.SIGNATURE_INVALID: FailureCode.CHIP_SIGNATURE_INVALID,
    Doubt.CHIP_COPIED: FailureCode.CHIP_COPIED,
    Doubt.CHIP_KEY_WITHHELD: FailureCode.CHIP_COPIED,
    Doubt.DATA_DISAGREE: FailureCode.CARD_NUMBERS_DISAGREE,
    Doubt.ISSUER_REVOKED: FailureCode.CARD_ISSUER_REFUSED,
    Doubt.ISSUER_EXPIRED: FailureCode.CARD_ISSUER_REFUSED,
    Doubt.COUNTRY_DIFFERS: FailureCode.CARD_ISSUER_REFUSED,
    Doubt.ISSUER_UNSUPPORTED: FailureCode.CARD_NOT_VERIFIABLE,
    Doubt.SIGNATURE_UNSUPPORTED: FailureCode.CARD_NOT_VERIFIABLE,
    Doubt.NOTHING_SIGNED: FailureCode.CARD_NOT_VERIFIABLE,
}


def failure_of(proof: CardProof) -> FailureCode | None:
    """The gravest doubt's failure, ``None`` without a doubt. Nothing of a card in doubt is used."""
    doubts = proof.doubts
    return next((code for doubt, code in _FAILURES.items() if doubt in doubts), None)
