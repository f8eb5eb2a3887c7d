"""Master lists: one authority tells which other countries' authorities it has found genuine (Doc 9303-12 §8).

Whoever takes such a list lets its signer speak for all countries. That is more than trusting the signer's own
documents, so it is a decision of the operator and never follows from a certificate that is held.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from asn1crypto import core

from devices.chip_card.trust.public_keys import MALFORMED
from devices.chip_card.trust.signed_data import SignedData

CONTENT_TYPE = "2.23.136.1.1.2"
MOST_CERTIFICATES = 5000


class _Certificates(core.SetOf):  # type: ignore[misc]
    _child_spec = core.Any


class _CscaMasterList(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar = [("version", core.Integer), ("certificates", _Certificates)]


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
        content = _CscaMasterList.load(signed.content, strict=True)
        if content["version"].native != 0:
            raise ValueError("a later version of master lists")
        found = tuple(one.dump() for one in content["certificates"])
    except MALFORMED as error:
        raise ValueError(f"no master list: {type(error).__name__}") from None
    if len(found) > MOST_CERTIFICATES:
        raise ValueError(f"more than {MOST_CERTIFICATES} certificates")
    return MasterList(signed, found)
