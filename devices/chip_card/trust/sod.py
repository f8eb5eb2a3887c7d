"""EF.SOD: the issuer's signature over the hashes of all data groups (ICAO Doc 9303-10 §4.6.2, Doc 9303-11
§5.1).

Two things are answered here: does every data group read have the hash that was signed, and does the signature
verify under the document signer's certificate that lies in the same file. Whether that certificate comes from
the state is the chain of trust, judged in ``chain``: until then a forger's own signer passes this check.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from asn1crypto import cms, core

from devices.chip_card import tlv
from devices.chip_card.errors import CardProblem, unreadable
from devices.chip_card.lds import DATA_GROUP_TAGS, SOD
from devices.chip_card.trust.definite_form import definite
from devices.chip_card.trust.public_keys import HASHES, MALFORMED
from devices.chip_card.trust.signed_data import SignedData
from kiosk.failures import FailureCode
from kiosk.identity.card_proof import GroupHash, Signature

_LONGEST_VERSION = 8
# Doc 9303-10 §4.6.2.2; the others stand on documents of the first years.
_LDS_SECURITY_OBJECT = frozenset(
    ("2.23.136.1.1.1", "1.3.27.1.1.1", "1.2.528.1.1006.1.20.1", "1.2.840.113549.1.7.1")
)


class DataGroupHash(core.Sequence):  # type: ignore[misc]
    """One signed hash."""

    _fields: ClassVar = [("number", core.Integer), ("value", core.OctetString)]


class DataGroupHashes(core.SequenceOf):  # type: ignore[misc]
    """All signed hashes."""

    _child_spec = DataGroupHash


class LdsSecurityObject(core.Sequence):  # type: ignore[misc]
    """What is signed (ICAO Doc 9303-10 §4.6.2.2); version 1 adds the versions of LDS and Unicode at its
    end.
    """

    _fields: ClassVar = [
        ("version", core.Integer),
        ("hash_algorithm", cms.DigestAlgorithm),
        ("hashes", DataGroupHashes),
        ("versions", core.Any, {"optional": True}),
    ]


@dataclass(frozen=True)
class SecurityObject:
    """The signed hashes, and whether the signature over them verifies. ``signer``: the certificate in DER, if
    any. ``reason`` says for staff why the signature is not valid.
    """

    hash_name: str
    hashes: Mapping[int, bytes] = field(repr=False)
    signature: Signature
    signer: bytes | None = field(repr=False)
    reason: str = ""

    def digest(self, content: bytes) -> bytes:
        """The hash of a file with this object's algorithm."""
        return hashlib.new(self.hash_name, content, usedforsecurity=True).digest()

    def check(self, number: int, content: bytes) -> GroupHash:
        """Compare a data group (the whole file) with its signed hash."""
        signed = self.hashes.get(number)
        if signed is None:
            return GroupHash.NOT_IN_SOD
        return GroupHash.MATCH if hmac.compare_digest(self.digest(content), signed) else GroupHash.MISMATCH


def parse(data: bytes) -> SecurityObject:
    """Read the file and verify its signature.

    Raises ``CardProblem`` (data unreadable) when it is no signed LDS security object, and (not supported)
    when its version or its hash is not known here. A signature that is wrong, or that cannot be checked here,
    is a result.
    """
    try:
        signed = SignedData.parse(tlv.single(data, SOD.tag).value)
        if signed.content_type not in _LDS_SECURITY_OBJECT:
            raise ValueError("not an LDS security object")
        definite(signed.content)  # for its bounds
        security_object = LdsSecurityObject.load(signed.content, strict=True)
        version = security_object["version"].native
        if version.bit_length() > _LONGEST_VERSION:
            raise ValueError("no version")
        hash_name = security_object["hash_algorithm"]["algorithm"].native
        pairs = [(item["number"].native, item["value"].native) for item in security_object["hashes"]]
    except MALFORMED as error:
        raise unreadable(f"EF.SOD: {type(error).__name__}") from None
    hashes = dict(pairs)
    if len(hashes) != len(pairs):
        raise unreadable("EF.SOD: a data group is listed twice")
    if not hashes.keys() <= DATA_GROUP_TAGS.keys():
        raise unreadable("EF.SOD: a data group that does not exist")
    if version not in (0, 1) or hash_name not in HASHES:
        raise CardProblem(FailureCode.CARD_NOT_SUPPORTED, f"EF.SOD: version {version}, hash {hash_name}")
    result = signed.verify()
    signer = result.signer.der if result.signer is not None else None
    return SecurityObject(hash_name, hashes, result.signature, signer, result.reason)
